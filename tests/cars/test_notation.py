"""The two notations of the registry's messages."""

from __future__ import annotations

import json
import pickle
import time
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.cars.notation import JSON, MAX_DIGITS, PICKLE, NotationError, Plain, notation_of
from netsuite.cars.pickles import MAX_DEPTH
from netsuite.framing import MAX_MESSAGE
from tests.cars.plain import TEXTS, VALUES, same

REQUEST = ("NEW_REGISTRATION", "024 HYR", 2, 97543, "Zoë")


def tuples_as_lists(value: Plain) -> Plain:
    return [tuples_as_lists(item) for item in value] if isinstance(value, tuple | list) else value


class ChoiceTests(SynchronousTestCase):
    """The first byte tells the notations apart."""

    def test_the_first_byte(self) -> None:
        for first in range(256):
            expected = PICKLE if first == 0x80 else JSON
            self.assertIs(notation_of(bytes([first])), expected)
            self.assertIs(notation_of(bytes([first]) + b"\x80["), expected)

    def test_what_clients_send(self) -> None:
        self.assertIs(notation_of(pickle.dumps(REQUEST, 3)), PICKLE)
        self.assertIs(notation_of(json.dumps(REQUEST).encode()), JSON)
        self.assertIs(notation_of(b' \n["SHUTDOWN"]'), JSON)

    def test_names(self) -> None:
        self.assertEqual((PICKLE.name, JSON.name), ("pickle", "JSON"))

    def test_what_is_written_is_told_apart(self) -> None:
        values: list[Plain] = [REQUEST, (True, None), "text", 5, None, []]
        for notation in (PICKLE, JSON):
            for value in values:
                self.assertIs(notation_of(notation.encode(value)), notation)

    def test_an_empty_message(self) -> None:
        for notation in (notation_of(b""), PICKLE, JSON):
            with self.assertRaises(NotationError):
                notation.decode(b"")


class PickleTests(SynchronousTestCase):
    """Pickles of protocol 3."""

    def test_as_python_writes_them(self) -> None:
        values: list[Plain] = [REQUEST, (True, ["024 HYR"]), (False, "no")]
        for value in values:
            self.assertEqual(PICKLE.encode(value), pickle.dumps(value, 3))
            self.assertEqual(PICKLE.decode(pickle.dumps(value, 3)), value)

    def test_what_is_wrong_is_said(self) -> None:
        with self.assertRaisesRegex(NotationError, "protocol 4; expected protocol 3"):
            PICKLE.decode(pickle.dumps(REQUEST, 4))
        with self.assertRaisesRegex(NotationError, "bytes follow the end"):
            PICKLE.decode(pickle.dumps(REQUEST, 3) + b"\n")

    @given(VALUES)
    def test_there_and_back(self, value: Plain) -> None:
        self.assertTrue(same(PICKLE.decode(PICKLE.encode(value)), value))


class JsonTests(SynchronousTestCase):
    """JSON, strictly."""

    def refused(self, payload: bytes, reason: str) -> None:
        with self.assertRaisesRegex(NotationError, reason) as caught:
            JSON.decode(payload)
        self.assertTrue(str(caught.exception).isascii())
        self.assertTrue(str(caught.exception).isprintable())

    def test_what_is_read(self) -> None:
        for payload, value in (
            (b'["GET_CAR_DETAILS", "024 HYR"]', ("GET_CAR_DETAILS", "024 HYR")),
            (
                b'\r\n\t [ "CHANGE_MILEAGE" ,"024 HYR",103491 ] ',
                ("CHANGE_MILEAGE", "024 HYR", 103491),
            ),
            ('["Zoë", "\\u00eb", "🙂", "\\ud83d\\ude42"]'.encode(), ("Zoë", "ë", "🙂", "🙂")),
            (
                b"[true, false, null, -1, 1.5, -0.0, 1e3]",
                (True, False, None, -1, 1.5, -0.0, 1000.0),
            ),
            (b"[]", ()),
            (b"[true, []]", (True, [])),
            (b'[true, ["a", ["b"]]]', (True, ["a", ["b"]])),
            (b'"text"', "text"),
            (b"5", 5),
            (b"null", None),
            (b'["\\ud800", "\\u0000"]', ("\ud800", "\0")),
            (str(10 ** (MAX_DIGITS - 1)).encode(), 10 ** (MAX_DIGITS - 1)),
        ):
            self.assertTrue(same(JSON.decode(payload), value), payload)

    def test_what_is_not_json(self) -> None:
        for payload, position in (
            (b"[", 1),
            (b"hello", 0),
            (b"[1,]", 3),
            (b"[1] 2", 4),
            (b"['a']", 1),
            (b'["a', 1),
            (b'["\n"]', 2),
            (b'["\\x41"]', 2),
            (b"[01]", 2),
            (b"[+1]", 1),
            (b"[.5]", 1),
            (b" ", 1),
            (b"\x1b[31m", 0),
            (b"\xef\xbb\xbf[]", 0),  # a byte order mark
            (b"GET / HTTP/1.1\r\n\r\n", 0),
        ):
            self.refused(payload, f"^this is not JSON, from character {position} on$")

    def test_what_is_not_utf_8(self) -> None:
        for payload in (
            b'["\xff"]',
            b'["caf\xe9"]',
            b'["\xed\xa0\x80"]',  # a surrogate
            b'["\xc0\xaf"]',
            '["a"]'.encode("utf-16"),
            b"\x16\x03\x01\x02\x00\x01\x80",  # the beginning of TLS
        ):
            self.refused(payload, "neither a pickle nor UTF-8|not JSON")
        for encoding in ("utf-16-le", "utf-32-be", "utf-32"):
            # The standard library would find out the encoding, and read it.
            self.assertEqual(json.loads('["a"]'.encode(encoding)), ["a"])
            with self.assertRaises(NotationError):
                JSON.decode('["a"]'.encode(encoding))

    def test_no_objects(self) -> None:
        for payload in (b"{}", b'{"a": 1}', b'["a", {}]', b'[[{"a": [{}]}]]'):
            self.refused(payload, "holds an object")

    def test_no_numbers_that_json_does_not_have(self) -> None:
        for number in (b"NaN", b"Infinity", b"-Infinity"):
            self.refused(b"[" + number + b"]", "holds NaN or Infinity")
        for number in (b"1e400", b"-1e400", b"1" * 400 + b".0"):
            self.refused(b"[" + number + b"]", "a number that is too large")

    def test_no_giant_integers(self) -> None:
        for digits in (MAX_DIGITS + 1, 5000, 60_000):
            for sign in (b"", b"-"):
                self.refused(b"[" + sign + b"9" * digits + b"]", f"more than {MAX_DIGITS} digits")

    def test_no_deep_nesting(self) -> None:
        for depth in (MAX_DEPTH + 1, 900, 1_000, 30_000):
            self.refused(b"[" * depth + b"]" * depth, f"nested more than {MAX_DEPTH} deep")
        self.refused(b"[" * MAX_MESSAGE, "nested more than")
        self.refused(b'{"":' * 16_000 + b"1" + b"}" * 16_000, "nested more|holds an object")
        depth = MAX_DEPTH
        value = JSON.decode(b"[" * depth + b"]" * depth)
        self.assertEqual(JSON.encode(value), b"[" * depth + b"]" * depth)

    def test_every_truncation(self) -> None:
        payload = json.dumps(["CHANGE_OWNER", "024 HYR", "Zoë 🙂", 12, [True, None, 1.5]]).encode()
        for end in range(len(payload)):
            with self.assertRaises(NotationError):
                JSON.decode(payload[:end])

    def test_long_messages_cost_little(self) -> None:
        for payload in (
            b"[" * MAX_MESSAGE,
            b"[" + b"9" * (MAX_MESSAGE - 2) + b"]",
            b"[0." + b"9" * (MAX_MESSAGE - 8) + b"e9999]",
            b"[1e" + b"9" * (MAX_MESSAGE - 5) + b"]",
            b'["' + b"\\" * (MAX_MESSAGE - 4) + b'"',
            b" " * MAX_MESSAGE,
            b"[" + b"[]," * 21_000 + b"]",
            b'{"a":' * 13_000,
        ):
            best = 1.0
            for _ in range(5):
                start = time.perf_counter()
                with self.assertRaises(NotationError):
                    JSON.decode(payload)
                best = min(best, time.perf_counter() - start)
            self.assertLess(best, 0.010, payload[:10])
            tracemalloc.start()
            try:
                with self.assertRaises(NotationError):
                    JSON.decode(payload)
                self.assertLess(tracemalloc.get_traced_memory()[1], 4 * 1024 * 1024, payload[:10])
            finally:
                tracemalloc.stop()

    def test_what_is_written(self) -> None:
        written: list[tuple[Plain, str]] = [
            ((True, 2, 97543, "Zoë 🙂"), '[true,2,97543,"Zoë 🙂"]'),
            ((True, None), "[true,null]"),
            ((True, ["a", ("b", 1.5)]), '[true,["a",["b",1.5]]]'),
            ((False, 'say "\\\n\x1b'), '[false,"say \\"\\\\\\n\\u001b"]'),
            ("text", '"text"'),
        ]
        for value, payload in written:
            self.assertEqual(JSON.encode(value), payload.encode())

    def test_lone_surrogates_are_escaped(self) -> None:
        self.assertEqual(JSON.encode((False, "a\ud800\udc80b")), b'[false,"a\\ud800\\udc80b"]')
        self.assertEqual(JSON.decode(JSON.encode("a\udfff\ud800")), "a\udfff\ud800")

    def test_nan_is_not_written(self) -> None:
        values: list[Plain] = [float("nan"), float("inf"), (True, [float("-inf")])]
        for value in values:
            with self.assertRaisesRegex(NotationError, "no way to write NaN"):
                JSON.encode(value)

    @given(VALUES)
    def test_agrees_with_the_standard_library(self, value: Plain) -> None:
        try:
            payload = JSON.encode(value)
        except NotationError:
            with self.assertRaises(ValueError):
                json.dumps(value, allow_nan=False)
            return
        read = json.loads(payload)
        self.assertTrue(same(tuples_as_lists(JSON.decode(payload)), read))
        text = json.dumps(value, ensure_ascii=True)
        self.assertTrue(same(read, json.loads(text)))

    @given(
        st.one_of(st.binary(max_size=30), TEXTS.map(lambda text: text.encode("utf-8", "replace")))
    )
    def test_any_bytes(self, payload: bytes) -> None:
        try:
            value = JSON.decode(payload)
        except NotationError:
            return
        self.assertTrue(same(tuples_as_lists(value), json.loads(payload.decode("utf-8"))))

    @given(st.text('[]{}",:0123456789.-+eEtrufalsn\\ \n', max_size=20))
    def test_what_resembles_json(self, text: str) -> None:
        payload = text.encode()
        try:
            value = JSON.decode(payload)
        except NotationError:
            return
        self.assertTrue(same(tuples_as_lists(value), json.loads(text)))


class KindTests(SynchronousTestCase):
    """A request is the same in both notations."""

    @given(st.lists(st.one_of(st.none(), st.booleans(), st.integers(), st.text()), max_size=6))
    def test_flat_requests(self, items: list[Plain]) -> None:
        request = tuple(items)
        for notation, payload in (
            (PICKLE, pickle.dumps(request, 3)),
            (JSON, json.dumps(request).encode()),
        ):
            self.assertTrue(same(notation_of(payload).decode(payload), request))
            self.assertTrue(same(notation.decode(notation.encode(request)), request))
