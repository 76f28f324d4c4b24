"""How somebody is shown things, made of what the client tells and what the player asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from netsuite.blackjack.screen.style import MIN_COLUMNS, Style
from netsuite.blackjack.session.display import Window
from netsuite.blackjack.telnet.negotiation import Environment, Event, TerminalTypes, WindowSize
from netsuite.blackjack.telnet.terminal import Mtts, mtts

__all__ = ["Preferences"]

# Terminals by the beginnings of their names, as TERM has them: those that know the colours and the
# cursor sequences of ECMA-48, and of these, those that show UTF-8 nowadays.
_ANSI: Final = (
    *("ANSI", "VT", "XTERM", "SCREEN", "TMUX", "RXVT", "LINUX", "CYGWIN", "PUTTY", "KONSOLE"),
    *("GNOME", "ALACRITTY", "FOOT", "KITTY", "ITERM", "WEZTERM", "GHOSTTY", "CONTOUR", "MLTERM"),
)
_UTF8: Final = (
    *("XTERM", "SCREEN", "TMUX", "RXVT-UNICODE", "LINUX", "PUTTY", "KONSOLE", "VTE"),
    *("GNOME", "ALACRITTY", "FOOT", "KITTY", "ITERM", "WEZTERM", "GHOSTTY", "CONTOUR", "MLTERM"),
)

#: The variables of a client's environment that matter.
_VARIABLES: Final = ("CHARSET", "LC_ALL", "LANG", "NO_COLOR", "MTTS")


@attrs.define
class Preferences:
    """What is known of one client, and what its player has chosen.

    What the player has chosen is None until they have; it then holds, whatever the client tells.
    """

    #: What the player has chosen.
    unicode: bool | None = None
    colour: bool | None = None
    reader: bool | None = None
    keys: bool | None = None
    #: Whether the ends of prompts are marked, where that was agreed.
    prompts: bool = True

    _window: WindowSize = attrs.field(factory=lambda: WindowSize(None, None))
    _types: tuple[str, ...] = ()
    _mtts: Mtts | None = None
    _environment: dict[str, str] = attrs.field(factory=dict)

    def learn(self, event: Event) -> bool:
        """Take what the client tells about its terminal.

        :returns: whether it is about that.
        """
        if isinstance(event, WindowSize):
            self._window = event
        elif isinstance(event, TerminalTypes):
            self._types = event.names
            if event.mtts is not None:
                self._mtts = event.mtts
        elif isinstance(event, Environment):
            # No others are kept, however many there are.
            told = {name: event.values[name] for name in _VARIABLES if name in event.values}
            self._environment |= told
            if (described := mtts(f"MTTS {told.get('MTTS', '')}")) is not None:
                self._mtts = described
        else:
            return False
        return True

    @property
    def ansi(self) -> bool:
        """Whether the client's terminal knows colours and moves its cursor where it is told."""
        if self._mtts is not None:
            return bool(self._mtts & Mtts.ANSI)
        return self._is(_ANSI)

    @property
    def window(self) -> Window | None:
        """The window, where a drawing can be drawn over: the cursor can be moved, and no line of
        ours wraps."""
        columns, rows = self._window.columns, self._window.rows
        if columns is None or rows is None or columns < MIN_COLUMNS:
            return None
        return Window(columns, rows) if self.ansi and not self.style.reader else None

    @property
    def wants_keys(self) -> bool:
        """Whether to ask for single keys.

        Clients for games of many players (MTTS) edit whole lines, and take a server that echoes
        for one that asks for a secret word. A screen reader's user hears what they type.
        """
        if self.keys is not None:
            return self.keys
        return self._mtts is None and self._is(_ANSI) and not self.style.reader

    @property
    def style(self) -> Style:
        """How to show things."""
        reader = self.reader
        if reader is None:
            reader = self._mtts is not None and bool(self._mtts & Mtts.SCREEN_READER)
        style = Style(rows=self._window.rows, reader=reader)
        if self._window.columns is not None:
            style = attrs.evolve(style, columns=self._window.columns)
        return attrs.evolve(
            style,
            unicode=self._shows_utf8() if self.unicode is None else self.unicode,
            colour=not reader and (self._likes_colour() if self.colour is None else self.colour),
        )

    def _is(self, kinds: tuple[str, ...]) -> bool:
        return bool(self._types) and self._types[0].startswith(kinds)

    def _shows_utf8(self) -> bool:
        locale = _first(self._environment, "CHARSET", "LC_ALL", "LANG")
        if locale is not None:
            return "UTF8" in locale.upper().replace("-", "")
        if self._mtts is not None:
            return bool(self._mtts & Mtts.UTF8)
        return self._is(_UTF8)

    def _likes_colour(self) -> bool:
        if self._environment.get("NO_COLOR"):  # https://no-color.org
            return False
        return self.ansi


def _first(values: Mapping[str, str], *names: str) -> str | None:
    """Return the first of some variables that has a value."""
    return next((values[name] for name in names if values.get(name)), None)
