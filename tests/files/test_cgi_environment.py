from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
from twisted.trial.unittest import SynchronousTestCase

from netsuite.files.cgi_environment import CgiRequest, UnusableRequestError, environment

PLAIN = CgiRequest(
    method=b"GET",
    protocol=b"HTTP/1.1",
    query=b"",
    script_name=b"/cgi-bin/x",
    path_info=b"",
    path_translated=b"/root",
    headers=[],
    content_length=None,
    server_host="127.0.0.1",
    server_port=8888,
    client="192.0.2.1",
    encrypted=False,
)


class EnvironmentTests(SynchronousTestCase):
    def variables(self, *headers: tuple[bytes, Sequence[bytes]]) -> Mapping[bytes, bytes]:
        return environment(attrs.evolve(PLAIN, headers=headers))

    def test_plain(self) -> None:
        variables = dict(environment(PLAIN))
        self.assertTrue(variables.pop(b"SERVER_SOFTWARE").startswith(b"netsuite/"))
        self.assertTrue(variables.pop(b"PATH").endswith(b":/usr/bin:/bin"))
        self.assertEqual(
            variables,
            {
                b"GATEWAY_INTERFACE": b"CGI/1.1",
                b"LANG": b"C.UTF-8",
                b"QUERY_STRING": b"",
                b"REMOTE_ADDR": b"192.0.2.1",
                b"REMOTE_HOST": b"192.0.2.1",
                b"REQUEST_METHOD": b"GET",
                b"SCRIPT_NAME": b"/cgi-bin/x",
                b"SERVER_NAME": b"127.0.0.1",
                b"SERVER_PORT": b"8888",
                b"SERVER_PROTOCOL": b"HTTP/1.1",
            },
        )

    def test_search_path_begins_with_this_python(self) -> None:
        first = os.fsdecode(environment(PLAIN)[b"PATH"]).split(":")[0]
        self.assertEqual(first, str(Path(sys.executable).parent))

    def test_path_info(self) -> None:
        variables = environment(
            attrs.evolve(PLAIN, path_info=b"/a b/\xff", path_translated=b"/root/a b/\xff")
        )
        self.assertEqual(variables[b"PATH_INFO"], b"/a b/\xff")
        self.assertEqual(variables[b"PATH_TRANSLATED"], b"/root/a b/\xff")

    def test_body(self) -> None:
        variables = environment(
            attrs.evolve(
                PLAIN, content_length=0, headers=[(b"Content-Type", [b"text/plain", b"other"])]
            )
        )
        self.assertEqual(variables[b"CONTENT_LENGTH"], b"0")
        self.assertEqual(variables[b"CONTENT_TYPE"], b"text/plain")

    def test_encrypted(self) -> None:
        self.assertEqual(environment(attrs.evolve(PLAIN, encrypted=True))[b"HTTPS"], b"on")

    def test_server_name(self) -> None:
        for host, name in {
            b"files.example": b"files.example",
            b"files.example:8888": b"files.example",
            b"[::1]:8888": b"[::1]",
            b"<script>": b"127.0.0.1",
            b"a/b": b"127.0.0.1",
            b"": b"127.0.0.1",
        }.items():
            self.assertEqual(self.variables((b"Host", [host]))[b"SERVER_NAME"], name, host)
        variables = environment(attrs.evolve(PLAIN, server_host="::1"))
        self.assertEqual(variables[b"SERVER_NAME"], b"[::1]")

    def test_headers(self) -> None:
        variables = self.variables(
            (b"User-Agent", [b"test"]),
            (b"Accept", [b"a/b", b"c/d"]),
            (b"Cookie", [b"a=1", b"b=2"]),
            (b"X-Empty", []),
        )
        self.assertEqual(variables[b"HTTP_USER_AGENT"], b"test")
        self.assertEqual(variables[b"HTTP_ACCEPT"], b"a/b, c/d")
        self.assertEqual(variables[b"HTTP_COOKIE"], b"a=1; b=2")
        self.assertNotIn(b"HTTP_X_EMPTY", variables)

    def test_headers_that_are_withheld(self) -> None:
        withheld = (
            b"Authorization",
            b"Proxy-Authorization",
            b"Proxy",
            b"Content-Length",
            b"Content-Type",
            b"Connection",
            b"Transfer-Encoding",
            b"X_Real_IP",
            b"Content_Length",
            b"X.Y",
            b"X()",
            b"",
        )
        variables = self.variables(*((name, [b"secret"]) for name in withheld))
        self.assertEqual([name for name in variables if name.startswith(b"HTTP_")], [])
        self.assertNotIn(b"CONTENT_LENGTH", variables)

    def test_underscores_do_not_overwrite(self) -> None:
        variables = self.variables((b"X-Real-IP", [b"proxy"]), (b"X_Real_IP", [b"client"]))
        self.assertEqual(variables[b"HTTP_X_REAL_IP"], b"proxy")

    def test_zero_bytes(self) -> None:
        for change in ({"query": b"\0"}, {"path_info": b"/\0"}, {"headers": [(b"A", [b"\0"])]}):
            self.assertRaises(UnusableRequestError, environment, attrs.evolve(PLAIN, **change))
