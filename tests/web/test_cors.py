"""Pages of other origins."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from twisted.web.http_headers import Headers

from netsuite.web.cors import CrossOrigin, parse_origin
from netsuite.web.hosts import Host
from netsuite.web.responses import HTTPError

HOST = Host("localhost", 5000)
OURS = b"http://localhost:5000"
LAB = b"https://lab.example"


def headers(**fields: bytes | list[bytes]) -> Headers:
    return Headers(
        {
            name.replace("_", "-").encode(): value if isinstance(value, list) else [value]
            for name, value in fields.items()
        }
    )


class OriginTests(SynchronousTestCase):
    def test_origins(self) -> None:
        for text, origin in (
            ("https://lab.example", "https://lab.example"),
            ("HTTP://Lab.Example:80", "http://lab.example"),
            ("https://lab.example:443", "https://lab.example"),
            ("http://lab.example:443", "http://lab.example:443"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("moz-extension://0f3e", "moz-extension://0f3e"),
        ):
            self.assertEqual(parse_origin(text), origin)

    def test_what_is_none(self) -> None:
        for text in ("", "*", "null", "lab.example", "https://", "https://lab.example/", "//lab"):
            self.assertIn("expected", str(self.assertRaises(ValueError, parse_origin, text)))
        self.assertRaises(ValueError, CrossOrigin.of, ["*"])


class CheckTests(SynchronousTestCase):
    """Who may write."""

    def setUp(self) -> None:
        self.policy = CrossOrigin.of([LAB.decode()])

    def passes(
        self,
        method: bytes = b"POST",
        host: Host | None = HOST,
        secure: bool = False,
        **fields: bytes | list[bytes],
    ) -> bool:
        try:
            self.policy.check(method, headers(**fields), host, secure=secure)
        except HTTPError as error:
            self.assertEqual(error.status, 403)
            self.assertIn("--cors-origin", error.message)
            return False
        return True

    def test_programs(self) -> None:
        for method in (b"GET", b"POST", b"DELETE"):
            self.assertTrue(self.passes(method))

    def test_our_own_pages(self) -> None:
        self.assertTrue(self.passes(Origin=OURS))
        self.assertTrue(self.passes(Origin=b"http://localhost", host=Host("localhost", 80)))
        self.assertTrue(self.passes(Origin=b"http://[::1]:1", host=Host("::1", 1, True)))
        self.assertTrue(self.passes(Origin=b"https://localhost:5000", secure=True))
        self.assertTrue(self.passes(Sec_Fetch_Site=b"same-origin"))
        self.assertTrue(self.passes(Sec_Fetch_Site=b"none"))
        # Behind a proxy that ends TLS, only the browser knows.
        self.assertTrue(self.passes(Sec_Fetch_Site=b"same-origin", Origin=b"https://localhost"))

    def test_other_pages(self) -> None:
        for method in (b"POST", b"PUT", b"PATCH", b"DELETE", b"UNHEARD-OF"):
            for origin in (
                b"https://evil.example",
                b"null",
                b"",
                b"http://localhost:5001",
                b"https://localhost:5000",
                b"http://localhost:5000.evil.example",
                b"\xff",
                [OURS, OURS],
                [LAB, b"https://evil.example"],
            ):
                self.assertFalse(self.passes(method, Origin=origin), origin)
            for site in (b"cross-site", b"same-site", b"", [b"same-origin", b"same-origin"]):
                self.assertFalse(self.passes(method, Sec_Fetch_Site=site), site)
                self.assertFalse(self.passes(method, Sec_Fetch_Site=site, Origin=OURS), site)
        self.assertFalse(self.passes(Origin=OURS, host=None))

    def test_reading_is_no_matter(self) -> None:
        for method in (b"GET", b"HEAD", b"OPTIONS"):
            self.assertTrue(self.passes(method, Origin=b"null", Sec_Fetch_Site=b"cross-site"))

    def test_named_origins(self) -> None:
        self.assertTrue(self.passes(Origin=LAB))
        self.assertTrue(self.passes(Origin=LAB, Sec_Fetch_Site=b"cross-site"))


class HeaderTests(SynchronousTestCase):
    """What stands in the head of answers."""

    def added(
        self, policy: CrossOrigin, method: bytes = b"GET", vary: bytes = b"", **fields: bytes
    ) -> dict[bytes, list[bytes]]:
        response = headers(Vary=vary) if vary else Headers()
        policy.add_to(response, method, headers(**fields))
        return {name: list(values) for name, values in response.getAllRawHeaders()}

    def test_by_default(self) -> None:
        self.assertEqual(self.added(CrossOrigin(), Origin=LAB), {})
        self.assertFalse(
            CrossOrigin().is_preflight(
                b"OPTIONS", headers(Origin=LAB, Access_Control_Request_Method=b"PUT")
            )
        )

    def test_named_origins(self) -> None:
        policy = CrossOrigin.of([LAB.decode()])
        self.assertEqual(
            self.added(policy, Origin=LAB),
            {
                b"Vary": [b"Origin"],
                b"Access-Control-Allow-Origin": [LAB],
                b"Access-Control-Expose-Headers": [b"ETag, Link, Location"],
            },
        )
        for others in ({}, {"Origin": b"https://evil.example"}, {"Origin": b"null"}):
            self.assertEqual(self.added(policy, **others), {b"Vary": [b"Origin"]})

    def test_vary_is_kept(self) -> None:
        policy = CrossOrigin.of([LAB.decode()])
        for before, after in (
            (b"Accept", b"Accept, Origin"),
            (b"accept, ORIGIN", b"accept, ORIGIN"),
            (b"*", b"*"),
        ):
            self.assertEqual(self.added(policy, vary=before)[b"Vary"], [after])

    def test_preflight(self) -> None:
        policy = CrossOrigin.of([LAB.decode()])
        added = self.added(policy, b"OPTIONS", Origin=LAB, Access_Control_Request_Method=b"PUT")
        self.assertEqual(added[b"Access-Control-Allow-Origin"], [LAB])
        self.assertIn(b"PUT", added[b"Access-Control-Allow-Methods"][0])
        self.assertEqual(
            added[b"Access-Control-Allow-Headers"], [b"Content-Type, If-Match, If-None-Match"]
        )
        self.assertIn(b"Access-Control-Max-Age", added)
        self.assertNotIn(b"Access-Control-Expose-Headers", added)
