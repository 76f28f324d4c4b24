"""What can be typed is on the screen."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.rules import Rules
from netsuite.blackjack.screen.prompts import prompt
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.table.scene import Scene
from tests.blackjack.screen.scenes import (
    HIT,
    SIMPLE,
    STAND,
    place,
    played,
    scene_of,
    waiting,
)

EARLY = Rules(name="early", surrender="early")


def said(scene: Scene, *, keys: bool = False, last_bet: int | None = None) -> str:
    return " ".join(prompt(Style(columns=120), scene, keys=keys, last_bet=last_bet))


def read(scene: Scene, *, last_bet: int | None = None) -> list[str]:
    return prompt(Style(reader=True), scene, last_bet=last_bet)


class BettingTests(SynchronousTestCase):
    def test_first_bet(self) -> None:
        shown = said(waiting())
        self.assertIn("Your bet, 10 to 500? Type a number.", shown)
        self.assertIn("[Enter] 10  rules", shown)

    def test_last_bet(self) -> None:
        self.assertIn("[Enter] 50 again", said(waiting(), last_bet=50))

    def test_a_last_bet_that_is_not_possible_any_more(self) -> None:
        poor = waiting(places=(place(chips=40),))
        shown = said(poor, last_bet=50)
        self.assertIn("10 to 40", shown)
        self.assertNotIn("Enter]", shown)
        self.assertNotIn("Enter]", said(waiting(), last_bet=501))
        self.assertNotIn("Enter]", said(waiting(), last_bet=9))

    def test_too_few_chips(self) -> None:
        shown = said(waiting(places=(place(chips=9),)), last_bet=50)
        self.assertIn("You have 9 chips, and the smallest bet is 10. [refill]", shown)
        self.assertNotIn("Your bet", shown)

    def test_without_bets(self) -> None:
        self.assertEqual(said(waiting(SIMPLE)), "[Enter] deals  rules | stats | help | quit > ")

    def test_in_company(self) -> None:
        scene = waiting(private=False, places=(place(), None), seconds=12.4)
        shown = said(scene)
        self.assertIn("12 s left.", shown)
        self.assertIn("[pass]", shown)
        self.assertNotIn("[pass]", said(waiting()))

    def test_having_bet(self) -> None:
        scene = waiting(private=False, places=(place(bet=70), place("Bob")), seconds=3.0)
        self.assertIn("You bet 70. The others may still bet. 3 s left.", said(scene))

    def test_having_passed(self) -> None:
        scene = waiting(private=False, places=(place(sits_out=True), place("Bob")))
        self.assertIn("You let this round pass. Your bet, 10 to 500?", said(scene))

    def test_read_aloud(self) -> None:
        self.assertEqual(
            read(waiting(), last_bet=50),
            [
                "Your bet, 10 to 500?",
                "Enter: bet 50 again.",
                "Also: rules, stats, help, quit.",
                "Your bet: ",
            ],
        )


class TurnTests(SynchronousTestCase):
    def test_letters_and_keys(self) -> None:
        scene = scene_of(played("8H 10S 8D 6C"))
        for keys, how in ((False, "Type a letter, then Enter."), (True, "Press a key.")):
            shown = said(scene, keys=keys)
            self.assertIn(f"Your turn: 16 against 10. {how}", shown)
            self.assertIn("[h]it  [s]tand  [d]ouble  s[p]lit  [?] advice", shown)
            self.assertEqual("/ for other commands" in shown, keys)

    def test_what_is_not_allowed_is_not_offered(self) -> None:
        shown = said(scene_of(played("8H 10S 3D 6C 2C", HIT)))
        self.assertIn("[h]it  [s]tand  [?] advice", shown)

    def test_time(self) -> None:
        play = played("8H 10S 3D 6C")
        self.assertIn("25 s left.", said(scene_of(play, seconds=25.0)))
        self.assertIn("1 s left.", said(scene_of(play, seconds=0.1)))
        self.assertIn("25 seconds left.", read(scene_of(play, seconds=25.0)))

    def test_insurance(self) -> None:
        self.assertIn(
            "16 against an ace. Insurance for 25? [y]es  [n]o",
            said(scene_of(played("8H AS 8D 6C"))),
        )
        self.assertIn(
            "blackjack against an ace. Insure it for 25, for even money? [y]es  [n]o",
            said(scene_of(played("KH AS AD 6C"))),
        )

    def test_insurance_that_cannot_be_paid(self) -> None:
        shown = said(scene_of(played("8H AS 8D 6C", bets=(1,), rules=Rules(min_bet=1))))
        self.assertIn("You cannot insure: a bet of one chip cannot be insured", shown)
        self.assertNotIn("[y]", shown)

    def test_early_surrender(self) -> None:
        shown = said(scene_of(played("8H AS 8D 6C", rules=EARLY)))
        self.assertIn("Surrender before the dealer looks? su[r]render  [p]lay", shown)

    def test_read_aloud(self) -> None:
        self.assertEqual(
            read(scene_of(played("8H 10S 3D 6C"))),
            [
                "Your turn: 11 against 10.",
                "h: take a card.",
                "s: take no more cards.",
                "d: double the bet, one card.",
                "?: which choice is best.",
                "Also: help, rules, quit.",
                "Your choice: ",
            ],
        )


class WaitingTests(SynchronousTestCase):
    def test_another_turn(self) -> None:
        play = played("8H 10S KH 7D 3D 6C", bets=(50, 50))
        scene = scene_of(play, ("Bob", "Ann"), me=1, seconds=9.0)
        self.assertIn("Bob's turn. 9 s left. [say] TEXT", said(scene))

    def test_watching(self) -> None:
        play = played("8H 10S KH 7D 3D 6C", STAND, bets=(50, 50))
        shown = said(scene_of(play, ("Bob", "Ann"), me=None))
        self.assertIn("You are watching. [sit]  [say] TEXT", shown)
        lines = read(scene_of(play, ("Bob", "Ann"), me=None))
        self.assertIn("sit: have the next seat that is free.", lines)
        self.assertIn("sit: take a seat.", read(scene_of(play, ("Bob", "Ann", None), me=None)))

    def test_the_last_round(self) -> None:
        scene = scene_of(played("8H 10S KH 7D", STAND), betting=False, stopping=True)
        self.assertIn("This was the last round.", said(scene))
