"""Thousands of rounds at random, under the presets and under rules at random: what always holds."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import DECK
from netsuite.blackjack.hand import Hand, Outcome
from netsuite.blackjack.round import NotAllowedError, Round
from netsuite.blackjack.rules import PRESETS, Rules, RulesError
from netsuite.blackjack.shoe import Shoe
from netsuite.blackjack.stages import STAGES, Action, Phase


def random_rules(random: Random) -> Rules:
    """Rules at random that make sense."""
    while True:
        choices: dict[str, Any] = {
            "decks": random.choice((1, 1, 2, 6, 8)),
            "penetration": random.choice((0.3, 0.75, 0.95)),
            "blackjack_pays": random.choice(("3:2", "6:5", "1:1", "none")),
            "double": random.choice(("any", "9-11", "10-11", "none")),
            "max_hands": random.randint(1, 4),
            "surrender": random.choice(("none", "late", "early")),
            "hole_card": random.choice(("peek", "none")),
            "split_tens": random.choice(("value", "rank")),
            "min_bet": 1,
        }
        for name in (
            "dealer_hits_soft_17",
            "double_after_split",
            "resplit_aces",
            "hit_split_aces",
            "insurance",
            "original_bets_only",
        ):
            choices[name] = random.random() < 0.5
        try:
            return Rules(**choices)
        except RulesError:
            continue


class RandomPlayTests(SynchronousTestCase):
    """What holds whatever is played. Each round is played by a source with a known seed."""

    def test_presets(self) -> None:
        for number, rules in enumerate(PRESETS.values()):
            random = Random(number)
            shoe = Shoe(rules.decks, rules.penetration, random)
            for _ in range(400):
                self.play(rules, shoe, random)

    def test_rules_at_random(self) -> None:
        random = Random(11)
        seen: Counter[Outcome] = Counter()
        for _ in range(150):
            rules = random_rules(random)
            shoe = Shoe(rules.decks, rules.penetration, random)
            for _ in range(8):
                seen += self.play(rules, shoe, random)
        # All of the engine was played.
        self.assertEqual(set(seen), set(Outcome))

    def play(self, rules: Rules, shoe: Shoe, random: Random) -> Counter[Outcome]:
        if shoe.spent:
            shoe.shuffle()
        seats = random.randint(1, rules.max_seats)
        bets = [random.randint(rules.min_bet, 60) if rules.bets else 0 for _ in range(seats)]
        funds = [random.choice((0, bet // 2, bet, 2 * bet, 1000)) for bet in bets]
        before = shoe.position
        game = Round(rules, shoe, bets, funds)
        phase = game.phase
        turns = 0
        while not game.over:
            turns += 1
            self.assertLess(turns, 52 * rules.decks * 2, "the round does not end")
            self.check_actions(game, random)
            self.assertGreaterEqual(game.phase, phase)
            phase = game.phase
        self.assertEqual((game.turn, game.allowed()), (None, ()))
        self.check_cards(game, shoe, before)
        self.check_dealer(game)
        house = 0
        for seat in range(seats):
            hands = game.hands[seat]
            expected = sum(self.owed(game, seat, index) for index in range(len(hands)))
            if game.insured[seat] and game.dealer.blackjack:
                expected += 3 * game.insured[seat]
            self.assertEqual(game.payout(seat), expected)
            self.assertEqual(
                game.staked(seat), sum(each.bet for each in hands) + game.insured[seat]
            )
            self.assertLessEqual(game.staked(seat) - bets[seat], funds[seat])
            self.assertLessEqual(len(hands), rules.max_hands)
            house += game.staked(seat) - expected
        players = sum(game.payout(seat) - game.staked(seat) for seat in range(seats))
        self.assertEqual(house, -players)
        return Counter(
            hand.outcome for hands in game.hands for hand in hands if hand.outcome is not None
        )

    def check_actions(self, game: Round, random: Random) -> None:
        """What is allowed can be done; what is not has a reason, and changes nothing."""
        allowed = game.allowed()
        self.assertTrue(allowed, "the round is stuck")
        # Whoever has 21 has nothing to decide, but whether to insure a blackjack.
        self.assertTrue(game.hand.total < 21 or game.phase is Phase.INSURANCE)
        self.assertLessEqual(set(allowed), STAGES[game.phase].asks)
        for action in Action:
            reason = game.why_not(action)
            self.assertEqual(reason is None, action in allowed, (action, reason))
            if reason is not None:
                turn, staked = game.turn, game.staked(game.turn[0] if game.turn else 0)
                with self.assertRaises(NotAllowedError):
                    game.act(action)
                self.assertEqual(game.turn, turn)
                self.assertEqual(game.staked(turn[0] if turn else 0), staked)
        self.assertEqual(game.payout(0), 0)
        self.assertEqual(len(game.shown()), 1)
        game.act(
            Action.SPLIT
            if Action.SPLIT in allowed and random.random() < 0.7
            else random.choice(allowed)
        )

    def check_cards(self, game: Round, shoe: Shoe, before: int) -> None:
        """All cards on the table came from the shoe, each once."""
        table = Counter(game.dealer.cards)
        for hands in game.hands:
            for hand in hands:
                table.update(hand.cards)
        self.assertEqual(table, Counter(shoe.order[before : shoe.position]))
        self.assertLessEqual(table, Counter(DECK * game.rules.decks))

    def check_dealer(self, game: Round) -> None:
        """The dealer drew exactly while the rules say so, and only if it mattered to a hand."""
        natural = game.rules.blackjack_pays != "none"
        waiting = any(
            not (hand.outcome is Outcome.SURRENDERED or hand.bust or (natural and hand.blackjack))
            for hands in game.hands
            for hand in hands
        )
        hand = Hand()
        for number, card in enumerate(game.dealer.cards, 1):
            if number > 2:
                self.assertTrue(waiting)
                self.assertTrue(self.draws(game.rules, hand))
            hand.add(card)
        self.assertGreaterEqual(len(hand.cards), 2)
        if waiting:
            self.assertFalse(self.draws(game.rules, hand))

    def draws(self, rules: Rules, hand: Hand) -> bool:
        return hand.total < 17 or (hand.total == 17 and hand.soft and rules.dealer_hits_soft_17)

    def owed(self, game: Round, seat: int, index: int) -> int:
        """What a hand brings, worked out from the cards by other means than the engine's."""
        rules, dealer, hand = game.rules, game.dealer, game.hands[seat][index]
        natural = rules.blackjack_pays != "none"
        dealer_has = natural and dealer.blackjack
        if hand.outcome is Outcome.SURRENDERED:
            return hand.bet // 2
        if dealer_has and rules.original_bets_only and not hand.blackjack:
            self.assertIs(hand.outcome, Outcome.PUSH if index else Outcome.LOSS)
            return hand.bet - (game.bets[seat] if index == 0 else 0)
        if natural and hand.blackjack and not dealer_has:
            self.assertIs(hand.outcome, Outcome.BLACKJACK)
            numerator, denominator = map(int, rules.blackjack_pays.split(":"))
            return hand.bet + hand.bet * numerator // denominator
        if hand.bust:
            self.assertIs(hand.outcome, Outcome.BUST)
            return 0
        mine, its = self.strength(hand, natural), self.strength(dealer, natural)
        outcome = Outcome.WIN if mine > its else Outcome.PUSH if mine == its else Outcome.LOSS
        self.assertIs(hand.outcome, outcome)
        return {Outcome.WIN: 2, Outcome.PUSH: 1, Outcome.LOSS: 0}[outcome] * hand.bet

    def strength(self, hand: Hand, natural: bool) -> int:
        if hand.bust:
            return 0
        return 22 if natural and hand.blackjack else hand.total
