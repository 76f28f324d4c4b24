"""One round: the cards are dealt, each seat plays, the dealer plays, all is paid.

A round is a state machine. :data:`~netsuite.blackjack.stages.STAGES` declares its phases: what is
asked in each, and what follows. While seats are asked it waits; other phases pass by themselves.

It is also what a simulation plays, millions of times. So what may be done now is worked out once a
turn, by :mod:`~netsuite.blackjack.choices`, and kept as a set of bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from netsuite.blackjack import choices
from netsuite.blackjack.cards import ACE, POINTS
from netsuite.blackjack.hand import BEST, Hand, Outcome
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.settlement import settle
from netsuite.blackjack.shoe import Shoe
from netsuite.blackjack.stages import STAGES, Action, Phase

__all__ = ["Action", "BetError", "NotAllowedError", "Phase", "Round"]


class NotAllowedError(Exception):
    """A seat may not do that now; the message says why."""


class BetError(ValueError):
    """A round cannot begin with these bets; the message says why."""


# Enumerations are slow to look up; these are for the loop.
_EARLY, _INSURANCE, _PEEK, _PLAYING, _DEALER, _OVER = (int(phase) for phase in Phase)
_THEN: Final = tuple(int(STAGES[phase].then) for phase in Phase)
_ENDS: Final = tuple(int(STAGES[phase].ends) for phase in Phase)
_PHASES: Final = tuple(Phase)

_DEALER_STANDS: Final = 17


class Round:
    """A round. It is dealt at once; who is not asked anything has nothing to do.

    :param rules: the rules.
    :param shoe: the shoe. It is not shuffled here: look at whether it is
        :attr:`~netsuite.blackjack.shoe.Shoe.spent` before.
    :param bets: for each seat its bet, in chips; all 0 when the rules have no bets.
    :param funds: for each seat the chips it has beyond its bet, to double, split and insure; by
        default it has enough.
    :raises BetError: when there are too many seats or none, a bet is outside the limits, or the
        funds are not those of the seats.
    """

    __slots__ = (
        "_asked",
        "_funds",
        "_hand",
        "_options",
        "_phase",
        "_seat",
        "_shoe",
        "bets",
        "dealer",
        "hands",
        "insured",
        "rules",
    )

    def __init__(
        self, rules: Rules, shoe: Shoe, bets: Sequence[int], funds: Sequence[int] | None = None
    ) -> None:
        _check_bets(rules, bets, funds)
        #: The rules.
        self.rules = rules
        #: For each seat its first bet.
        self.bets = tuple(bets)
        #: For each seat the chips staked on insurance.
        self.insured = [0] * len(bets)
        #: For each seat its hands.
        self.hands = [[Hand(bet)] for bet in bets]
        #: The dealer's hand: all of it; see :meth:`shown` for what players may see.
        self.dealer = dealer = Hand()
        self._funds = None if funds is None else list(funds)
        self._shoe = shoe
        shoe.begin_round()
        draw = shoe.draw
        for (hand,) in self.hands:
            hand.add(draw())
        dealer.add(draw())
        for (hand,) in self.hands:
            hand.add(draw())
            if hand.points == 11 and hand.has_ace:
                hand.done = True
        if rules.peeks:
            dealer.add(draw())
        self._phase = _EARLY
        self._seat = 0
        self._hand = -1
        self._options = 0
        #: How many seats of this phase were asked.
        self._asked = 0
        self._advance()

    # What can be seen.

    @property
    def phase(self) -> Phase:
        """Where the round is."""
        return _PHASES[self._phase]

    @property
    def over(self) -> bool:
        """Whether all is paid."""
        return self._phase == _OVER

    @property
    def turn(self) -> tuple[int, int] | None:
        """Whose turn it is: the seat, and which of its hands; ``None`` when the round is over."""
        return None if self._phase == _OVER else (self._seat, self._hand)

    @property
    def hand(self) -> Hand:
        """The hand whose turn it is.

        :raises NotAllowedError: when the round is over.
        """
        if self._phase == _OVER:
            raise NotAllowedError("the round is over")
        return self.hands[self._seat][self._hand]

    def shown(self) -> tuple[int, ...]:
        """The dealer's cards that players may see: the first, and all when the round is over."""
        cards = self.dealer.cards
        return tuple(cards if self._phase == _OVER else cards[:1])

    def staked(self, seat: int) -> int:
        """The chips that a seat has staked so far, insurance included.

        :param seat: the seat.
        """
        return sum(hand.bet for hand in self.hands[seat]) + self.insured[seat]

    def payout(self, seat: int) -> int:
        """The chips that a seat gets back, its stakes included; 0 until the round is over.

        :param seat: the seat.
        """
        if self._phase != _OVER:
            return 0
        paid = sum(hand.paid for hand in self.hands[seat])
        if self.dealer.blackjack:
            # Two to one, and the stake.
            paid += 3 * self.insured[seat]
        return paid

    # What can be done.

    def allowed(self) -> tuple[Action, ...]:
        """What the seat whose turn it is may do; nothing when the round is over."""
        return choices.ACTIONS[self._options]

    def why_not(self, action: Action) -> str | None:
        """Why the seat whose turn it is may not do something.

        :param action: what it would do.
        :returns: the reason; ``None`` when it may.
        """
        if self._options & 1 << action:
            return None
        if self._phase == _OVER:
            return "the round is over"
        if action not in STAGES[self.phase].asks:
            return _WRONG_PHASE[self.phase]
        hands = self.hands[self._seat]
        return choices.why_not(action, self.rules, self.hand, len(hands), self._left())

    def act(self, action: Action) -> None:
        """Do something for the seat whose turn it is.

        :param action: what.
        :raises NotAllowedError: when it may not be done now; nothing has changed.
        """
        if not self._options & 1 << action:
            raise NotAllowedError(self.why_not(action))
        self._MOVES[action](self, self.hands[self._seat][self._hand])
        self._advance()

    # The moves. Each leaves the hand done, or to be played on.

    def _hit(self, hand: Hand) -> None:
        hand.add(self._shoe.draw())
        points = hand.points
        if points >= BEST or (points == 11 and hand.has_ace):
            hand.done = True

    def _stand(self, hand: Hand) -> None:
        hand.done = True

    def _double(self, hand: Hand) -> None:
        self._stake(hand.bet)
        hand.bet *= 2
        hand.doubled = True
        hand.add(self._shoe.draw())
        hand.done = True

    def _split(self, hand: Hand) -> None:
        self._stake(hand.bet)
        other = Hand(hand.bet, split=True)
        card = hand.cards.pop()
        other.add(card)
        hand.points -= POINTS[card]
        hand.split = True
        # Each gets its second card when its turn comes, this one now.
        self.hands[self._seat].insert(self._hand + 1, other)

    def _surrender(self, hand: Hand) -> None:
        hand.outcome = Outcome.SURRENDERED
        hand.done = True

    def _insure(self, hand: Hand) -> None:
        stake = hand.bet // 2
        self._stake(stake)
        self.insured[self._seat] = stake

    def _decline(self, hand: Hand) -> None:
        pass

    _MOVES: Final[tuple[Callable[[Round, Hand], None], ...]] = (
        _hit,
        _stand,
        _double,
        _split,
        _surrender,
        _insure,
        _decline,
        _decline,
    )

    def _stake(self, chips: int) -> None:
        if self._funds is not None:
            self._funds[self._seat] -= chips

    def _left(self) -> int | None:
        return None if self._funds is None else self._funds[self._seat]

    def _second_card(self, hand: Hand) -> None:
        hand.add(self._shoe.draw())
        if hand.points == 11 and hand.has_ace:
            hand.done = True
        elif hand.cards[0] % 13 == 0 and not self.rules.hit_split_aces:
            # One card each; only another ace may be played on, to be split.
            hands = len(self.hands[self._seat])
            hand.done = not choices.can_split(self.rules, hand, hands, self._left())

    # Whose turn it is, and what it may do.

    def _advance(self) -> None:
        """Go on to the next turn, through as many phases as it takes."""
        while self._phase != _OVER:
            if self._TURNS[self._phase](self):
                return
            self._asked = 0
        self._options = 0

    def _next_early(self) -> bool:
        if choices.asks_early(self.rules, self.dealer.cards[0]):
            while self._asked < len(self.hands):
                self._seat, self._hand = self._asked, 0
                self._asked += 1
                if not self.hands[self._seat][0].done:
                    self._options = choices.EARLY
                    return True
        self._phase = _THEN[_EARLY]
        return False

    def _next_insurance(self) -> bool:
        if self.rules.insurance and POINTS[self.dealer.cards[0]] == ACE:
            while self._asked < len(self.hands):
                self._seat, self._hand = self._asked, 0
                self._asked += 1
                hand = self.hands[self._seat][0]
                if hand.outcome is None:
                    self._options = choices.insurance(hand, self._left())
                    return True
        self._phase = _THEN[_INSURANCE]
        return False

    def _peek(self) -> bool:
        self._seat, self._hand = 0, -1
        rules = self.rules
        if rules.peeks and rules.naturals and self.dealer.blackjack:
            self._phase = _ENDS[_PEEK]
        else:
            self._phase = _THEN[_PEEK]
        return False

    def _next_playing(self) -> bool:
        everyone = self.hands
        seat, index = self._seat, max(self._hand, 0)
        while seat < len(everyone):
            hands = everyone[seat]
            while index < len(hands):
                hand = hands[index]
                self._seat, self._hand = seat, index
                if len(hand.cards) == 1:
                    self._second_card(hand)
                if not hand.done:
                    up = self.dealer.cards[0]
                    self._options = choices.playing(self.rules, hand, len(hands), self._left(), up)
                    return True
                index += 1
            seat += 1
            index = 0
        self._phase = _THEN[_PLAYING]
        return False

    # The end.

    def _dealer_plays(self) -> bool:
        dealer, draw = self.dealer, self._shoe.draw
        if len(dealer.cards) == 1:
            dealer.add(draw())
        # Blackjacks, surrendered and bust hands do not depend on what the dealer draws.
        naturals = self.rules.naturals
        if any(
            hand.outcome is None and hand.points <= BEST and not (naturals and hand.blackjack)
            for hands in self.hands
            for hand in hands
        ):
            soft_stand = 8 if self.rules.dealer_hits_soft_17 else 7
            while True:
                points = dealer.points
                # Soft 17 is seven points with an ace; above eleven points no ace counts eleven.
                if points >= _DEALER_STANDS or (dealer.has_ace and soft_stand <= points <= 11):
                    break
                dealer.add(draw())
        settle(self.rules, dealer, self.bets, self.hands)
        self._phase = _THEN[_DEALER]
        return False

    _TURNS: Final[tuple[Callable[[Round], bool], ...]] = (
        _next_early,
        _next_insurance,
        _peek,
        _next_playing,
        _dealer_plays,
    )


#: For each phase in which seats are asked, why they may not do what is asked in another.
_WRONG_PHASE: Final = {
    Phase.EARLY: "first say whether you surrender or play on",
    Phase.INSURANCE: "first say whether you insure your bet",
    Phase.PLAYING: "that is asked only before the hands are played",
}


def _check_bets(rules: Rules, bets: Sequence[int], funds: Sequence[int] | None) -> None:
    if not 1 <= len(bets) <= rules.max_seats:
        raise BetError(f"{len(bets)} seats; these rules allow 1 to {rules.max_seats}")
    if funds is not None and len(funds) != len(bets):
        raise BetError(f"{len(bets)} seats, but {len(funds)} funds")
    lowest, highest = (rules.min_bet, rules.max_bet) if rules.bets else (0, 0)
    for bet in bets:
        if not lowest <= bet <= highest:
            raise BetError(
                f"a bet of {bet}; these rules allow {lowest} to {highest}"
                if rules.bets
                else "there are no bets in this game: bet 0"
            )
