"""What becomes of what a client tells, as a table."""

from __future__ import annotations

from typing import NamedTuple

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.session.display import Window
from netsuite.blackjack.session.preferences import Preferences
from netsuite.blackjack.telnet.codes import Command, Option
from netsuite.blackjack.telnet.negotiation import (
    Commanded,
    Environment,
    Event,
    OptionChanged,
    TerminalTypes,
    Text,
    WindowSize,
)
from netsuite.blackjack.telnet.options import Side
from netsuite.blackjack.telnet.terminal import mtts


def types(*names: str) -> TerminalTypes:
    """What a client calls its terminal."""
    told = next((found for name in names if (found := mtts(name)) is not None), None)
    return TerminalTypes(names, told, True)


def variables(**values: str) -> Environment:
    """Variables of a client's environment."""
    return Environment(values)


class Look(NamedTuple):
    """How things are shown."""

    unicode: bool = False
    colour: bool = False
    reader: bool = False
    keys: bool = False


PLAIN = Look()
ALL = Look(unicode=True, colour=True, keys=True)

#: What clients tell, and what is made of it.
CLIENTS: dict[str, tuple[list[Event], Look]] = {
    "nc": ([], PLAIN),
    "only a window": ([WindowSize(100, 30)], PLAIN),
    "a terminal that nobody knows": ([types("UNKNOWN")], PLAIN),
    "a teletype": ([types("DUMB")], PLAIN),
    "telnet in xterm": ([types("XTERM-256COLOR")], ALL),
    "telnet in tmux": ([types("TMUX-256COLOR")], ALL),
    "telnet on a Linux console": ([types("LINUX")], ALL),
    "telnet on a VT220": ([types("VT220")], Look(colour=True, keys=True)),
    "telnet of Windows": ([types("ANSI")], Look(colour=True, keys=True)),
    "the first name counts": ([types("VT100", "XTERM")], Look(colour=True, keys=True)),
    "with the locale of C": (
        [types("XTERM"), variables(LANG="C")],
        Look(colour=True, keys=True),
    ),
    "a VT220 with UTF-8": ([types("VT220"), variables(LANG="de_DE.UTF-8")], ALL),
    "written otherwise": ([types("VT220"), variables(LANG="de_DE.utf8")], ALL),
    "LC_ALL above LANG": (
        [types("XTERM"), variables(LC_ALL="POSIX", LANG="de_DE.UTF-8")],
        Look(colour=True, keys=True),
    ),
    "an empty one is none": (
        [types("VT220"), variables(LC_ALL="", LANG="en_US.UTF-8")],
        ALL,
    ),
    "CHARSET above both": (
        [types("XTERM"), variables(CHARSET="ISO-8859-1", LC_ALL="de_DE.UTF-8")],
        Look(colour=True, keys=True),
    ),
    "NO_COLOR": ([types("XTERM"), variables(NO_COLOR="1")], Look(unicode=True, keys=True)),
    "NO_COLOR, but empty": ([types("XTERM"), variables(NO_COLOR="")], ALL),
    "UTF-8 without a terminal": ([variables(LANG="de_DE.UTF-8")], Look(unicode=True)),
    # Clients for games of many players edit lines, whatever their terminal is.
    "Mudlet": (
        [types("MUDLET", "XTERM", "MTTS 2349")],
        Look(unicode=True, colour=True),
    ),
    "MTTS: ANSI alone": ([types("X", "ANSI", "MTTS 1")], Look(colour=True)),
    "MTTS: UTF-8 alone": ([types("X", "XTERM", "MTTS 4")], Look(unicode=True)),
    "MTTS: nothing at all": ([types("X", "XTERM", "MTTS 0")], PLAIN),
    "MTTS: a screen reader": ([types("X", "ANSI", "MTTS 69")], Look(unicode=True, reader=True)),
    "MTTS in a variable": ([types("XTERM"), variables(MTTS="65")], Look(reader=True)),
    "MTTS that is none": ([types("XTERM"), variables(MTTS="sixty-five")], ALL),
    "MTTS that is empty": ([types("XTERM"), variables(MTTS="")], ALL),
    "a CHARSET beats MTTS": (
        [types("X", "XTERM", "MTTS 5"), variables(CHARSET="ASCII")],
        Look(colour=True),
    ),
}


def look_of(preferences: Preferences) -> Look:
    """What is made of preferences."""
    style = preferences.style
    return Look(style.unicode, style.colour, style.reader, preferences.wants_keys)


class ClientTests(SynchronousTestCase):
    def test_table(self) -> None:
        for name, (events, look) in CLIENTS.items():
            preferences = Preferences()
            for event in events:
                self.assertTrue(preferences.learn(event))
            self.assertEqual(look_of(preferences), look, name)

    def test_in_any_order(self) -> None:
        for name, (events, look) in CLIENTS.items():
            preferences = Preferences()
            for event in reversed(events):
                preferences.learn(event)
            self.assertEqual(look_of(preferences), look, name)

    def test_what_is_not_about_the_terminal(self) -> None:
        preferences = Preferences()
        before = look_of(preferences)
        others: list[Event] = [
            Text(b"x"),
            OptionChanged(Side.US, Option.ECHO, True),
            Commanded(Command.ARE_YOU_THERE),
        ]
        for event in others:
            self.assertFalse(preferences.learn(event))
        self.assertEqual(look_of(preferences), before)

    def test_a_list_of_terminals_that_is_not_complete(self) -> None:
        preferences = Preferences()
        preferences.learn(TerminalTypes(("MUDLET",), None, False))
        self.assertEqual(look_of(preferences), PLAIN)
        preferences.learn(TerminalTypes(("MUDLET", "ANSI"), None, False))
        preferences.learn(types("MUDLET", "ANSI", "MTTS 13"))
        self.assertEqual(look_of(preferences), Look(unicode=True, colour=True))

    def test_variables_one_by_one(self) -> None:
        preferences = Preferences()
        preferences.learn(types("XTERM"))
        preferences.learn(variables(LANG="C"))
        preferences.learn(variables(NO_COLOR="1"))
        self.assertEqual(look_of(preferences), Look(keys=True))
        preferences.learn(variables(LANG="C.UTF-8"))
        self.assertEqual(look_of(preferences), Look(unicode=True, keys=True))

    def test_no_more_variables_are_kept_than_matter(self) -> None:
        preferences = Preferences()
        for number in range(1000):
            preferences.learn(Environment({f"X{number}": "x" * 100, "LANG": f"C.{number}"}))
        self.assertEqual(preferences._environment, {"LANG": "C.999"})


class ChoiceTests(SynchronousTestCase):
    """What the player chooses holds, whatever the client tells."""

    def test_each(self) -> None:
        for name, (events, look) in CLIENTS.items():
            for choice in ("unicode", "colour", "keys", "reader"):
                for value in (False, True):
                    preferences = Preferences()
                    setattr(preferences, choice, value)
                    for event in events:
                        preferences.learn(event)
                    now = look_of(preferences)
                    if choice == "colour" and now.reader:
                        # Colours are not read aloud.
                        self.assertFalse(now.colour, name)
                    else:
                        self.assertEqual(getattr(now, choice), value, (name, choice))
            self.assertEqual(look_of(preferences).reader, True)
            self.assertEqual(look, CLIENTS[name][1])

    def test_a_reader_gets_neither_colours_nor_keys(self) -> None:
        preferences = Preferences(reader=True)
        preferences.learn(types("XTERM"))
        preferences.learn(WindowSize(80, 24))
        self.assertEqual(look_of(preferences), Look(unicode=True, reader=True))
        self.assertIsNone(preferences.window)

    def test_no_reader_after_all(self) -> None:
        preferences = Preferences(reader=False)
        preferences.learn(types("X", "ANSI", "MTTS 69"))
        self.assertEqual(look_of(preferences), Look(unicode=True, colour=True))


class WindowTests(SynchronousTestCase):
    def learnt(self, *events: Event) -> Preferences:
        preferences = Preferences()
        for event in events:
            preferences.learn(event)
        return preferences

    def test_layout(self) -> None:
        for size, columns, rows in (
            (WindowSize(100, 30), 100, 30),
            (WindowSize(None, 30), 80, 30),
            (WindowSize(100, None), 100, None),
            (WindowSize(None, None), 80, None),
            (WindowSize(10, 3), 10, 3),
        ):
            self.assertEqual(self.learnt(size).style, Style(columns=columns, rows=rows), size)

    def test_drawn_over(self) -> None:
        """Where the cursor can be moved, and no line wraps."""
        ansi = types("XTERM")
        self.assertEqual(self.learnt(ansi, WindowSize(80, 24)).window, Window(80, 24))
        self.assertEqual(self.learnt(ansi, WindowSize(40, 10)).window, Window(40, 10))
        self.assertEqual(self.learnt(ansi, WindowSize(200, 60)).window, Window(200, 60))
        for events in (
            [WindowSize(80, 24)],
            [types("DUMB"), WindowSize(80, 24)],
            [ansi],
            [ansi, WindowSize(39, 24)],
            [ansi, WindowSize(80, None)],
            [ansi, WindowSize(None, 24)],
        ):
            self.assertIsNone(self.learnt(*events).window, events)
