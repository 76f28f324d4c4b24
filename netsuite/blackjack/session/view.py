"""What one player sees: what is said, the table, and below all what can be typed."""

from __future__ import annotations

from typing import Final

from netsuite.blackjack.screen import texts
from netsuite.blackjack.screen.news import tell
from netsuite.blackjack.screen.prompts import prompt
from netsuite.blackjack.screen.table import draw
from netsuite.blackjack.session.display import Display, Window
from netsuite.blackjack.session.preferences import Preferences
from netsuite.blackjack.table import events
from netsuite.blackjack.table.scene import Scene

__all__ = ["View"]

#: What is said of these does not stay below the table when it is drawn again.
_LASTING: Final = (events.ShoeStarted, events.ShoeRevealed, events.RoundOver)


class View:
    """What one player sees.

    :param preferences: how they want it.
    """

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences
        #: How things are shown.
        self.style = preferences.style
        #: Whether there is anything new, beyond what is echoed.
        self.fresh = False
        self._display = Display()
        # The window, where drawings are drawn over.
        self._window: Window | None = None
        # Whether the table is to be drawn.
        self._drawing = False
        # What was asked last of somebody who has it read aloud.
        self._heard: object = None

    def prefer(self, *, character_mode: bool) -> bool:
        """Show things as is wanted from now on.

        :param character_mode: whether it is us who echo what is typed.
        :returns: whether that is otherwise than before.
        """
        self._window = self._preferences.window if character_mode else None
        before, self.style = self.style, self._preferences.style
        if before == self.style:
            return False
        self._display.settle()
        return True

    # What there is to see.

    def say(self, lines: list[str]) -> None:
        """Show lines, made by :mod:`netsuite.blackjack.screen`."""
        self._display.say(lines)
        self.fresh = True

    def tell(self, sentence: str) -> None:
        """Say something in a sentence of any length."""
        self.say(texts.wrapped(self.style, sentence))

    def look(self) -> None:
        """Have the table drawn."""
        self._drawing = self.fresh = True

    def see(self, event: events.Event, scene: Scene) -> None:
        """Show what has happened at the table.

        :param scene: the table as it is now.
        """
        if isinstance(event, events.RoundOver):
            # As it is now: the next bets are not to be seen there.
            self._draw(scene, last=True)
        elif isinstance(event, events.Dealt) or (self._window is not None and not scene.betting):
            self._drawing = True
        news = tell(self.style, event, scene)
        if isinstance(event, _LASTING):
            self._display.say(news)
        else:
            self._display.tell(news)
        self.fresh = True

    def echo(self, text: str) -> None:
        """Show what is being typed."""
        self._display.echo(text)

    def entered(self, *, ahead: bool) -> None:
        """Note that a line has been ended by whoever typed it.

        :param ahead: whether that was shown above what is asked, and not behind it.
        """
        if not ahead:
            self._display.entered()
        self.heed()

    def heed(self) -> None:
        """Note that something was typed: what can be typed is said again, all of it."""
        self.fresh = True
        self._heard = None

    # What can be typed.

    def ask(self, question: str, unfinished: str) -> None:
        """Ask a question.

        :param unfinished: what has been typed already.
        """
        *above, last = texts.wrapped(self.style, question)
        self._display.prompt([*above, f"{last} {unfinished}"])

    def offer(self, scene: Scene, last_bet: int | None, unfinished: str, *, keys: bool) -> None:
        """Say what can be typed at the table.

        :param last_bet: the last bet, which Enter repeats.
        :param unfinished: what has been typed already.
        :param keys: whether single keys are taken, without Enter.
        """
        lines = prompt(self.style, scene, keys=keys, last_bet=last_bet)
        if self.style.reader:
            lines = self._unheard(scene, lines)
        self._display.prompt([*lines[:-1], lines[-1] + unfinished])

    def _unheard(self, scene: Scene, lines: list[str]) -> list[str]:
        """Leave out what is said again and again while others play, when it is read aloud."""
        bet = None if scene.mine is None else scene.mine.bet
        asked = (scene.my_turn, scene.betting, scene.me, bet, scene.seconds is None)
        heard, self._heard = self._heard, asked
        return lines[-1:] if heard == asked and not scene.my_turn else lines

    # What is sent.

    def draw(self, scene: Scene) -> None:
        """Draw the table, if it is to be drawn."""
        if self._drawing:
            self._draw(scene)

    def take(self) -> str:
        """Return what is to be sent, once."""
        self.fresh = False
        return self._display.take(self._window)

    def _draw(self, scene: Scene, *, last: bool = False) -> None:
        self._drawing = False
        self._display.draw(draw(self.style, scene), last=last)
