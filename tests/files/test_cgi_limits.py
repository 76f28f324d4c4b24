"""Real scripts behind a real server: how they end."""

from __future__ import annotations

import re
from pathlib import Path

from twisted.internet.task import Clock, deferLater

from netsuite.serving.connections import Connections
from netsuite.serving.limits import Limits
from netsuite.web.site import Site

from .scripts import FAMILY, HEAD_OUT, REQUEST, CgiTestCase
from .served import clock


class LimitTests(CgiTestCase):
    """How scripts end."""

    async def test_client_that_leaves(self) -> None:
        self.family()
        tree = self.serve(grace=30)
        client = await self.send(REQUEST % b"/cgi-bin/family")
        await self.until(lambda: b"first" in client.data)
        self.assertFalse(self.free("parent") or self.free("child"))
        client.link.loseConnection()
        await self.family_gone()
        await self.until(lambda: tree.scripts_running == 0)
        self.logged("client has gone")

    async def test_client_that_leaves_before_the_headers(self) -> None:
        self.family("pass")
        self.serve(grace=30)
        client = await self.send(REQUEST % b"/cgi-bin/family")
        await self.until((self.scripts / "parent").exists)
        client.link.abortConnection()
        await self.family_gone()

    async def test_script_that_ignores_sigterm(self) -> None:
        self.family(stubborn=True)
        self.serve(grace=0.2)
        client = await self.send(REQUEST % b"/cgi-bin/family")
        await self.until(lambda: b"first" in client.data)
        client.link.loseConnection()
        await self.family_gone()

    async def test_time_to_tidy_up(self) -> None:
        self.script(
            "x",
            "import signal, sys, time\n"
            "def tidy(*_):\n    open('tidied', 'w').close()\n    sys.exit()\n"
            "signal.signal(signal.SIGTERM, tidy)\nprint('A: b\\n\\nx', flush=True)\n"
            "time.sleep(1000)",
            "python",
        )
        self.serve(grace=30)
        client = await self.send(REQUEST % b"/cgi-bin/x")
        await self.until(lambda: len(client.data) > 0)
        client.link.loseConnection()
        await self.until((self.scripts / "tidied").exists)

    async def test_deadline_before_the_headers(self) -> None:
        self.family("pass")
        self.serve(deadline=1, grace=0.2)
        response = await self.ask("/cgi-bin/family")
        self.assertEqual((response.status, response.complete), (504, True))
        await self.family_gone()

    async def test_deadline_after_the_headers(self) -> None:
        self.family()
        self.serve(deadline=1, grace=0.2)
        response = await self.ask("/cgi-bin/family")
        self.assertEqual((response.status, response.body), (200, b"first\n"))
        self.assertFalse(response.complete)
        await self.family_gone()

    async def test_deadline_of_a_client_that_does_not_read(self) -> None:
        self.script("x", 'printf "A: b\\n\\n"; cat /dev/zero')
        tree = self.serve(deadline=0.5, grace=0.2)
        client = await self.send(REQUEST % b"/cgi-bin/x")
        client.link.pauseProducing()
        await self.until(lambda: any("cut off" in event for event in self.events))
        await self.until(lambda: tree.scripts_running == 0)

    async def test_deadline_is_for_all_redirects(self) -> None:
        self.serve(deadline=1)
        self.script("x", 'sleep 0.3; printf "Location: /cgi-bin/x\\n\\n"')
        response = await self.ask("/cgi-bin/x")
        self.assertEqual(response.status, 504)

    async def test_deadline_with_output_held_open(self) -> None:
        # The script is gone; a process of another session has its standard output.
        self.script(
            "x",
            "import os, time\nprint('A: b\\n\\nbody', flush=True)\n"
            "if os.fork() == 0:\n    os.setsid()\n    os.close(2)\n    time.sleep(5)",
            "python",
        )
        tree = self.serve(deadline=0.5, grace=0.2)
        response = await self.ask("/cgi-bin/x")
        self.assertEqual((response.body, response.complete), (b"body\n", False))
        await self.until(lambda: tree.scripts_running == 0)

    async def test_what_a_script_leaves_running_still_speaks(self) -> None:
        self.serve()
        self.script("x", '(sleep 0.2; echo tail) & printf "A: b\\n\\nhead "')
        response = await self.ask("/cgi-bin/x")
        self.assertEqual((response.body, response.complete), (b"head tail\n", True))

    async def test_nothing_outlives_the_request(self) -> None:
        before = r"print('A: b\n\nx', flush=True); os._exit(0)"
        source = FAMILY.format(before=before, stubborn=True).replace(
            'os.write(done, b".")', 'os.close(1); os.close(2); os.write(done, b".")'
        )
        self.script("family", source, "python")
        self.serve(grace=30)
        response = await self.ask("/cgi-bin/family")
        self.assertEqual((response.body, response.complete), (b"x\n", True))
        await self.family_gone()

    async def test_how_many_at_once(self) -> None:
        self.family()
        self.script("quick", 'printf "A: b\\n\\nquick"')
        tree = self.serve(running=2, grace=0.2)
        clients = [await self.send(REQUEST % b"/cgi-bin/family") for _ in range(2)]
        await self.until(lambda: tree.scripts_running == 2)
        response = await self.ask("/cgi-bin/quick")
        self.assertEqual((response.status, response.headers["retry-after"]), (503, "1"))
        self.file("a.txt", b"files are not scripts")
        self.assertEqual((await self.ask("/a.txt")).status, 200)
        for client in clients:
            client.link.abortConnection()
        await self.until(lambda: tree.scripts_running == 0)
        self.assertEqual((await self.ask("/cgi-bin/quick")).body, b"quick")

    async def test_many_requests(self) -> None:
        self.script("quick", 'printf "A: b\\n\\nquick"')
        tree = self.serve()
        await self.ask("/cgi-bin/quick")
        before = len([*Path("/dev/fd").iterdir()])
        for _ in range(40):
            self.assertEqual((await self.ask("/cgi-bin/quick", body=b"x")).body, b"quick")
        after = len([*Path("/dev/fd").iterdir()])
        # A connection or two of the last request may still be closing.
        self.assertLess(after, before + 5)
        self.assertEqual(tree.scripts_running, 0)

    async def test_pipelined_requests(self) -> None:
        self.script("x", 'printf "A: b\\n\\n<$PATH_INFO>"')
        self.serve()
        numbers = range(10)
        client = await self.send(b"".join(REQUEST % b"/cgi-bin/x/%d" % n for n in numbers))
        await self.until(lambda: b"</9>" in client.data)
        self.assertEqual(re.findall(rb"</(\d)>", client.data), [b"%d" % n for n in numbers])

    async def test_shutdown(self) -> None:
        self.family()
        self.script("silent", "sleep 1000")
        tree = self.serve(grace=0.5)
        speaking = await self.send(REQUEST % b"/cgi-bin/family")
        silent = await self.send(
            b"GET /cgi-bin/silent HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        await self.until(lambda: b"first" in speaking.data and tree.scripts_running == 2)
        await tree.stop()
        self.assertEqual(tree.scripts_running, 0)
        await self.family_gone()
        self.assertFalse((await self.ended(speaking)).complete)
        self.assertEqual((await self.ended(silent)).status, 503)
        self.assertEqual((await self.ask("/cgi-bin/silent")).status, 503)

    async def test_shutdown_asked_for_twice(self) -> None:
        self.family()
        tree = self.serve(grace=0.5)
        client = await self.send(REQUEST % b"/cgi-bin/family")
        await self.until(lambda: b"first" in client.data)
        first, second = tree.stop(), tree.stop()
        self.assertFalse(first.called or second.called)
        await first
        await second

    def test_limits_are_checked(self) -> None:
        for name in ("deadline", "running", "grace", "head"):
            error = self.assertRaises(ValueError, self.serve, **{name: 0})
            self.assertIn(name, str(error))


class SuiteSiteTests(CgiTestCase):
    """On the suite's own site, which lets a client stop sending without taking it for gone."""

    def setUp(self) -> None:
        super().setUp()
        # The site's deadlines and questions, but not the scripts, go by this clock.
        self.site_clock = Clock()
        connections = Connections("files", Limits(), reactor=self.site_clock)
        self.tree = self.serve(lambda tree: Site(tree, connections), grace=30)

    async def test_half_closed_client_gets_its_response(self) -> None:
        self.script("x", 'while [ ! -e go ]; do sleep 0.01; done; printf "A: b\\n\\nbody"')
        client = await self.send(REQUEST % b"/cgi-bin/x")
        client.link.loseWriteConnection()
        await self.until(lambda: self.tree.scripts_running == 1)
        for _ in range(30):
            self.site_clock.advance(0.1)
            await deferLater(clock, 0.01)
        (self.scripts / "go").touch()
        await self.until(lambda: b"body" in client.data)

    async def test_client_that_leaves_a_silent_script(self) -> None:
        await self.leave("pass")

    async def test_client_that_leaves_a_script_that_speaks(self) -> None:
        # It has begun its response, so the site can ask nothing more; what it says next tells.
        await self.leave(f"{HEAD_OUT}\n    while not time.sleep(0.1): print('more', flush=True)")

    async def leave(self, before: str) -> None:
        self.family(before)
        client = await self.send(REQUEST % b"/cgi-bin/family")
        await self.until((self.scripts / "parent").exists)
        client.link.loseConnection()

        def gone() -> bool:
            self.site_clock.advance(0.1)
            return self.free("parent") and self.free("child")

        await self.until(gone)
        await self.until(lambda: self.tree.scripts_running == 0)
