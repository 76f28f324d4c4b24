"""One person who plays: what they are asked, what they see, and how it ends."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import Any, Final

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from netsuite.blackjack.house import House
from netsuite.blackjack.players.accounts import Account
from netsuite.blackjack.players.player import Player
from netsuite.blackjack.screen import texts
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.session import deeds
from netsuite.blackjack.session.commands import COMMAND_KEY
from netsuite.blackjack.session.desk import Desk
from netsuite.blackjack.session.signing_in import Question, sign_in
from netsuite.blackjack.session.states import TRANSITIONS, State
from netsuite.blackjack.session.view import View
from netsuite.blackjack.table import events
from netsuite.blackjack.table.lobby import LobbyFull
from netsuite.blackjack.table.scene import Scene
from netsuite.blackjack.table.table import Table
from netsuite.blackjack.telnet.input import Button, Echo, Key, Line, Pressed, Typed
from netsuite.storage import StoreError

__all__ = ["ATTENTION", "REDRAW", "Session"]

_log = Logger(namespace="netsuite")

#: After how long things are shown anew where more is known of the client, in seconds: a window that
#: is drawn larger with a mouse changes many times.
REDRAW: Final = 0.25
#: For how long lines are taken still, and not keys, when one's turn comes while others play, in
#: seconds: nobody has read that yet, and what is typed was meant for something else.
ATTENTION: Final = 0.5

_STOPPED: Final = "The server is being stopped."
_TAKEN_OVER: Final = "You have signed in from elsewhere, and go on there."


class Session:
    """One person who plays. It is a member of a table.

    :param house: what all sessions share.
    :param desk: the connection.
    """

    def __init__(self, house: House, desk: Desk) -> None:
        self.house = house
        self.desk = desk
        #: Nobody until they have said who they are.
        self.player = Player("", 0)
        self.state = State.NEW
        #: Whether they are told of better choices.
        self.tutor = house.tutor
        #: The last bet, which Enter repeats; None before the first.
        self.last_bet: int | None = None
        #: Whether a guest has had the free chips of this connection.
        self.refilled = False
        self._table: Table | None = None
        self._question: Question | None = None
        # What is under way, if anything: the dialogue of signing in, or a command that asks the
        # store.
        self._work: Deferred[None] | None = None
        self._view = View(desk.preferences)
        # Whether it was shown that single keys are taken, and from when on they may be.
        self._keys = False
        self._keys_from = 0.0
        # What is new is shown when all has been done that is being done, or soon.
        self._doing = False
        self._soon: IDelayedCall | None = None
        self._redraw: IDelayedCall | None = None

    # What the connection calls.

    @property
    def busy(self) -> bool:
        """Whether what is typed has to wait."""
        return self._work is not None and self._question is None

    def begin(self) -> None:
        """Greet them, and ask who they are."""
        self._go(State.SIGNING_IN)
        house = self.house
        self.say(texts.greeting(self.style, house.rules, house.shared, house.seed))
        self.work(self._come_in())

    def take(self, typed: Typed) -> None:
        """Take what was typed, and show what comes of it: how what follows is to be taken depends
        on it. What is echoed may wait for the next :meth:`show`.
        """
        if self.state is State.GONE:
            return
        self._doing = True
        try:
            self._take(typed)
        finally:
            self._doing = False
        if self._view.fresh:
            self.show()

    def show(self) -> None:
        """Send what is new, and ask for what can be typed now."""
        if self._doing or self.state in (State.NEW, State.GONE):
            return
        asked = self._view.fresh and self._ask()
        if new := self._view.take():
            self.desk.send(new, prompt=asked)

    def learn(self) -> None:
        """Show things as is wanted now: more is known of the client."""
        if self.prefer() and self.state is not State.NEW:
            self._show_anew(REDRAW)

    def reassure(self) -> None:
        """Say that somebody is here: the client has asked."""
        if self.state is not State.NEW:  # The greeting says it, too.
            self.say(["[yes]"])

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
        if self.state in (State.LEAVING, State.GONE):
            return
        self._go(State.LEAVING)
        self.house.lobby.leave(self)
        for sentence in (*reasons, "Goodbye."):
            self.tell(sentence)
        last = self._view.take()
        self.cut_off()
        self.desk.send(last, prompt=False)
        self.desk.close()

    def cut_off(self) -> None:
        """Note that the connection is lost."""
        if self.state is State.GONE:
            return
        self._go(State.GONE)
        self.house.lobby.cut_off(self)
        for call in (self._soon, self._redraw):
            if call is not None:
                call.cancel()
        if self._work is not None:
            self._work.cancel()

    def stop(self) -> None:
        """Leave when the round in play is over, if there is one: the service stops."""
        if self._table is None:
            self.leave(_STOPPED)
        elif self.state is State.AT_TABLE:
            self._go(State.LAST_ROUND)
            self._table.stop().addCallback(lambda _: self.leave(_STOPPED))

    # What the table calls.

    def see(self, event: events.Event) -> None:
        """Show what has happened at the table."""
        table = self._table
        if table is None or self.state is State.GONE:
            return
        if isinstance(event, events.TakenOver):
            self.leave(_TAKEN_OVER)
            return
        if self.state is State.LEAVING and isinstance(event, events.Left):
            return
        scene = table.scene(self)
        if isinstance(event, events.TurnCame) and event.seat == scene.me:
            self._turn_came()
        self._view.see(event, scene)
        if self._soon is None and not self._doing:
            # Much may happen at once: it is shown together.
            self._soon = self.house.clock.callLater(0, self._show_soon)

    # What is done by what is typed: see deeds.py.

    @property
    def table(self) -> Table:
        """The table they are at."""
        assert self._table is not None
        return self._table

    @property
    def at_table(self) -> bool:
        """Whether they are at a table."""
        return self._table is not None

    @property
    def single_keys(self) -> bool:
        """Whether single keys are taken now, without Enter."""
        return self._table is not None and self._takes_keys(self.scene())

    @property
    def style(self) -> Style:
        """How things are shown."""
        return self._view.style

    def scene(self) -> Scene:
        """What they see at the table."""
        return self.table.scene(self)

    def say(self, lines: list[str]) -> None:
        """Show lines, made by :mod:`netsuite.blackjack.screen`."""
        self._view.say(lines)

    def tell(self, sentence: str) -> None:
        """Say something in a sentence of any length."""
        self._view.tell(sentence)

    def look(self) -> None:
        """Draw the table."""
        self._view.look()

    def prefer(self) -> bool:
        """Show things as is wanted from now on.

        :returns: whether that is otherwise than before.
        """
        self.desk.want_keys(self.desk.preferences.wants_keys)
        changed = self._view.prefer(character_mode=self.desk.character_mode)
        if self.single_keys is not self._keys:
            self._view.fresh = True
        return changed

    def work(self, work: Coroutine[Deferred[Any], Any, None]) -> None:
        """Carry out what may have to wait. What is typed in the meantime waits too."""
        self._work = Deferred.fromCoroutine(work).addErrback(self._failed)
        self._work.addCallback(self._worked)

    async def ask(self, question: str, *, hidden: bool = False) -> str:
        """Ask for a line.

        :param hidden: whether it is a secret word.
        """
        self._question = asked = Question(question, hidden, Deferred())
        self._view.fresh = True
        self.show()
        # The answer may have been typed ahead.
        self.desk.resume()
        return await asked.answer

    # The rest.

    @property
    def where(self) -> str:
        """Where they are."""
        return self.desk.where

    async def _come_in(self) -> None:
        house = self.house
        self.player = await sign_in(self, house)
        if isinstance(self.player, Account):
            self.player.on_trouble = self._trouble
            # Somebody has signed in by the same name, in another process.
            self.player.on_lost = partial(self.leave, _TAKEN_OVER)
        self._table = table = house.lobby.enter(self)
        self._go(State.AT_TABLE)
        if table.commitment is not None:
            # The others have been told when it was shuffled.
            self.see(events.ShoeStarted(table.shoe_number, table.commitment, house.seed))
        if not table.private or self.scene().round is not None:
            self.look()

    def _worked(self, _none: None) -> None:
        self._work = None
        if self.state is not State.GONE:
            self._view.fresh = True
            self.show()
            self.desk.resume()

    def _failed(self, failure: Failure) -> None:
        if failure.check(StoreError):
            self.tell(
                "The store of players is out of reach, so this was not done. Try again later."
            )
        elif failure.check(LobbyFull):
            self.leave(deeds.sentence(str(failure.value)))
        elif not failure.check(CancelledError):
            _log.failure("blackjack: a session failed; it is ended", failure)
            self.leave("Something went wrong here, and this session has to end.")

    def _trouble(self, sentence: str) -> None:
        if self.state is not State.GONE:
            self.tell(sentence)
            self.show()

    def _take(self, typed: Typed) -> None:
        match typed:
            case Echo(text):
                self._view.echo(text)
                if text.startswith("\b") and self.single_keys:
                    self._view.heed()  # The line is empty again, and keys are keys.
            case Key(character) if character == COMMAND_KEY:
                self.desk.begin_line(COMMAND_KEY)
                self._view.echo(COMMAND_KEY)
            case Key(character):
                self._view.heed()
                deeds.press(self, character)
            case Line(text, cut):
                self._view.entered(ahead=self.desk.typed_ahead)
                self._line(text, cut=cut)
            case Pressed(Button.ENTER):
                self._view.heed()
                self._line("", cut=False)
            case Pressed(Button.END):
                self.leave()
            case Pressed(Button.INTERRUPT):
                quits = f"{COMMAND_KEY}quit" if self.single_keys else "quit"
                hidden = self._question is not None and self._question.hidden
                self.tell("Press Enter to go back." if hidden else f"Type {quits} to leave.")

    def _line(self, text: str, *, cut: bool) -> None:
        question = self._question
        if cut:
            self.tell("That line was too long, and nothing was done.")
        elif question is None:
            deeds.do(self, text)
        elif not deeds.aside(self, text, hidden=question.hidden):
            self._question = None
            question.answer.callback(text)

    def _show_soon(self) -> None:
        self._soon = None
        self.show()

    def _turn_came(self) -> None:
        if self.desk.character_mode and not self._doing and self._work is None:
            self._keys_from = self.house.clock.seconds() + ATTENTION
            self._show_anew(ATTENTION)

    def _show_anew(self, seconds: float) -> None:
        """Draw the table anew, if there is any, and ask again, some time from now.

        It is done once: when nothing is waited for any more.
        """
        clock = self.house.clock
        if self._redraw is None:
            self._redraw = clock.callLater(seconds, self._draw_anew)
        else:
            self._redraw.reset(max(seconds, self._redraw.getTime() - clock.seconds()))

    def _draw_anew(self) -> None:
        self._redraw = None
        self._view.heed()
        if self._table is not None and not self.scene().betting:
            self.look()
        self.show()

    def _ask(self) -> bool:
        """Have it shown what can be typed, and be taken so.

        :returns: whether there is anything; nothing while what is typed has to wait.
        """
        view, desk, question = self._view, self.desk, self._question
        scene = None if self._table is None else self.scene()
        if scene is not None:
            view.draw(scene)
        self._keys = scene is not None and not self.busy and self._takes_keys(scene)
        desk.expect(keys=self._keys, hidden=question is not None and question.hidden)
        if question is not None:
            view.ask(question.text, desk.unfinished)
        elif scene is not None and not self.busy:
            view.offer(scene, self.last_bet, desk.unfinished, keys=self._keys)
        else:
            return False
        return True

    def _takes_keys(self, scene: Scene) -> bool:
        return (
            scene.my_turn
            and self.desk.character_mode
            and not self.desk.unfinished
            and self.house.clock.seconds() >= self._keys_from
        )

    def _go(self, state: State) -> None:
        assert state in TRANSITIONS[self.state], (self.state, state)
        self.state = state
