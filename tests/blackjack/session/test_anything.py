"""Whatever people do, in whichever order: no fault of ours shows, and nothing is left behind."""

from __future__ import annotations

from random import Random

from twisted.internet.defer import Deferred

from netsuite.blackjack.session.commands import COMMANDS
from tests.blackjack.session.clients import AYT, EOF, IAC, IP, Case, Client, Telnet, window

NAMES = ("Ann", "Bob", "Cid")
KINDS: tuple[dict[str, tuple[str, ...] | tuple[int, int]], ...] = (
    {},
    {"names": ("vt100",), "size": (40, 12)},
    {"names": ("MUDLET", "XTERM", "MTTS 2349")},
    {"names": ("X", "ANSI", "MTTS 64")},
    {"names": ()},
)


class AnythingTests(Case):
    """People who come, play, talk, vanish and come back, at random."""

    STEPS = 400
    #: How many rounds were played by people with names, in all.
    rounds = 0

    def anything(self, seed: int) -> None:
        self.chance = Random(seed)
        self.shared = bool(seed % 2)
        self.setUp()
        self.people: list[Client] = []
        for _ in range(self.STEPS):
            self.chance.choice(self.DEEDS)(self)
        self.store.slow = self.store.down = False
        self.store.release()
        drained = self.connections.drain()
        self.pass_time(11)
        for client in self.people:
            client.vanish()
        self.successResultOf(drained)
        self.store.close_at_once = lambda: None  # type: ignore[method-assign]  # to be looked at
        self.successResultOf(Deferred.fromCoroutine(self.house.close()))
        self.assertNothingLeft()
        for chips, net, rounds in self.store.execute("SELECT chips, net, rounds FROM players"):
            self.assertEqual(chips, 1000 + net)
            self.rounds += rounds

    def somebody(self) -> Client | None:
        here = [client for client in self.people if not (client.closed or client.aborted)]
        return self.chance.choice(here) if here else None

    def come(self) -> None:
        if len(self.people) < 12:
            kind = self.chance.choice(KINDS)
            new = Client(self.factory) if self.chance.random() < 0.3 else None
            self.people.append(new or Telnet(self.factory, **kind))  # type: ignore[arg-type]

    def sign_in(self) -> None:
        client = self.somebody()
        if client is not None:
            name = self.chance.choice(NAMES)
            client.type(name, "sesame", self.chance.choice(["sesame"] * 4 + ["wrong"]))

    def enter(self) -> None:
        client = self.somebody()
        if client is not None:
            lines = ["", "", "10", "20", "h", "s", "s", "d", "p", "n", "y", "say hi", "x" * 300]
            word = self.chance.choice([*lines, *COMMANDS, *COMMANDS])
            if word not in ("quit", "reader", "refill"):
                client.type(f"{word}{self.chance.choice(['', '', ' on', ' off'])}")

    def press(self) -> None:
        client = self.somebody()
        if client is not None:
            keys = [b"h", b"s", b"/", b"\r\0", b"\x7f", b"\x1b[A", b"?", b"p", b"hs\r\n10\r\ns"]
            commands = [bytes([IAC, AYT]), bytes([IAC, IP]), b"\xff\xfd\x01", b"\xff\xfe\x03"]
            sizes = [window(80, 24), window(40, 10), window(20, 5), window(0, 0)]
            client.send(self.chance.choice([*keys, *keys, *keys, *commands, *sizes]))

    def end(self) -> None:
        client = self.somebody()
        if client is not None and self.chance.random() < 0.15:
            how = self.chance.randrange(4)
            if how == 0:
                client.type("quit")
            elif how == 1:
                client.eof()
            elif how == 2:
                client.send(bytes([IAC, EOF]))
            else:
                client.vanish()
                self.people.remove(client)

    def close(self) -> None:
        for client in [each for each in self.people if each.closed or each.aborted]:
            client.vanish()
            self.people.remove(client)

    def wait(self) -> None:
        self.pass_time(self.chance.choice([0.125, 0.5, 2, 5, 26]))
        for client in self.people:
            client.read()

    def trouble(self) -> None:
        self.store.slow = self.chance.random() < 0.1
        self.store.down = self.chance.random() < 0.1
        self.store.release()

    DEEDS = (come, sign_in, *[enter] * 6, *[press] * 6, end, close, wait, wait, sign_in, trouble)

    def test_private(self) -> None:
        for seed in range(0, 24, 2):
            with self.subTest(seed=seed):
                self.anything(seed)
        self.assertGreater(self.rounds, 30)

    def test_shared(self) -> None:
        for seed in range(1, 25, 2):
            with self.subTest(seed=seed):
                self.anything(seed)
        self.assertGreater(self.rounds, 30)
