"""Telnet's options: telnetlib3's client, and clients that answer as they like."""

from __future__ import annotations

import itertools
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end import telnetlib3_player
from tests.end_to_end.blackjack_terminal import Sitting, telnet
from tests.end_to_end.blackjack_wire import (
    BINARY,
    DO,
    DONT,
    ECHO,
    EOR,
    EOR_OPTION,
    GA,
    IAC,
    LINEMODE,
    NAWS,
    NEW_ENVIRON,
    NOP,
    SB,
    SGA,
    TTYPE,
    WILL,
    WONT,
    Answer,
    Player,
    no,
    nothing,
    says,
    tells,
    yes,
)
from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons, run
from tests.end_to_end.wire import Address

#: What the server asks when somebody has come.
ASKED = [(DO, TTYPE), (DO, NAWS), (DO, NEW_ENVIRON), (WILL, EOR_OPTION)]

#: A client with a terminal of a size, a kind and a language, that agrees to all that is asked.
TOLD = (
    says(WILL, TTYPE)
    + says(WILL, NAWS)
    + tells(NAWS, b"\0\x64\0\x1e")
    + says(WILL, NEW_ENVIRON)
    + says(DO, EOR_OPTION)
    + tells(TTYPE, b"\0xterm") * 2
    + tells(NEW_ENVIRON, b"\0\3LANG\1en_GB.UTF-8\3COLORTERM\1truecolor")
)

#: Clients that say that a screen reader is used: with MTTS, in the two ways there are.
SCREEN_READER = {
    "TTYPE": says(WILL, TTYPE)
    + tells(TTYPE, b"\0MUDLET")
    + tells(TTYPE, b"\0XTERM")
    + tells(TTYPE, b"\0MTTS 333"),
    "NEW-ENVIRON": says(WILL, NEW_ENVIRON) + tells(NEW_ENVIRON, b"\0\x03MTTS\x01333"),
}


def agrees_to_keys(verb: int, option: int) -> bytes:
    """Agree to what single keys take, and say nothing about the rest."""
    return yes(verb, option) if option in (ECHO, SGA) else b""


COLOURS = re.compile("\x1b\\[[0-9;]*m")


@pytest.fixture(scope="module")
def daemon(start_once: Daemons) -> Daemon:
    """Run the game."""
    return start_once("blackjack", "--seed", "31451")


@pytest.fixture
def address(daemon: Daemon) -> Address:
    """Return where it listens."""
    return daemon.address("blackjack")


@pytest.fixture
def players() -> Iterator[list[Player]]:
    """Have players leave after the test."""
    met: list[Player] = []
    yield met
    for each in met:
        each.close()


def play_a_round(player: Player, *, keys: bool = False) -> str:
    """Play the first round as a guest; return all that is shown."""
    line = "" if keys else "\r\n"
    shown = player.expect("guest: ")
    player.type("")
    shown += player.expect("Your bet")
    player.type("100")
    shown += player.expect("Your turn")
    player.send(f"h{line}".encode())
    shown += player.expect("You hit")
    player.send(f"s{line}".encode())
    return shown + player.expect("round 1, cards 1-5: 4H 9D 6D 10S 9H]", "> ")


def with_telnetlib3(folder: Path, address: Address, term: str, end: str) -> Any:
    """Return what telnetlib3's client tells of a round.

    :param end: what ends a choice.
    """
    program = [sys.executable, telnetlib3_player.__file__]
    ended = run([*program, str(address[1]), term, end], folder)
    assert ended.returncode == 0, ended.stderr.decode()
    told = json.loads(ended.stdout)
    told["shown"] = "".join(told["shown"].values())
    return told


class TestTelnetlib3:
    def test_xterm(self, address: Address, tmp_path: Path) -> None:
        told = with_telnetlib3(tmp_path, address, "xterm-256color", "")
        assert (told["echo"], told["sga"], told["eor"]) == (True, True, True)
        # One for each prompt; and none of the other kind.
        assert told["marks"] == {"eor": 5, "ga": 0}
        assert told["refused"] == [*("CHARSET", "CHARSET", "LINEMODE", "STATUS")]
        shown = told["shown"]
        assert "Press a key." in COLOURS.sub("", shown)
        assert COLOURS.search(shown)
        # The table is as wide as the window that it told of.
        widths = {len(line) for line in COLOURS.sub("", shown).split("\r\n") if "─ shoe" in line}
        assert 100 in widths

    def test_a_terminal_without_colours(self, address: Address, tmp_path: Path) -> None:
        """It has no keys either, and so what is typed is a line. It says what it can show."""
        told = with_telnetlib3(tmp_path, address, "dumb", "\r\n")
        assert (told["echo"], told["sga"], told["eor"]) == (False, False, True)
        assert "\x1b" not in told["shown"]
        assert "─ shoe 1" in told["shown"]  # LANG is en_US.utf8


class TestTelnet:
    def test_letters_of_every_script(self, address: Address, sitting: Sitting) -> None:
        """The real one takes no byte of a letter for a key of its own, such as that which takes
        its user to its own prompt."""
        player = sitting(telnet(address))
        player.play(("", "guest:"), ("“Äpfel”⏎", "A name has"), ("Наташа⏎", "Nobody is called"))
        screen = player.screen()
        assert "“Äpfel”" in screen
        assert "Nobody is called Наташа yet." in screen
        assert "telnet>" not in screen


class TestAnswers:
    @pytest.mark.parametrize(("answer", "mark"), [(yes, EOR), (no, GA), (nothing, None)])
    def test_the_same_to_everything(
        self, address: Address, players: list[Player], answer: Answer, mark: int | None
    ) -> None:
        player = Player(address, answer)
        players.append(player)
        shown = play_a_round(player)
        assert shown.isascii()
        assert "\x1b" not in shown
        assert "Type a letter, then Enter." in shown
        assert player.said[:4] == ASKED
        player.leave()
        # Each prompt has its mark, if it was agreed how; and nothing is asked twice.
        marked = [said for said in player.said[4:] if said[0] != SB]
        assert marked == ([] if mark is None else [(mark,)] * 5)

    def test_an_echo(self, address: Address, players: list[Player]) -> None:
        """Whoever sends back what they get brings about no loop."""
        player = Player(address, lambda verb, option: says(verb, option))
        players.append(player)
        play_a_round(player)
        assert len(player.said) < 30

    def test_all_that_can_be_said_about_options(
        self, address: Address, players: list[Player]
    ) -> None:
        """Each option is refused once at most, and the game goes on."""
        player = Player(address)
        players.append(player)
        known = (BINARY, ECHO, SGA, TTYPE, EOR_OPTION, NAWS, NEW_ENVIRON)
        verbs = itertools.product(range(256), (WILL, DO, WONT, DONT))
        player.send(b"".join(says(verb, option) for option, verb in verbs))
        play_a_round(player)
        refused = [said for said in player.said if said[-1] not in known and len(said) == 2]
        assert len(refused) == len({*refused}) == 2 * (256 - len(known))
        assert {verb for verb, _ in refused} == {DONT, WONT}

    def test_single_keys(self, address: Address, players: list[Player]) -> None:
        player = Player(address, agrees_to_keys)
        players.append(player)
        player.send(TOLD)
        shown = play_a_round(player, keys=True)
        assert "─ shoe 1: 230 cards left ──\r\n" in COLOURS.sub("", shown)
        assert (WILL, ECHO) in player.said
        assert (WILL, SGA) in player.said
        # It changes its mind in the middle of the game: lines, and no window any more.
        player.send(says(DONT, ECHO) + says(DONT, SGA) + says(WONT, NAWS) + says(WONT, TTYPE))
        player.type("100")
        player.expect("Your turn")
        player.type("double")
        player.expect("You double", "round 2,", "> ")
        assert player.said.count((WONT, ECHO)) == 1, str([x for x in player.said if len(x) == 2])
        player.type("quit")
        assert player.rest().endswith("Goodbye.\r\n")

    def test_prompts_without_marks(self, address: Address, players: list[Player]) -> None:
        """Those whose clients show the marks can have them left out."""
        player = Player(address, yes)
        players.append(player)
        player.type("prompts off", "")
        player.expect("Your bet", "> ")
        marks = player.said.count((EOR,))
        player.type("stats")
        player.expect("rounds      0", "> ")
        assert player.said.count((EOR,)) == marks
        player.type("prompts on")
        player.expect("> ")
        player.leave()
        assert player.said.count((EOR,)) > marks

    @pytest.mark.parametrize("told", SCREEN_READER.values(), ids=SCREEN_READER)
    def test_a_screen_reader(self, address: Address, players: list[Player], told: bytes) -> None:
        """Whoever says that they use one is never shown any art, and types lines."""
        player = Player(address)
        players.append(player)
        player.send(told)
        shown = player.expect("guest: ")
        player.type("", "100", "h", "s")
        shown += player.expect("Dealer shows the 9 of diamonds.\r\n", "A push", "Your bet: ")
        assert not re.search("--|[|]|\x1b", shown)
        assert (WILL, ECHO) not in player.said

    def test_linemode_is_refused(self, address: Address, players: list[Player]) -> None:
        player = Player(address, no)
        players.append(player)
        player.send(says(WILL, LINEMODE) + tells(LINEMODE, b"\1\3"))
        play_a_round(player)
        assert (DONT, LINEMODE) in player.said


class TestPieces:
    @pytest.mark.parametrize("told", [b"", TOLD])
    def test_byte_by_byte(self, address: Address, players: list[Player], told: bytes) -> None:
        """It does not matter in which pieces things come."""
        typed = b"\r\0100\r\n?\r\nh\x1b[A\r\ns\r\xff\xf1\nst\x7ftats\n\xce\xb1\r\n"
        whole, pieces = Player(address), Player(address)
        players += whole, pieces
        whole.send(told + typed + b"quit\r\n")
        for byte in told + typed + b"quit\r\n":
            pieces.send(bytes([byte]))
        shown = pieces.rest()
        assert shown.endswith("Goodbye.\r\n")
        assert words(shown) == words(whole.rest())
        assert {*pieces.said} == {*whole.said}

    def test_half_a_subnegotiation(self, address: Address, players: list[Player]) -> None:
        """One that never ends stands in nobody's way but its own."""
        player = Player(address)
        players.append(player)
        player.send(says(WILL, NAWS) + bytes([IAC, SB, NAWS]) + b"\r\nabc\r\n")
        player.expect("guest: ")
        player.send(bytes([IAC, IAC, 0, IAC, 240]))
        play = Player(address)
        players.append(play)
        play_a_round(play)
        player.type("", "100")
        player.expect("Your turn")


class TestCommands:
    def test_are_you_there(self, address: Address, players: list[Player]) -> None:
        player = Player(address)
        players.append(player)
        player.expect("guest: ")
        player.send(bytes([IAC, 246]))
        player.expect("[yes]")
        player.send(bytes([IAC, 246]) * 10_000)
        player.type("no such\x00name\x1b[31m?")
        assert player.expect("guest: ").count("[yes]") < 10_000

    def test_editing_and_leaving(self, address: Address, players: list[Player]) -> None:
        player = Player(address)
        players.append(player)
        player.expect("guest: ")
        player.type("")
        player.expect("> ")
        erase_line, erase, interrupt, end = (bytes([IAC, each]) for each in (248, 247, 244, 236))
        player.send(b"nonsense" + erase_line + b"statz" + erase + b"s\r\n")
        player.expect("rounds      0", "> ")
        player.send(b"lost" + interrupt)
        player.expect("Type quit to leave.", "> ")
        player.send(end)
        assert player.rest().endswith("Goodbye.\r\n")

    @pytest.mark.slow
    def test_kept_alive(self, address: Address, players: list[Player]) -> None:
        """Whoever speaks telnet is sent something every 30 s that is not shown; others are not."""
        silent, telnet = Player(address), Player(address, no)
        players += silent, telnet
        for each in (silent, telnet):
            each.expect("guest: ")
            each.socket.settimeout(2 * PATIENCE)
        began = time.monotonic()
        while (NOP,) not in telnet.said:
            assert telnet.read()
        assert time.monotonic() - began > 25
        assert telnet.text == ""
        silent.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.read()
        silent.socket.settimeout(PATIENCE)
        for each in (silent, telnet):
            each.type("")
            each.expect("Your bet")


def words(shown: str) -> list[str]:
    """Return what is shown from the first bet on, word by word, without what is random."""
    _, _, text = shown.partition("Your bet")
    assert text
    return re.sub("[0-9a-f]{32,64}", "", COLOURS.sub("", text)).split()
