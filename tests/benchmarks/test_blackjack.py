"""Blackjack as it is measured: what servers may not do, and what the players' figures say."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import attrs
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from benchmarks.blackjack import check, learn
from benchmarks.figures import Figures
from benchmarks.generator import choose_generator
from benchmarks.peers.blackjack_game import OVER, Game, total
from benchmarks.peers.services import BLACKJACK, HOST
from benchmarks.peers.threads import TcpServer
from benchmarks.processes import ProgramError, server
from benchmarks.roster import PEERS, Peer
from benchmarks.runner import Settings
from benchmarks.simulation import rates
from benchmarks.toolchain import Toolchain, UnavailableError
from benchmarks.workloads import WORKLOADS
from netsuite.blackjack.rules import PRESETS

from .folders import temporary_folder
from .processes import DEADLINE
from .test_command import start

#: What is said of a turn, and of a round that is over.
TURN = "You: 5H 5S (10)\n[h]it or [s]tand> "
ENDED = f"Dealer: KH 9S (19)\nYou: 5H 5S (10)\n{OVER}you lose.\n[Enter] deals> "


class RuleTests(SynchronousTestCase):
    """What a round may end with."""

    def test_right(self) -> None:
        for player, dealer, said in (
            ("KH 9S", "KD 8S", "you win"),
            ("KH 9S", "KD 5S 8S", "23, bust: win"),
            ("KH 9S", "AD 6S", "win"),
            ("KH 9S", "QD 9H", "push"),
            ("KH 8S", "QD 9H", "lose"),
            ("KH 8S 4S", "QD 2H", "22, bust"),
            ("KH 8S 4S", "QD 2H", "you lose"),
        ):
            check(said, (player.split(), dealer.split()))

    def test_wrong(self) -> None:
        for player, dealer, said, complaint in (
            ("KH 9S", "KD 6S", "win", "stands too early"),
            ("KH 9S", "KD 7S 4S", "lose", "draws too often"),
            ("KH 9S", "AD 6S 2H", "push", "draws too often"),
            ("KH 8S 4S", "KD 2S 9S", "lose", "draws too often"),
            ("KH 8S", "QD 9H", "win", "18 against 19"),
            ("KH 9S", "QD 9H", "lose", "19 against 19"),
            ("KH 9S", "QD 9H", "push or win", "19 against 19"),
            ("KH 8S 4S", "QD 2H", "win", "22 against 12"),
            ("KH 9S", "QD 8H", "", "19 against 18"),
        ):
            error = self.assertRaises(ValueError, check, said, (player.split(), dealer.split()))
            self.assertIn(complaint, str(error))

    def test_totals(self) -> None:
        for cards, points in (("AH AS", 12), ("AH KS", 21), ("AH 5S 10D", 16), ("9H 2C QD", 21)):
            self.assertEqual(total(cards.split()), points)

    def test_the_plain_game(self) -> None:
        game = Game()
        shown = game.answer("")
        while OVER in shown:  # dealt a 21
            shown = game.answer("")
        self.assertIn("Type h or s.", game.answer("x"))
        self.assertIn(OVER, game.answer(" Stand\r\n"))


class Script:
    """A server's side of a conversation: a greeting, and some answers over and over."""

    greeting = "Hello. [Enter] deals> "

    def __init__(self, *answers: str) -> None:
        self._answers = cycle(answers)

    def answer(self, _line: str) -> str:
        return next(self._answers)


@contextlib.contextmanager
def playing(play: Callable[[], Script | Game]) -> Iterator[int]:
    """Play a game with each client, and return the port. An empty answer ends the connection."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            game = play()
            shown = game.greeting
            with contextlib.suppress(OSError):
                while shown:
                    self.wfile.write(shown.encode())
                    line = self.rfile.readline()
                    shown = game.answer(line.decode()) if line else ""

    with TcpServer((HOST, 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=[0.01], daemon=True)
        thread.start()
        try:
            yield listening.server_address[1]
        finally:
            listening.shutdown()
            thread.join(DEADLINE)


class LearnTests(SynchronousTestCase):
    def check_failure(self, complaint: str, *answers: str) -> None:
        with playing(lambda: Script(*answers)) as port:
            error = self.assertRaises(ProgramError, learn, port)
        self.assertIn(complaint, str(error))

    def test_what_ends_a_round(self) -> None:
        with playing(Game) as port:
            self.assertEqual(learn(port), OVER.encode())

    def test_no_game(self) -> None:
        self.check_failure("no round ends", "What? [Enter] deals> ")
        self.check_failure("no round ends", TURN)

    def test_another_game(self) -> None:
        # The first of the letters is h.
        self.check_failure("another number of cards", TURN, ENDED)
        self.check_failure(
            "12 against 19", TURN, ENDED.replace("5S", "5S 2D").replace("lose", "win")
        )

    def test_it_hangs_up(self) -> None:
        self.check_failure("the connection was closed", TURN, "")


class PeerTests(SynchronousTestCase):
    """A test for each peer, added below: it plays by the rules, also with the second client."""

    def check_peer(self, peer: Peer) -> None:
        folder = temporary_folder(self)
        try:
            command = peer.command(BLACKJACK, Toolchain(folder))
        except UnavailableError as reason:
            raise SkipTest(str(reason)) from None
        with server(command, folder) as running:
            self.assertEqual(learn(running.port), learn(running.port))
            memory = running.memory()
            self.assertTrue(memory is None or 2**20 < memory < 2**30, memory)


def _test_of(peer: Peer) -> object:
    def test(self: PeerTests) -> None:
        self.check_peer(peer)

    return test


for _peer in PEERS.values():
    if BLACKJACK in _peer.services:
        setattr(PeerTests, f"test_{_peer.name.replace('-', '_')}", _test_of(_peer))


class PlayersTests(SynchronousTestCase):
    """The load generator of the mode ``play``."""

    def setUp(self) -> None:
        self.folder = temporary_folder(self)
        try:
            self.generator = choose_generator(Toolchain(self.folder), "play")
        except UnavailableError as reason:
            raise SkipTest(str(reason)) from None
        self.workload = attrs.evolve(
            WORKLOADS["blackjack"], connections=20, reply=OVER.encode(), request=b"hss"
        )

    def measure(self, port: int, seconds: float = 0.3) -> Figures:
        return self.generator.measure(
            self.workload, port, warmup=0.05, seconds=seconds, folder=self.folder
        )

    def measure_peer(self, seconds: float) -> Figures:
        place = self.folder / "server"
        place.mkdir()
        command = PEERS["blackjack-streams"].command(BLACKJACK, Toolchain(self.folder))
        with server(command, place) as running:
            return self.measure(running.port, seconds)

    def check_figures(self, figures: Figures) -> None:
        self.assertEqual((figures.connections, figures.served), (20, 20))
        self.assertEqual((figures.lost, figures.errors), (0, 0))
        self.assertTrue(0 < figures.p50 <= figures.p99 <= figures.longest, figures)
        # An answer that ends a round takes some 80 bytes, and one that does not half of it.
        self.assertGreater(figures.received, 50 * figures.requests)

    def test_figures(self) -> None:
        figures = self.measure_peer(0.5)
        self.check_figures(figures)
        self.assertGreater(figures.requests, 100)
        # A round takes two lines or more, and no more than one line of each player is under way.
        least = 2 * figures.requests / 2 * figures.p50
        self.assertLess(least, (figures.seconds + figures.longest) * 20 * 1.02)

    def test_players_who_think(self) -> None:
        self.workload = attrs.evolve(self.workload, pause=0.1)
        figures = self.measure_peer(1.0)
        self.check_figures(figures)
        # 20 players, who type ten lines a second, some two and a half to a round.
        self.assertTrue(40 < figures.requests < 110, figures)
        self.assertLess(figures.p50, 0.05)

    def check_failure(self, complaint: str, *answers: str) -> None:
        with playing(lambda: Script(*answers)) as port:
            error = self.assertRaises(ProgramError, self.measure, port)
        self.assertRegex(str(error), complaint)

    def test_rounds_that_are_none(self) -> None:
        self.check_failure("no round was dealt", "What? [Enter] deals> ")
        self.check_failure("no choice, but no round ended", TURN, "What? [Enter] deals> ")
        self.check_failure("more than one round ended", TURN, ENDED + ENDED)
        self.check_failure("a round ended, but there is a choice", TURN, ENDED + TURN)
        self.check_failure("too long", TURN, "x" * 20_000)

    def test_rounds_that_nobody_asked_for(self) -> None:
        # However it is cut.
        complaint = "more than one round ended|more came than was asked for"
        self.check_failure(complaint, TURN, ENDED + " " * 15_000 + ENDED)

    def test_players_who_are_lost(self) -> None:
        for pause in (0.0, 0.01):
            self.workload = attrs.evolve(self.workload, pause=pause)
            self.check_failure(r"no round was played \(20 errors\)", TURN, ENDED, TURN, "")

    def test_nobody_plays(self) -> None:
        self.check_failure(r"no reply came \(20 errors\)", "")
        with playing(Game) as port:
            pass
        error = self.assertRaises(ProgramError, self.measure, port)
        self.assertIn("no reply came (20 errors)", str(error))


class SimulationTests(SynchronousTestCase):
    def test_rates(self) -> None:
        found = rates(PRESETS["simple"], 2, 0.01)
        self.assertEqual(len(found), 2)
        for rate in found:
            self.assertTrue(1_000 < rate < 10_000_000, found)


class CommandTests(SynchronousTestCase):
    def test_table(self) -> None:
        """The least time of a workload holds, and the memory is in the table."""
        self.assertGreater(WORKLOADS["blackjack-thinking"].least_seconds, Settings().seconds)
        arguments = (
            *("--rounds", "1", "--seconds", "0.3", "--workload", "blackjack"),
            *("--peer", "blackjack-streams", "threads"),
        )
        with start(*arguments) as process:
            try:
                out, err = process.communicate(timeout=2 * DEADLINE)
            finally:
                process.terminate()
        if "there is no C compiler" in out:
            raise SkipTest("it takes a C compiler")
        self.assertEqual(process.returncode, 0, out + err)
        self.assertIn("rounds/s", out)
        (row,) = [line for line in out.splitlines() if line.startswith("│ blackjack-streams")]
        cells = [cell.strip() for cell in row.strip("│").split("│")]
        self.assertTrue(cells[5].endswith("/1000"), row)
        if Path("/proc/self/stat").exists():
            self.assertTrue(1 < float(cells[6]) < 100, row)
