"""Single rounds, whose cards are known. Those at random: :mod:`.test_round_at_random`."""

from __future__ import annotations

from random import Random
from typing import Any

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import card_name, parse_card
from netsuite.blackjack.hand import Outcome
from netsuite.blackjack.round import BetError, NotAllowedError, Round
from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.shoe import Shoe
from netsuite.blackjack.stages import Action, Phase

VEGAS = PRESETS["vegas"]
EUROPEAN = PRESETS["european"]
SIMPLE = PRESETS["simple"]

HIT, STAND, DOUBLE, SPLIT = Action.HIT, Action.STAND, Action.DOUBLE, Action.SPLIT
SURRENDER, INSURE, NO_INSURANCE = Action.SURRENDER, Action.INSURE, Action.NO_INSURANCE
PLAY_ON = Action.PLAY_ON


def deal(
    cards: str,
    rules: Rules = VEGAS,
    bets: tuple[int, ...] = (10,),
    funds: tuple[int, ...] | None = None,
) -> Round:
    """A round with these cards, as they are dealt: seats, dealer, seats, dealer."""
    return Round(rules, Shoe.stacked([parse_card(each) for each in cards.split()]), bets, funds)


class PlayTests(SynchronousTestCase):
    def plays(self, game: Round, *actions: Action) -> None:
        for action in actions:
            game.act(action)

    def ended(self, game: Round, paid: int, *outcomes: Outcome) -> None:
        self.assertEqual((game.phase, game.turn, game.allowed()), (Phase.OVER, None, ()))
        self.assertEqual(tuple(hand.outcome for hand in game.hands[0]), outcomes)
        self.assertEqual(game.payout(0), paid)

    def test_what_is_dealt(self) -> None:
        game = deal("5S 9H 6S 7H KD 2C", bets=(10, 20))
        self.assertEqual([hand.total for (hand,) in game.hands], [12, 19])
        self.assertEqual(game.shown(), (parse_card("6S"),))
        self.assertEqual((game.turn, game.phase), ((0, 0), Phase.PLAYING))
        self.assertEqual((game.payout(0), game.staked(0), game.staked(1)), (0, 10, 20))
        self.plays(game, STAND)
        self.assertEqual(game.turn, (1, 0))

    def test_standing(self) -> None:
        for dealer, paid, outcome in (
            ("9C", 0, Outcome.LOSS),
            ("8C", 10, Outcome.PUSH),
            ("7C", 20, Outcome.WIN),
        ):
            game = deal(f"10S 10H 8S {dealer}")
            self.plays(game, STAND)
            self.ended(game, paid, outcome)
            self.assertEqual(len(game.shown()), 2)

    def test_hitting(self) -> None:
        game = deal("10S 10H 4S 6C 3H KC")
        self.plays(game, HIT)
        self.assertEqual(game.allowed(), (HIT, STAND))
        self.plays(game, STAND)
        self.ended(game, 20, Outcome.WIN)
        bust = deal("10S 10H 4S 6C 8H KC")
        self.plays(bust, HIT)
        self.ended(bust, 0, Outcome.BUST)
        self.assertEqual(len(bust.dealer.cards), 2)

    def test_soft_17(self) -> None:
        for hits, cards in ((True, 3), (False, 2)):
            game = deal("10S 6H 8S AC 2D", evolve(VEGAS, dealer_hits_soft_17=hits))
            self.plays(game, STAND)
            self.assertEqual(len(game.dealer.cards), cards)

    def test_a_blackjack_pays(self) -> None:
        for pays, bet, paid in (("3:2", 10, 25), ("3:2", 15, 37), ("6:5", 12, 26), ("1:1", 11, 22)):
            change: Any = {"blackjack_pays": pays}
            self.ended(
                deal("AS 9H KS 8C", evolve(VEGAS, **change), (bet,)), paid, Outcome.BLACKJACK
            )
        self.ended(deal("AS KH KS AC"), 10, Outcome.PUSH)

    def test_the_dealer_has_a_blackjack(self) -> None:
        self.ended(deal("9S KH 9D AC"), 0, Outcome.LOSS)

    def test_doubling(self) -> None:
        game = deal("5S 10H 6S 7C 10D")
        self.plays(game, DOUBLE)
        self.ended(game, 40, Outcome.WIN)
        self.assertEqual((game.staked(0), game.hands[0][0].doubled), (20, True))

    def test_doubling_on_some_totals_only(self) -> None:
        game = deal("5S 10H 3S", EUROPEAN)
        self.assertEqual(game.why_not(DOUBLE), "only 9 to 11 may be doubled; this hand is 8")
        self.assertNotIn(DOUBLE, game.allowed())
        self.assertIn(DOUBLE, deal("5S 10H 4S", EUROPEAN).allowed())

    def test_splitting(self) -> None:
        game = deal("8S 10H 8D 7C 3H 10D 10C KD")
        self.plays(game, SPLIT)
        self.assertEqual([hand.total for hand in game.hands[0]], [11, 8])
        self.plays(game, DOUBLE)
        self.assertEqual((game.turn, game.hand.total), ((0, 1), 18))
        self.plays(game, STAND)
        self.ended(game, 60, Outcome.WIN, Outcome.WIN)

    def test_four_hands_at_most(self) -> None:
        game = deal("8S 10H 8D 7C 8H 8C 8S 8D 8H 8C")
        self.plays(game, SPLIT, SPLIT, SPLIT)
        self.assertEqual(game.why_not(SPLIT), "a seat may have 4 hands at most")
        self.assertEqual(len(game.hands[0]), 4)

    def test_the_order_of_hands(self) -> None:
        """A hand that is split again is followed by what was split off, and then by the others."""
        game = deal("8S 10H 8D 7C 8H 2C")
        self.plays(game, SPLIT, SPLIT)
        cards = [[card_name(card) for card in hand.cards] for hand in game.hands[0]]
        self.assertEqual(cards, [["8S", "2C"], ["8H"], ["8D"]])
        self.assertEqual(game.turn, (0, 0))

    def test_split_aces_get_one_card(self) -> None:
        game = deal("AS 10H AD 7C AH KC")
        self.plays(game, SPLIT)
        self.ended(game, 20, Outcome.LOSS, Outcome.WIN)  # 21, but no blackjack

    def test_aces_split_again(self) -> None:
        game = deal("AS 10H AD 7C AH 9S 8D 7H", evolve(VEGAS, resplit_aces=True))
        self.plays(game, SPLIT)
        self.assertEqual(game.allowed(), (STAND, SPLIT))
        self.assertEqual(game.why_not(HIT), "split aces get one card each")
        self.assertEqual(game.why_not(DOUBLE), "split aces get one card each")
        self.plays(game, SPLIT)
        self.ended(game, 60, Outcome.WIN, Outcome.WIN, Outcome.WIN)

    def test_split_aces_that_are_played_on(self) -> None:
        game = deal("AS 10H AD 7C 5H 4S 9D", evolve(VEGAS, hit_split_aces=True))
        self.plays(game, SPLIT)
        self.assertEqual(game.allowed(), (HIT, STAND, DOUBLE))
        self.plays(game, HIT)
        self.assertEqual((game.turn, game.hand.total), ((0, 0), 20))
        self.plays(game, STAND)
        self.assertEqual((game.turn, game.hand.total), ((0, 1), 20))

    def test_tens(self) -> None:
        self.assertIn(SPLIT, deal("KS 10H QD 7C").allowed())
        game = deal("KS 10H QD 7C", evolve(VEGAS, split_tens="rank"))
        self.assertEqual(game.why_not(SPLIT), "only tens of the same rank may be split")

    def test_insurance(self) -> None:
        won = deal("9S AH 9D KC", bets=(15,))
        self.assertEqual((won.phase, won.allowed()), (Phase.INSURANCE, (INSURE, NO_INSURANCE)))
        self.assertEqual(won.why_not(HIT), "first say whether you insure your bet")
        self.plays(won, INSURE)
        self.ended(won, 21, Outcome.LOSS)
        self.assertEqual(won.staked(0), 22)
        lost = deal("9S AH 9D 8C")
        self.plays(lost, INSURE, STAND)
        self.ended(lost, 0, Outcome.LOSS)

    def test_no_insurance(self) -> None:
        for cards, rules in (
            ("9S AH 9D 8C", evolve(VEGAS, insurance=False)),
            ("9S KH 9D 8C", VEGAS),
        ):
            self.assertEqual(deal(cards, rules).phase, Phase.PLAYING)

    def test_even_money(self) -> None:
        for hole in ("KC", "9C"):
            game = deal(f"AS AH KD {hole}")
            self.plays(game, INSURE)
            self.assertEqual(game.payout(0) - game.staked(0), 10)

    def test_late_surrender(self) -> None:
        rules = evolve(VEGAS, surrender="late")
        game = deal("9S KH 7D 8C", rules, (15,))
        self.plays(game, SURRENDER)
        self.ended(game, 7, Outcome.SURRENDERED)
        self.assertEqual(len(game.dealer.cards), 2)
        self.ended(deal("9S KH 7D AC", rules), 0, Outcome.LOSS)

    def test_early_surrender(self) -> None:
        rules = evolve(VEGAS, surrender="early")
        game = deal("9S KH 7D AC", rules)
        self.assertEqual((game.phase, game.allowed()), (Phase.EARLY, (SURRENDER, PLAY_ON)))
        self.plays(game, SURRENDER)
        self.ended(game, 5, Outcome.SURRENDERED)
        game = deal("9S KH 7D 8C", rules)
        self.plays(game, PLAY_ON)
        self.assertEqual(game.phase, Phase.PLAYING)
        self.assertIn("your choice to play on", game.why_not(SURRENDER) or "")
        self.assertIn(SURRENDER, deal("9S 9H 7D 8C", rules).allowed())
        # Nobody is asked to surrender a blackjack.
        self.ended(deal("AS KH KS AC", rules), 10, Outcome.PUSH)

    def test_early_surrender_goes_before_insurance(self) -> None:
        game = deal("9S 9C AH 7D 7C 8C", evolve(VEGAS, surrender="early"), (10, 10))
        self.assertEqual(game.phase, Phase.EARLY)
        self.plays(game, SURRENDER, PLAY_ON)
        # Who surrendered is not asked again.
        self.assertEqual((game.phase, game.turn), (Phase.INSURANCE, (1, 0)))

    def test_a_bet_of_one_chip_cannot_be_insured(self) -> None:
        game = deal("9S AH 7D 8C", evolve(VEGAS, min_bet=1), (1,))
        self.assertEqual(game.allowed(), (NO_INSURANCE,))
        self.assertIn("a bet of one chip", game.why_not(INSURE) or "")

    def test_the_dealer_does_not_draw_against_a_blackjack(self) -> None:
        game = deal("AS 9H KS 3C")
        self.ended(game, 25, Outcome.BLACKJACK)
        self.assertEqual(game.dealer.total, 12)

    def test_no_hole_card(self) -> None:
        game = deal("8S KH 8D 3H 10C 10D AC", EUROPEAN)
        self.assertEqual(len(game.dealer.cards), 1)
        self.plays(game, SPLIT, DOUBLE, STAND)
        self.ended(game, 0, Outcome.LOSS, Outcome.LOSS)
        self.assertEqual(game.staked(0), 30)

    def test_original_bets_only(self) -> None:
        game = deal("8S KH 8D 3H 10C 10D AC", evolve(EUROPEAN, original_bets_only=True))
        self.plays(game, SPLIT, DOUBLE, STAND)
        self.ended(game, 20, Outcome.LOSS, Outcome.PUSH)

    def test_the_simple_game(self) -> None:
        game = deal("AS KH KS AC", SIMPLE, (0,))
        self.ended(game, 0, Outcome.PUSH)
        game = deal("9S KH 5S 2C 3D 4H KD", SIMPLE, (0,))
        self.assertEqual(game.allowed(), (HIT, STAND))
        self.plays(game, HIT, STAND)
        self.ended(game, 0, Outcome.WIN)

    def test_funds(self) -> None:
        game = deal("8S 10H 8D 7C 8H 2C 9D", funds=(10,))
        self.plays(game, SPLIT)
        self.assertEqual(game.why_not(SPLIT), "splitting costs 10 chips; you have 0 left")
        self.assertEqual(game.why_not(DOUBLE), "doubling costs 10 chips; you have 0 left")
        # What was doubled is spent, too.
        game = deal("8S 10H 8D 7C 3H 9D 3D", funds=(29,))
        self.plays(game, SPLIT, DOUBLE)
        self.assertEqual(game.turn, (0, 1))
        self.assertEqual(game.why_not(DOUBLE), "doubling costs 10 chips; you have 9 left")
        game = deal("8S AH 8D 7C", funds=(4,))
        self.assertEqual(game.why_not(INSURE), "insurance costs 5 chips; you have 4 left")
        self.assertEqual(game.allowed(), (NO_INSURANCE,))

    def test_what_is_refused_changes_nothing(self) -> None:
        game = deal("9S KH 7D 8C")
        with self.assertRaises(NotAllowedError) as caught:
            game.act(SPLIT)
        self.assertEqual(str(caught.exception), "only a pair may be split")
        self.assertEqual((game.turn, game.staked(0)), ((0, 0), 10))
        self.plays(game, STAND)
        self.assertEqual(game.why_not(STAND), "the round is over")
        self.assertRaises(NotAllowedError, game.act, STAND)
        self.assertRaises(NotAllowedError, lambda: game.hand)

    def test_bets(self) -> None:
        shoe = Shoe(6, 0.75, Random(1))
        for rules, bets, funds, reason in (
            (VEGAS, (), None, "0 seats; these rules allow 1 to 7"),
            (VEGAS, (10,) * 8, None, "8 seats; these rules allow 1 to 7"),
            (VEGAS, (9,), None, "a bet of 9; these rules allow 10 to 500"),
            (VEGAS, (501,), None, "a bet of 501; these rules allow 10 to 500"),
            (VEGAS, (10,), (1, 2), "1 seats, but 2 funds"),
            (SIMPLE, (10,), None, "there are no bets in this game: bet 0"),
        ):
            with self.assertRaises(BetError) as caught:
                Round(rules, shoe, bets, funds)
            self.assertEqual(str(caught.exception), reason)
        self.assertEqual(shoe.position, 0)
