"""Ranges of texts that start alike."""

from __future__ import annotations

from itertools import chain

from hypothesis import example, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.storage.prefixes import end_of

#: What stands at an edge of something.
EDGES = "\0\1ab\x7f\x80\ud7ff\ue000\uffff\U00010000\U0010fffe\U0010ffff"

#: Texts without surrogates, which no database takes.
TEXTS = st.one_of(st.text(max_size=4), st.text(st.sampled_from(EDGES), max_size=4))


def is_in_range(text: str, prefix: str) -> bool:
    """Tell whether a text is where a database looks for those that start with a prefix."""
    end = end_of(prefix)
    return prefix <= text and (end is None or text < end)


class EndTests(SynchronousTestCase):
    @given(TEXTS, TEXTS)
    def test_what_starts_so_is_in_the_range(self, prefix: str, rest: str) -> None:
        self.assertTrue(is_in_range(prefix + rest, prefix))

    @given(TEXTS, TEXTS)
    @example("a", "b")
    @example("a\U0010ffff", "b")
    @example("\ud7ff", "\ue000")
    def test_nothing_else_is(self, prefix: str, text: str) -> None:
        self.assertEqual(is_in_range(text, prefix), text.startswith(prefix))

    def test_the_end_can_be_stored(self) -> None:
        """It is no surrogate, for these have no bytes in UTF-8."""
        around = (
            range(0x100),
            range(0xD700, 0xD800),
            range(0xE000, 0xE100),
            range(0xFF00, 0x10100),
        )
        for character in map(chr, chain(*around, range(0x10FF00, 0x10FFFF))):
            end = end_of(f"a{character}")
            assert end is not None
            self.assertEqual(len(end.encode()), 1 + len(end[1].encode()))
            self.assertGreater(end, f"a{character}")

    def test_there_is_none(self) -> None:
        for prefix in ("", "\U0010ffff", "\U0010ffff" * 3):
            self.assertIsNone(end_of(prefix))
        self.assertEqual(end_of("a\U0010ffff\U0010ffff"), "b")

    def test_it_is_the_first(self) -> None:
        """The order of code points is that of the bytes of UTF-8, in which databases compare."""
        for prefix, end in (("a", "b"), ("az", "a{"), ("\x7f", "\x80"), ("\uffff", "\U00010000")):
            self.assertEqual(end_of(prefix), end)
            self.assertLess(prefix.encode(), end.encode())
