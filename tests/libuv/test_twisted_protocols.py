"""Twisted's own tests of protocols pass with ours as the process's reactor, as with its default."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.libuv.twisted_suite import compare

DEFAULT = "twisted.internet.epollreactor.EPollReactor"

#: All of Twisted's packages of protocols and of the web, and telnet with what stands on it; of the
#: other packages, the modules with a test that listens, connects, or starts threads or processes.
#: The rest have transports and clocks made for tests, so that they tell nothing of a reactor.
MODULES = (
    "twisted.protocols.test",
    "twisted.protocols.haproxy.test",
    "twisted.web.test",
    *(f"twisted.conch.test.test_{name}" for name in ("manhole", "recvline", "telnet")),
    *(f"twisted.mail.test.test_{name}" for name in ("imap", "mail", "pop3", "pop3client", "smtp")),
    "twisted.names.test.test_names",
    "twisted.spread.test.test_pb",
    "twisted.words.test.test_service",
    *(
        f"twisted.test.test_{name}"
        for name in (
            "adbapi",
            "amp",
            "application",
            "cooperator",
            "ftp",
            "internet",
            "iutils",
            "loopback",
            "policies",
            "process",
            "protocols",
            "sip",
            "ssl",
            "sslverify",
            "stdio",
            "task",
            "tcp",
            "tcp_internals",
            "threads",
            "tpfile",
            "udp",
            "unix",
        )
    ),
)

#: Those that do not pass, which the page of the documentation names with the reason.
DIFFERENT = {
    # TCP_NODELAY is off at first.
    "twisted.test.test_tcp.LoopbackTests.test_tcpNoDelay",
}


@pytest.mark.slow
def test_what_passes_on_the_default(tmp_path: Path) -> None:
    passed, failed = compare(DEFAULT, MODULES, tmp_path)
    assert len(passed) > 3500
    assert failed == DIFFERENT
