"""A table of one's own."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import parse_card
from netsuite.blackjack.round import NotAllowedError
from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from netsuite.blackjack.table.table import TableError
from tests.blackjack.table.people import Person, Room, kinds, net


class PrivateTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ann = Person("Ann")

    def sits(self, cards: str = "10S 10H 3S 7H 2C 6C", rules: Rules = PRESETS["vegas"]) -> None:
        self.room = Room(self.ann, rules=rules, cards=cards, private=True)
        self.table = self.room.table

    def refused(self, text: str, bet: int) -> None:
        error = self.assertRaises(TableError, self.table.bet, self.ann, bet)
        self.assertIn(text, str(error))

    def test_coming(self) -> None:
        self.sits()
        sat, started = self.ann.take()
        self.assertEqual(sat, events.SatDown(0, "Ann"))
        self.assertEqual(started, events.ShoeStarted(1, str(self.table.commitment), None))
        scene = self.room.scene
        self.assertTrue(scene.private)
        self.assertTrue(scene.betting)
        self.assertFalse(scene.stopping)
        self.assertEqual((scene.me, scene.turn, scene.seconds, scene.round), (0, None, None, None))
        self.assertEqual((scene.shoe, scene.left, scene.cards), (1, 234, 312))
        self.assertEqual((scene.watchers, len(scene.places)), ((), 1))
        assert scene.mine is not None
        self.assertEqual((scene.mine.name, scene.mine.chips, scene.mine.bet), ("Ann", 1000, None))

    def test_a_round(self) -> None:
        self.sits()
        self.ann.take()
        self.table.bet(self.ann, 100)
        self.assertEqual(
            self.ann.take(),
            [events.BetPlaced(0, 100), events.Dealt(), events.TurnCame(0, 0, None)],
        )
        scene = self.room.scene
        self.assertEqual((scene.turn, scene.my_turn, scene.left), ((0, 0), True, 230))
        self.assertFalse(self.table.idle)
        place = self.room.place(0)
        self.assertEqual((place.chips, place.bet, place.won), (900, 100, 0))
        self.assertEqual([hand.total for hand in place.hands], [13])
        self.table.act(self.ann, Action.HIT)
        two, six = parse_card("2C"), parse_card("6C")
        self.assertEqual(
            self.ann.take(),
            [
                events.Acted(0, 0, Action.HIT, (two,), 15, False, False),
                events.TurnCame(0, 0, None),
            ],
        )
        self.table.act(self.ann, Action.HIT)
        cards = tuple(map(parse_card, ("10S", "10H", "3S", "7H", "2C", "6C")))
        self.assertEqual(
            self.ann.take(),
            [
                events.Acted(0, 0, Action.HIT, (six,), 21, False, False),
                events.RoundOver(1, 1, cards),
                events.BettingOpened(None),
            ],
        )
        self.assertTrue(self.table.idle)
        place = self.room.place(0)
        self.assertEqual((place.chips, place.bet, place.won), (1100, None, 100))
        self.assertEqual(net(self.ann.player.record), (1, 100))

    def test_the_scene_when_a_round_is_over(self) -> None:
        """It is shown as it ended, before anything else goes on."""
        self.sits()
        scenes = []

        def react(event: events.Event) -> None:
            if isinstance(event, events.RoundOver):
                scenes.append(self.room.scene)

        self.ann.reaction = react
        self.table.bet(self.ann, 100)
        self.table.act(self.ann, Action.STAND)
        (scene,) = scenes
        assert scene.mine is not None
        assert scene.round is not None
        self.assertFalse(scene.betting)
        self.assertIsNone(scene.turn)
        self.assertEqual((scene.mine.chips, scene.mine.bet, scene.mine.won), (900, 100, -100))
        self.assertEqual(len(scene.round.shown()), 2)

    def test_records(self) -> None:
        for cards, actions, expected in (
            ("AS 10H KS 7H", "", (1, 1, 1, 0, 0, 1, 100, 150)),
            ("10S 10H 8S 8H", "STAND", (1, 1, 0, 1, 0, 0, 100, 0)),
            ("10S 10H 3S 7H KC", "HIT", (1, 1, 0, 0, 1, 0, 100, -100)),
            ("5S 10H 6S 7H KC", "DOUBLE", (1, 1, 1, 0, 0, 0, 200, 200)),
            ("8S 10H 8H 7H 10C 2C", "SPLIT STAND STAND", (1, 2, 1, 0, 1, 0, 200, 0)),
            ("10S AH 9S KH", "INSURE", (1, 1, 0, 0, 1, 0, 150, 0)),
            ("10S AH 9S 7H", "INSURE STAND", (1, 1, 1, 0, 0, 0, 150, 50)),
        ):
            self.ann = Person("Ann")
            self.sits(cards)
            self.table.bet(self.ann, 100)
            for action in actions.split():
                self.table.act(self.ann, Action[action])
            self.assertEqual(tuple(self.ann.player.record), expected, cards)
            self.assertEqual(self.ann.player.chips, 1000 + expected[-1])

    def test_surrender(self) -> None:
        self.sits("10S 10H 6S 7H", Rules(surrender="late"))
        self.table.bet(self.ann, 15)
        self.table.act(self.ann, Action.SURRENDER)
        self.assertEqual(tuple(self.ann.player.record), (1, 1, 0, 0, 1, 0, 15, -8))

    def test_split(self) -> None:
        """It is told which card came to the first hand; the scene shows both."""
        self.sits("8S 10H 8H 7H 10C 2C")
        self.table.bet(self.ann, 100)
        self.table.act(self.ann, Action.SPLIT)
        acted = self.ann.last(events.Acted)
        self.assertEqual((acted.cards, acted.total), ((parse_card("10C"),), 18))
        self.assertEqual(self.room.place(0).chips, 800)
        self.table.act(self.ann, Action.STAND)
        self.assertEqual(self.ann.seen[-1], events.TurnCame(0, 1, None))

    def test_without_bets(self) -> None:
        self.sits("10S 10H 9S 7H", PRESETS["simple"])
        self.refused("there are no bets", 10)
        self.table.bet(self.ann, 0)
        self.table.act(self.ann, Action.STAND)
        self.assertEqual(tuple(self.ann.player.record), (1, 1, 1, 0, 0, 0, 0, 0))
        self.assertEqual(self.ann.player.chips, 1000)

    def test_bets_refused(self) -> None:
        self.sits()
        for bet in (-10, 0, 9, 501, 10**15):
            self.refused("bets are 10 to 500, in whole chips", bet)
        self.ann.player.chips = 35
        self.refused("you have 35 chips left", 36)
        self.ann.player.chips = 9
        self.refused("refill", 10)
        self.ann.player.chips = 100
        self.sits(rules=Rules(min_bet=50, max_bet=50))
        self.refused("bets are 50", 10)
        self.table.bet(self.ann, 50)
        self.refused("bets are placed when it is over", 50)

    def test_funds(self) -> None:
        """Only chips that are there can be staked."""
        self.ann.player.chips = 150
        self.sits("8S AH 8H 7H")
        self.table.bet(self.ann, 100)
        self.table.act(self.ann, Action.INSURE)
        for action in (Action.DOUBLE, Action.SPLIT):
            error = self.assertRaises(NotAllowedError, self.table.act, self.ann, action)
            self.assertIn("you have 0 left", str(error))

    def test_actions_refused(self) -> None:
        self.sits()
        error = self.assertRaises(TableError, self.table.act, self.ann, Action.HIT)
        self.assertIn("no round is played", str(error))
        self.table.bet(self.ann, 10)
        self.assertRaises(NotAllowedError, self.table.act, self.ann, Action.SPLIT)
        self.assertRaises(TableError, self.table.act, Person("Bob"), Action.HIT)
        self.assertEqual(self.room.scene.turn, (0, 0))

    def test_what_needs_others(self) -> None:
        self.sits()
        self.assertRaises(TableError, self.table.sit_out, self.ann)
        self.assertRaises(TableError, self.table.watch, self.ann)
        self.assertRaises(TableError, self.table.say, self.ann, "hello")
        self.assertRaises(TableError, self.table.sit, self.ann)
        self.assertRaises(TableError, self.table.join, Person("Bob"))

    def test_no_hurry(self) -> None:
        self.sits()
        self.room.pass_time(100)
        self.table.bet(self.ann, 10)
        self.room.pass_time(1000)
        self.assertEqual((self.room.scene.turn, self.room.scene.seconds), ((0, 0), None))
        self.assertEqual(self.room.clock.getDelayedCalls(), [])

    def test_quitting_in_a_round(self) -> None:
        """The hand is answered for, and the player sees how it ended, and the reveal."""
        self.sits("8S 6H 8H 10C 10D 10S 9C")
        self.table.bet(self.ann, 100)
        self.table.act(self.ann, Action.SPLIT)
        commitment = self.table.commitment
        self.ann.take()
        self.table.leave(self.ann)
        seen = self.ann.take()
        self.assertEqual(
            kinds(seen),
            [events.Left, events.Acted, events.Acted, events.RoundOver, events.ShoeRevealed],
        )
        self.assertEqual(seen[0], events.Left(None, "Ann"))
        assert isinstance(seen[1], events.Acted)
        self.assertFalse(seen[1].late)
        assert isinstance(seen[-1], events.ShoeRevealed)
        self.assertEqual(seen[-1].reveal.commitment, commitment)
        self.assertEqual(self.table.last_reveal, seen[-1])
        self.assertIsNone(self.table.commitment)
        self.assertEqual(net(self.ann.player.record), (1, 200))
        self.assertEqual(self.room.emptied, 1)

    def test_quitting_between_rounds(self) -> None:
        self.sits()
        self.table.leave(self.ann)
        # Nothing was dealt from the shoe, and so there is nothing to reveal.
        self.assertEqual(self.ann.take()[2:], [events.Left(0, "Ann")])
        self.assertEqual(self.room.emptied, 1)
        # What comes late changes nothing.
        self.table.leave(self.ann)
        self.table.cut_off(self.ann)
        self.assertRaises(TableError, self.table.bet, self.ann, 10)

    def test_quitting_while_told(self) -> None:
        """Also then the player sees it all."""
        self.sits()

        def react(event: events.Event) -> None:
            if isinstance(event, events.TurnCame):
                self.table.leave(self.ann)

        self.ann.reaction = react
        self.table.bet(self.ann, 10)
        self.assertEqual(
            kinds(self.ann.take())[-4:],
            [events.Left, events.Acted, events.RoundOver, events.ShoeRevealed],
        )
        self.assertEqual(self.room.emptied, 1)

    def test_a_guest_is_cut_off(self) -> None:
        self.ann = Person("Guest", named=False)
        self.sits()
        self.table.bet(self.ann, 100)
        self.ann.take()
        self.table.cut_off(self.ann)
        self.assertEqual(self.ann.take(), [])
        self.assertEqual(net(self.ann.player.record), (1, -100))
        self.assertEqual((self.room.emptied, self.room.clock.getDelayedCalls()), (1, []))

    def test_the_shoe_is_over(self) -> None:
        """It is revealed at the end of the round; the next is committed to before any bet."""
        self.sits("10S 10H 9S 7H", Rules(decks=1, penetration=0.1))
        self.table.bet(self.ann, 10)
        self.table.act(self.ann, Action.STAND)
        self.assertEqual(self.ann.all(events.ShoeRevealed), [])
        self.ann.take()
        self.table.bet(self.ann, 10)
        while not self.table.idle:
            self.table.act(self.ann, self.room.scene.round.allowed()[-1])  # type: ignore[union-attr]
        self.assertEqual(
            kinds(self.ann.take())[-4:],
            [events.RoundOver, events.ShoeRevealed, events.ShoeStarted, events.BettingOpened],
        )
        self.assertEqual((self.table.shoe_number, self.room.scene.left), (2, 5))

    def test_what_was_dealt_is_what_was_committed_to(self) -> None:
        rules = Rules(decks=1, penetration=0.5)
        self.sits("", rules)
        for _ in range(30):
            self.table.bet(self.ann, 10)
            while not self.table.idle:
                scene = self.room.scene
                assert scene.round is not None
                self.table.act(self.ann, scene.round.allowed()[0])
            self.ann.player.chips = 1000
        self.table.leave(self.ann)
        dealt: list[int] = []
        commitment = ""
        unused = True
        shoes = 0
        for event in self.ann.seen:
            if isinstance(event, events.ShoeStarted):
                commitment, dealt = event.commitment, []
                unused = True
                shoes += 1
                self.assertEqual(event.number, shoes)
            elif isinstance(event, events.RoundOver):
                unused = False
                self.assertEqual(event.first, len(dealt) + 1)
                dealt += event.cards
            elif isinstance(event, events.ShoeRevealed):
                reveal = event.reveal
                self.assertEqual((event.number, reveal.commitment), (shoes, commitment))
                self.assertEqual(tuple(dealt), (reveal.order + reveal.again)[: len(dealt)])
                commitment = ""
        self.assertTrue(unused or not commitment)
        self.assertGreater(shoes, 4)
