"""Twisted's own tests of reactors pass on ours as they do on its reactor for asyncio."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.libuv.twisted_suite import compare

ASYNCIO = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

#: All modules of ``twisted.internet.test`` with tests that are made for each reactor.
MODULES = tuple(
    f"twisted.internet.test.test_{name}"
    for name in (
        "core",
        "fdset",
        "newtls",
        "process",
        "socket",
        "stdio",
        "tcp",
        "threads",
        "time",
        "tls",
        "udp",
        "unix",
    )
)

#: Those that do not pass, which the page of the documentation names with the reason.
DIFFERENT = {
    "twisted.internet.test.test_tcp.AdoptStreamConnectionTestsBuilder.test_writeSequeceWithoutWrite",
    (
        "twisted.internet.test.test_unix.UNIXAdoptStreamConnectionTestsBuilder"
        ".test_writeSequeceWithoutWrite"
    ),
    "twisted.internet.test.test_unix.UNIXTestsBuilder.test_avoidLeakingFileDescriptors",
}


@pytest.mark.slow
def test_what_passes_on_asyncio(tmp_path: Path) -> None:
    passed, failed = compare(ASYNCIO, MODULES, tmp_path)
    assert len(passed) > 340
    assert failed == DIFFERENT
