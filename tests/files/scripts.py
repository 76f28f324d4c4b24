"""What the tests of scripts share."""

from __future__ import annotations

import fcntl
import re

from .served import PATIENCE, Client, Response, ServedTestCase, clock, events, parse

REQUEST = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"

#: Two processes, each of which holds a lock for as long as it lives: a locked file tells more
#: surely than a number whether a process is gone.
FAMILY = """
import fcntl, os, signal, sys, time
if {stubborn}:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
ready, done = os.pipe()
name = "child" if os.fork() == 0 else "parent"
if name == "parent":
    os.read(ready, 1)
file = open(name, "w")
fcntl.flock(file, fcntl.LOCK_EX)
if name == "child":
    os.write(done, b".")
else:
    {before}
time.sleep(1000)
"""
HEAD_OUT = "print('Content-Type: text/plain\\n\\nfirst', flush=True)"


class CgiTestCase(ServedTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.events = events(self)

    def logged(self, pattern: str) -> None:
        self.assertTrue(any(re.search(pattern, event) for event in self.events), self.events)

    def family(self, before: str = HEAD_OUT, *, stubborn: bool = False) -> None:
        self.script("family", FAMILY.format(before=before, stubborn=stubborn), "python")

    def free(self, name: str) -> bool:
        """Tell whether nobody holds a lock any more."""
        with (self.scripts / name).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    async def family_gone(self) -> None:
        await self.until(lambda: self.free("parent") and self.free("child"))

    async def variables(self, path: str, *headers: str, method: str = "GET") -> dict[str, str]:
        self.script("env", 'printf "Content-Type: text/plain\\n\\n"; env')
        response = await self.ask(path, *headers, method=method)
        self.assertEqual(response.status, 200)
        return dict(line.split("=", 1) for line in response.body.decode().splitlines())

    async def ended(self, client: Client) -> Response:
        client.ended.addTimeout(PATIENCE, clock)
        return parse(await client.ended)
