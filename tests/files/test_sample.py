"""The folder that comes with the package."""

from __future__ import annotations

import re
import stat

from netsuite.files import SAMPLE

from .scripts import CgiTestCase


class SampleTests(CgiTestCase):
    """The folder that comes with the package."""

    def setUp(self) -> None:
        super().setUp()
        self.root = SAMPLE
        self.serve()

    async def test_listing(self) -> None:
        listing = (await self.ask("/")).body
        for name in (b"welcome.html", b"notes.txt", b"waves.png", b"poems/"):
            self.assertIn(b'href="%s"' % name, listing)

    async def test_every_link_of_the_welcome_page(self) -> None:
        page = (await self.ask("/welcome.html")).body.decode()
        links = re.findall(r'(?:href|src)="([^"]+)"', page)
        self.assertGreater(len(links), 6)
        for link in links:
            response = await self.ask("/" + link.replace("&amp;", "&").removeprefix("./"))
            self.assertEqual(response.status, 200, link)
        self.assertEqual(self.events, [])

    async def test_picture(self) -> None:
        picture = await self.ask("/waves.png")
        self.assertEqual(picture.headers["content-type"], "image/png")
        self.assertTrue(picture.body.startswith(b"\x89PNG\r\n\x1a\n"))

    async def test_environment(self) -> None:
        page = (await self.ask("/cgi-bin/environment.py/<b>?<i>", "X-Y: <u>")).body
        self.assertIn(b"/&lt;b&gt;", page)
        self.assertNotIn(b"<u>", page)

    async def test_form(self) -> None:
        self.assertIn(b"<form", (await self.ask("/cgi-bin/form.py")).body)
        page = await self.ask("/cgi-bin/form.py", method="POST", body=b"name=%3Cb%3E+%C3%B1")
        self.assertIn("Hello &lt;b&gt; ñ!".encode(), page.body)

    def test_scripts_are_executable(self) -> None:
        for script in (self.root / "cgi-bin").iterdir():
            self.assertTrue(script.stat().st_mode & stat.S_IXUSR, script)
