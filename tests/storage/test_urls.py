"""The URLs that name stores."""

from __future__ import annotations

import os
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from netsuite.storage import StoreError, check, default_url, open_store, parse_url
from netsuite.storage.urls import EXPECTED, path_of, redacted


class ParsingTests(SynchronousTestCase):
    def test_files(self) -> None:
        here = Path.cwd()
        for text, path in (
            ("sqlite:/a/b", Path("/a/b")),
            ("sqlite:///a/b", Path("/a/b")),
            ("sqlite:b", here / "b"),
            ("sqlite:~/b", Path.home() / "b"),
            ("sqlite:b c?d=e@f%2F", here / "b c?d=e@f%2F"),
        ):
            self.assertEqual(path_of(text), path)
            self.assertEqual(parse_url(text), f"sqlite:{path}")

    def test_databases(self) -> None:
        """What libpq understands is left as it is."""
        for url in (
            "postgresql://",
            "postgres://localhost",
            "postgresql://user@host:5433/base",
            "postgresql://user:p%40ss%2Fw%25rd%3A@host/base?connect_timeout=10&sslmode=require",
            "postgresql://user:pa?ss@host/base",
            "postgresql://host1:1,host2:2,[::1]:3/base?target_session_attrs=read-write",
            "postgresql://user@%2Fvar%2Frun/base",
            "postgresql:///base?host=/var/run&user=a@b",
        ):
            self.assertEqual(parse_url(url), url)
            self.assertIs(path_of(url), None)

    def test_what_names_no_store(self) -> None:
        for text in (
            "",
            "sqlite:",
            "/a/b",
            "sqlite",
            "mysql://host/base",
            "postgresql:base",
            "SQLITE:b",
        ):
            error = self.assertRaises(ValueError, parse_url, text)
            self.assertEqual(str(error), f"{text!r} names no store: {EXPECTED}")
        self.assertIn("sqlite:PATH", EXPECTED)
        self.assertIn("postgresql://USER@HOST/DATABASE", EXPECTED)

    def test_nobodys_home(self) -> None:
        error = self.assertRaises(ValueError, parse_url, "sqlite:~no-such-user-here/b")
        self.assertIn("no such user", str(error))

    def test_passwords_that_have_to_be_encoded(self) -> None:
        """What libpq would complain of, and quote, is told before, without the password."""
        for password in ("p@ssw0rd", "pa/ssw0rd", "/p@ssw0rd", "p%ssw0rd", "pss%w0rd", "%", "p@%4"):
            url = f"postgresql://user:{password}@host/base"
            if password == "%":
                url = "postgresql://user%@host/base"
            error = self.assertRaises(ValueError, parse_url, url)
            self.assertIn("write @ as %40", str(error))
            self.assertNotIn("w0rd", str(error))
            self.assertNotIn("ss", str(error).replace("password", ""))

    def test_no_password_in_a_complaint(self) -> None:
        for text in ("mysql://u:w0rd@h", "host=h password=w0rd", "postgresql:?password=w0rd"):
            error = self.assertRaises(ValueError, parse_url, text)
            self.assertNotIn("w0rd", str(error))


class RedactionTests(SynchronousTestCase):
    def test_passwords(self) -> None:
        for url, expected in (
            ("postgresql://u:w0rd@h/b", "postgresql://u:***@h/b"),
            ("postgres://u:w:0:rd@h:5432/b", "postgres://u:***@h:5432/b"),
            ("postgresql://:w0rd@/b", "postgresql://:***@/b"),
            ("postgresql://u:w0?rd@h/b", "postgresql://u:***@h/b"),
            ("postgresql://u:%40w0%2Frd@h/b", "postgresql://u:***@h/b"),
            ("postgresql://u:w0@rd@h/b", "postgresql://u:***@h/b"),
            ("postgresql://u:w0/rd@h/b", "postgresql://u:***@h/b"),
            ("postgresql://h/b?password=w0rd", "postgresql://h/b?password=***"),
            ("postgresql://h/b?a=b&password=w0rd&c=d", "postgresql://h/b?a=b&password=***&c=d"),
            ("postgresql://h/b?PassWord=w0rd", "postgresql://h/b?PassWord=***"),
            (
                "postgresql://u:w0rd@h/b?sslpassword=w0rd&oauth_client_secret=w0rd",
                "postgresql://u:***@h/b?sslpassword=***&oauth_client_secret=***",
            ),
            ("host=h password = w0rd user=u", "host=h password =***"),
        ):
            self.assertEqual(redacted(url), expected)

    def test_what_holds_no_password(self) -> None:
        for url in (
            "sqlite:/a/b:c@d",
            "postgresql://u@h:5432/b",
            "postgresql://h:5432/b?user=u&passfile=/a/b",
            "postgresql://[::1]:5432/b",
            "postgresql:///b?host=/var/run",
        ):
            self.assertEqual(redacted(url), url)


class DefaultTests(SynchronousTestCase):
    def default(self, state: str | None) -> str:
        rest = {name: value for name, value in os.environ.items() if name != "XDG_STATE_HOME"}
        self.patch(os, "environ", rest if state is None else {**rest, "XDG_STATE_HOME": state})
        return default_url()

    def test_the_default(self) -> None:
        state = Path(self.mktemp()).absolute()
        self.assertEqual(self.default(str(state)), f"sqlite:{state}/netsuite/netsuite.sqlite3")
        home = f"sqlite:{Path.home()}/.local/state/netsuite/netsuite.sqlite3"
        for state_home in (None, "", "relative, and so not to be used"):
            self.assertEqual(self.default(state_home), home)

    def test_it_is_what_is_opened(self) -> None:
        state = Path(self.mktemp()).absolute()
        url = self.default(str(state))
        open_store().close_at_once()
        self.assertTrue((state / "netsuite" / "netsuite.sqlite3").exists())
        self.assertEqual((state / "netsuite").stat().st_mode & 0o777, 0o700)
        self.assertEqual(check(), url)


class CheckTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()

    def test_a_new_file(self) -> None:
        url = f"sqlite:{self.folder}/deep/store.sqlite3"
        self.assertEqual(check(url), f"{url} (made at first use)")
        self.assertFalse(self.folder.exists())

    def test_a_file_that_is_there(self) -> None:
        url = f"sqlite:{self.folder}/store.sqlite3"
        open_store(url).close_at_once()
        self.assertEqual(check(url), url)
        self.assertEqual([each.name for each in self.folder.iterdir()], ["store.sqlite3"])

    def test_what_cannot_be_used(self) -> None:
        self.folder.mkdir()
        path = self.folder / "file"
        path.write_bytes(b"no database " * 100)
        path.chmod(0o777)
        for url, reason in (
            (f"sqlite:{path}", "cannot be used: file is not a database; .*--store"),
            (f"sqlite:{path}/store", "cannot be made: .*/file is no folder"),
            (f"sqlite:{self.folder}", "cannot be used: unable to open database file"),
        ):
            with self.assertRaisesRegex(StoreError, reason):
                check(url)
        with self.assertRaisesRegex(ValueError, "names no store"):
            check("store")
