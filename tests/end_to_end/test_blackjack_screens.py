"""Whole games of blackjack with the real ``telnet``, on screens of several sizes and kinds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.blackjack_terminal import Player, Sitting, Story, telnet
from tests.end_to_end.blackjack_wire import WORD
from tests.end_to_end.daemon import Daemons

#: With this seed the first five rounds are: one to hit and stand in, one to double in, a pair to
#: split, an ace to insure against, and a blackjack.
SEED = 31451


Sit = Callable[..., Player]


@pytest.fixture
def sit(start: Daemons, sitting: Sitting) -> Sit:
    """Have people play with telnet, each on a screen of their own."""
    address = start("blackjack", "--seed", str(SEED)).address("blackjack")

    def sit(term: str = "xterm-256color", **size: int) -> Player:
        return sitting(telnet(address, term), **size)

    return sit


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 24), (120, 40)])
def test_a_whole_game(sit: Sit, columns: int, rows: int) -> None:
    player = sit(columns=columns, rows=rows)
    story = Story(f"game-{columns}x{rows}", player)
    player.play(("", "guest:"), ("Zoë⏎", "name:"))
    assert WORD not in player.play((f"{WORD}⏎", "again:"))
    assert WORD not in story(f"{WORD}⏎", "[Enter] 10")
    story("100⏎", "Your turn")
    story("h", "You hit")
    story("s", "round 1,", "100 again")
    story("⏎", "Your turn")
    story("d", "round 2,")
    story("⏎", "s[p]lit")
    story("p", "Hand 1 of 2")
    story("h", "You hit on hand 1")
    story("s", "Hand 2 of 2")
    story("?", "Best")
    story("s", "round 3,")
    story("⏎", "[y]es")
    story("y", "round 4,")
    story("⏎", "round 5,")
    player.play(("stats⏎", "staked"), ("help⏎", "are enough"), ("rules⏎", "endless"))
    player.play(("top⏎", "▸ 1."), ("fair⏎", "sha256sum"))
    player.enter("quit⏎")
    player.wait_for("closed by foreign host")
    history = player.screen(history=True)
    assert WORD not in history
    story.note("all of it", history)
    story.check()


def test_another_size_in_the_middle_of_a_round(sit: Sit) -> None:
    """The table is drawn anew, to fit. What was there is tmux's to break into lines."""
    player = sit()
    story = Story("sizes", player)
    player.play(("", "guest:"), ("⏎", "[Enter] 10"), ("100⏎", "Your turn"))
    # Each with what no other drawing has.
    for columns, rows, drawn in ((40, 24, "── vegas ─"), (120, 40, "─" * 100), (80, 12, "9♦ ??")):
        player.resize(columns, rows)
        story("", drawn)
    story("h", "You hit")
    story("s", "round 1,")
    story.check()


@pytest.mark.parametrize("term", ["dumb", "vt100", "xterm"])
def test_another_terminal(sit: Sit, term: str) -> None:
    player = sit(term=term)
    story = Story(f"term-{term}", player)
    # A terminal that cannot move its cursor is sent lines.
    enter = "⏎" if term == "dumb" else ""
    player.play(("", "guest:"), ("⏎", "[Enter] 10"), ("100⏎", "Your turn"))
    story(f"h{enter}", "You hit")
    story(f"s{enter}", "round 1,")
    player.enter("quit⏎")
    player.wait_for("closed by foreign host")
    story.note("all of it", player.screen(history=True))
    story.check()


def test_reader(sit: Sit) -> None:
    """What is read aloud is plain sentences, and nothing that was said is ever changed."""
    player = sit(rows=60)
    story = Story("reader", player)
    player.play(("", "guest:"), ("reader⏎", "plain sentences"), ("⏎", "Your bet:"))
    player.play(("100⏎", "Your choice:"), ("h⏎", "You hit"), ("s⏎", "push"))
    player.play(("⏎", "11 against 10"), ("double⏎", "You double"), ("⏎", "4 of clubs"))
    player.play(("?⏎", "Best"), ("split⏎", "You split"), ("s⏎", "Hand 2"), ("s⏎", "on hand 2"))
    player.play(("help⏎", "are enough"), ("reader off⏎", "The table is drawn"))
    story("stats⏎", "staked")
    story.note("all of it", player.screen(history=True))
    story.check()


def test_colours(sit: Sit) -> None:
    player = sit()
    player.play(("", "guest:"), ("⏎", "[Enter] 10"), ("100⏎", "Your turn"))
    assert "\x1b[" in player.screen(colours=True)
    player.play(("/colour off⏎", "Colours are off"), ("h", "You hit"), ("s", "round 1,"))
    player.play(("⏎", "Your turn"))
    table = player.screen(colours=True).partition("again  rules")[2]
    assert "Blackjack" in table
    assert "\x1b[" not in table
    player.play(("/colour on⏎", "Colours are on"), ("d", "round 2,"))
    assert "\x1b[" in player.screen(colours=True)


def test_unicode(sit: Sit) -> None:
    player = sit()
    story = Story("unicode", player)
    player.play(("", "guest:"), ("unicode off⏎", "AS"), ("⏎", "[Enter] 10"))
    assert story("100⏎", "Your turn").isascii()
    story("/unicode on⏎", "A♠")
    story("h", "You hit")
    story.check()


def test_keys(sit: Sit) -> None:
    player = sit()
    story = Story("keys", player)
    player.play(("", "guest:"), ("⏎", "[Enter] 10"), ("100⏎", "Your turn"))
    story("/keys off⏎", "Whole lines")
    # The real telnet shows what is typed, and sends it with Enter.
    player.enter("hip")
    player.press("BSpace", "BSpace")
    story("⏎", "You hit")
    # It is a moment until both have agreed upon it.
    story("keys on⏎", "Single keys", "[s]tand  [?] advice  / for")
    player.press("Up", "F1", "Escape", "C-c")
    story("", "quit to leave", "Press a key")
    story("s", "round 1,")
    story.check()


def test_the_keys_that_end_it(sit: Sit) -> None:
    player = sit()
    player.play(("", "guest:"), ("⏎", "[Enter] 10"))
    player.press("C-d")
    player.wait_for("Goodbye.", "closed by foreign host")
