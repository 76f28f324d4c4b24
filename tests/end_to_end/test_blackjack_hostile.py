"""What a game of blackjack does with clients that mean no good, while others go on."""

from __future__ import annotations

import contextlib
import random
import re
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.blackjack_wire import (
    DO,
    ECHO,
    IAC,
    NAWS,
    NEW_ENVIRON,
    SB,
    SE,
    SGA,
    TTYPE,
    WILL,
    Player,
    says,
    tells,
)
from tests.end_to_end.daemon import PATIENCE, REACTOR, Daemon, Daemons
from tests.end_to_end.programs import nc
from tests.end_to_end.wire import Address, connect, read_all, resident, until_idle

MIB = 1 << 20

#: After how many rounds nothing is remembered any more that takes memory: how cards are drawn is.
ROUNDS = 1600


@pytest.fixture(scope="module")
def daemon(start_once: Daemons) -> Daemon:
    """Run the game."""
    return start_once("blackjack", "--seed", "8")


@pytest.fixture
def address(daemon: Daemon) -> Iterator[Address]:
    """Return where it listens; whatever happened in a test, somebody there goes on playing."""
    where = daemon.address("blackjack")
    witness = Player(where)
    witness.type("")
    yield where
    witness.play(10)
    witness.leave()


def flood(address: Address, piece: bytes, size: int, enough: threading.Event | None = None) -> None:
    """Send the same again and again, read what comes back, and go.

    :param size: how much to send, in bytes.
    :param enough: is set when it is enough before.
    """
    with connect(address) as client:
        client.setblocking(False)
        many = memoryview(piece * (MIB // 4 // len(piece)))
        left = many[:0]
        while size > 0 and not (enough and enough.is_set()):
            readable, writable, _ = select.select([client], [client], [], PATIENCE)
            assert readable or writable, "it does not read any more"
            if readable:
                client.recv(MIB)
            if writable:
                left = left or many
                sent = client.send(left)
                left = left[sent:]
                size -= sent


FLOODS = {
    "text": b"x" * 1000,
    "lines": b"no such thing\r\n",
    "help": b"help\r\n",
    "keys": b"\x1b[A\x1bOP\x7f\x15\x08",
    "escapes": b"\x1b[" + b"0" * 1000,
    "invalid UTF-8": b"\xc3(\xa0\xa1\xe2\x28\xa1\xf0\x28\x8c\xbc",
    "IAC IAC": bytes([IAC, IAC]),
    "are you there": bytes([IAC, 246]),
    "will": says(WILL, TTYPE) + says(DO, ECHO) + says(DO, SGA) + says(WILL, 200),
    "sizes": says(WILL, NAWS) + tells(NAWS, b"\0\x50\0\x18") + tells(NAWS, b"\0\x28\0\x18"),
    "types": says(WILL, TTYPE) + b"".join(tells(TTYPE, b"\0xterm%d" % n) for n in range(50)),
    "variables": says(WILL, NEW_ENVIRON)
    + tells(NEW_ENVIRON, b"\0" + b"".join(b"\3N%d\1V" % n for n in range(200))),
    "no end": bytes([IAC, SB, TTYPE]) + b"x" * 10_000,
    "nothing": bytes([IAC, SB, IAC, SE]),
}


@pytest.mark.parametrize("name", FLOODS)
def test_floods(address: Address, daemon: Daemon, name: str) -> None:
    until_idle(daemon.pid)
    before = resident(daemon.pid)
    flood(address, FLOODS[name], MIB // 2)
    until_idle(daemon.pid)
    # On libuv a read can be 256,000 bytes, not 65,536: replies to all of it are made at once.
    assert resident(daemon.pid) < before + (4 if REACTOR == "libuv" else 2) * MIB


def test_others_do_not_wait(address: Address) -> None:
    """While somebody pours in what makes work, for minutes, others play."""
    enough = threading.Event()
    flooding = threading.Thread(target=flood, args=(address, b"\r\nhelp\r\n", 64 * MIB, enough))
    flooding.start()
    player = Player(address)
    player.type("")
    player.play(10, 10, 10)
    assert flooding.is_alive()
    player.leave()
    enough.set()
    flooding.join()


def test_an_endless_line(address: Address) -> None:
    player = Player(address)
    player.type("")
    player.expect("> ")
    player.send(b"1" * MIB + b"\r\n")
    player.expect("That line was too long", "> ")
    player.type("stats")
    player.expect("rounds      0")
    player.leave()


@pytest.mark.parametrize("way", [socket.SHUT_WR, None, 0])
def test_port_scans(address: Address, daemon: Daemon, way: int | None) -> None:
    """Who only comes to see whether somebody is here is not worth a line in the log."""
    lines = len(daemon.lines)
    for _ in range(500):
        client = connect(address)
        if way == socket.SHUT_WR:
            client.shutdown(socket.SHUT_WR)
        elif way == 0:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
    until_idle(daemon.pid)
    assert daemon.lines[lines:] == []


def test_a_browser(address: Address, tmp_path: Path) -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost:9000\r\nAccept: */*\r\n\r\n"
    shown = nc(tmp_path, address, request)
    assert b"Welcome to blackjack!" in shown
    assert shown.endswith(b"Goodbye.\r\n")


def test_noise(address: Address, daemon: Daemon) -> None:
    """Whatever is sent, nothing goes wrong but for whoever sends it."""
    lines = len(daemon.lines)
    chance = random.Random(5)
    pieces = [
        *(bytes([each]) for each in range(256)),
        *(b"\r\n", b"\n", b"\r\0", b"10\r\n", b"h\r\n", b"s\r\n", b"d\r\n", b"p\r\n", b"y\r\n"),
        *(b"reader\r\n", b"reader off\r\n", b"keys on\r\n", b"/look\r\n", b"?\r\n", b"fair\r\n"),
        *(says(verb, option) for verb in range(251, 255) for option in (1, 3, 24, 25, 31, 39)),
        *(tells(TTYPE, b"\0MTTS 2381"), tells(TTYPE, b"\0xterm"), tells(NAWS, b"\0\5\0\5")),
        *(
            tells(NAWS, b"\xff\xff\xff\xff"),
            tells(NAWS, b"\0\0\0\0"),
            tells(NEW_ENVIRON, b"\0\3\1"),
        ),
        *(b"x" * 300, "é⏎\u202e\U0001f0a1".encode(), b"Ann\r\nxyzzy\r\n", b"\xff\xfa", b"\xff\xf0"),
    ]
    for _ in range(150):
        with connect(address) as client, contextlib.suppress(ConnectionError):
            client.sendall(b"".join(chance.choices(pieces, k=300)) + b"\r\n\r\nquit\r\n")
            client.shutdown(socket.SHUT_WR)
            read_all(client)
    assert daemon.lines[lines:] == []


class TestLimits:
    def test_those_who_have_gone_to_sleep(self, start: Daemons) -> None:
        daemon = start("blackjack", "--idle-timeout", "2")
        began = time.monotonic()
        sleeper = Player(daemon.address("blackjack"))
        sleeper.expect("Are you still there? Press Enter within 2 seconds to stay.")
        assert time.monotonic() - began > 1.9
        sleeper.type("")
        sleeper.expect("Are you still there?")
        assert sleeper.rest().endswith("You have been away for too long.\r\nGoodbye.\r\n")
        sleeper.close()

    def test_too_many(self, start: Daemons) -> None:
        daemon = start("blackjack", "--max-connections", "3")
        address = daemon.address("blackjack")
        three = [Player(address) for _ in range(3)]
        for each in three:
            each.type("")
            each.expect("> ")
        for _ in range(200):
            with connect(address) as client, contextlib.suppress(ConnectionError):
                assert read_all(client) == b""
        assert daemon.log.count("3 connections are open already") < 5
        three[0].leave()
        late = Player(address)
        late.type("")
        late.play(10)
        for each in (late, *three[1:]):
            each.close()

    @pytest.mark.slow
    def test_one_who_does_not_look_at_a_shared_table(self, start: Daemons, tmp_path: Path) -> None:
        """The others go on, and the one is dropped at last."""
        rules = tmp_path / "rules.toml"
        rules.write_text("bankroll = 1_000_000\n")
        shared = ("--rules", str(rules), "--tables", "shared")
        daemon = start("blackjack", *shared)
        address = daemon.address("blackjack")
        ann, bob = Player(address), Player(address)
        for player in (ann, bob):
            player.type("")
            player.expect("> ")
        for _ in range(ROUNDS):
            play_together(ann, bob)
        with socket.socket() as blind:
            blind.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            blind.connect(address)
            blind.sendall(b"\r\nwatch\r\n")
            before = resident(daemon.pid)
            began, slowest = time.monotonic(), 0.0
            while "unread" not in daemon.log:
                assert time.monotonic() - began < 5 * PATIENCE, "it is never dropped"
                round_began = time.monotonic()
                play_together(ann, bob)
                slowest = max(slowest, time.monotonic() - round_began)
            # A player who was waited for would have had 25 seconds.
            assert slowest < 10
            assert resident(daemon.pid) < before + 2 * MIB
            (line,) = [line for line in daemon.lines if "unread" in line]
            assert re.search(r"blackjack #\d+ tcp:127.0.0.1:\d+: left ", line)
        play_together(ann, bob)
        for player in (ann, bob):
            player.leave()


def play_together(*players: Player) -> None:
    """Play a round, in which all of them take no card."""
    for player in players:
        player.type("bet 10")
    waiting = list(players)
    while waiting:
        readable, _, _ = select.select([each.socket for each in waiting], [], [], PATIENCE)
        assert readable
        for player in [each for each in waiting if each.socket in readable]:
            assert player.read(), player.text
            if ", cards " in player.text:
                player.text = ""
                waiting.remove(player)
            elif "[?]" in player.text:
                player.type("no" if "[n]o" in player.text else "stand")
                player.text = ""
