"""Lines, drawings that are drawn over, and the question below them, on a terminal."""

from __future__ import annotations

from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.session.display import NEWS, Display, Window
from tests.blackjack.session.screens import Paper

WINDOW = Window(columns=80, rows=24)


class LineTests(SynchronousTestCase):
    """Where nothing is drawn over."""

    def setUp(self) -> None:
        self.display = Display()

    def test_nothing(self) -> None:
        self.assertEqual(self.display.take(), "")

    def test_in_order(self) -> None:
        self.display.say(["one"])
        self.display.draw(["table", "of two lines"])
        self.display.tell(["two"])
        self.display.prompt(["what to type", "> "])
        self.assertEqual(
            self.display.take(), "one\r\ntable\r\nof two lines\r\ntwo\r\nwhat to type\r\n> "
        )
        self.assertEqual(self.display.take(), "")

    def test_a_new_line_behind_a_prompt(self) -> None:
        self.display.prompt(["> "])
        self.display.take()
        self.display.say(["news"])
        self.display.prompt(["> "])
        self.assertEqual(self.display.take(), "\r\nnews\r\n> ")

    def test_none_where_the_line_was_entered(self) -> None:
        self.display.prompt(["> "])
        self.display.take()
        self.display.entered()
        self.display.say(["done"])
        self.assertEqual(self.display.take(), "done\r\n")

    def test_what_is_typed(self) -> None:
        self.display.prompt(["> "])
        self.display.take()
        self.display.echo("h")
        self.display.echo("i")
        self.assertEqual(self.display.take(), "hi")
        self.display.echo("\r\n")
        self.display.entered()
        self.display.say(["done"])
        self.assertEqual(self.display.take(), "\r\ndone\r\n")

    def test_a_drawing_that_was_never_shown(self) -> None:
        self.display.draw(["old"])
        self.display.say(["said"])
        self.display.draw(["new"])
        self.assertEqual(self.display.take(), "said\r\nnew\r\n")

    def test_drawings_below_each_other(self) -> None:
        for each in ("old\r\n", "new\r\n"):
            self.display.draw([each.strip()])
            self.assertEqual(self.display.take(), each)


class PlaceTests(SynchronousTestCase):
    """Where drawings are drawn over."""

    def setUp(self) -> None:
        self.display = Display()
        self.paper = Paper(*WINDOW)

    def take(self, window: Window | None = WINDOW) -> None:
        self.paper.feed(self.display.take(window))

    def drawn(self, *lines: str) -> None:
        self.display.draw(lines)
        self.display.prompt(["keys", "> "])
        self.take()

    def test_over_the_last_one(self) -> None:
        self.drawn("table 1", "hand 1")
        self.drawn("table 2", "hand 2", "hand 3")
        self.assertEqual(self.paper.lines, ["table 2", "hand 2", "hand 3", "keys", ">"])
        self.drawn("table 4")
        self.assertEqual(self.paper.lines, ["table 4", "keys", ">"])
        self.assertEqual(self.paper.cursor, (2, 2))

    def test_a_drawing_below_a_prompt(self) -> None:
        """The line on which it begins is the one after the prompt."""
        self.display.say(["welcome"])
        self.display.prompt(["> "])
        self.take()
        self.drawn("table 1")
        self.drawn("table 2")
        self.assertEqual(self.paper.lines, ["welcome", ">", "table 2", "keys", ">"])

    def test_what_was_said_goes_above(self) -> None:
        self.drawn("table 1")
        self.display.say(["advice"])
        self.display.prompt(["keys", "> "])
        self.take()
        self.assertEqual(self.paper.lines, ["table 1", "advice", "keys", ">"])
        self.drawn("table 2")
        self.assertEqual(self.paper.lines, ["advice", "table 2", "keys", ">"])
        self.drawn("table 3")
        self.assertEqual(self.paper.lines, ["advice", "table 3", "keys", ">"])

    def told(self, number: int) -> None:
        self.display.tell([f"news {number}"])
        self.drawn(f"table {number}")

    def test_the_last_news_stay_below(self) -> None:
        self.assertEqual(NEWS, 3)
        self.drawn("table 0")
        for number in range(1, 6):
            self.told(number)
        self.display.say(["more"])
        self.drawn("table 6")
        self.assertEqual(
            self.paper.lines,
            [
                *("news 1", "news 2", "table 6", "news 3", "news 4", "news 5", "more"),
                *("keys", ">"),
            ],
        )
        self.drawn("table 7")
        self.assertEqual(
            self.paper.lines,
            [
                *("news 1", "news 2", "more", "table 7", "news 3", "news 4", "news 5"),
                *("keys", ">"),
            ],
        )

    def test_much_news_at_once_is_all_seen(self) -> None:
        self.drawn("table 0")
        self.told(1)
        self.display.tell(f"new {number}" for number in range(6))
        self.drawn("table 2")
        self.assertEqual(self.paper.lines[:2], ["news 1", "table 2"])
        self.assertEqual(len(self.paper.lines), 2 + 6 + 2)

    def test_what_was_said_at_once_stays_together(self) -> None:
        """A long piece of news is not parted by the table when there are newer ones."""
        self.drawn("table 0")
        self.told(1)
        self.display.tell(["long", "news"])
        self.drawn("table 2")
        self.assertEqual(self.paper.lines[:-2], ["table 2", "news 1", "long", "news"])
        self.told(3)
        self.assertEqual(self.paper.lines[:-2], ["news 1", "table 3", "long", "news", "news 3"])
        self.told(4)
        long = ["long", "news"]
        self.assertEqual(self.paper.lines[:-2], ["news 1", *long, "table 4", "news 3", "news 4"])

    def test_only_as_much_news_as_there_is_room_for(self) -> None:
        """So that the table stays where it is."""
        table = [f"line {number}" for number in range(20)]
        for rows, news in ((30, 3), (25, 3), (24, 2), (23, 1)):
            self.display, self.paper = Display(), Paper(80, rows)
            window = Window(80, rows)
            for number in range(1, 9):
                self.display.tell([f"news {number}"])
                self.display.draw([f"table {number}", *table[1:]])
                self.display.prompt(["keys", "> "])
                self.take(window)
                tables = [line for line in self.paper.lines if line.startswith("table")]
                self.assertEqual(tables, [f"table {number}"], rows)
            below = [f"news {number}" for number in range(9 - news, 9)]
            self.assertEqual(self.paper.lines[-2 - news :], [*below, "keys", ">"])
            self.assertEqual(len(self.paper.lines), 8 + 20 + 2)

    def test_what_is_said_with_a_drawing_is_below_it(self) -> None:
        self.drawn("table 1")
        self.display.say(["better: stand"])
        self.display.tell(["you hit"])
        self.drawn("table 2")
        self.assertEqual(self.paper.lines, ["table 2", "you hit", "better: stand", "keys", ">"])

    def test_the_last_drawing_stays(self) -> None:
        self.drawn("table 1")
        self.display.draw(["the end"], last=True)
        self.display.say(["round 1"])
        self.display.prompt(["your bet", "> "])
        self.take()
        self.drawn("table 2")
        self.assertEqual(
            self.paper.lines,
            ["the end", "round 1", "your bet", ">", "table 2", "keys", ">"],
        )

    def test_a_question_in_place_of_the_one_before(self) -> None:
        self.drawn("table 1")
        self.display.prompt(["other keys", "> "])
        self.take()
        self.assertEqual(self.paper.lines, ["table 1", "other keys", ">"])
        self.display.echo("/stats")
        self.display.echo("\r\n")
        self.display.entered()
        self.display.say(["rounds: 1"])
        self.take()
        self.display.prompt(["keys", "> "])
        self.take()
        self.assertEqual(
            self.paper.lines, ["table 1", "other keys", "> /stats", "rounds: 1", "keys", ">"]
        )

    def test_what_is_being_typed(self) -> None:
        self.drawn("table 1")
        self.display.echo("say h")
        self.take()
        self.display.tell(["news"])
        self.display.prompt(["keys", "> say h"])
        self.take()
        self.assertEqual(self.paper.lines, ["table 1", "news", "keys", "> say h"])

    def test_a_line_that_wraps(self) -> None:
        """Nobody knows where the drawing is, and so nothing is drawn over."""
        self.drawn("table 1")
        self.display.echo("x" * 78)
        self.display.echo("\r\n")
        self.display.entered()
        self.take()
        self.drawn("table 2")
        self.assertEqual(
            self.paper.lines, ["table 1", "keys", "> " + "x" * 78, "table 2", "keys", ">"]
        )

    def test_wide_letters_wrap_too(self) -> None:
        self.drawn("table 1")
        self.display.echo("牌" * 39)
        self.drawn("table 2")
        self.assertEqual(self.paper.lines[-3:], ["table 2", "keys", ">"])
        self.assertIn("table 1", self.paper.lines)

    def test_a_drawing_that_is_not_in_the_window_any_more(self) -> None:
        self.drawn("table 1", "hand 1")
        self.display.say(str(number) for number in range(22))
        self.display.prompt(["> "])
        self.take()
        self.assertNotIn("table 1", self.paper.visible)
        self.drawn("table 2", "hand 2")
        self.assertEqual(self.paper.lines[:2], ["table 1", "hand 1"])
        self.assertEqual(self.paper.lines[-4:], ["table 2", "hand 2", "keys", ">"])

    def test_a_drawing_at_the_very_top(self) -> None:
        self.drawn("table 1", "hand 1")
        self.display.say(str(number) for number in range(19))
        self.display.prompt(["keys", "a", "> "])
        self.take()
        self.assertEqual(self.paper.visible[0], "table 1")
        self.assertEqual(self.paper.cursor, (23, 2))
        self.drawn("table 2")
        self.assertNotIn("table 1", self.paper.lines)

    def test_settled(self) -> None:
        self.drawn("table 1")
        self.display.say(["said"])
        self.take()
        self.display.settle()
        self.drawn("table 2")
        self.assertEqual(self.paper.lines, ["table 1", "keys", ">", "said", "table 2", "keys", ">"])

    def test_a_window_that_is_none_any_more(self) -> None:
        self.drawn("table 1")
        self.display.say(["said"])
        self.take(None)
        self.drawn("table 2")
        self.assertIn("table 1", self.paper.lines)


class AnyUse(RuleBasedStateMachine):
    """Whatever is said, told, drawn and asked, in whichever order: nothing is lost, the last
    drawing is there once, and the question is last.

    Every line has a number, so that it can be found.
    """

    rows = 200

    def __init__(self) -> None:
        super().__init__()
        self.window = Window(40, self.rows)
        self.display = Display()
        self.paper = Paper(*self.window)
        self.numbers = count(1)
        #: What must be there for ever, and has been taken; and what has not.
        self.kept: list[str] = []
        self.new: list[str] = []
        #: The drawing that is there; those that are not any more, unless they could not be drawn
        #: over; and one that has not been taken, and whether it is to stay.
        self.drawing: list[str] = []
        self.past: list[str] = []
        self.next: tuple[list[str], bool] | None = None
        self.question: list[str] = []
        self.asked: list[str] | None = None
        self.typed = ""
        #: How much was typed into this line, erased or not.
        self.width = 0

    def made(self, word: str, lines: int) -> list[str]:
        return [f"{word} {next(self.numbers)};" for _ in range(lines)]

    @rule(lines=st.integers(0, 4))
    def say(self, lines: int) -> None:
        said = self.made("said", lines)
        self.display.say(said)
        self.new += said

    @rule(lines=st.integers(0, 4))
    def tell(self, lines: int) -> None:
        told = self.made("told", lines)
        self.display.tell(told)
        self.new += told

    @rule(lines=st.integers(1, 5), last=st.booleans())
    def draw(self, lines: int, last: bool) -> None:
        drawn = self.made("drawn", lines)
        self.display.draw(drawn, last=last)
        self.next = drawn, last

    @rule(lines=st.integers(0, 3))
    def ask(self, lines: int) -> None:
        self.asked = [*self.made("asked", lines), "> "]
        self.display.prompt([*self.asked[:-1], self.asked[-1] + self.typed])

    @precondition(lambda self: self.question and self.asked is None and self.width < 30)
    @rule(text=st.text("abcé", min_size=1, max_size=6))
    def type(self, text: str) -> None:
        self.display.echo(text)
        self.typed += text
        self.width += len(text)

    @precondition(lambda self: self.typed and self.asked is None)
    @rule()
    def erase(self) -> None:
        self.display.echo("\b \b")
        self.typed = self.typed[:-1]

    @precondition(lambda self: self.question and self.asked is None)
    @rule()
    def enter(self) -> None:
        self.display.echo("\r\n")
        self.display.entered()
        self.question, self.typed, self.width = [], "", 0

    @rule()
    def take(self) -> None:
        self.paper.feed(self.display.take(self.window))
        if self.asked is None and (self.new or self.next):
            self.question, self.typed, self.width = [], "", 0  # It is not last any more.
        self.kept += self.new
        self.new = []
        if self.next is not None:
            drawn, last = self.next
            self.next = None
            self.past += self.drawing
            self.drawing = []
            if last:
                self.kept += drawn
            else:
                self.drawing = drawn
        if self.asked is not None:
            self.question, self.asked = self.asked, None
        self.look()

    def look(self) -> None:
        """Look at what is there."""
        lines = self.paper.lines
        for line in self.kept + self.drawing:
            assert lines.count(line) == 1, (line, lines)
        for line in self.past:
            assert lines.count(line) == 0, (line, lines)
        assert [line for line in lines if line in self.drawing] == self.drawing
        if self.question:
            assert lines[-1] == f"> {self.typed}".rstrip(), lines
            asked = self.question[:-1]
            assert lines[len(lines) - 1 - len(asked) : -1] == asked, lines

    @invariant()
    def nothing_piles_up(self) -> None:
        """What is remembered is no more than what is in the window."""
        below = sum(len(lines) for _, lines in self.display._below)
        assert below < self.rows


class AnyUseOfSmallWindows(AnyUse):
    """Where there is no room, drawings stay that were not to; but nothing is lost."""

    rows = 6

    def look(self) -> None:
        self.past = []
        super().look()


_SETTINGS = settings(max_examples=60, stateful_step_count=40, deadline=None, derandomize=True)


class AnyUseTests(SynchronousTestCase):
    def test_in_a_large_window(self) -> None:
        run_state_machine_as_test(AnyUse, settings=_SETTINGS)

    def test_in_a_small_window(self) -> None:
        run_state_machine_as_test(AnyUseOfSmallWindows, settings=_SETTINGS)
