from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.files.conditions import Validators, Verdict, evaluate, range_applies

BEFORE = b"Sun, 06 Nov 1994 08:49:36 GMT"
EXACTLY = b"Sun, 06 Nov 1994 08:49:37 GMT"
AFTER = b"Sun, 06 Nov 1994 08:49:38 GMT"
CHANGED = 784111777

VALIDATORS = Validators(b'"tag"', CHANGED)


class ConditionsTests(SynchronousTestCase):
    def verdict(self, **headers: bytes) -> Verdict:
        given = {name.replace("_", "-").encode(): value for name, value in headers.items()}
        return evaluate(given.get, VALIDATORS)

    def test_none(self) -> None:
        self.assertIs(self.verdict(), Verdict.PROCEED)

    def test_if_none_match(self) -> None:
        for value in (b'"tag"', b'W/"tag"', b'"other", "tag"', b'"other","tag"', b"*", b' "tag" '):
            self.assertIs(self.verdict(if_none_match=value), Verdict.NOT_MODIFIED, value)
        for value in (b'"other"', b"tag", b"", b'"ta', b'"tag2"'):
            self.assertIs(self.verdict(if_none_match=value), Verdict.PROCEED, value)

    def test_if_modified_since(self) -> None:
        self.assertIs(self.verdict(if_modified_since=BEFORE), Verdict.PROCEED)
        self.assertIs(self.verdict(if_modified_since=EXACTLY), Verdict.NOT_MODIFIED)
        self.assertIs(self.verdict(if_modified_since=AFTER), Verdict.NOT_MODIFIED)

    def test_tag_goes_before_date(self) -> None:
        self.assertIs(
            self.verdict(if_none_match=b'"other"', if_modified_since=AFTER), Verdict.PROCEED
        )
        self.assertIs(self.verdict(if_match=b'"tag"', if_unmodified_since=BEFORE), Verdict.PROCEED)

    def test_if_match(self) -> None:
        for value in (b'"tag"', b"*", b'"other", "tag"'):
            self.assertIs(self.verdict(if_match=value), Verdict.PROCEED, value)
        for value in (b'"other"', b'W/"tag"', b""):
            self.assertIs(self.verdict(if_match=value), Verdict.FAILED, value)

    def test_if_unmodified_since(self) -> None:
        self.assertIs(self.verdict(if_unmodified_since=BEFORE), Verdict.FAILED)
        self.assertIs(self.verdict(if_unmodified_since=EXACTLY), Verdict.PROCEED)

    def test_invalid_dates_are_ignored(self) -> None:
        for value in (b"", b"yesterday", b"\xff", b"Sun, 99 Foo 1994 08:49:37 GMT", b"a b c d e f"):
            self.assertIs(self.verdict(if_modified_since=value), Verdict.PROCEED, value)
            self.assertIs(self.verdict(if_unmodified_since=value), Verdict.PROCEED, value)

    def test_if_range(self) -> None:
        for value, expected in {
            b'"tag"': True,
            EXACTLY: True,
            b'W/"tag"': False,
            b'"other"': False,
            AFTER: False,
        }.items():
            self.assertIs(range_applies({b"if-range": value}.get, VALIDATORS), expected, value)
        self.assertTrue(range_applies(lambda name: None, VALIDATORS))

    def test_of_file(self) -> None:
        one = Validators.of_file(CHANGED * 10**9 + 5, 10, CHANGED + 100)
        self.assertEqual(one.last_modified, EXACTLY)
        self.assertNotEqual(one.tag, Validators.of_file(CHANGED * 10**9 + 6, 10, 0).tag)
        self.assertNotEqual(one.tag, Validators.of_file(CHANGED * 10**9 + 5, 11, 0).tag)

    def test_change_in_the_future(self) -> None:
        self.assertEqual(Validators.of_file((CHANGED + 9) * 10**9, 1, CHANGED).modified, CHANGED)
