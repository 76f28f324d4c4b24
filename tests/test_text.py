"""What others send, made safe to show."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.text import printable


class PrintableTests(SynchronousTestCase):
    """Nothing gets through that a terminal or a log acts upon."""

    def test_letters_stay(self) -> None:
        for text in ("", "a b", "Grüße, Ελλάδα, 日本語, 🙂", "'\"{}%s$HOME`"):
            self.assertEqual(printable(text), text)
            self.assertEqual(printable(text.encode()), text)

    def test_what_is_escaped(self) -> None:
        for text, shown in (
            ("\x1b[31m", r"\x1b[31m"),
            ("a\r\nb", r"a\r\nb"),
            ("\0\t\x7f", r"\x00\t\x7f"),
            ("\x9b1m", r"\x9b1m"),  # the one-byte form of ESC [
            ("\u2028", r"\u2028"),  # a line separator
            ("\u202eabc", r"\u202eabc"),  # right-to-left override
            ("\u200b\xad", r"\u200b\xad"),  # invisible
            ("\U000e0041", r"\U000e0041"),
            ("\ud800", r"\ud800"),  # a lone surrogate
        ):
            self.assertEqual(printable(text), shown)

    def test_bytes_that_are_no_text(self) -> None:
        self.assertEqual(printable(b"a\xffb\xc3"), r"a\xffb\xc3")
        self.assertEqual(printable(b"\x1b]0;title\x07"), r"\x1b]0;title\x07")

    def test_what_is_too_long_is_cut(self) -> None:
        self.assertEqual(printable("x" * 200), "x" * 200)
        self.assertEqual(printable("x" * 201), "x" * 200 + "…")
        self.assertEqual(printable(b"x" * 201), "x" * 200 + "…")
        self.assertEqual(printable("abc", 3), "abc")
        self.assertEqual(printable("abcd", most=3), "abc…")
        self.assertEqual(printable("\n" * 4, 3), r"\n\n\n…")
        self.assertEqual(printable("abc", 0), "…")

    def test_long_characters_are_counted_as_characters(self) -> None:
        self.assertEqual(printable("🙂".encode() * 3, 3), "🙂🙂🙂")
        self.assertEqual(printable("🙂".encode() * 4, 3), "🙂🙂🙂…")

    @given(st.one_of(st.text(), st.binary()), st.integers(0, 20))
    def test_always_printable_and_bounded(self, text: str | bytes, most: int) -> None:
        shown = printable(text, most)
        self.assertTrue(shown.isprintable())
        shown.encode("utf-8")
        self.assertLessEqual(len(shown), 10 * most + 1)

    @given(st.text(), st.integers(0, 20))
    def test_bytes_are_shown_as_their_text(self, text: str, most: int) -> None:
        self.assertEqual(printable(text.encode(), most), printable(text, most))
