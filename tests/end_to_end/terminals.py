"""Real programs on real screens: terminals of tmux's."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.end_to_end.daemon import PATIENCE
from tests.end_to_end.programs import tool


class Terminal:
    """A program on a screen of a certain size.

    :param folder: an empty folder, whose path is not long, as sockets have it.
    :param command: the program and its arguments.
    :param columns: the screen's width in characters.
    :param rows: its height.
    :param environment: variables for the program.
    """

    def __init__(
        self,
        folder: Path,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] = {},
    ) -> None:
        self._tmux = [tool("tmux"), "-S", str(folder / "tmux"), "-f", os.devnull, "-u"]
        self._environment = {**os.environ, "LC_ALL": "C.UTF-8", **environment}
        self._environment.pop("TMUX", None)
        #: The screen's width in characters.
        self.columns = columns
        size = ["-x", str(columns), "-y", str(rows)]
        start = ["set-option", "-g", "default-terminal", "screen-256color", ";"]
        # The screen stays as it is when the program has ended: nothing is said of that on it.
        keep = [";", "set-option", "-g", "remain-on-exit", "on"]
        keep += [";", "set-option", "-g", "remain-on-exit-format", ""]
        keep += [";", "set-option", "status", "off"]
        # A server of its own that runs before its first session has the options from the start.
        self._run("start-server", ";", *start, "new-session", "-d", *size, *command, *keep)

    def type(self, text: str) -> None:
        """Type characters."""
        self._run("send-keys", "-l", "--", text)

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names for them, such as ``Enter`` or ``C-c``."""
        self._run("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the screen's size."""
        self._run("resize-window", "-x", str(columns), "-y", str(rows))
        self.columns = columns

    def screen(self, *, history: bool = False, colours: bool = False) -> str:
        """Return what is on the screen, without the spaces at the ends of lines.

        :param history: with what has scrolled off it.
        :param colours: with the escape sequences of its colours.
        """
        options = [*(["-S", "-"] if history else []), *(["-e"] if colours else [])]
        return self._run("capture-pane", "-p", *options).rstrip("\n")

    def screen_and_cursor(self) -> tuple[str, int]:
        """Return what is on the screen, and in which of its lines the cursor is, from 0."""
        line = "#{cursor_y}"
        shown = self._run("capture-pane", "-p", ";", "display-message", "-p", line).splitlines()
        return "\n".join(shown[:-1]).rstrip("\n"), int(shown[-1])

    def wait_for(self, *texts: str) -> str:
        """Wait until all of some texts are on the screen.

        :returns: the screen.
        """
        until = time.monotonic() + PATIENCE
        while True:
            screen = self.screen()
            if all(text in screen for text in texts):
                return screen
            assert time.monotonic() < until, f"{texts} never came; there is only:\n{screen}"
            time.sleep(0.02)

    def close(self) -> None:
        """End the program, if it has not ended, and the terminal."""
        self._run("kill-server")

    def _run(self, *arguments: str) -> str:
        ended = subprocess.run(
            [*self._tmux, *arguments],
            env=self._environment,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr.decode()
        return ended.stdout.decode()
