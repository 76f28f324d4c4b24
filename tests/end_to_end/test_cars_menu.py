"""The menu of ``netsuite cars`` with the real service, on a terminal and in a pipe."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect  # type: ignore[import-untyped]  # it has no annotations
import pyte
import pytest

from netsuite.client.cars.dialogue import MENU
from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons, environment, netsuite, run

JACK = "License: 024 HYR\nSeats: 2\nMileage: 97543\nOwner: Jack Lemon\n"

#: The seed's transcript; what is typed stands between underscores.
TRANSCRIPT = f"""\
{MENU}__
License: _024 hyr_
{JACK}{MENU}_m_
License [024 HYR]: __
Mileage [97543]: _103491_
Mileage successfully changed
{MENU}"""

UP, TAB, CTRL_C, CTRL_D = "\x1b[A", "\t", "\x03", "\x04"


@pytest.fixture
def cars(start: Daemons) -> Daemon:
    """Run the registry, with its sample data."""
    return start("cars")


class Screen(pyte.Screen):
    """A terminal's screen, which answers programs that ask where its cursor is.

    :param answer: takes the answer.
    """

    def __init__(self, answer: Callable[[str], None]) -> None:
        super().__init__(120, 40)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        self._answer(data)


class Terminal:
    """The client on a terminal, as somebody sees it who sits there.

    :param folder: where it runs, and keeps its history.
    :param arguments: the arguments of ``netsuite cars``.
    """

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self._screen = Screen(self.type)
        self._stream = pyte.ByteStream(self._screen)
        command = shlex.join([sys.executable, "-m", "netsuite", "cars", *arguments])
        script = (
            "trap : INT; stty -a >before; "
            f"sh -c 'echo $$ >pid; exec \"$@\"' sh {command}; "
            "status=$?; stty -a >after; exit $status"
        )
        self._child = pexpect.spawn(
            "/bin/sh",
            ["-c", script],
            cwd=str(folder),
            env={**environment(folder / "state"), "TERM": "xterm"},
            dimensions=(self._screen.lines, self._screen.columns),
            timeout=PATIENCE,
        )

    @property
    def text(self) -> str:
        """What is to be seen, up to the cursor."""
        lines = [line.rstrip() for line in self._screen.display]
        cursor = self._screen.cursor
        above, last = lines[: cursor.y], self._screen.display[cursor.y][: cursor.x]
        return "\n".join([*above, last])

    def type(self, text: str) -> None:
        """Press keys."""
        self._child.send(text)

    def until(self, condition: Callable[[str], bool]) -> None:
        """Wait until something is true of what is to be seen."""
        deadline = time.monotonic() + PATIENCE
        while not condition(self.text):
            assert time.monotonic() < deadline, self.text
            try:
                self._stream.feed(self._child.read_nonblocking(4096, 1))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                assert condition(self.text), self.text
                return

    def asks(self, question: str, answer: str, key: str = "\r") -> None:
        """Wait for a question, type an answer, and press a key when it is to be seen."""
        self.until(lambda text: text.split("\n")[-1] == question)
        if answer:
            self.type(answer)
            self.until(lambda text: text.endswith(question + answer))
        self.type(key)

    def ended(self) -> int:
        """Wait for the end; return the exit status. The terminal must be as it was."""
        self._stream.feed(self._child.read())
        self._child.close()
        assert (self.folder / "after").read_text() == (self.folder / "before").read_text()
        status: int = self._child.exitstatus
        return status

    def signal(self, number: signal.Signals) -> None:
        """Send the client a signal."""
        os.kill(int((self.folder / "pid").read_text()), number)

    def close(self) -> None:
        """End it, in case that it has not ended by itself."""
        self._child.close(force=True)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Start the client on a terminal."""
    started: list[Terminal] = []

    def begin(*arguments: object) -> Terminal:
        started.append(Terminal(tmp_path, *map(str, arguments)))
        return started[-1]

    yield begin
    for each in started:
        each.close()


class TestTerminal:
    def test_the_transcript(self, cars: Daemon, terminal: Callable[..., Terminal]) -> None:
        client = terminal("--ready-file", cars.ready_file)
        for question, typed in re.findall(r"(?m)^(.*)_(.*)_$", TRANSCRIPT):
            client.asks(question, typed)
        shown = "\n".join(line.rstrip() for line in TRANSCRIPT.replace("_", "").split("\n"))
        client.until(lambda text: text.rstrip() == shown)
        client.asks(MENU, "q")
        assert client.ended() == 0

    def test_all_typed_at_once(self, cars: Daemon, terminal: Callable[..., Terminal]) -> None:
        client = terminal("--ready-file", cars.ready_file)
        client.asks(MENU, "", "n\rabc\r\r\rme\rc\r\r")
        client.until(lambda text: text.endswith(f"Owner: me\n{MENU}"))
        client.asks(MENU, "", CTRL_D)
        assert client.ended() == 0
        assert "Car ABC successfully registered" in client.text

    def test_editing(self, cars: Daemon, terminal: Callable[..., Terminal]) -> None:
        client = terminal("--ready-file", cars.ready_file)
        client.asks(MENU, "c")
        client.asks("License: ", "24 hyrr", "\x7f\x01" + "0\r")  # Backspace, and Ctrl-A
        client.until(lambda text: text.endswith(JACK + MENU))

    def test_completion(self, cars: Daemon, terminal: Callable[..., Terminal]) -> None:
        client = terminal("--ready-file", cars.ready_file)
        client.asks(MENU, "c")
        client.asks("License: ", "k9", TAB)  # one begins so
        client.asks("License: K9 WUF", "")
        client.asks(MENU, "c")
        client.asks("License [K9 WUF]: ", "x", TAB)  # none does
        client.asks("License [K9 WUF]: X", "", "\x15" + "3" + TAB)  # Ctrl-U; three do
        client.until(lambda text: text.endswith("License [K9 WUF]: 3"))
        client.type(TAB)  # the first of them
        client.asks("License [K9 WUF]: 3 PQR", "", TAB)
        client.asks("License [K9 WUF]: 31 GHM", "")
        client.until(lambda text: text.endswith(f"Owner: Aroha Ngata\n{MENU}"))

    def test_completion_without_a_server(
        self, cars: Daemon, terminal: Callable[..., Terminal]
    ) -> None:
        client = terminal("--ready-file", cars.ready_file)
        client.asks(MENU, "c")
        cars.stop()
        client.asks("License: ", "k9", TAB + " ")
        client.asks("License: K9 ", "wuf")
        assert client.ended() == 1
        assert "connection refused; is the service running?" in client.text

    def test_history(self, cars: Daemon, tmp_path: Path, terminal: Callable[..., Terminal]) -> None:
        client = terminal("--ready-file", cars.ready_file)
        for license in ("024 hyr", "k9 wuf"):
            client.asks(MENU, "c")
            client.until(lambda text: text.split("\n")[-1].startswith("License"))
            client.type(f"{license}\r")
        client.asks(MENU, "q")
        assert client.ended() == 0
        (path,) = (tmp_path / "state" / "netsuite").glob("cars-*")
        assert path.read_text() == "024 HYR\nK9 WUF\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        client = terminal("--ready-file", cars.ready_file)
        client.asks(MENU, "", UP + "m\r")  # no history there
        client.asks("License: ", "", UP)
        client.asks("License: K9 WUF", "", UP)
        client.asks("License: 024 HYR", "")
        client.asks("Mileage [97543]: ", "", UP + "97544\r")
        client.until(lambda text: text.endswith(f"Mileage successfully changed\n{MENU}"))
        client.asks(MENU, "", CTRL_D)
        assert client.ended() == 0
        assert path.read_text() == "024 HYR\nK9 WUF\n024 HYR\n"

    def test_ways_to_leave(self, cars: Daemon, terminal: Callable[..., Terminal]) -> None:
        for key, status in ((CTRL_C, 130), (CTRL_D, 0)):
            for question in (MENU, "License: "):
                client = terminal("--ready-file", cars.ready_file)
                if question != MENU:
                    client.asks(MENU, "c")
                client.asks(question, "", key)
                assert client.ended() == status
                assert client.text.endswith(f"{question.rstrip()}\n")

    def test_signals(self, cars: Daemon, terminal: Callable[..., Terminal]) -> None:
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            client = terminal("--ready-file", cars.ready_file)
            client.until(lambda text: text == MENU)
            client.signal(number)
            assert client.ended() == status
            assert "Traceback" not in client.text

    def test_interrupt_while_the_server_is_silent(self, terminal: Callable[..., Terminal]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = terminal("--port", server.getsockname()[1], "--host=127.0.0.1")
            client.asks(MENU, "c")
            client.asks("License: ", "024 hyr")
            connection, _ = server.accept()
            with connection:
                assert connection.recv(1000)
                client.type(CTRL_C)
                assert client.ended() == 130
        assert "Traceback" not in client.text

    def test_interrupt_while_completions_are_awaited(
        self, terminal: Callable[..., Terminal]
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = terminal("--port", server.getsockname()[1], "--host=127.0.0.1")
            client.asks(MENU, "c")
            client.asks("License: ", "k9", TAB)
            connection, _ = server.accept()
            with connection:
                assert connection.recv(1000)
                client.asks("License: K9", "", CTRL_C)
                assert client.ended() == 130
        assert client.text.endswith("License: K9\n")

    def test_a_server_that_goes_away(self, cars: Daemon, terminal: Callable[..., Terminal]) -> None:
        client = terminal("--ready-file", cars.ready_file)
        client.asks(MENU, "c")
        cars.stop()
        client.asks("License: ", "024 hyr")
        assert client.ended() == 1
        last = client.text.split("\n")[-2:]
        assert last[0].endswith("connection refused; is the service running? (twistd -n cars)")
        assert last[1] == ""

    def test_a_server_that_is_started_anew(
        self, start: Daemons, terminal: Callable[..., Terminal]
    ) -> None:
        listen = ("--listen", f"unix:{start.folder}/socket")
        first = start("cars", *listen, ephemeral=False)
        client = terminal("--connect", f"unix:{start.folder}/socket")
        client.asks(MENU, "c")
        client.asks("License: ", "024 hyr")
        client.until(lambda text: text.endswith(JACK + MENU))
        first.stop()
        start("cars", *listen, ephemeral=False)
        client.asks(MENU, "m")
        client.asks("License [024 HYR]: ", "")
        client.asks("Mileage [97543]: ", "100000")
        client.until(lambda text: text.endswith(f"Mileage successfully changed\n{MENU}"))

    def test_stop(self, cars: Daemon, terminal: Callable[..., Terminal]) -> None:
        client = terminal("--ready-file", cars.ready_file)
        client.asks(MENU, "s")
        assert client.ended() == 0
        assert cars.wait() == 0

    def test_progress(self, cars: Daemon, terminal: Callable[..., Terminal]) -> None:
        client = terminal("import", "-", "--ready-file", cars.ready_file)
        client.type("license,seats,mileage,owner\r" + "a,4,0,me\rb,4,0,me\r")
        client.until(lambda text: "standard input" in text and "2 cars" in text)
        client.type("c,4,0,me\r")
        client.until(lambda text: "3 cars" in text)
        client.type(CTRL_D)
        assert client.ended() == 0
        assert client.text.endswith("\nregistered 3, already there 0, refused 0\n")

    def test_output_that_is_no_terminal(
        self, cars: Daemon, tmp_path: Path, terminal: Callable[..., Terminal]
    ) -> None:
        """The menu's questions go where the output goes, and nothing is edited."""
        client = terminal("--ready-file", cars.ready_file)
        client.asks(MENU, "q")
        assert client.ended() == 0
        ours, theirs = os.openpty()
        command = [sys.executable, "-m", "netsuite", "cars", "--ready-file", str(cars.ready_file)]
        with subprocess.Popen(
            command, stdin=theirs, stdout=subprocess.PIPE, env=environment(tmp_path / "state")
        ) as process:
            os.write(ours, b"c\n024 hyr\nq\n")
            out, _ = process.communicate(timeout=PATIENCE)
        os.close(theirs)
        os.close(ours)
        assert out.decode() == f"{MENU}License: {JACK}{MENU}\n"


class TestPipe:
    def test_the_transcript(self, cars: Daemon, tmp_path: Path) -> None:
        typed = "".join(f"{line}\n" for line in re.findall(r"(?m)_(.*)_$", TRANSCRIPT))
        ended = netsuite(
            tmp_path, "cars", "--ready-file", str(cars.ready_file), stdin=typed.encode()
        )
        assert (ended.returncode, ended.stderr) == (0, b"")
        # Nobody sees what is typed, nor the line end.
        assert ended.stdout.decode() == re.sub(r"(?m)_.*_\n", "", TRANSCRIPT) + "\n"

    def test_all_choices(self, cars: Daemon, tmp_path: Path) -> None:
        typed = "n\nabc\n5\n7\nZoë\no\n\nZoé\nc\n\nx\nc\nnone\ns\n"
        ended = netsuite(
            tmp_path, "cars", "--ready-file", str(cars.ready_file), stdin=typed.encode()
        )
        assert (ended.returncode, ended.stderr) == (0, b"")
        assert ended.stdout.decode() == (
            f"{MENU}License: Seats [4]: Mileage [0]: Owner: Car ABC successfully registered\n"
            f"{MENU}License [ABC]: Owner [Zoë]: Owner successfully changed\n"
            f"{MENU}License [ABC]: License: ABC\nSeats: 5\nMileage: 7\nOwner: Zoé\n"
            f"{MENU}expected one of c, m, o, n, s, q\n"
            f"{MENU}License [ABC]: This license is not registered\n"
            f"{MENU}\n"
        )
        assert cars.wait() == 0

    def test_a_server_that_goes_away(self, cars: Daemon, tmp_path: Path) -> None:
        host, port = cars.address("cars")
        cars.stop()
        where = (f"--host={host}", f"--port={port}")
        ended = netsuite(tmp_path, "cars", *where, stdin=b"c\n024 hyr\nc\n")
        assert (ended.returncode, ended.stdout.decode()) == (1, f"{MENU}License: \n")
        (line,) = ended.stderr.decode().splitlines()
        assert "connection refused; is the service running? (twistd -n cars)" in line

    def test_no_line_editor_is_loaded(self, cars: Daemon, tmp_path: Path) -> None:
        code = (
            "import sys; from netsuite.client.main import run;"
            f"status = run(['cars', '--ready-file', {str(cars.ready_file)!r}]);"
            "sys.exit(status or 'prompt_toolkit' in sys.modules)"
        )
        ended = run([sys.executable, "-c", code], tmp_path, stdin=b"c\n024 hyr\n")
        assert (ended.returncode, ended.stderr) == (0, b"")
