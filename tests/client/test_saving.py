"""URLs, the file names in them, and files that appear complete or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from netsuite.client.download import Saved, name_from
from netsuite.client.problems import ClientError, WrongUsage
from netsuite.client.web import parse_url
from tests.client.support import new_folder


class ParseTests(SynchronousTestCase):
    def test_urls(self) -> None:
        for text, full in (
            ("localhost:8000/x", "http://localhost:8000/x"),
            ("[::1]:8000", "http://[::1]:8000"),
            ("https://example.org/a%20b?c=d#e", "https://example.org/a%20b?c=d#e"),
            ("example.org/ü", "http://example.org/ü"),
        ):
            self.assertEqual(parse_url(text).to_text(), full)

    def test_no_urls(self) -> None:
        for text in (
            "",
            "/x",
            "http://",
            "file:///etc/passwd",
            "http://h:99999/",
            "http://h:x/",
            "http://a b/",
        ):
            with self.assertRaises(WrongUsage, msg=text):
                parse_url(text)

    def test_names(self) -> None:
        for url, name in (("http://h/a/b.txt?c", "b.txt"), ("http://h/b%20c", "b c")):
            self.assertEqual(name_from(parse_url(url)), Path(name))
        for url in (
            "http://h",
            "http://h/",
            "http://h/a/",
            "http://h/..",
            "http://h/a/%2e%2e",
            "http://h/..%2Fetc%2Fpasswd",
            "http://h/%2Fetc%2Fpasswd",
            "http://h/a%00b",
        ):
            with self.assertRaises(WrongUsage, msg=url):
                name_from(parse_url(url))


class SavedTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = new_folder(self)
        self.path = self.folder / "file"

    def save(self, data: bytes, force: bool = False, error: Exception | None = None) -> None:
        with Saved(self.path, force) as saved:
            saved.write(data)
            if error is not None:
                raise error

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def test_complete(self) -> None:
        self.save(b"data")
        self.assertEqual((self.names(), self.path.read_bytes()), (["file"], b"data"))
        mask = os.umask(0)
        os.umask(mask)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o666 & ~mask)

    def test_not_at_all(self) -> None:
        with self.assertRaises(ZeroDivisionError):
            self.save(b"data", error=ZeroDivisionError())
        self.assertEqual(self.names(), [])

    def test_existing_file(self) -> None:
        self.path.write_bytes(b"old")
        with self.assertRaises(ClientError) as caught:
            self.save(b"new")
        self.assertIn("--force", str(caught.exception))
        with self.assertRaises(ZeroDivisionError):
            self.save(b"new", force=True, error=ZeroDivisionError())
        self.assertEqual((self.names(), self.path.read_bytes()), (["file"], b"old"))
        self.save(b"new", force=True)
        self.assertEqual((self.names(), self.path.read_bytes()), (["file"], b"new"))

    def test_file_that_appears_meanwhile(self) -> None:
        with self.assertRaises(ClientError), Saved(self.path, force=False) as saved:
            saved.write(b"new")
            self.path.write_bytes(b"old")
        self.assertEqual((self.names(), self.path.read_bytes()), (["file"], b"old"))

    def test_device(self) -> None:
        with Saved(Path("/dev/null"), force=True) as saved:
            saved.write(b"data")
        self.assertTrue(Path("/dev/null").is_char_device())

    def test_directory(self) -> None:
        self.path.mkdir()
        with self.assertRaises(IsADirectoryError):
            self.save(b"data", force=True)
