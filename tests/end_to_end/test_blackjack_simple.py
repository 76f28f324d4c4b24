"""The seed's game: ``twistd blackjack --rules simple``."""

from __future__ import annotations

import re

from tests.end_to_end.blackjack_terminal import Sitting, telnet
from tests.end_to_end.blackjack_wire import Player
from tests.end_to_end.daemon import Daemons

#: How many rounds are played.
ROUNDS = 60

TURN = re.compile(r"Your turn: (?:soft )?(\d+) against ")
CARDS = re.compile(r"round \d+, cards \d+-\d+: ([^]]+)\]")
#: What becomes of the player is written below the other things beside the hand.
RESULT = re.compile(r"\|  (win|lose|push|bust)\r")


def total(cards: list[str]) -> int:
    """Return what cards count: an ace 11, or 1 where that would be too much."""
    ranks = [card[:-1] for card in cards]
    hard = sum({"A": 1, "J": 10, "Q": 10, "K": 10}.get(rank) or int(rank) for rank in ranks)
    return hard + 10 if "A" in ranks and hard <= 11 else hard


def outcome(cards: list[str]) -> str:
    """Play a round by the seed's rules, with a player who takes cards below 17.

    Player and dealer start with two cards each; the dealer then draws below 17. The nearest to 21
    without going over wins.
    """
    first, upcard, second, hidden, *rest = cards
    player, dealer = [first, second], [upcard, hidden]
    while total(player) < 17:
        player.append(rest.pop(0))
    while total(player) <= 21 and total(dealer) < 17:
        dealer.append(rest.pop(0))
    assert rest == [], "these were dealt for no reason"
    if total(player) > 21:
        return "bust"
    if total(dealer) > 21 or total(player) > total(dealer):
        return "win"
    return "push" if total(player) == total(dealer) else "lose"


def test_its_rules(start: Daemons) -> None:
    """Cards that nobody knows before, and outcomes worked out again."""
    player = Player(start("blackjack", "--rules", "simple").address("blackjack"))
    player.type("")
    player.expect("[Enter] deals", "> ")
    for _ in range(ROUNDS):
        player.type("")
        shown = ""
        while ", cards " not in shown:
            piece = player.expect("\r\n> ")
            shown += piece
            if turn := TURN.search(piece):
                # One card of the dealer's is hidden.
                assert ("|:::::|" in piece) == ("You hit" not in piece)
                player.type("hit" if int(turn[1]) < 17 else "stand")
        found = CARDS.search(shown)
        assert found
        assert RESULT.findall(shown) == [outcome(found[1].split())], shown
    player.leave()


def test_with_telnet(start: Daemons, sitting: Sitting) -> None:
    """Nobody is asked for a name or a bet, and there is nothing but hit and stand."""
    address = start("blackjack", "--rules", "simple", "--seed", "3").address("blackjack")
    player = sitting(telnet(address))
    player.play(("", "Press Enter to begin:"), ("⏎", "[Enter] deals"))
    screen = player.play(("⏎", "Press a key"))
    assert "14 against 7" in screen
    assert "\n[h]it  [s]tand  [?] advice  / for other commands\n" in screen
    player.play(("h", "You hit"), ("s", "round 1, cards 1-6: 9C 7S 5H 6C 2S 5C]"))
    screen = player.play(("double⏎", "No round"), ("5⏎", "bet"), ("⏎", "Press a key"))
    assert "chips" not in screen
    player.play(("d", "Doubling is not allowed"))
    player.enter("/quit⏎")
    player.wait_for("Goodbye.", "closed by foreign host")
