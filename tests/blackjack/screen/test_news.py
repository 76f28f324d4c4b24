"""What is told of what happens at a table."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import parse_card
from netsuite.blackjack.fairness import Reveal, commitment_lines, reveal_lines, round_lines
from netsuite.blackjack.screen.news import tell
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from netsuite.blackjack.table.scene import Scene
from tests.blackjack.screen.scenes import (
    DOUBLE,
    HIT,
    INSURE,
    SIMPLE,
    SPLIT,
    STAND,
    played,
    scene_of,
    waiting,
)

SEVEN = parse_card("7S")
PAIRS = "8H 10S 8D 7D 5C 6C 2C 3S"


def company(me: int | None = 1, *actions: Action) -> Scene:
    """Bob, who has two eights and plays first, and Ann, who has 15."""
    play = played("8H 10S 10H 8D 5C 6C 2C 3S 4S", *actions, bets=(50, 50))
    return scene_of(play, ("Bob", "Ann", None), me=me)


def acted(
    seat: int,
    action: Action,
    *cards: int,
    hand: int = 0,
    total: int = 15,
    bust: bool = False,
    late: bool = False,
) -> events.Acted:
    return events.Acted(seat, hand, action, cards, total, bust, late)


class NewsTests(SynchronousTestCase):
    def told(self, event: events.Event, scene: Scene, *expected: str) -> None:
        self.assertEqual(tell(Style(columns=100, unicode=True), event, scene), list(expected))

    def read(self, event: events.Event, scene: Scene, *expected: str) -> None:
        self.assertEqual(tell(Style(columns=100, reader=True), event, scene), list(expected))

    def test_others(self) -> None:
        scene = company()
        self.told(acted(0, HIT, SEVEN), scene, "Bob hits: 7♠, 15.")
        self.read(acted(0, HIT, SEVEN), scene, "Bob hits: 7 of spades. 15.")
        self.told(acted(0, HIT, SEVEN, total=24, bust=True), scene, "Bob hits: 7♠, 24: bust.")
        self.told(acted(0, DOUBLE, SEVEN), scene, "Bob doubles: 7♠, 15.")
        self.told(acted(0, STAND), scene, "Bob stands on 15.")
        self.told(acted(0, STAND, late=True), scene, "Bob's time is up. Bob stands on 15.")
        self.told(acted(0, INSURE), scene, "Bob insures the bet.")

    def test_mine(self) -> None:
        scene = company()
        self.told(acted(1, HIT, SEVEN), scene, "You hit: 7♠, 15.")
        self.told(acted(1, STAND, late=True), scene, "Your time is up. You stand on 15.")
        self.told(acted(1, Action.SURRENDER), scene, "You surrender.")

    def test_split_hands(self) -> None:
        scene = company(0, SPLIT)
        self.told(acted(0, SPLIT, SEVEN), scene, "You split: 7♠, 15.")
        self.told(acted(0, HIT, SEVEN), scene, "You hit on hand 1: 7♠, 15.")
        self.told(acted(0, STAND, hand=1), scene, "You stand on hand 2: 15.")
        self.told(acted(0, SPLIT, SEVEN, hand=1), scene, "You split on hand 2: 7♠, 15.")

    def test_a_hand_that_is_new(self) -> None:
        scene = company(0, SPLIT)
        self.told(events.TurnCame(0, 0, None), scene, "Hand 1: 8♥ 2♣, 10.")
        self.read(events.TurnCame(0, 0, None), scene, "Hand 1: 8 of hearts, 2 of clubs. 10.")
        # After that, the news say what is drawn.
        self.told(events.TurnCame(0, 0, None), company(0, SPLIT, HIT))
        # Others see the prompt.
        self.told(events.TurnCame(0, 0, None), company(1, SPLIT))
        self.told(events.TurnCame(0, 0, None), company(0))

    def test_the_scene_may_be_ahead(self) -> None:
        scene = company()
        self.told(acted(2, HIT, SEVEN), scene, "Seat 3 hits: 7♠, 15.")
        self.told(events.TurnCame(0, 3, None), company(0))
        self.told(events.TurnCame(0, 0, None), waiting(places=(None,), me=None))

    def test_bets(self) -> None:
        scene = company()
        self.told(events.BetPlaced(0, 1500), scene, "Bob bets 1,500.")
        self.told(events.BetPlaced(1, 50), scene)
        self.told(events.SatOut(0), scene, "Bob lets the next round pass.")
        self.told(events.SatOut(1), scene, "You let the next round pass.")
        simple = scene_of(
            played("8H 10S 10H 8D 5C 6C", rules=SIMPLE, bets=(0, 0)), ("Bob", "Ann"), me=1
        )
        self.told(events.BetPlaced(0, 0), simple, "Bob is ready.")

    def test_what_the_prompt_or_the_table_says(self) -> None:
        scene = company()
        for event in (events.BettingOpened(None), events.BettingOpened(20.0), events.Dealt()):
            self.told(event, scene)
            self.read(event, scene)

    def test_time(self) -> None:
        self.told(events.TimeShort(1, 5.0), company(), "5 seconds left!")
        self.told(events.TimeShort(0, 5.0), company())

    def test_coming_and_going(self) -> None:
        scene = company()
        for event, expected in (
            (events.Joined("Eve"), "Eve has come to watch."),
            (events.SatDown(2, "Eve"), "Eve takes a seat."),
            (events.SatDown(1, "Ann"), "You have a seat."),
            (events.Left(None, "Eve"), "Eve leaves."),
            (events.StoodUp(1, "Eve"), "Eve watches from now on."),
            (events.StoodUp(1, "Ann"), "You watch from now on."),
            (
                events.StoodUp(1, "Eve", "sat out 3 rounds"),
                "Eve watches from now on: sat out 3 rounds.",
            ),
            (events.Left(0, "Bob", "lost the connection"), "Bob leaves: lost the connection."),
            (
                events.CutOff(0, "Bob", 30.0),
                "Bob has lost the connection; the seat is kept for 30 s.",
            ),
            (events.Returned(0, "Bob"), "Bob is back."),
            (events.Returned(1, "Ann"), "You are back."),
            (events.TakenOver(), "You have signed in from elsewhere, and go on there."),
            (events.Stopping(), "The service is stopping: there will be no further round."),
        ):
            self.told(event, scene, expected)

    def test_a_table_of_ones_own(self) -> None:
        self.told(events.SatDown(0, "Ann"), waiting())

    def test_chat(self) -> None:
        scene = company()
        self.told(events.Said("Bob", "well \x1b[2J done"), scene, r"Bob: well \x1b[2J done")
        self.read(events.Said("Bob", "well done"), scene, "Bob says: well done")

    def test_shoes(self) -> None:
        commitment, scene = "0123456789abcdef" * 4, company()
        started = events.ShoeStarted(2, commitment, None)
        self.told(started, scene, *commitment_lines(2, commitment, 100))
        seeded = events.ShoeStarted(2, commitment, 7)
        self.told(
            seeded,
            scene,
            "Shoe 2 has been shuffled with the seed 7: the same cards every time.",
            *commitment_lines(2, commitment, 100),
        )
        self.read(
            started,
            scene,
            "Shoe 2 has been shuffled. The command fair says how to check it.",
        )
        reveal = Reveal("0123456789abcdef" * 2, (1, 2, 3))
        self.told(events.ShoeRevealed(1, reveal), scene, *reveal_lines(1, reveal, 100))
        self.read(
            events.ShoeRevealed(1, reveal),
            scene,
            "Shoe 1 is over. The command fair shows its order.",
        )

    def test_rounds(self) -> None:
        over = events.RoundOver(3, 17, (1, 2, 3, 4))
        self.told(over, company(), *round_lines(1, 3, 17, (1, 2, 3, 4), 100))
        self.read(over, company())
