"""Commitments, and the lines that show them."""

from __future__ import annotations

import hashlib
import subprocess

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import DECK, card_name
from netsuite.blackjack.fairness import (
    Reveal,
    commitment_lines,
    reveal_lines,
    round_lines,
    seal,
)
from netsuite.blackjack.shoe import Shoe

NONCE = "00112233445566778899aabbccddeeff"


class CommitmentTests(SynchronousTestCase):
    def test_its_text(self) -> None:
        text = f"{NONCE} AS 10H KC"
        commitment = Reveal(NONCE, (0, 22, 51)).commitment
        self.assertEqual(commitment, hashlib.sha256(text.encode()).hexdigest())
        # As sha256sum says.
        self.assertEqual(
            commitment, "6f22413b8cb7548b661d5cea51faf6a55004504a0087c3b4d23284296d603a67"
        )

    def test_the_cards_dealt_again_are_not_covered(self) -> None:
        self.assertEqual(Reveal(NONCE, (0, 1), (2,)).commitment, Reveal(NONCE, (0, 1)).commitment)

    def test_sealed(self) -> None:
        shoe = Shoe(6, 0.75)
        reveal = seal(shoe.order)
        self.assertEqual(reveal.order, tuple(shoe.order))
        self.assertEqual(reveal.again, ())
        self.assertRegex(reveal.nonce, "^[0-9a-f]{32}$")
        self.assertNotEqual(reveal.nonce, seal(shoe.order).nonce)

    def test_with_the_tools_that_everybody_has(self) -> None:
        """What stands between the colon and the bracket is checked by a shell alone."""
        reveal = seal(Shoe(6, 0.75).order)
        for columns in (40, 80, 120):
            lines = reveal_lines(1, reveal, columns)
            shown = "\n".join(lines[1:]).removesuffix("]")
            done = subprocess.run(
                ["sh", "-c", 'printf %s "$(echo $(cat))" | sha256sum'],
                input=shown,
                capture_output=True,
                text=True,
                check=True,
            )
            self.assertEqual(done.stdout.split()[0], reveal.commitment)


class LineTests(SynchronousTestCase):
    def test_a_commitment(self) -> None:
        digits = "0123456789abcdef" * 4
        self.assertEqual(
            commitment_lines(1, digits, 120), [f"[Shoe 1 commitment (SHA-256): {digits}]"]
        )
        self.assertEqual(
            commitment_lines(1, digits, 80), ["[Shoe 1 commitment (SHA-256):", f" {digits}]"]
        )
        # Unbroken where it fits between the space before it and the bracket.
        self.assertEqual(commitment_lines(1, digits, 66), commitment_lines(1, digits, 80))
        self.assertEqual(
            commitment_lines(1, digits, 65),
            [f"[Shoe 1 commitment (SHA-256): {digits[:32]}", f" {digits[32:]}]"],
        )
        self.assertEqual(
            commitment_lines(12, digits, 40),
            ["[Shoe 12 commitment (SHA-256):", f" {digits[:32]}", f" {digits[32:]}]"],
        )

    def test_a_round(self) -> None:
        self.assertEqual(
            round_lines(2, 3, 17, (0, 22, 51, 12), 80),
            ["[Shoe 2 round 3, cards 17-20: AS 10H KC KS]"],
        )
        self.assertEqual(
            round_lines(2, 3, 17, (0, 22, 51, 12), 40),
            ["[Shoe 2 round 3, cards 17-20: AS 10H KC", " KS]"],
        )

    def test_a_reveal(self) -> None:
        lines = reveal_lines(1, Reveal(NONCE, DECK, (0, 1)), 80)
        self.assertEqual(lines[0], "[Shoe 1 revealed:")
        text = " ".join([NONCE, *map(card_name, DECK)])
        self.assertEqual(" ".join(line.strip() for line in lines[1:-1]), f"{text}]")
        self.assertEqual(lines[-1], "[Shoe 1 dealt again, not covered: AS 2S]")

    def test_a_reveal_is_compact(self) -> None:
        reveal = seal(DECK * 6)
        heights = [len(reveal_lines(1, reveal, columns)) for columns in (40, 80, 120)]
        self.assertLessEqual(heights[0], 28)
        self.assertLessEqual(heights[1], 15)
        self.assertLessEqual(heights[2], 10)

    @given(
        st.integers(40, 120),
        st.integers(1, 99_999),
        st.lists(st.sampled_from(DECK), min_size=1, max_size=120),
    )
    def test_they_fit(self, columns: int, number: int, cards: list[int]) -> None:
        reveal = Reveal(NONCE, tuple(cards), tuple(cards))
        for lines in (
            commitment_lines(number, reveal.commitment, columns),
            reveal_lines(number, reveal, columns),
            round_lines(number, number, number, cards, columns),
        ):
            for line in lines:
                self.assertLessEqual(len(line), columns)
                self.assertTrue(line.isascii() and line.isprintable())
            self.assertEqual(lines[0][:5], "[Shoe")
            self.assertEqual(lines[-1][-1], "]")
