"""What all sessions share: the rules, the tables, the players."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import count

from twisted.internet.interfaces import IReactorTime

from netsuite.blackjack.players.accounts import Accounts
from netsuite.blackjack.players.player import Player
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.strategy import Solution
from netsuite.blackjack.table.lobby import Lobby

__all__ = ["House"]


def _today() -> date:
    return datetime.now(UTC).date()


class House:
    """What all sessions share.

    :param rules: the rules of every table.
    :param accounts: the players who have a name.
    :param clock: the time.
    :param shared: whether all sit at one table, instead of each at one of their own.
    :param seed: what the shoes are shuffled by; None for the operating system's entropy.
    :param tutor: whether players are told of better choices unless they say otherwise.
    :param today: returns the day, for free chips.
    """

    def __init__(
        self,
        rules: Rules,
        accounts: Accounts,
        clock: IReactorTime,
        *,
        shared: bool = False,
        seed: int | None = None,
        tutor: bool = False,
        today: Callable[[], date] = _today,
    ) -> None:
        self.rules = rules
        self.accounts = accounts
        self.clock = clock
        self.shared = shared
        self.seed = seed
        self.tutor = tutor
        self.today = today
        self.lobby = Lobby(rules, clock, shared=shared, seed=seed)
        self._guests = count(1)

    def open(self) -> None:
        """Open the store of players.

        :raises netsuite.serving.service.CannotStart: when it cannot be used.
        """
        self.accounts.open()

    async def close(self) -> None:
        """End what is played still, and close the store of players.

        Nobody is connected any more. The tables answer for those who were cut off.
        """
        self.lobby.close()
        await self.accounts.close()

    @cached_property
    def solution(self) -> Solution:
        """The values of all choices; worked out when somebody first asks."""
        return Solution(self.rules)

    @cached_property
    def edge(self) -> float:
        """The part of the first bet that the house may expect to win with each round."""
        return self.solution.house_edge()

    @property
    def asks_names(self) -> bool:
        """Whether it matters who somebody is: for chips that are kept, or to the others."""
        return self.rules.bets or self.shared

    def guest(self) -> Player:
        """Return a player who has no name."""
        name = f"Guest {next(self._guests)}" if self.shared else "Guest"
        return Player(name, self.rules.bankroll)
