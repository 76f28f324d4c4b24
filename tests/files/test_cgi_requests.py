"""Real scripts behind a real server: what they are told."""

from __future__ import annotations

import hashlib
import os

from .scripts import CgiTestCase


class RequestTests(CgiTestCase):
    """What scripts are told."""

    def setUp(self) -> None:
        super().setUp()
        self.serve()

    async def test_variables(self) -> None:
        self.addCleanup(os.environ.pop, "NETSUITE_SECRET")
        os.environ["NETSUITE_SECRET"] = "secret"
        variables = await self.variables(
            "/cgi-bin/env/a%20b//c/?x=%20y&z", "Authorization: Basic eDp5", "Proxy: evil", "X-Y: z"
        )
        # The shell's own.
        for name in ("PWD", "OLDPWD", "SHLVL", "_"):
            variables.pop(name, None)
        for name in ("PATH", "SERVER_SOFTWARE"):
            self.assertTrue(variables.pop(name))
        self.assertEqual(
            variables,
            {
                "GATEWAY_INTERFACE": "CGI/1.1",
                "HTTP_HOST": "files.example",
                "HTTP_X_Y": "z",
                "LANG": "C.UTF-8",
                "PATH_INFO": "/a b//c/",
                "PATH_TRANSLATED": f"{self.root}/a b//c/",
                "QUERY_STRING": "x=%20y&z",
                "REMOTE_ADDR": "127.0.0.1",
                "REMOTE_HOST": "127.0.0.1",
                "REQUEST_METHOD": "GET",
                "SCRIPT_NAME": "/cgi-bin/env",
                "SERVER_NAME": "files.example",
                "SERVER_PORT": str(self.port),
                "SERVER_PROTOCOL": "HTTP/1.1",
            },
        )

    async def test_no_path_info(self) -> None:
        variables = await self.variables("/cgi-bin/env")
        self.assertNotIn("PATH_INFO", variables)
        self.assertNotIn("PATH_TRANSLATED", variables)
        self.assertEqual(variables["QUERY_STRING"], "")

    async def test_encoded_name_is_the_same_script(self) -> None:
        variables = await self.variables("/%63gi-bin/%65nv")
        self.assertEqual(variables["SCRIPT_NAME"], "/cgi-bin/env")

    async def test_methods(self) -> None:
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"):
            variables = await self.variables("/cgi-bin/env", method=method)
            self.assertEqual(variables["REQUEST_METHOD"], method)

    async def test_working_folder_and_descriptors(self) -> None:
        self.script(
            "deep/where",
            "import os\nprint('A: b\\n')\nprint(os.getcwd(), os.getsid(0) == os.getpid())\n"
            "print(sorted(set(os.listdir('/dev/fd')) - {'3'}))",
            "python",
        )
        response = await self.ask("/cgi-bin/deep/where")
        self.assertEqual(
            response.body.decode().splitlines(),
            [f"{self.scripts}/deep True", "['0', '1', '2']"],
        )

    async def test_bodies(self) -> None:
        self.script(
            "digest",
            "import hashlib, os, sys\ndata = sys.stdin.buffer.read()\nprint('A: b\\n')\n"
            "print(os.environ.get('CONTENT_LENGTH'), hashlib.sha256(data).hexdigest())",
            "python",
        )
        for size in (0, 1, 99_999, 100_000, 5_000_000):
            data = os.urandom(size)
            expected = f"{size} {hashlib.sha256(data).hexdigest()}\n".encode()
            response = await self.ask("/cgi-bin/digest", method="POST", body=data)
            self.assertEqual(response.body, expected)
            chunk = b"%x\r\n%s\r\n" % (size, data) if size else b""
            client = await self.send(
                b"POST /cgi-bin/digest HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n\r\n"
            )
            self.assertEqual((await self.ended(client)).body, expected)
        nothing = hashlib.sha256(b"").hexdigest()
        response = await self.ask("/cgi-bin/digest")
        self.assertEqual(response.body, f"None {nothing}\n".encode())

    async def test_body_that_is_not_read(self) -> None:
        self.script("deaf", 'printf "A: b\\n\\ndone"')
        response = await self.ask("/cgi-bin/deaf", method="POST", body=bytes(5_000_000))
        self.assertEqual((response.status, response.body), (200, b"done"))

    async def test_body_that_is_closed(self) -> None:
        self.script("deaf", 'exec <&-; printf "A: b\\n\\ndone"')
        response = await self.ask("/cgi-bin/deaf", method="POST", body=b"x")
        self.assertEqual((response.status, response.body), (200, b"done"))

    async def test_zero_bytes(self) -> None:
        self.script("x", "echo A: b; echo")
        self.assertEqual((await self.ask("/cgi-bin/x/%00")).status, 400)

    async def test_what_is_not_run(self) -> None:
        self.script("plain", "").chmod(0o644)
        (self.scripts / "folder").mkdir()
        for path in ("/cgi-bin", "/cgi-bin/", "/cgi-bin/plain", "/cgi-bin/folder/"):
            self.assertEqual((await self.ask(path)).status, 403, path)
        self.assertEqual((await self.ask("/cgi-bin/nope")).status, 404)
