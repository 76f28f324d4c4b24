"""What each action is worth, and so the best one: exact for an infinite shoe, under any rules.

In an infinite shoe what is drawn does not change what comes next. The value of a hand then depends
on little: its total, whether that is soft, whether it still has its first two cards, and the
dealer's card. :class:`Solution` computes the value of each action from that, in units of the bet: 1
is a bet won, -0.5 half a bet lost. The basic strategy is the action of the highest value, and the
house edge follows by summing over all deals.

Where the dealer looks for a blackjack before the players act, the values hold when there is none:
that is what a player who is asked knows. The same values decide where a blackjack takes only the
original bets, since then nothing that the player does matters. Where it takes all bets, the values
count that in.

Cards are known here by their points: 1 is an ace, 10 a ten or a picture.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from netsuite.blackjack.cards import ACE, POINTS
from netsuite.blackjack.dealer import BLACKJACK, CHANCES, add_card, blackjack_chance, final_totals
from netsuite.blackjack.hand import Hand
from netsuite.blackjack.round import Action, Phase, Round
from netsuite.blackjack.rules import Rules

__all__ = ["Situation", "Solution"]


class Situation(NamedTuple):
    """A hand, as far as its value depends on it."""

    #: Its total.
    total: int
    #: Whether an ace counts 11 in it.
    soft: bool
    #: Whether it has two cards, so that it may be doubled or surrendered.
    two_cards: bool = True
    #: The points of each of the two cards if they are a pair that could be split, or 0.
    pair: int = 0
    #: How many hands the player has now: 1 before any split.
    hands: int = 1
    #: Whether the hand comes from split aces.
    split_aces: bool = False

    @classmethod
    def of(cls, *cards: int, hands: int = 1) -> Situation:
        """Return the situation of someone who holds these cards.

        Two tens are a pair here; set :attr:`pair` to 0 if they may not be split.

        :param cards: the points of each card, in the order in which they were drawn.
        :param hands: how many hands the player has now.
        """
        total, soft = 0, False
        for points in cards:
            total, soft = add_card(total, soft, points)
        two = len(cards) == 2
        return cls(
            total,
            soft,
            two,
            pair=cards[0] if two and cards[0] == cards[1] else 0,
            hands=hands,
            split_aces=hands > 1 and cards[0] == 1,
        )


class Solution:
    """The values of all actions under some rules.

    :param rules: the rules; the number of decks does not matter, the shoe is infinite.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules: Final = rules
        self._against: Final = {up: _Against(rules, up) for up in CHANCES}

    def values(self, situation: Situation, up: int) -> dict[Action, float]:
        """Return what each allowed action is worth, if all is played well afterwards.

        The value of another split is that of this hand alone: it leaves the player's other hands
        as they are. An early surrender is given the value that makes it comparable: it saves half
        of the bets that the dealer's blackjack would have taken, too.

        :param situation: the hand; a blackjack is not played.
        :param up: the points of the dealer's card.
        :returns: the values in units of the bet, the best action first.
        """
        return _best_first(self._against[up].values(situation))

    def best(self, situation: Situation, up: int) -> Action:
        """Return the action of the highest value: the basic strategy.

        :param situation: the hand.
        :param up: the points of the dealer's card.
        """
        return next(iter(self.values(situation, up)))

    def advice(self, play: Round) -> dict[Action, float]:
        """Return what each action is worth that the seat whose turn it is may choose now.

        What a blackjack of the dealer's would take is counted in, wherever it may still come.
        Insurance is counted in units of the hand's bet, of which it takes half.

        :param play: the round.
        :returns: the values in units of the hand's bet, the best action first.
        :raises NotAllowedError: when the round is over.
        """
        hand, up = play.hand, POINTS[play.dealer.cards[0]]
        if play.phase is Phase.INSURANCE:
            found = {Action.NO_INSURANCE: 0.0, Action.INSURE: self.insurance(up) / 2}
        else:
            seat, index = play.turn or (0, 0)
            found = self.values(self._situation(hand, len(play.hands[seat])), up)
            if play.phase is Phase.EARLY:
                found = self._against[up].before_peek(found)
            elif self.rules.original_bets_only:
                # It takes what was bet first, on the first hand.
                found = self._against[up].with_blackjack(found, 0 if index else 1)
        return {action: value for action, value in found.items() if action in play.allowed()}

    def insurance(self, up: int) -> float:
        """Return what insurance is worth, in units of the insurance bet, which pays 2:1.

        :param up: the points of the dealer's card; insurance is offered on an ace.
        """
        return float(3 * blackjack_chance(up) - 1)

    def house_edge(self) -> float:
        """Return the part of the first bet that the house may expect to win with each round.

        The player follows the basic strategy and takes no insurance. Blackjacks are paid exactly,
        without rounding to whole chips.
        """
        won = sum(chance * self._against[up].expected() for up, chance in _FLOATS.items())
        return -won

    def _situation(self, hand: Hand, hands: int) -> Situation:
        """Return the situation of a hand of a player who has so many hands."""
        pair = hand.is_pair(self.rules.split_tens == "value")
        first = POINTS[hand.cards[0]]
        return Situation(
            hand.total,
            hand.soft,
            two_cards=len(hand.cards) == 2,
            pair=first if pair else 0,
            hands=hands,
            split_aces=hand.split and first == ACE,
        )


_FLOATS: Final = {points: float(chance) for points, chance in CHANCES.items()}


class _Against:
    """The values against one card of the dealer's."""

    def __init__(self, rules: Rules, up: int) -> None:
        self._rules = rules
        self._blackjack = float(blackjack_chance(up)) if rules.naturals else 0.0
        # A blackjack that is found later, and takes all bets, is one more of the dealer's totals.
        self._takes_all = not (rules.peeks or rules.original_bets_only)
        totals = dict(
            final_totals(
                up,
                rules.dealer_hits_soft_17,
                peeked=rules.naturals and not self._takes_all,
            )
        )
        if not rules.naturals:
            totals[21] += totals.pop(BLACKJACK)
        self._totals = {final: float(chance) for final, chance in totals.items()}
        self._stand = {total: self._standing(total) for total in range(2, 22)}
        self._played: dict[tuple[int, bool], float] = {}
        self._splits: dict[tuple[int, int, int], float] = {}

    def values(self, hand: Situation) -> dict[Action, float]:
        """Return the value of each allowed action."""
        rules = self._rules
        found = {Action.STAND: self._stand[hand.total]}
        first = hand.hands == 1
        if not hand.split_aces or rules.hit_split_aces:
            found[Action.HIT] = self._hit(hand.total, hand.soft)
            lowest, highest = rules.double_totals if first else rules.split_double_totals
            if hand.two_cards and lowest <= hand.total <= highest:
                found[Action.DOUBLE] = 2 * self._one_card(hand.total, hand.soft)
        if self._may_split(hand):
            # The first split leaves two hands; a later one, two instead of this hand.
            found[Action.SPLIT] = self._split(hand.pair, hand.hands + 1, 2)
        if first and hand.two_cards and rules.surrender != "none":
            found[Action.SURRENDER] = self._surrendering()
        return found

    def before_peek(self, values: dict[Action, float]) -> dict[Action, float]:
        """Return the values of surrendering early and of playing on, a blackjack counted in."""
        surrender = values.pop(Action.SURRENDER)
        found = {Action.SURRENDER: surrender, Action.PLAY_ON: max(values.values())}
        return _best_first(self.with_blackjack(found, 1))

    def with_blackjack(self, values: dict[Action, float], bets: int) -> dict[Action, float]:
        """Return values that hold when there is no blackjack as they are when there may be one.

        :param values: the values.
        :param bets: how many bets a blackjack takes.
        """
        lost, rest = self._blackjack * bets, 1 - self._blackjack
        return {action: value * rest - lost for action, value in values.items()}

    def expected(self) -> float:
        """Return the value of a round, before the player's cards are known."""
        # What is lost to a blackjack, and whether the rest is counted without it.
        lost, rest = (0.0, 1.0) if self._takes_all else (self._blackjack, 1 - self._blackjack)
        pays, of = self._rules.pays
        won = 0.0
        for first, chance in _FLOATS.items():
            for second, other in _FLOATS.items():
                if self._rules.naturals and {first, second} == {1, 10}:
                    value = pays / of * (1 - self._blackjack)
                else:
                    value = rest * self._dealt(first, second) - lost
                won += chance * other * value
        return won

    def _dealt(self, first: int, second: int) -> float:
        """Return the value of two cards that are dealt."""
        hand = Situation.of(first, second)
        best = max(self.values(hand).values())
        if not hand.pair:
            return best
        pairs = self._pair_chance(first) / _FLOATS[first]
        return pairs * best + (1 - pairs) * max(self.values(hand._replace(pair=0)).values())

    def _standing(self, total: int) -> float:
        return sum(
            chance * ((total > final) - (total < final)) for final, chance in self._totals.items()
        )

    def _one_card(self, total: int, soft: bool) -> float:
        """Return the value of drawing one card and standing."""
        value = 0.0
        for points, chance in _FLOATS.items():
            after, _ = add_card(total, soft, points)
            value += chance * (-1.0 if after > 21 else self._stand[after])
        return value

    def _hit(self, total: int, soft: bool) -> float:
        """Return the value of drawing a card, and then hitting and standing as is best."""
        key = total, soft
        if key not in self._played:
            value = 0.0
            for points, chance in _FLOATS.items():
                after, still = add_card(total, soft, points)
                if after > 21:
                    value -= chance
                else:
                    value += chance * max(self._stand[after], self._hit(after, still))
            self._played[key] = value
        return self._played[key]

    def _surrendering(self) -> float:
        if self._rules.surrender == "late" or self._takes_all:
            return -0.5
        # From -1/2 = p * -1 + (1 - p) * value, where p is the chance of a blackjack.
        return (self._blackjack - 0.5) / (1 - self._blackjack)

    def _may_split(self, hand: Situation) -> bool:
        return (
            hand.pair != 0
            and hand.hands < self._rules.max_hands
            and (hand.pair != 1 or hand.hands == 1 or self._rules.resplit_aces)
        )

    def _pair_chance(self, points: int) -> float:
        """Return the chance to draw a card that makes a pair with one that is held."""
        return 1 / 13 if self._rules.split_tens == "rank" else _FLOATS[points]

    def _split(self, points: int, hands: int, waiting: int) -> float:
        """Return the value of hands that have one card of a pair each.

        They are played one after another; each gets its second card when its turn comes, and may
        be split again while the player has fewer hands than allowed.

        :param points: the points of the one card.
        :param hands: how many hands the player has.
        :param waiting: how many of them are still to be played.
        """
        if not waiting:
            return 0.0
        key = points, hands, waiting
        if key not in self._splits:
            later = self._split(points, hands, waiting - 1)
            value = 0.0
            for second, chance in _FLOATS.items():
                hand = Situation.of(points, second, hands=hands)
                plain = hand._replace(pair=0)
                played = later + max(self.values(plain).values())
                pairs = 0.0
                if self._may_split(hand):
                    pairs = self._pair_chance(points)
                    again = self._split(points, hands + 1, waiting + 1)
                    value += pairs * max(played, again)
                value += (chance - pairs) * played
            self._splits[key] = value
        return self._splits[key]


def _best_first(values: dict[Action, float]) -> dict[Action, float]:
    return dict(sorted(values.items(), key=lambda item: item[1], reverse=True))
