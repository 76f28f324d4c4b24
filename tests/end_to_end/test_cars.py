"""The car registry, as its clients see it: many of them, in two notations, on two databases."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.daemon import Daemon, Daemons, run
from tests.end_to_end.history import Call, contradictions, race
from tests.end_to_end.programs import tool
from tests.end_to_end.registry import DONE, GET_LEMON, LEMON, ask, new_store, reply, request
from tests.end_to_end.wire import connect, crowd

CLIENTS = 200

#: How long each request takes of a registry that is slow, in seconds.
DELAY = 0.7


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Return the URL of a store without cars."""
    with new_store(request.param, tmp_path_factory.mktemp("store")) as url:
        yield url


@pytest.fixture(scope="module")
def two(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Daemon]]:
    """Run two processes on one store, which open it at the same time."""
    daemons = Daemons(tmp_path_factory.mktemp("daemons"))
    both = [daemons("cars", "--store", store, wait=False) for _ in range(2)]
    for daemon in both:
        daemon.wait_until_ready()
    yield both
    daemons.stop()


class TestRaces:
    """What many do at the same time, some of them in another process."""

    def test_the_samples_are_there_once(self, two: list[Daemon]) -> None:
        lists = [ask(each.address("cars"), "GET_LICENSES_STARTING_WITH", "") for each in two]
        assert lists[0] == lists[1]
        ok, licenses = lists[0]
        assert ok
        assert "024 HYR" in licenses
        assert len(set(licenses)) == len(licenses)

    @pytest.mark.parametrize("processes", [1, 2])
    def test_one_of_many_registers_a_license(self, processes: int, two: list[Daemon]) -> None:
        license = f"RACE {processes}"
        addresses = [two[index % processes].address("cars") for index in range(CLIENTS)]
        clients = [connect(address) for address in addresses]
        for index, client in enumerate(clients):
            client.sendall(request("NEW_REGISTRATION", license, 4, index, f"client {index}"))
        replies = [reply(client) for client in clients]
        for client in clients:
            client.close()
        assert replies.count(DONE) == 1
        assert replies.count((False, "Cannot register duplicate license")) == CLIENTS - 1
        winner = replies.index(DONE)
        for each in two:
            details = ask(each.address("cars"), "GET_CAR_DETAILS", license)
            assert details == (True, 4, winner, f"client {winner}")

    @pytest.mark.parametrize("at_once", [16, CLIENTS])
    @pytest.mark.parametrize("processes", [1, 2])
    def test_many_raise_a_mileage(self, processes: int, at_once: int, two: list[Daemon]) -> None:
        license = f"RAISE {processes} {at_once}"
        addresses = [each.address("cars") for each in two[:processes]]
        assert ask(addresses[0], "NEW_REGISTRATION", license, 4, 0, "x") == DONE
        # They rise on the whole, so that many are accepted, but not one by one.
        noise = random.Random(processes).uniform
        mileages = sorted(range(1, CLIENTS + 1), key=lambda mileage: mileage + noise(0, 40))
        history = race(addresses, license, mileages, at_once)
        assert contradictions(history, start=0) == []
        assert len(history) == CLIENTS
        assert max(call.mileage for call in history if call.accepted) == CLIENTS
        for each in two:
            assert ask(each.address("cars"), "GET_CAR_DETAILS", license)[2] == CLIENTS


def test_the_judge_of_the_race() -> None:
    """A history that cannot be is found out."""

    def found(*calls: tuple[int, float, float, bool]) -> int:
        return len(contradictions([Call(*call) for call in calls], start=5))

    assert found((6, 0, 1, True), (7, 2, 3, True), (6, 4, 5, False)) == 0
    assert found((7, 0, 9, True), (6, 1, 8, True), (6, 2, 7, False)) == 0, "all at once"
    assert found((7, 0, 1, True), (6, 2, 3, True)) == 1, "wound back"
    assert found((7, 0, 9, True), (6, 2, 3, True), (8, 0, 1, True)) == 1, "from 8 to 6"
    assert found((5, 0, 1, True)) == 1, "not higher than before"
    assert found((6, 0, 9, True), (6, 0, 9, True)) == 1, "the same twice"
    assert found((6, 0, 1, False)) == 1, "refused for no reason"
    assert found((6, 0, 1, False), (7, 2, 3, True)) == 1, "refused for what came later"
    # 9 cannot have been there before 8 was asked for, as both were accepted.
    assert found((9, 0, 9, True), (6, 0, 1, False), (8, 2, 3, True)) == 1


class TestNotations:
    def test_javascript(self, start: Daemons, tmp_path: Path) -> None:
        node = tool("node")
        daemon = start("cars")
        script = Path(__file__).with_name("registry.js")
        ended = run([node, str(script), *map(str, daemon.address("cars"))], tmp_path)
        assert (ended.returncode, ended.stderr) == (0, b"")
        assert ended.stdout == b"all is as it should be\n"
        assert daemon.wait() == 0

    def test_requests_take_effect_in_their_order(self, two: list[Daemon]) -> None:
        for number in range(5):
            license = f"TURN {number}"
            with connect(two[0].address("cars")) as client:
                client.sendall(
                    request("NEW_REGISTRATION", license, 4, 0, "x")
                    + b"".join(
                        request("CHANGE_MILEAGE", license, mileage)
                        + request("GET_CAR_DETAILS", license)
                        + request("GET_LICENSES_STARTING_WITH", license)
                        for mileage in range(1, 30)
                    )
                )
                assert reply(client) == DONE
                for mileage in range(1, 30):
                    assert reply(client) == DONE
                    assert reply(client) == (True, 4, mileage, "x")
                    assert reply(client) == (True, [license])

    def test_lists_sort_alike_on_both_databases(self, two: list[Daemon]) -> None:
        edges = ["\x7f", "\x80", "a", "Z", "ß", "\ud7ff", "\ue000", "\uffff", "\U00010000"]
        edges.append("\U0010ffff")
        licenses = [f"SORT{one}{other}" for one in edges for other in ("", *edges)]
        with connect(two[0].address("cars")) as client:
            for license in licenses:
                client.sendall(request("NEW_REGISTRATION", license, 4, 0, "x"))
            assert {reply(client) for _ in licenses} == {DONE}
            for prefix in ("SORT", *(f"SORT{edge}" for edge in edges), "SORT\U0010ffff\U0010ffff"):
                expected = sorted(license for license in licenses if license.startswith(prefix))
                client.sendall(request("GET_LICENSES_STARTING_WITH", prefix))
                assert reply(client) == (True, expected)
                client.sendall(request("GET_LICENSES_STARTING_WITH", prefix, expected[0]))
                assert reply(client) == (True, expected[1:])

    def test_what_is_kept_to_the_letter(self, two: list[Daemon]) -> None:
        address, elsewhere = (each.address("cars") for each in two)
        owner = " \x01\t\r\nÅ\u212b e\u0301 \u202e ' \" \\ %s ? :x $1 \ufeff\U0001f697 "
        license = "\U0010ffff" * 100  # as long as one may be
        assert ask(address, "NEW_REGISTRATION", license, 9, 2**63 - 2, owner * 900) == DONE
        assert ask(elsewhere, "GET_CAR_DETAILS", license) == (True, 9, 2**63 - 2, owner * 900)
        assert ask(elsewhere, "CHANGE_MILEAGE", license, 2**63 - 1) == DONE
        assert ask(address, "GET_CAR_DETAILS", license)[2] == 2**63 - 1
        refused, reason = ask(address, "CHANGE_MILEAGE", license, 2**63)
        assert (refused, reason) == (False, f"Cannot set a mileage above {2**63 - 1}")
        assert ask(address, "GET_CAR_DETAILS", license[:-1])[0] is False
        assert ask(address, "GET_CAR_DETAILS", "x" * 30_000)[0] is False


@pytest.fixture(scope="module")
def delayed(start_once: Daemons) -> Daemon:
    """Run a registry that takes its time."""
    return start_once("cars", "--delay", str(DELAY))


class TestDelay:
    def test_side_by_side(self, delayed: Daemon) -> None:
        with crowd(delayed.address("cars"), 300) as clients:
            began = time.monotonic()
            for index, client in enumerate(clients):
                client.sendall(request("GET_CAR_DETAILS", "024 HYR" if index % 2 else "none"))
            replies = [reply(client) for client in clients]
            took = time.monotonic() - began
        assert replies == [(False, "This license is not registered"), LEMON] * 150
        assert DELAY <= took < DELAY + 3

    def test_in_order(self, delayed: Daemon) -> None:
        with connect(delayed.address("cars")) as client:
            began = time.monotonic()
            for number in range(60):
                client.sendall(request("CHANGE_MILEAGE", "118 BWK", 50_000 + number // 2))
            client.sendall(request(*GET_LEMON))
            replies = [reply(client) for _ in range(61)]
            took = time.monotonic() - began
        assert replies == [DONE, (False, "Cannot wind the odometer back")] * 30 + [LEMON]
        assert DELAY <= took < DELAY + 3
