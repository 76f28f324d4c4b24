from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes

from twisted.trial.unittest import SynchronousTestCase

from netsuite.files.listing import listing
from netsuite.files.media_types import media_type
from netsuite.files.paths import Entry


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.hrefs += [value or "" for name, value in attrs if name == "href"]


class ListingTests(SynchronousTestCase):
    def test_odd_names(self) -> None:
        names = [
            b"a b",
            b'quote"d',
            b"apostrophe'",
            b"<script>alert(1)</script>",
            b"\xff\xfe",
            b"100%",
            b"%41",
            b"what?",
            b"no#1",
            b"javascript:alert(1)",
            b"semi;colon&amp;",
            "ñ漢".encode(),
            b"line\nbreak\x1b[2J",
            b"back\\slash",
        ]
        page = listing([], [Entry(name, 1, 0) for name in names], more=False)
        links = Links(page)
        self.assertEqual({unquote_to_bytes(href) for href in links.hrefs}, set(names))
        for href in links.hrefs:
            self.assertTrue(re.fullmatch(r"[A-Za-z0-9._~%-]+", href), href)
        self.assertNotIn("script", links.tags)
        self.assertNotIn("\x1b", page)
        self.assertIn("ñ漢", page)
        self.assertIn("<script>alert(1)</script>", unescape(page))
        page.encode()

    def test_folders_first_then_by_name(self) -> None:
        entries = [Entry(b"b", 1, 0), Entry(b"C", 1, 0), Entry(b"z", None, 0), Entry(b"a", 1, 0)]
        links = Links(listing([], entries, more=False))
        self.assertEqual(links.hrefs, ["z/", "a", "b", "C"])

    def test_way_up(self) -> None:
        self.assertEqual(Links(listing([b"<a>"], [], more=False)).hrefs, ["../"])
        self.assertIn("/&lt;a&gt;/", listing([b"<a>"], [], more=False))

    def test_sizes_types_and_dates(self) -> None:
        for size, shown in {
            0: "0 B",
            999: "999 B",
            1000: "1.0 kB",
            999_949: "999.9 kB",
            999_950: "1.0 MB",
            5_250_000: "5.2 MB",
            999_950_000: "1.0 GB",
        }.items():
            self.assertIn(f">{shown}<", listing([], [Entry(b"x.txt", size, 0)], more=False))
        page = listing([], [Entry(b"x.txt", 1, 1e9), Entry(b"y", 1, 1e300)], more=False)
        self.assertIn("text/plain", page)
        self.assertIn("2001-09-09 01:46", page)

    def test_more(self) -> None:
        self.assertNotIn("there are more", listing([], [], more=False))
        self.assertIn("Only 1 entries", listing([], [Entry(b"x", 1, 0)], more=True))


class MediaTypeTests(SynchronousTestCase):
    def test_types(self) -> None:
        for name, expected in {
            "a.html": "text/html; charset=utf-8",
            "a.TXT": "text/plain; charset=utf-8",
            "a.png": "image/png",
            "a.json": "application/json",
            "a.tar.gz": "application/gzip",
            "a.txt.xz": "application/x-xz",
            "README": "application/octet-stream",
            "data:text/html,x": "application/octet-stream",
            "http://x/a.html": "text/html; charset=utf-8",
        }.items():
            self.assertEqual(media_type(name), expected, name)
