"""Names, and what may be said."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.players.names import (
    MAX_NAME,
    MAX_TEXT,
    MIN_NAME,
    name_key,
    one_line,
    player_name,
)
from netsuite.blackjack.transcript import Transcript


class NameTests(SynchronousTestCase):
    def refused(self, text: str, reason: str = "a name has 2 to 16 characters") -> None:
        with self.assertRaises(ValueError, msg=ascii(text)) as caught:
            player_name(text)
        self.assertIn(reason, str(caught.exception))

    def test_names(self) -> None:
        for text in (
            "Al",
            "Ada Lovelace",
            "x" * 16,
            "R2-D2",
            "under_score",
            "-x-",
            "Jürgen",
            "Ωμέγα",
            "Владимир",
            "नमस्ते",
            "ยิ้ม",
            "שלום",
            "مرحبا",
            "さくら",
            "七海",
            "guesthouse",
        ):
            self.assertEqual(player_name(text), text)
        self.assertEqual(player_name("  Ada "), "Ada")
        self.assertEqual(player_name("Zoe\u0308"), "Zo\u00eb")

    def test_what_is_none(self) -> None:
        for text in (
            "",
            " ",
            "A",
            "x" * 17,
            "a  b",
            "a\tb",
            "a\nb",
            "a\u00a0b",
            "a\u3000b",
            "a\x1b[31mb",
            "a\x00b",
            "a\x7fb",
            "a\u200bb",
            "a\u202eb",
            "a\u2066b",
            "a\u00adb",
            "a\ufeffb",
            "a[b]",
            "a.b",
            "a'b",
            "a/b",
            "%s",
            "🂡🂡",
            "a\ud800b",
            "a\ue000b",
            "\u3164\u3164",
            "a\u115fb",
            "a\ufe0fb",
            "\U000e0101ab",
            "\u1161\u1161",
        ):
            self.refused(text)

    def test_marks(self) -> None:
        self.refused("\u0301ab")
        self.refused("1\u0301a")
        self.refused("a \u0301b")
        self.refused("x\u0323\u0323\u0323y")
        self.assertEqual(len(player_name("x\u0323\u0308y")), 3)

    def test_letters(self) -> None:
        self.refused("12", "at least one letter")
        self.refused("- -", "at least one letter")

    def test_what_the_house_is_called(self) -> None:
        for text in ("Dealer", "dealer 2", "HOUSE", "Guest", "guest 12", "Guest12", "\uff27uest"):
            self.refused(text, "choose another")

    def test_keys(self) -> None:
        for one, other in (
            ("Ada", "aDA"),
            ("Ada", "\uff21\uff44\uff41"),
            ("Ada", "\u1d2cda"),
            ("Straße", "STRASSE"),
            ("ΣΑΣ", "σας"),
            ("ﬁsh", "FISH"),
            ("Zo\u00eb", "zoe\u0308"),
            ("Ⅷ", "viii"),
            ("テスト", "ﾃｽﾄ"),
        ):
            self.assertEqual(name_key(one), name_key(other))
        keys = {name_key(name) for name in ("Ada", "Ada L", "Ada-L", "Ada_L", "AdaL", "Àda")}
        self.assertEqual(len(keys), 6)

    @given(st.text(max_size=20))
    def test_any(self, text: str) -> None:
        try:
            name = player_name(text)
        except ValueError:
            return
        self.assertTrue(MIN_NAME <= len(name) <= MAX_NAME)
        self.assertTrue(name.isprintable())
        self.assertEqual(player_name(name), name)
        self.assertEqual(one_line(name), name)
        key = name_key(name)
        self.assertEqual(name_key(key), key)
        self.assertEqual(name_key(unicodedata.normalize("NFKC", name).casefold()), key)


class TextTests(SynchronousTestCase):
    def test_what_is_left(self) -> None:
        for text, shown in (
            ("hello", "hello"),
            ("  nice   hand!  ", "nice hand!"),
            ("über 你好 🂡 👍", "über 你好 🂡 👍"),
            ("\x1b[31mred\x1b[0m", "red"),
            ("\x1b]0;title\x07text", "text"),
            ("\x1b]0;title\x1b\\text", "text"),
            ("\x1b]52;c;aGk=", "52;c;aGk="),
            ("\x9b31mred", "31mred"),
            ("a\x1b", "a"),
            ("one\r\ntwo\nthree\tfour", "one two three four"),
            ("one\u2028two\u2029three\x85four", "one two threefour"),
            ("\u202egnp.exe", "gnp.exe"),
            ("a\u200b\u2066b\ufeff\u00ad", "ab"),
            ("a\u3164\u115fb\ufe0f", "ab"),
            ("z\u0335\u0336\u0337\u0338a", "z\u0335\u0336a"),
            ("[Shoe 1 revealed]", "(Shoe 1 revealed)"),
            ("\ud800\ue000\x00", ""),
            ("", ""),
        ):
            self.assertEqual(one_line(text), shown, ascii(text))

    def test_its_length(self) -> None:
        self.assertEqual(one_line("x" * 300), "x" * MAX_TEXT)
        self.assertEqual(one_line("x" * 199 + " y"), "x" * 199)
        self.assertLessEqual(len(one_line("x" * 10_000_000)), MAX_TEXT)

    @given(st.text())
    def test_any(self, text: str) -> None:
        shown = one_line(text)
        self.assertTrue(shown.isprintable())
        self.assertLessEqual(len(shown), MAX_TEXT)
        self.assertNotIn("[", shown)
        self.assertEqual(one_line(shown), shown)
        self.assertEqual(list(Transcript().feed(f"[{shown}]".encode())), [])
