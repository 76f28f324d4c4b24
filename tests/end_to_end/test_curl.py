"""The web services, asked by ``curl``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.end_to_end.daemon import CHECKOUT, Daemon, Daemons, run
from tests.end_to_end.programs import Curl, tool


class TestCurl:
    @pytest.fixture
    def curl(self, tmp_path: Path) -> Curl:
        """Run curl."""
        return Curl(tmp_path)

    def test_home(self, suite: Daemon, curl: Curl) -> None:
        status, headers, body = curl(suite.url("home"))
        assert status == 200
        assert headers["content-type"].startswith("text/html")
        assert b"<h1>hello client</h1>" in body

    def test_home_has_nothing_else(self, suite: Daemon, curl: Curl) -> None:
        status, _, body = curl(suite.url("home", "/the/path?query"))
        assert (status, body) == (404, b"/the/path not found")

    def test_home_head_options_and_others(self, suite: Daemon, curl: Curl) -> None:
        status, headers, body = curl("--head", suite.url("home"))
        assert (status, body) == (200, b"")
        assert int(headers["content-length"]) > 100
        status, headers, _ = curl("-X", "OPTIONS", suite.url("home"))
        assert status in (200, 204)
        assert {"GET", "HEAD", "OPTIONS"} <= set(headers["allow"].replace(",", " ").split())
        status, headers, _ = curl("-X", "DELETE", suite.url("home"))
        assert status == 405
        assert {"GET", "HEAD"} <= set(headers["allow"].replace(",", " ").split())

    def test_secretword(self, suite: Daemon, curl: Curl) -> None:
        status, _, body = curl(suite.url("secretword", "/no%20such%20word"))
        assert status == 200
        assert b"<p>wrong</p>" in body

    def test_a_file(self, suite: Daemon, curl: Curl) -> None:
        notes = CHECKOUT / "netsuite" / "files" / "sample" / "notes.txt"
        status, headers, body = curl(suite.url("files", "/notes.txt"))
        assert status == 200
        assert headers["content-type"].startswith("text/plain")
        assert body == notes.read_bytes()
        status, headers, nothing = curl("--head", suite.url("files", "/notes.txt"))
        assert (status, nothing) == (200, b"")
        assert int(headers["content-length"]) == len(body)

    def test_a_range(self, suite: Daemon, curl: Curl) -> None:
        url = suite.url("files", "/notes.txt")
        _, _, whole = curl(url)
        status, headers, part = curl("--range", "3-9", url)
        assert (status, part) == (206, whole[3:10])
        assert headers["content-range"] == f"bytes 3-9/{len(whole)}"
        status, _, part = curl("--range", "-5", url)
        assert (status, part) == (206, whole[-5:])
        status, headers, _ = curl("--range", f"{len(whole)}-", url)
        assert status == 416
        assert headers["content-range"] == f"bytes */{len(whole)}"

    def test_a_conditional_request(self, suite: Daemon, curl: Curl) -> None:
        url = suite.url("files", "/notes.txt")
        _, headers, _ = curl(url)
        since = f"If-Modified-Since: {headers['last-modified']}"
        assert curl("-H", since, url)[0] == 304
        assert curl("-H", f"If-None-Match: {headers['etag']}", url)[0] == 304

    def test_a_listing(self, suite: Daemon, curl: Curl) -> None:
        status, headers, body = curl(suite.url("files"))
        assert status == 200
        assert headers["content-type"].startswith("text/html")
        assert b'href="notes.txt"' in body
        status, headers, _ = curl(suite.url("files", "/poems"))
        assert status == 301
        assert headers["location"].endswith("/poems/")

    @pytest.mark.parametrize(
        "path",
        [
            "/../../../etc/passwd",
            "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
            "/..%2f..%2f..%2fetc/passwd",
            "//etc/passwd",
            "/poems/..%5c..%5cetc/passwd",
            "/cgi-bin/../../../../../bin/sh",
            "/cgi-bin/%2e%2e%2f%2e%2e%2ftree.py",
            "/notes.txt%00.html",
        ],
    )
    def test_nothing_outside_the_root(self, path: str, suite: Daemon, curl: Curl) -> None:
        status, _, body = curl("--path-as-is", suite.url("files", path))
        assert status in (400, 403, 404)
        assert b"root:" not in body

    def test_a_script(self, suite: Daemon, curl: Curl) -> None:
        status, headers, body = curl(suite.url("files", "/cgi-bin/hello"))
        assert status == 200
        assert headers["content-type"] == "text/plain; charset=utf-8"
        assert body.startswith(b"Hello 127.0.0.1, it is ")

    def test_a_script_gets_a_posted_form(self, suite: Daemon, curl: Curl) -> None:
        url = suite.url("files", "/cgi-bin/form.py")
        status, _, body = curl("--data-urlencode", "name=Ada & <Co>", url)
        assert status == 200
        assert b"Hello Ada &amp; &lt;Co&gt;!" in body
        chunked = ("-H", "Transfer-Encoding: chunked", "-d", "name=Grace", url)
        assert b"Hello Grace!" in curl(*chunked)[2]

    def test_a_script_gets_the_rest_of_the_path(self, suite: Daemon, curl: Curl) -> None:
        _, _, body = curl(
            "-H",
            "Authorization: Basic c2VjcmV0",
            suite.url("files", "/cgi-bin/environment.py/a%20b/c?x=1"),
        )
        known = dict(re.findall(r"<th align=left>(\w+)<td><code>(.*)</code>", body.decode()))
        assert known["PATH_INFO"] == "/a b/c"
        assert known["SCRIPT_NAME"] == "/cgi-bin/environment.py"
        assert known["QUERY_STRING"] == "x=1"
        assert known["REMOTE_ADDR"] == "127.0.0.1"
        # Both are in the server's own environment, and the client did send the header.
        assert not known.keys() & {"PYTHONPATH", "XDG_STATE_HOME", "HTTP_AUTHORIZATION"}

    def test_a_script_that_fails_is_an_answer_too(self, start: Daemons, curl: Curl) -> None:
        scripts = curl.folder / "root" / "cgi-bin"
        scripts.mkdir(parents=True)
        for name, text in [
            ("silent", "#!/bin/sh\nexit 1\n"),
            ("slow", "#!/bin/sh\nexec sleep 60\n"),
            ("noprogram", "#!/no/such/program\n"),
        ]:
            (scripts / name).write_text(text)
            (scripts / name).chmod(0o755)
        daemon = start("files", "--root", str(scripts.parent), "--script-timeout", "1")
        assert curl(daemon.url("files", "/cgi-bin/silent"))[0] in (500, 502)
        assert curl(daemon.url("files", "/cgi-bin/slow"))[0] == 504
        assert curl(daemon.url("files", "/cgi-bin/noprogram"))[0] in (500, 502)
        assert curl(daemon.url("files", "/"))[0] == 200

    def test_many_requests_on_one_connection(self, suite: Daemon, curl: Curl) -> None:
        urls = [suite.url("home", f"/{number}") for number in range(20)]
        ended = run([tool("curl"), *curl.options, "-w", "%{num_connects} ", *urls], curl.folder)
        assert ended.stdout.count(b"not found") == 20
        counts = re.findall(rb"found(\d) ", ended.stdout)
        assert counts == [b"1"] + 19 * [b"0"]

    def test_expect_continue(self, suite: Daemon, curl: Curl) -> None:
        url = suite.url("files", "/cgi-bin/form.py")
        body = "name=" + "x" * 50
        status, _, page = curl("-H", "Expect: 100-continue", "-d", body, url)
        assert status == 200
        assert b"Hello " + b"x" * 50 in page
