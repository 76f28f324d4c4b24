"""Several people at one table of blackjack."""

from __future__ import annotations

import re
import time
from functools import partial

import pytest

from tests.end_to_end.blackjack_terminal import Sitting, Story, telnet
from tests.end_to_end.blackjack_wire import WORD, Come, Player
from tests.end_to_end.daemon import Daemon, Daemons

#: With this seed whoever plays the first round has a hand to play, however many they are.
SEED = "8"

#: What is not to be shown of what others say: what is no text, and is no line's end of ours.
UNSEEN = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff]|\r(?!\n)|(?<!\r)\n"
)


@pytest.fixture
def daemon(start: Daemons) -> Daemon:
    """Run a game at one table."""
    return start("blackjack", "--tables", "shared", "--seed", SEED)


@pytest.fixture
def come(come: Come, daemon: Daemon) -> Come:
    """Have people come to the table: of a name, or guests."""
    return partial(come, daemon)


def bet(players: list[Player]) -> None:
    """Have everybody bet, so that the cards are dealt."""
    for number, player in enumerate(players, 1):
        player.type(str(10 * number))
        player.expect(f"bet {10 * number}" if number < len(players) else "cards left")


def test_seven_seats(come: Come) -> None:
    seven = [come() for _ in range(7)]
    eighth = come()
    eighth.type("look")
    eighth.expect("watching: Guest 8", "You are watching.", "[sit]")
    bet(seven)
    eighth.expect("Guest 1  ", "bet 10", "Guest 4  ", "bet 40", "Guest 7  ", "bet 70")
    # Each has a turn, one after the other, and the others are told whose.
    for number, player in enumerate(seven, 1):
        player.expect("Your turn:")
        if number < 7:
            seven[6].expect(f"Guest {number}'s turn. ")
        player.type("s")
        eighth.expect(f"Guest {number} stands on ")
    over = {player.expect("round 1, cards 1-", "]").split("round 1, ")[1] for player in seven}
    over.add(eighth.expect("round 1, cards 1-", "]").split("round 1, ")[1])
    assert len(over) == 1
    seven[2].type("quit")
    assert seven[2].rest().endswith("Goodbye.\r\n")
    eighth.expect("Guest 3 ", "Your bet, 10 to 500?")
    eighth.type("10")
    eighth.expect("You bet 10")
    seven[6].expect("Guest 8 ")


def test_who_watches_speaks_and_sits(come: Come) -> None:
    first, second = come(), come()
    second.type("watch")
    first.expect("Guest 2 ")
    second.type("say May I?")
    first.expect("Guest 2: May I?")
    # Nobody waits for those who watch.
    first.type("10")
    first.expect("Your turn:")
    second.type("hit")
    second.expect("It is not your turn: Guest 1 is asked.")
    second.type("sit")
    first.type("s")
    first.expect("round 1,")
    second.type("20")
    second.expect("You bet 20")


def test_nothing_but_text_reaches_others(come: Come) -> None:
    victim, mallory, eve = come("Víctor"), come("Mallory"), come("Eve")
    victim.type("unicode on")
    victim.expect("A♠", "> ")
    evil = [
        b"\x1b[2J\x1b[31mred\x1b[0m",
        b"\x9b31mC1 \xc2\x9b31m \xc2\x85next",
        b"bell\x07 back\x08 tab\tdel\x7f nul\0 form\x0c",
        b"title \x1b]0;owned\x07 link \x1b]8;;http://evil\x1b\\",
        b"iac \xff\xff\xff\xfb\x01 \xff\xfa\x18\x01\xff\xf0 latin \xe4",
        "bidi \u202egnp.exe\u202c \u2066x\u2069 line\u2028para\u2029 zero\ufeff\u200b".encode(),
        b"long " * 100,
        b"[Shoe 1 revealed: 2C]",
    ]
    shown = ""
    for number, text in enumerate(evil):
        speaker = (mallory, eve)[number % 2]
        speaker.send(b"say " + text + b"\r\nsay end%d\r\n" % number)
        shown += victim.expect(f"end{number}")
        if number % 2:
            # So much may be said at once.
            mallory, eve = come(f"Mallory{number}"), come(f"Eve{number}")
    assert not UNSEEN.search(shown)
    # It was asked about its terminal when it came; since then there is no telnet.
    assert b"\xff" not in victim.data.partition(b"Welcome")[2]
    assert "Mallory: red\r\n" in shown
    # Nobody but the house makes statements about shoes.
    assert "(Shoe 1 revealed: 2C)" in shown


def test_lost_in_the_middle_of_a_hand(come: Come) -> None:
    """Who comes back by name and secret word has the same hand."""
    ann, bob = come("Ann"), come("Bob")
    bet([ann, bob])
    hand = ann.expect("Your turn: ", " against")
    ann.cut()
    bob.expect("Ann ")
    again = come("ann")
    again.type("look")
    assert again.expect("Your turn: ", " against").endswith(hand.split("Your turn")[1])
    again.type("s")
    bob.expect("Ann stands", "Your turn: ")
    # Bob is lost in his own turn, and somebody else does not get his hand.
    bob.cut()
    again.expect("Bob ")
    thief = Player(again.socket.getpeername())
    thief.expect("guest: ")
    thief.type("Bob", "guess-guess")
    thief.expect("is not the secret word of Bob")
    thief.close()
    back = come("Bob")
    back.type("s")
    back.expect("You stand on ", "round 1,")
    again.expect("round 1,")


def test_a_guest_who_is_lost(come: Come) -> None:
    guest, bob = come(), come("Bob")
    bet([guest, bob])
    guest.expect("Your turn")
    guest.cut()
    bob.expect("Guest 1 ", "Your turn: ")


def test_taken_over(come: Come) -> None:
    """The seat is where its player signed in last."""
    ann, bob = come("Ann"), come("Bob")
    bet([ann, bob])
    hand = ann.expect("Your turn: ", " against").split("Your turn")[1]
    again = come("Ann")
    assert "signed in from elsewhere" in ann.rest()
    again.type("look")
    assert again.expect("Your turn: ", " against").endswith(hand)
    again.type("s")
    bob.expect("Ann stands")
    bob.type("s")
    again.expect("round 1,")


@pytest.mark.parametrize("sizes", [[(80, 24), (80, 24)], [(40, 24), (120, 40)]], ids=str)
def test_at_two_screens(daemon: Daemon, sitting: Sitting, sizes: list[tuple[int, int]]) -> None:
    """With the real telnet, and single keys."""
    command = telnet(daemon.address("blackjack"))
    ann, bob = (sitting(command, columns=columns, rows=rows) for columns, rows in sizes)
    for player, name in ((ann, "Ann"), (bob, "Bob")):
        player.play(("", "guest:"), (f"{name}⏎", "another name:"), (f"{WORD}⏎", "again:"))
        player.play((f"{WORD}⏎", "[pass]"))
    ann_sees = Story(f"shared-ann-{ann.columns}", ann)
    bob_sees = Story(f"shared-bob-{bob.columns}", bob)
    ann_sees("100⏎", "You bet 100")
    # What others do comes in the midst of what is typed, and is not mixed up with it.
    ann.enter("say I am wri")
    ann.wait_for("> say I am wri")
    bob_sees("say Hello!⏎", "Bob: Hello!")
    ann_sees("", "Bob: Hello!", begun="say I am wri")
    ann_sees("ting⏎", "Ann: I am writing")
    bob_sees("200⏎", "Ann's turn")
    # Single keys are taken when there was time to see that it is one's turn.
    ann_sees("", "Press a key")
    ann_sees("s", "Bob's turn")
    bob_sees("", "Press a key")
    bob_sees("s", "round 1,")
    ann_sees("", "round 1,")
    ann_sees.check()
    bob_sees.check()


@pytest.mark.slow
def test_nobody_stalls_the_table(come: Come) -> None:
    ann, bob, eve = come("Ann"), come("Bob"), come("Eve")
    ann.type("10")
    began = time.monotonic()
    eve.type("10")
    # Bob does not bet: there are 20 seconds for it.
    bob.expect("20 s left")
    ann.expect("Your turn: ")
    assert 19 < time.monotonic() - began < 29
    # Ann does not answer: there are 25 seconds for it, and a warning.
    began = time.monotonic()
    ann.expect("5 seconds left!")
    assert 19 < time.monotonic() - began < 24
    ann.expect("Your time is up. You stand on ")
    assert 24 < time.monotonic() - began < 34
    # Eve is lost: there are 30 seconds in which she could come back.
    eve.expect("Your turn: ")
    began = time.monotonic()
    eve.cut()
    ann.expect("Eve stands on ", "round 1,")
    assert 29 < time.monotonic() - began < 39
    # Her seat is free, and she has paid for it.
    again = come("Eve")
    again.type("stats")
    again.expect("rounds      1")
