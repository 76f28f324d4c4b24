"""Services whose store fails while they run, and works again; and services on PostgreSQL."""

from __future__ import annotations

import errno
import itertools
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import SkipTest

import pytest

from tests.end_to_end.blackjack_wire import Player
from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons
from tests.end_to_end.load import Known, keep_busy
from tests.end_to_end.programs import tool
from tests.end_to_end.registry import DONE, GET_LEMON, LEMON, ask, new_store
from tests.end_to_end.wire import talk
from tests.storage.postgres import Server, server

REGISTER = ("NEW_REGISTRATION", "A 1", 4, 0, "somebody")
RAISE = ("CHANGE_MILEAGE", "024 HYR", 97544)
UNKNOWN = (
    False,
    (
        "The registry got out of reach in the middle of the change; look whether it was made "
        "before you try again"
    ),
)
OUT_OF_REACH = (
    False,
    "The registry is out of reach just now; nothing was changed, try again later",
)


def guess(daemon: Daemon, number: str) -> bytes:
    """Return what ``secret`` says to a guess."""
    return talk(daemon.address("secret"), number.encode() + b"\r\n")


def guess_word(daemon: Daemon, word: str) -> tuple[int, bytes]:
    """Return the status and the page with which ``secretword`` answers a guess."""
    page = talk(daemon.address("secretword"), f"GET /{word} HTTP/1.0\r\n\r\n".encode())
    return int(page.split()[1]), page


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    waiting_until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < waiting_until, "it never came to that"
        time.sleep(0.02)


class FaultyDisk:
    """Has the disk fail under some files of the processes that are started from now on."""

    def __init__(self, library: Path, files: Path, says: Path, patch: pytest.MonkeyPatch) -> None:
        patch.setenv("LD_PRELOAD", str(library))
        patch.setenv("FAULTY_FILES", str(files))
        patch.setenv("FAULTY_DISK", str(says))
        self._says = says

    def fail(self, what: str, error: int) -> None:
        """Have every ``write`` or ``sync`` fail from now on."""
        new = self._says.with_suffix(".new")
        new.write_text(f"{what} {error}")
        new.rename(self._says)

    def mend(self) -> None:
        """Have everything work again."""
        self._says.unlink()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build what makes disks fail."""
    path = tmp_path_factory.mktemp("library") / "faulty_disk.so"
    source = Path(__file__).with_name("faulty_disk.c")
    options = ("-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-O1")
    subprocess.run([tool("cc"), *options, "-o", path, source, "-ldl"], check=True)
    return path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return the file in which the services keep their state."""
    return tmp_path / "store.sqlite3"


@pytest.fixture
def disk(library: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FaultyDisk:
    """Return a disk that fails under that file when it is told to."""
    return FaultyDisk(library, store, tmp_path / "fault", monkeypatch)


@pytest.fixture
def postgres() -> Iterator[Server]:
    """Return the server, which runs again after the test."""
    try:
        running = server()
    except SkipTest as reason:
        pytest.skip(str(reason))
    yield running
    running.start()


FAULTS = [
    ("write", errno.ENOSPC, "database or disk is full"),
    ("write", errno.EIO, "disk I/O error"),
    ("sync", errno.EIO, "disk I/O error"),
    ("sync", errno.ENOSPC, "disk I/O error"),
]


@pytest.mark.parametrize(("what", "error", "reason"), FAULTS)
def test_a_registry_on_a_disk_that_fails(
    start: Daemons, store: Path, disk: FaultyDisk, what: str, error: int, reason: str
) -> None:
    daemon = start("cars", "--store", f"sqlite:{store}")
    known, names = Known(), itertools.count()
    load = keep_busy(daemon.address("cars"), known, names)

    def work_until(is_so: Callable[[], bool]) -> None:
        for _ in load:
            if is_so():
                return
        raise AssertionError("the server is gone")

    work_until(lambda: known.acknowledged > 300)
    began = time.monotonic()
    disk.fail(what, error)
    work_until(lambda: known.refused > 300)
    # From now on nothing that is asked for can be done; what is there can be looked up.
    before = known.acknowledged
    refusal = UNKNOWN if what == "sync" else OUT_OF_REACH
    for _ in range(10):
        assert ask(daemon.address("cars"), *REGISTER) == refusal
        assert ask(daemon.address("cars"), *RAISE) == refusal
        assert ask(daemon.address("cars"), *GET_LEMON) == LEMON
    work_until(lambda: known.refused > 600)
    assert known.acknowledged == before
    # It is told, but not for each of them.
    told = sum(reason in line for line in daemon.lines)
    assert 1 <= told <= 1 + (time.monotonic() - began)
    disk.mend()
    work_until(lambda: known.acknowledged > before + 300)
    assert ask(daemon.address("cars"), *REGISTER) == DONE
    assert ask(daemon.address("cars"), *RAISE) == DONE
    daemon.process.kill()
    for _ in load:
        pass
    daemon.wait()
    start.forget(daemon)
    again = start("cars", "--store", f"sqlite:{store}").address("cars")
    known.check(again)
    assert ask(again, "GET_CAR_DETAILS", "A 1") == (True, 4, 0, "somebody")
    assert ask(again, *GET_LEMON) == (True, 2, 97544, "Jack Lemon")


def test_secrets_on_a_disk_that_fails(start: Daemons, store: Path, disk: FaultyDisk) -> None:
    """Nobody is told that he was right as long as that cannot be kept."""
    url = f"sqlite:{store}"
    secret = start("secret", "--secret", "42", "--store", url)
    word = start("secretword", "--secret", "dog", "--store", url)
    disk.fail("write", errno.ENOSPC)
    for _ in range(20):
        assert guess(secret, "41") == b"wrong\r\n"
        assert guess(secret, "42").startswith(b"error: the secret is out of reach just now")
        assert b"<p>wrong</p>" in guess_word(word, "cat")[1]
        status, page = guess_word(word, "dog")
        assert status == 503
        assert b"Retry-After: 1\r\n" in page
        assert b"out of reach" in page
    for daemon in (secret, word):
        assert sum("database or disk is full" in line for line in daemon.lines) < PATIENCE
    disk.mend()
    assert guess(secret, "42") == b"right\r\n"
    assert b"<p>right</p>" in guess_word(word, "dog")[1]
    assert guess(secret, "42") == b"secret found\r\n"


def is_told(player: Player, shown: str, sentence: str) -> None:
    """See to it that somebody is told something, if they were not yet.

    :param shown: what was shown to them last.
    """
    if sentence not in shown:
        player.expect(sentence)


def test_a_game_on_a_disk_that_fails(start: Daemons, store: Path, disk: FaultyDisk) -> None:
    """Who plays goes on, and is told; nobody else can come in under a name."""
    settings = ("blackjack", "--seed", "8", "--store", f"sqlite:{store}")
    daemon = start(*settings)
    ann = Player(daemon.address("blackjack"))
    ann.sign_in("Ann", "xyzzy-plugh")
    ann.play(10)
    disk.fail("write", errno.ENOSPC)
    is_told(ann, ann.play(10), "Your chips cannot be saved just now.")
    ann.play(10)
    bob = Player(daemon.address("blackjack"))
    bob.type("Bob", "xyzzy-plugh", "xyzzy-plugh")
    bob.expect("again later, or play as a")
    bob.close()
    guest = Player(daemon.address("blackjack"))
    guest.type("", "stats")
    guest.expect("chips       1,000")
    guest.leave()
    disk.mend()
    ann.expect("Your chips are saved again.")
    chips = ann.stats()["chips"]
    daemon.process.kill()
    daemon.wait()
    start.forget(daemon)
    ann.close()
    daemon = start(*settings)
    ann = Player(daemon.address("blackjack"))
    ann.sign_in("Ann", "xyzzy-plugh")
    assert (ann.stats()["rounds"], ann.stats()["chips"]) == ("3", chips)
    # What cannot be saved at the end is said in the log.
    disk.fail("write", errno.EIO)
    is_told(ann, ann.play(10), "Your chips cannot be saved just now.")
    chips = ann.stats()["chips"].replace(",", "")
    daemon.signal()
    ann.rest()
    ann.close()
    assert daemon.wait() == 0
    assert f"these chips are not saved: Ann has {chips}" in daemon.log


def test_a_disk_that_fails_at_the_start(start: Daemons, store: Path, disk: FaultyDisk) -> None:
    disk.fail("write", errno.ENOSPC)
    daemon = start("cars", "--store", f"sqlite:{store}", wait=False)
    assert daemon.wait() == 1
    start.forget(daemon)
    (line,) = [line for line in daemon.lines if "cannot be used" in line]
    assert f"netsuite: cars: the store sqlite:{store} cannot be used: database or disk is" in line
    assert line.endswith("full; mend that, or name another with --store")
    disk.mend()
    daemon = start("cars", "--store", f"sqlite:{store}")
    assert ask(daemon.address("cars"), *GET_LEMON) == LEMON


def test_services_that_share_a_database(start: Daemons, tmp_path: Path) -> None:
    """And find everything there when they are started again."""
    services = ("netsuite", "--only", "cars,secret,secretword")
    with new_store("postgresql", tmp_path) as url:
        start("secret", "--secret", "42", "--store", url).stop()
        start("secretword", "--secret", "dog", "--store", url).stop()
        first, second = (start(*services, "--store", url) for _ in range(2))
        assert guess(first, "42") == b"right\r\n"
        assert guess(second, "42") == b"secret found\r\n"
        assert b"<p>right</p>" in guess_word(second, "dog")[1]
        assert b"<p>secret found</p>" in guess_word(first, "dog")[1]
        assert ask(first.address("cars"), *REGISTER) == DONE
        assert ask(second.address("cars"), *RAISE) == DONE
        assert ask(second.address("cars"), *REGISTER)[1] == "Cannot register duplicate license"
        for daemon in (first, second):
            daemon.stop()
        third = start(*services, "--store", url)
        assert guess(third, "1") == b"secret found\r\n"
        assert b"<p>secret found</p>" in guess_word(third, "x")[1]
        assert ask(third.address("cars"), "GET_CAR_DETAILS", "A 1") == (True, 4, 0, "somebody")
        assert ask(third.address("cars"), *GET_LEMON) == (True, 2, 97544, "Jack Lemon")
        third.stop()


def test_a_database_that_goes_away(start: Daemons, tmp_path: Path, postgres: Server) -> None:
    with new_store("postgresql", tmp_path) as url:
        start("secret", "--secret", "42", "--store", url).stop()
        start("secretword", "--secret", "dog", "--store", url).stop()
        daemon = start("netsuite", "--only", "cars,secret,secretword", "--store", url)
        address = daemon.address("cars")
        known, names = Known(), itertools.count()
        load = keep_busy(address, known, names)
        for _ in load:
            if known.acknowledged > 300:
                break
        postgres.kill()
        for _ in load:
            if known.refused > 300:
                break
        for _ in range(10):
            began = time.monotonic()
            assert ask(address, *REGISTER) == OUT_OF_REACH
            assert ask(address, *GET_LEMON) == OUT_OF_REACH
            assert guess(daemon, "42").startswith(b"error: the secret is out of reach just now")
            assert guess_word(daemon, "dog")[0] == 503
            assert time.monotonic() - began < 1  # it is a few milliseconds
            time.sleep(0.1)
        lost = [line for line in daemon.lines if "trying again every" in line]
        for line in lost:  # the second is said by a server that is just ending
            assert re.search("Is the server running|server closed the connection", line)
        assert len(lost) == 3  # it is told once by each service
        acknowledged = known.acknowledged
        postgres.start()
        for _ in load:
            if known.acknowledged > acknowledged + 300:
                break
        until(lambda: ask(address, *GET_LEMON) == LEMON)
        assert ask(address, *REGISTER) == DONE
        until(lambda: guess(daemon, "41") == b"wrong\r\n")
        assert guess(daemon, "42") == b"right\r\n"
        until(lambda: guess_word(daemon, "cat")[0] == 200)
        assert b"<p>right</p>" in guess_word(daemon, "dog")[1]
        known.check(address)
        load.close()
        daemon.stop()


def test_a_database_that_is_not_there(start: Daemons) -> None:
    url = "postgresql://user:w0rd@127.0.0.1:1/base"
    daemon = start("secret", "--store", url, wait=False)
    assert daemon.wait() == 1
    start.forget(daemon)
    assert "w0rd" not in daemon.log
    (line,) = [line for line in daemon.lines if "cannot be used" in line]
    assert "netsuite: secret: the store postgresql://user:***@127.0.0.1:1/base cannot" in line
    assert "Connection refused" in line
    assert line.endswith("; mend that, or name another with --store")
