"""Who is first is exact, whatever a thousand clients do at the same moment."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest_twisted  # type: ignore[import-untyped]  # it has no annotations
from treq.client import HTTPClient
from twisted.internet.defer import Deferred, gatherResults
from twisted.web.client import Agent, HTTPConnectionPool

from tests.end_to_end.daemon import Daemon, Daemons
from tests.end_to_end.wire import crowd, read_until, talk

Test = Callable[..., Coroutine[Deferred[Any], Any, None]]


def asynchronous(test: Test) -> Test:
    """Have a coroutine run as a test, in the reactor of pytest-twisted."""
    return cast(Test, pytest_twisted.ensureDeferred(test))


def guess(daemon: Daemon, number: str) -> bytes:
    """Return the answer to one guess."""
    return talk(daemon.address("secret"), number.encode() + b"\r\n").removesuffix(b"\r\n")


def race(daemons: list[Daemon], size: int) -> Counter[bytes]:
    """Have many clients guess right at the same moment, and count the answers.

    :param size: how many clients each of the processes gets.
    """
    answers: Counter[bytes] = Counter()
    with crowd(daemons[0].address("secret"), size) as clients:
        if len(daemons) > 1:
            others = crowd(daemons[1].address("secret"), size)
            with others as more:
                _shout(answers, [one for pair in zip(clients, more, strict=True) for one in pair])
        else:
            _shout(answers, clients)
    return answers


def _shout(answers: Counter[bytes], clients: list[Any]) -> None:
    for client in clients:
        client.sendall(b"42\r\n")
    for client in clients:
        answers[read_until(client, b"\r\n")] += 1


def test_a_thousand_race_and_one_is_right(start: Daemons) -> None:
    daemon = start("secret", "--secret", "42")
    assert guess(daemon, "41") == b"wrong"
    assert race([daemon], 1000) == {b"right\r\n": 1, b"secret found\r\n": 999}
    assert guess(daemon, "41") == b"secret found"
    assert guess(daemon, "no number") == b"secret found"


def test_a_thousand_race_over_two_processes(start: Daemons) -> None:
    daemons = [start("secret", "--secret", "42") for _ in range(2)]
    assert race(daemons, 500) == {b"right\r\n": 1, b"secret found\r\n": 999}
    assert [guess(daemon, "1") for daemon in daemons] == 2 * [b"secret found"]


def test_a_restart_changes_nothing(start: Daemons) -> None:
    first = start("secret")
    ((secret,),) = (
        sqlite3.connect(start.state / "netsuite" / "netsuite.sqlite3")
        .execute("SELECT secret FROM secrets")
        .fetchall()
    )
    first.stop()
    second = start("secret")
    assert guess(second, secret) == b"right"
    second.stop()
    third = start("secret")
    assert guess(third, secret) == b"secret found"
    third.stop()
    fourth = start("secret", "--new", "--secret", "-5")
    assert guess(fourth, secret) == b"wrong"
    assert guess(fourth, " -005 ") == b"right"
    fourth.stop()
    assert guess(start("secret"), "-5") == b"secret found"


def test_new_draws_again(start: Daemons) -> None:
    first = start("secret", "--secret", "1000000")
    assert guess(first, "1000000") == b"right"
    first.stop()
    second = start("secret", "--new")
    # What is drawn is at most 1000.
    assert guess(second, "1000000") == b"wrong"


def test_a_killed_process_forgets_nothing(start: Daemons) -> None:
    first = start("secret", "--secret", "42")
    assert guess(first, "42") == b"right"
    first.process.kill()
    first.wait()
    start.forget(first)
    assert guess(start("secret"), "42") == b"secret found"


@asynchronous
async def test_a_hundred_browsers_race_for_the_word(start: Daemons) -> None:
    from twisted.internet import reactor

    daemon = start("secretword", "--secret", "naïve word")
    client = HTTPClient(Agent(reactor, pool=HTTPConnectionPool(reactor, persistent=False)))

    async def verdict(path: str, method: str = "GET") -> str:
        response = await client.request(method, daemon.url("secretword", path))
        assert response.code == 200
        page: str = await response.text()
        return page.partition("<p>")[2].partition("</p>")[0]

    assert await verdict("/naive") == "wrong"
    assert await verdict("/naïve word/") == "wrong"
    assert await verdict("/na%C3%AFve%20word", "HEAD") == ""  # and it changes nothing
    answers = await gatherResults(
        [Deferred.fromCoroutine(verdict("/na%C3%AFve%20word")) for _ in range(100)]
    )
    assert Counter(answers) == {"right": 1, "secret found": 99}
    assert await verdict("/anything") == "secret found"
    daemon.stop()
    assert talk(start("secretword").address("secretword"), b"GET /x HTTP/1.0\r\n\r\n").endswith(
        b"<body><p>secret found</p></body>\n</html>\n"
    )
