"""A seat that somebody has."""

from __future__ import annotations

from twisted.internet.interfaces import IDelayedCall

from netsuite.blackjack.hand import Hand
from netsuite.blackjack.players.player import Player
from netsuite.blackjack.round import Round
from netsuite.blackjack.table.scene import Place
from netsuite.blackjack.table.states import HOLDS, Change, Hold

__all__ = ["Seat"]


class Seat:
    """A seat, from when somebody takes it until it is free.

    :param number: which one, from 0.
    :param player: whose chips are played for.
    """

    __slots__ = (
        "bet",
        "hold",
        "kept",
        "missed",
        "number",
        "passes",
        "player",
        "position",
        "put_off",
    )

    def __init__(self, number: int, player: Player) -> None:
        self.number = number
        #: Whose chips are played for.
        self.player = player
        self.hold = Hold.TAKEN
        #: The bet on the next round, then on this one.
        self.bet: int | None = None
        #: Whether they let the next round pass.
        self.passes = False
        #: How many rounds they have let pass, one after the other.
        self.missed = 0
        #: Which seat of the round this is, of the current one or the last; None for none.
        self.position: int | None = None
        #: Whether a turn in this round has been put off, because the connection was lost.
        self.put_off = False
        #: Gives the seat up when its player has not come back in time.
        self.kept: IDelayedCall | None = None

    @property
    def undecided(self) -> bool:
        """Whether others wait for a bet from here."""
        return self.hold is Hold.TAKEN and self.bet is None and not self.passes

    def change(self, change: Change) -> None:
        """Note that something has happened to it.

        :param change: what; :data:`~netsuite.blackjack.table.states.HOLDS` says what may.
        """
        self.hold = HOLDS[self.hold][change]
        if self.kept is not None and self.kept.active():
            self.kept.cancel()
        self.kept = None

    def place(self, game: Round | None, *, playing: bool, betting: bool) -> Place:
        """Return what everybody sees of it.

        :param game: the round that is played, or was played last.
        :param playing: whether it is played still.
        :param betting: whether bets may be placed.
        """
        position = self.position
        staked = self.bet or 0 if betting else 0
        hands: tuple[Hand, ...] = ()
        insured = won = 0
        if game is not None and position is not None:
            hands, insured = tuple(game.hands[position]), game.insured[position]
            if playing:
                staked = game.staked(position)
            else:
                won = game.payout(position) - game.staked(position)
        return Place(
            name=self.player.name,
            chips=self.player.chips - staked,
            bet=self.bet,
            hands=hands,
            insured=insured,
            won=won,
            present=self.hold is Hold.TAKEN,
            sits_out=position is None if playing else self.passes,
        )
