"""One person at the other end of a connection: what they are asked, and what becomes of it."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from enum import Enum, auto
from types import MappingProxyType
from typing import Any, Final, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from netsuite.blackjack.house import House
from netsuite.blackjack.players.accounts import Account
from netsuite.blackjack.players.player import Player
from netsuite.blackjack.screen import texts
from netsuite.blackjack.screen.news import tell
from netsuite.blackjack.screen.prompts import prompt
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.screen.table import draw
from netsuite.blackjack.session import deeds
from netsuite.blackjack.session.display import Display
from netsuite.blackjack.session.preferences import Preferences
from netsuite.blackjack.session.signing_in import sign_in
from netsuite.blackjack.table import events
from netsuite.blackjack.table.lobby import LobbyFull
from netsuite.blackjack.table.scene import Scene
from netsuite.blackjack.table.table import Table
from netsuite.blackjack.telnet.input import Button, Echo, Key, Line, Pressed, Typed
from netsuite.storage import StoreError

__all__ = ["TRANSITIONS", "Desk", "Session", "State"]

_log = Logger(namespace="netsuite")

#: The key that begins a command where single keys are taken.
COMMAND_KEY: Final = "/"


class Desk(Protocol):
    """What a session has of its connection."""

    @property
    def character_mode(self) -> bool:
        """Whether the client sends single keys and leaves it to us to echo them."""

    @property
    def where(self) -> str:
        """What tells one client's address from another's; the same for all on this machine."""

    @property
    def unfinished(self) -> str:
        """What has been typed of a line that is not ended, as far as it was shown."""

    def send(self, text: str, *, prompt: bool) -> None:
        """Send text.

        :param prompt: whether it ends with a prompt.
        """

    def expect(self, *, keys: bool, hidden: bool) -> None:
        """Say how what is typed next is to be taken.

        :param keys: as single keys, and not as a line.
        :param hidden: without showing it.
        """

    def want_keys(self, wanted: bool) -> None:
        """Ask the client for single keys, or for lines."""

    def resume(self) -> None:
        """Go on with what has been typed ahead."""

    def close(self) -> None:
        """Close the connection when all has been sent."""


class State(Enum):
    """How far a session has come."""

    #: Nothing has been said.
    NEW = auto()
    #: The player is asked who they are.
    SIGNING_IN = auto()
    #: The player is at a table.
    AT_TABLE = auto()
    #: The player leaves when the round is over.
    LAST_ROUND = auto()
    #: It is over.
    GONE = auto()


#: What may follow upon what.
TRANSITIONS: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.NEW: frozenset({State.SIGNING_IN, State.GONE}),
        State.SIGNING_IN: frozenset({State.AT_TABLE, State.GONE}),
        State.AT_TABLE: frozenset({State.LAST_ROUND, State.GONE}),
        State.LAST_ROUND: frozenset({State.GONE}),
        State.GONE: frozenset(),
    }
)

#: After these the table is drawn; what else happens is told in a line or two.
_DRAWN: Final = (events.Dealt, events.RoundOver)
#: What is said of these is not drawn over.
_LASTING: Final = (events.ShoeStarted, events.ShoeRevealed, events.RoundOver)


class Session:
    """One person who plays. It is a member of a table.

    :param house: what all sessions share.
    :param desk: the connection.
    """

    def __init__(self, house: House, desk: Desk) -> None:
        self.house = house
        self.desk = desk
        self.preferences = Preferences()
        self.player = Player("", 0)
        self.state = State.NEW
        #: Whether they are told of better choices.
        self.tutor = house.tutor
        #: The last bet, which Enter repeats; None before the first.
        self.last_bet: int | None = None
        # Whether a guest has had the free chips of this connection.
        self._refilled = False
        self._table: Table | None = None
        self._display = Display()
        # The question that the next line answers, and who waits for the answer.
        self._question = ""
        self._hidden = False
        self._asked: Deferred[str] | None = None
        # What is under way, if anything: the dialogue of signing in, or a command that asks the
        # store.
        self._work: Deferred[None] | None = None
        self._working = False
        self._shown_style = self.style
        # Whether there is anything new to show.
        self._fresh = False
        # What is new is shown at the end of what is being handled, or soon.
        self._handling = False
        self._soon: IDelayedCall | None = None
        self._leaving = False

    # What the connection calls.

    @property
    def busy(self) -> bool:
        """Whether what is typed has to wait."""
        return self._working and self._asked is None

    def begin(self) -> None:
        """Greet them, and ask who they are."""
        self._go(State.SIGNING_IN)
        house = self.house
        self.say(texts.greeting(self.style, house.rules, house.shared, house.seed))
        self.work(self._come_in())
        self.show()

    def take(self, typed: Typed) -> None:
        """Take what was typed; :meth:`show` shows what comes of it."""
        if self.state is State.GONE:
            return
        self._handling = True
        try:
            match typed:
                case Echo(text):
                    self._display.echo(text)
                case Key(character):
                    self._key(character)
                case Line(text, cut):
                    self._display.entered()
                    self._line(text, cut=cut)
                case Pressed(Button.ENTER):
                    self._line("", cut=False)
                case Pressed(Button.END):
                    self.leave()
                case Pressed(Button.INTERRUPT):
                    self.tell("Type quit to leave.")
                case _:
                    pass
        finally:
            self._handling = False

    def prefer(self) -> None:
        """Show things as is wanted now: the player has chosen, or more is known of the client."""
        preferences = self.preferences
        self.desk.want_keys(preferences.wants_keys)
        if preferences.style != self._shown_style:
            self._shown_style = preferences.style
            self._display.settle()
            self._fresh = self.state is not State.NEW

    def nudge(self, seconds: float) -> None:
        """Ask whether they are still there.

        :param seconds: how long the answer may take.
        """
        self.tell(f"Are you still there? Press Enter within {seconds:g} seconds to stay.")
        self.show()

    def leave(self, *reasons: str) -> None:
        """Leave the table and close the connection; a hand in play is stood.

        :param reasons: why, if it was not their wish.
        """
        if self.state is State.GONE:
            return
        if self._table is not None:
            self._leaving = True
            self.house.lobby.leave(self)
        self._end([*reasons, "Goodbye."])

    def cut_off(self) -> None:
        """Note that the connection is lost."""
        if self.state is State.GONE:
            return
        table, self._table = self._table, None
        self._gone()
        if table is not None:
            self.house.lobby.cut_off(self)
        if self._work is not None:
            self._work.cancel()

    def stop(self) -> None:
        """Leave when the round in play is over, if there is one: the service stops."""
        if self._table is None:
            self.leave("The server is being stopped.")
        elif self.state is State.AT_TABLE:
            self._go(State.LAST_ROUND)
            self._table.stop()
            if self._table.idle:
                self.leave("The server is being stopped.")

    # What the table calls.

    def see(self, event: events.Event) -> None:
        """Show what has happened at the table."""
        table = self._table
        if table is None:
            return
        if isinstance(event, events.TakenOver):
            self._table = None
            self._end(["You have signed in from elsewhere, and go on there."])
            return
        if isinstance(event, events.Left) and self._leaving:
            return
        scene = table.scene(self)
        if isinstance(event, _DRAWN) or self._in_place:
            self._display.draw(draw(self.style, scene), last=isinstance(event, events.RoundOver))
        news = tell(self.style, event, scene)
        if isinstance(event, _LASTING):
            self._display.say(news)
        else:
            self._display.tell(news)
        self._fresh = True
        if isinstance(event, events.RoundOver) and self.state is State.LAST_ROUND:
            self.leave("The server is being stopped.")
        elif self._soon is None and not self._handling:
            # Much may happen at once: it is shown together.
            self._soon = self.house.clock.callLater(0, self._show_soon)

    # What is shown.

    @property
    def style(self) -> Style:
        """How to show things."""
        return self.preferences.style

    @property
    def where(self) -> str:
        """Where they are."""
        return self.desk.where

    @property
    def table(self) -> Table:
        """The table they are at."""
        assert self._table is not None
        return self._table

    @property
    def at_table(self) -> bool:
        """Whether they are at a table."""
        return self._table is not None

    def scene(self) -> Scene:
        """What they see at the table."""
        return self.table.scene(self)

    def say(self, lines: list[str]) -> None:
        """Show lines, made by :mod:`netsuite.blackjack.screen`."""
        self._display.say(lines)
        self._fresh = True

    def look(self) -> None:
        """Draw the table."""
        self._display.settle()
        self._display.draw(draw(self.style, self.scene()))
        self._fresh = True

    def show(self) -> None:
        """Send what is new, and ask for what can be typed now."""
        if self.state is State.GONE or self._handling:
            return
        if not self._fresh:
            self.desk.send(self._display.take(self._rows), prompt=False)
            return
        self._fresh = False
        keys = False
        question: list[str] = []
        if self._asked is not None:
            question = [self._question]
        elif self.state is State.AT_TABLE and not self.busy:
            scene = self.scene()
            keys = scene.my_turn and self.desk.character_mode and not self.desk.unfinished
            question = prompt(self.style, scene, keys=keys, last_bet=self.last_bet)
        if question:
            self._display.prompt([*question[:-1], question[-1] + self.desk.unfinished])
        self.desk.expect(keys=keys, hidden=self._hidden)
        self.desk.send(self._display.take(self._rows), prompt=bool(question))

    def _show_soon(self) -> None:
        self._soon = None
        self.show()

    @property
    def _in_place(self) -> bool:
        """Whether the table is drawn over its last drawing, and so whenever anything changes."""
        return self._rows is not None and not self.scene().betting

    @property
    def _rows(self) -> int | None:
        """The height of the window, where the cursor can be moved."""
        if not (self.desk.character_mode and self.preferences.addressable):
            return None
        return self.preferences.window.rows

    # What is asked.

    async def ask(self, question: str, *, hidden: bool = False) -> str:
        """Ask for a line.

        :param hidden: whether it is a secret word.
        """
        self._asked = asked = Deferred[str]()
        self._question, self._hidden = question, hidden
        self._fresh = True
        self.show()
        try:
            return await asked
        finally:
            self._asked, self._hidden = None, False

    def tell(self, sentence: str) -> None:
        """Say something in a sentence of any length."""
        self.say(texts.wrapped(self.style, sentence))

    async def refill(self) -> None:
        """Fill up their chips."""
        house, player = self.house, self.player
        chips = house.rules.bankroll
        if player.chips >= chips:
            self.tell(f"Chips are filled up to {chips}, and you have {player.chips}.")
        elif isinstance(player, Account):
            if await house.accounts.refill(player, chips, house.today()):
                self.tell(f"You have {chips} chips again.")
            else:
                self.tell("You have had the free chips of today. A new day begins at 0:00 UTC.")
        elif self._refilled:
            self.tell("A guest gets free chips once. Whoever has a name gets some every day.")
        else:
            self._refilled = True
            player.chips = chips
            self.tell(f"You have {chips} chips again.")

    def work(self, work: Coroutine[Deferred[Any], Any, None]) -> None:
        """Carry out what may have to wait. What is typed in the meantime waits too."""
        self._working = True
        self._work = Deferred.fromCoroutine(work).addErrback(self._failed)
        self._work.addCallback(self._worked)

    def _worked(self, _none: None) -> None:
        self._working = False
        self._fresh = True
        self.show()
        self.desk.resume()

    def _failed(self, failure: Failure) -> None:
        if failure.check(StoreError):
            self.tell(
                "The store of players is out of reach just now, so this was not done. "
                "Try again later."
            )
            if self.state is State.SIGNING_IN:
                self.leave()
        elif not failure.check(CancelledError):
            _log.failure("blackjack: a session failed; it is ended", failure)
            self.leave("Something went wrong here, and this session has to end.")

    async def _come_in(self) -> None:
        house = self.house
        if house.asks_names:
            self.player = await sign_in(self, house)
            if isinstance(self.player, Account):
                self.player.on_trouble = self._trouble
                self.player.on_lost = self._taken_over
        else:
            await self.ask("Press Enter to begin: ")
            self.player = house.guest()
        try:
            self._table = house.lobby.enter(self)
        except LobbyFull as error:
            self.leave(str(error))
            return
        self._go(State.AT_TABLE)
        if self.scene().round is not None:
            self.look()

    def _trouble(self, sentence: str) -> None:
        self.tell(sentence)
        self.show()

    def _taken_over(self) -> None:
        """End here: somebody has signed in by the same name elsewhere."""
        self.leave("You have signed in from elsewhere, and go on there.")

    # What is typed.

    def _line(self, text: str, *, cut: bool) -> None:
        self._fresh = True
        if cut:
            self.tell("That line was too long, and nothing was done.")
        elif self._asked is None:
            deeds.do(self, text)
        elif self._hidden or not deeds.aside(self, text):
            self._asked.callback(text)

    def _key(self, character: str) -> None:
        if character == COMMAND_KEY:
            self._display.prompt([COMMAND_KEY])
            self.desk.expect(keys=False, hidden=False)
        else:
            self._fresh = True
            deeds.press(self, character)

    # How it ends.

    def _end(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            self.tell(sentence)
        text = self._display.take(self._rows)
        self._gone()
        self.desk.send(text, prompt=False)
        self.desk.close()

    def _gone(self) -> None:
        self._go(State.GONE)
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None

    def _go(self, state: State) -> None:
        assert state in TRANSITIONS[self.state], (self.state, state)
        self.state = state
