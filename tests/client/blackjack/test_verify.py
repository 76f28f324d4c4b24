"""``netsuite blackjack verify``, as it is typed."""

from __future__ import annotations

import argparse
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest import skipIf

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.checking import MAX_STATEMENTS
from netsuite.blackjack.fairness import commitment_lines, reveal_lines
from netsuite.client.arguments import parse
from netsuite.client.blackjack import configure, run
from netsuite.client.blackjack.verify import check
from netsuite.client.problems import ClientError
from tests.blackjack.sessions import PlayedShoe, played, saved
from tests.client.support import new_folder


def cheated() -> PlayedShoe:
    """A shoe with one card changed."""
    shoe = played(2)
    number, first, cards = shoe.rounds[1]
    shoe.rounds[1] = (number, first, (*cards[:-1], (cards[-1] + 1) % 52))
    return shoe


class VerifyTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = new_folder(self)

    def file(self, name: str, lines: Sequence[str]) -> str:
        """Save a session, and return the file's name."""
        path = self.folder / name
        path.write_bytes(saved(lines))
        return str(path)

    def verify(self, *words: str, typed: bytes | None = b"") -> tuple[int, list[str]]:
        """Return the exit status, and the lines that were printed.

        :param typed: what comes from standard input; None if it is closed.
        """
        parser = argparse.ArgumentParser(prog="netsuite blackjack", allow_abbrev=False)
        configure(parser)
        printed = io.BytesIO()
        stdin = None if typed is None else io.TextIOWrapper(io.BytesIO(typed))
        self.patch(sys, "stdin", stdin)
        self.patch(sys, "stdout", io.TextIOWrapper(printed))
        status = run(parse(parser, ["verify", *words]))
        return status, printed.getvalue().decode().splitlines()

    def test_right(self) -> None:
        name = self.file("a.log", played().lines(40))
        expected = (
            "Shoe 1: right: the order of 1 deck is the one that was committed to; "
            "15 cards of 3 rounds lie in it where they should."
        )
        self.assertEqual(self.verify(name), (0, [expected]))
        typed = Path(name).read_bytes()
        self.assertEqual(self.verify(typed=typed), (0, [expected]))
        self.assertEqual(self.verify("-", typed=typed), (0, [expected]))

    def test_wrong(self) -> None:
        shoe = cheated()
        status, lines = self.verify(self.file("a", [*played(1).lines(), *shoe.lines()]))
        self.assertEqual(status, 1)
        self.assertEqual(lines[1], "Shoe 2: WRONG.")
        self.assertRegex(lines[2], r"^  Line \d+: round 2 shows \w+ as card 10, which is \w+\.$")
        self.assertEqual(len(lines), 3)

    def test_what_cannot_be_read(self) -> None:
        lines = [*played().lines(), "[Shoe 1 round 4, cards \x1b[31m]"]
        status, told = self.verify(self.file("a", lines))
        self.assertEqual(status, 1)
        self.assertEqual(told[1], "Besides: WRONG.")
        self.assertRegex(told[2], r"cannot be read: \[Shoe1round4,cards\.$")

    def test_not_revealed(self) -> None:
        shoe = played()
        lines = shoe.lines()[: -len(reveal_lines(1, shoe.reveal, 80))]
        status, told = self.verify(self.file("a", lines))
        self.assertEqual(status, 1)
        first, last = told
        self.assertEqual(
            first,
            "Shoe 1: not checked: the order is not revealed here; "
            "15 cards of 3 rounds cannot be compared with it.",
        )
        self.assertRegex(last, "^Nothing could be checked: it takes the commitment")
        status, told = self.verify(
            self.file("a", [*shoe.lines(), *commitment_lines(2, "0" * 64, 80)])
        )
        self.assertEqual(status, 0)
        self.assertEqual(
            told[1:],
            ["Shoe 2: not checked: the order is not revealed here; no round is told here."],
        )

    def test_shoes_that_are_not_told(self) -> None:
        lines = [line for number in (1, 3, 7) for line in played(number).lines()]
        status, told = self.verify(self.file("a", lines))
        self.assertEqual(status, 0)
        self.assertEqual(told[1], "Shoe 2 is not told here.")
        self.assertEqual(told[3], "Shoes 4 to 6 are not told here.")

    def test_nothing(self) -> None:
        for typed in (b"", b"Hello", b"\xff" * 1000):
            status, told = self.verify(typed=typed)
            self.assertEqual(status, 1)
            self.assertEqual(
                told, ["Nothing to check: no commitment, round or reveal of a shoe is in it."]
            )

    def test_some_files(self) -> None:
        right, wrong = self.file("a", played().lines()), self.file("b\x1b", cheated().lines())
        status, told = self.verify(right, wrong)
        self.assertEqual(status, 1)
        self.assertEqual(told[0], f"{right}:")
        self.assertEqual(told[2:4], [f"{self.folder}/b\\x1b:", "Shoe 2: WRONG."])
        self.assertEqual(self.verify(right, self.file("c", played(5).lines()))[0], 0)

    def test_json(self) -> None:
        status, told = self.verify("--json", self.file("a", cheated().lines()))
        self.assertEqual(status, 1)
        (file,) = json.loads("\n".join(told))
        (shoe,) = file["shoes"]
        self.assertEqual((shoe["shoe"], shoe["outcome"]), (2, "wrong"))
        self.assertEqual(file["file"], str(self.folder / "a"))
        self.assertIn("round 2 shows", shoe["problems"][0])

    def test_files_that_cannot_be_read(self) -> None:
        self.assertRaises(FileNotFoundError, self.verify, str(self.folder / "missing"))
        self.assertRaises(IsADirectoryError, self.verify, str(self.folder))

    def test_wrong_usage(self) -> None:
        self.patch(sys, "stderr", io.StringIO())
        self.assertEqual(self.assertRaises(SystemExit, self.verify, "--nonsense").code, 2)

    def test_without_standard_input(self) -> None:
        with self.assertRaisesRegex(ClientError, "standard input is closed"):
            self.verify(typed=None)

    @skipIf(shutil.which("script") is None, "needs script")
    def test_a_session_of_the_script_program(self) -> None:
        """As it was saved on a real terminal: a shell of our own says what a server would."""
        name = self.file("said", played().lines(80))
        saved_as = self.folder / "typescript"
        subprocess.run(
            ["script", "-qc", f"stty cols 80; cat {name}", str(saved_as)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=60,
        )
        self.assertIn(b"Script started", saved_as.read_bytes())
        self.assertEqual(self.verify(str(saved_as))[0], 0)


class CheckTests(SynchronousTestCase):
    def test_too_much(self) -> None:
        def chunks() -> Iterator[bytes]:
            for shoe in range(1, MAX_STATEMENTS + 2):
                yield saved(commitment_lines(shoe, f"{shoe:064x}", 80))

        with self.assertRaisesRegex(ClientError, "in parts"):
            check(chunks())

    def test_it_is_not_read_at_once(self) -> None:
        """A file that never ends is given up as soon as there is too much in it."""
        shoe = played()

        def chunks() -> Iterator[bytes]:
            yield saved(shoe.lines())
            for _ in range(1_000):
                yield b"x" * 65_536

        (verdict,) = check(chunks())
        self.assertEqual(verdict.problems, ())
