"""Entity tags and conditions."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from twisted.web.http_headers import Headers
from twisted.web.test.requesthelper import DummyRequest

from netsuite.web.conditions import (
    ANY,
    MAX_TAGS,
    Condition,
    EntityTag,
    excluding,
    matching,
    not_modified,
)
from netsuite.web.responses import BadRequest, HTTPError, Response


def request(**fields: bytes | list[bytes]) -> Any:
    """Return a request with some header fields."""
    found = DummyRequest([b""])
    found.requestHeaders = Headers(
        {
            name.replace("_", "-").encode(): value if isinstance(value, list) else [value]
            for name, value in fields.items()
        }
    )
    return found


class TagTests(SynchronousTestCase):
    def test_text(self) -> None:
        self.assertEqual(str(EntityTag("5")), '"5"')
        self.assertEqual(str(EntityTag("5", weak=True)), 'W/"5"')
        self.assertEqual(str(EntityTag("")), '""')
        for bad in ('"', "a b", "\x7f", "\n", "\u0100"):
            self.assertRaises(ValueError, EntityTag, bad)

    def test_comparison(self) -> None:
        """RFC 9110, 8.8.3.2: the table of examples."""
        weak, strong = EntityTag("1", weak=True), EntityTag("1")
        for one, other, strongly, weakly in (
            (weak, weak, False, True),
            (weak, EntityTag("2", weak=True), False, False),
            (weak, strong, False, True),
            (strong, strong, True, True),
        ):
            self.assertEqual(one.strongly_equals(other), strongly)
            self.assertEqual(other.strongly_equals(one), strongly)
            self.assertEqual(one.weakly_equals(other), weakly)

    def test_the_answer(self) -> None:
        self.assertEqual(
            EntityTag("5").not_modified({"Vary": "Accept"}),
            Response(status=304, headers={"Vary": "Accept", "ETag": '"5"'}),
        )


class ConditionTests(SynchronousTestCase):
    def test_lists(self) -> None:
        cases: list[tuple[bytes | list[bytes], Condition, Condition]] = [
            (b"*", ANY, ANY),
            (b" * ", ANY, ANY),
            (b'"5"', frozenset("5"), frozenset("5")),
            (b'W/"5"', frozenset(), frozenset("5")),
            (b'"5" , W/"6","7"', frozenset("57"), frozenset("567")),
            (b',, "5",,', frozenset("5"), frozenset("5")),
            ([b'"5"', b'"6"'], frozenset("56"), frozenset("56")),
            (b'"a,b"', frozenset({"a,b"}), frozenset({"a,b"})),
            (b'""', frozenset({""}), frozenset({""})),
            (b'"\xe9"', frozenset({"\xe9"}), frozenset({"\xe9"})),
            (b'"*"', frozenset("*"), frozenset("*")),
        ]
        for value, strong, weak in cases:
            self.assertEqual(matching(request(if_match=value)), strong, value)
            self.assertEqual(excluding(request(if_none_match=value)), weak, value)
        self.assertIsNone(matching(request(if_none_match=b"*")))
        self.assertIsNone(excluding(request(if_match=b"*")))

    def test_malformed(self) -> None:
        bad: list[bytes | list[bytes]] = [
            b"",
            b",",
            b"5",
            b"'5'",
            b'"5',
            b'5"',
            b'"5" "6"',
            b'w/"5"',
            b'W/ "5"',
            b"W/5",
            b'"a b"',
            b'*, "5"',
            b'"5", *',
            [b"*", b"*"],
            b'"5";q=1',
        ]
        for value in bad:
            error = self.assertRaises(BadRequest, matching, request(if_match=value))
            self.assertIn("If-Match is malformed: expected", error.message, value)
            error = self.assertRaises(BadRequest, excluding, request(if_none_match=value))
            self.assertIn("If-None-Match is malformed: expected", error.message, value)

    def test_every_cut(self) -> None:
        """A list that is cut off is what was left of it, or malformed; never anything else."""
        whole = b'"a", W/"b" ,"c,d"'
        for cut in range(len(whole)):
            try:
                found = excluding(request(if_none_match=whole[:cut]))
            except BadRequest:
                continue
            self.assertIn(found, (frozenset("a"), frozenset("ab")), cut)

    def test_bounds(self) -> None:
        most = b",".join([b'"5"'] * MAX_TAGS)
        self.assertEqual(matching(request(if_match=most)), frozenset("5"))
        error = self.assertRaises(BadRequest, matching, request(if_match=most + b',"6"'))
        self.assertIn(str(MAX_TAGS), error.message)
        # It would take minutes, were it quadratic in spaces.
        self.assertRaises(BadRequest, matching, request(if_match=b" " * 16_000 + b"x"))
        self.assertRaises(BadRequest, matching, request(if_match=b'"5"' + b" " * 16_000 + b"x"))

    def test_meeting(self) -> None:
        self.assertTrue(EntityTag("5").meets(ANY))
        self.assertTrue(EntityTag("5").meets(frozenset("56")))
        self.assertFalse(EntityTag("7").meets(frozenset("56")))
        self.assertFalse(EntityTag("7").meets(frozenset()))


class NotModifiedTests(SynchronousTestCase):
    def test_if_none_match(self) -> None:
        tag = EntityTag("5")
        self.assertFalse(not_modified(request(), tag))
        for value in (b'"5"', b'W/"5"', b'"4", "5"', b"*"):
            self.assertTrue(not_modified(request(if_none_match=value), tag), value)
            self.assertTrue(
                not_modified(request(if_none_match=value), EntityTag("5", weak=True)), value
            )
        self.assertFalse(not_modified(request(if_none_match=b'"4"'), tag))

    def test_if_match_comes_first(self) -> None:
        tag = EntityTag("5")
        self.assertFalse(not_modified(request(if_match=b'"5"'), tag))
        self.assertFalse(not_modified(request(if_match=b"*"), EntityTag("5", weak=True)))
        self.assertTrue(not_modified(request(if_match=b"*", if_none_match=b'"5"'), tag))
        for value, ours in (
            (b'"4"', tag),
            (b'W/"5"', tag),
            (b'"5"', EntityTag("5", weak=True)),
        ):
            error = self.assertRaises(
                HTTPError, not_modified, request(if_match=value, if_none_match=b"*"), ours
            )
            self.assertEqual(error.status, 412)
