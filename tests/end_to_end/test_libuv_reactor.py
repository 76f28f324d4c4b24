"""``twistd --reactor=libuv``, and programs of one's own."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.end_to_end.daemon import CHECKOUT, run, twistd


def test_twistd_lists_it(tmp_path: Path) -> None:
    ended = run(twistd("--help-reactors", reactor=None), tmp_path)
    lines = [line.split(maxsplit=1) for line in ended.stdout.decode().splitlines()]
    (described,) = (words[1] for words in lines if words and words[0] == "libuv")
    assert "uvloop" in described


def test_a_program_of_ones_own(tmp_path: Path) -> None:
    """The lines that the documentation shows, and a few that use what they make."""
    page = (CHECKOUT / "docs" / "libuv.rst").read_text()
    shown = re.search(
        r"^   from netsuite.libuv.reactor import install\n(?:(?:   .*)?\n)+", page, re.M
    )
    assert shown
    program = "\n".join(line[3:] for line in shown[0].splitlines())
    program += """
from twisted.internet.endpoints import clientFromString, connectProtocol, serverFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.protocols.wire import Echo

class Heard(Protocol):
    def dataReceived(self, data):
        print(type(reactor).__name__, data.decode(), flush=True)
        reactor.stop()

async def converse():
    port = await serverFromString(reactor, "tcp:0:interface=127.0.0.1").listen(
        Factory.forProtocol(Echo)
    )
    client = clientFromString(reactor, f"tcp:127.0.0.1:{port.getHost().port}")
    (await connectProtocol(client, Heard())).transport.write(b"hello")

from twisted.internet.defer import Deferred
reactor.callWhenRunning(lambda: Deferred.fromCoroutine(converse()))
reactor.run()
"""
    ended = run([sys.executable, "-c", program], tmp_path)
    assert (ended.returncode, ended.stdout.decode()) == (0, "LibuvReactor hello\n"), ended.stderr
    assert ended.stderr == b""


def test_it_says_what_it_needs(tmp_path: Path) -> None:
    program = "import select; del select.epoll; import netsuite.libuv.reactor"
    ended = run([sys.executable, "-c", program], tmp_path)
    assert ended.stderr.endswith(b"ImportError: the reactor on libuv needs Linux's epoll\n")
