"""Every way to end, in every state."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred

from netsuite.blackjack.service import LAST_CALL
from netsuite.blackjack.session.states import State
from netsuite.serving.limits import LINGER
from tests.blackjack.session.clients import (
    AYT,
    IAC,
    WILL,
    Case,
    Client,
    negotiated,
    window,
)


class HalfCloseTests(Case):
    """``printf … | nc -N``: all is answered, then it is over."""

    def ended(self, client: Client) -> str:
        client.eof()
        for _ in range(5):
            self.clock.advance(0)
        self.assertTrue(client.transport.disconnecting)
        self.assertFalse(client.transport.write_closed)
        said = client.read()
        self.assertTrue(said.endswith("Goodbye.\r\n"))
        client.vanish()
        self.assertNothingLeft()
        return said

    def test_at_once(self) -> None:
        self.ended(Client(self.factory))

    def test_at_a_question(self) -> None:
        for lines in ([], ["Ann"], ["Ann", "sesame"]):
            client = self.nc()
            client.type(*lines)
            self.ended(client)

    def test_in_one_s_turn(self) -> None:
        client = self.playing()
        said = self.ended(client)
        self.assertIn("lose -10", said)
        self.assertEqual(client.player.record.rounds, 1)

    def test_a_whole_session_at_once(self) -> None:
        client = Client(self.factory)
        client.send(b"\n" + b"20\ns\n" * 3 + b"help\nstats\n")
        said = client.read() + self.ended(client)
        self.assertIn("[h]it", said)
        self.assertIn("rounds", said)

    def test_more_than_a_turn_s_worth(self) -> None:
        client = Client(self.factory)
        client.send(b"\n" + b"x\n" * 60)
        client.eof()
        said = ""
        for _ in range(10):
            self.clock.advance(0)
            said += client.read()
        self.assertEqual(said.count("is nothing that can be done"), 60)
        self.assertTrue(said.endswith("Goodbye.\r\n"))

    def test_the_last_line_need_not_be_ended(self) -> None:
        client = self.guest()
        client.send(b"stats")
        self.assertIn("rounds      0", self.ended(client))

    def test_while_the_store_is_asked(self) -> None:
        client = self.nc()
        self.store.slow = True
        client.send(b"Ann\nsesame\nsesame\ntop\n10\n")
        client.eof()
        self.assertFalse(client.transport.disconnecting)
        self.store.release()
        self.clock.advance(0)
        self.store.release()
        said = client.read()
        for each in ("Welcome, Ann.", "Nobody with a name", "bet 10", "Goodbye."):
            self.assertIn(each, said)
        self.assertTrue(client.transport.disconnecting)

    def test_after_the_goodbye(self) -> None:
        client = self.guest()
        client.type("quit")
        self.assertTrue(client.transport.write_closed)
        client.eof()
        self.assertTrue(client.transport.disconnecting)

    def test_a_client_that_does_not_close(self) -> None:
        client = self.guest()
        client.type("quit")
        client.connection.writeConnectionLost()
        self.pass_time(LINGER + 2)
        self.assertTrue(client.aborted)

    def test_what_comes_after_the_goodbye_is_dropped(self) -> None:
        client = self.guest()
        client.type("quit")
        client.read()
        client.send(b"x\n" * 1000 + bytes([IAC, AYT]) + negotiated(WILL, 200))
        self.assertEqual(client.transport.value(), b"")
        self.assertEqual(client.transport.producerState, "producing")


class StateCase(Case):
    """Somebody in each state in which a connection may end."""

    def new(self) -> Client:
        """Not greeted."""
        return Client(self.factory)

    def asked_for_a_name(self) -> Client:
        return self.nc()

    def asked_for_a_word(self) -> Client:
        client = self.nc()
        client.type("Ann")
        return client

    def asked_again(self) -> Client:
        client = self.nc()
        client.type("Ann", "sesame")
        return client

    def half_a_line(self) -> Client:
        client = self.telnet()
        client.press(*"An")
        return client

    def busy_signing_in(self) -> Client:
        client = self.nc()
        self.store.slow = True
        client.type("Ann")
        return client

    def busy_at_the_table(self) -> Client:
        client = self.guest()
        self.store.slow = True
        client.type("top", "x")
        return client

    def betting(self) -> Client:
        return self.guest()

    def one_s_turn(self) -> Client:
        return self.playing()

    def one_s_turn_by_keys(self) -> Client:
        return self.playing(self.telnet())

    def with_a_name(self) -> Client:
        client = self.named("Ann")
        self.stack(client)
        client.type("10")
        return client

    def half_a_command(self) -> Client:
        client = self.telnet()
        self.playing(client)
        client.press(*"/st")
        return client

    def news_to_show(self) -> Client:
        client = self.playing(self.telnet())
        client.send(window(100, 30))
        return client

    def pouring(self) -> Client:
        client = self.guest()
        client.send(b"x\n" * 100)
        return client

    def last_round(self) -> Client:
        client = self.playing()
        client.connection.drain()
        return client

    def said_goodbye(self) -> Client:
        client = self.guest()
        client.type("quit")
        return client

    def hung_up(self) -> Client:
        client = self.nc()
        self.store.slow = True
        client.type("Ann")
        client.eof()
        return client

    def does_not_read(self) -> Client:
        client = self.nc(limit=100)
        client.type("", "help")
        return client

    @property
    def states(self) -> list[Callable[[], Client]]:
        return [
            *(self.new, self.asked_for_a_name, self.asked_for_a_word, self.asked_again),
            *(self.half_a_line, self.busy_signing_in, self.busy_at_the_table, self.betting),
            *(self.one_s_turn, self.one_s_turn_by_keys, self.with_a_name, self.half_a_command),
            *(self.news_to_show, self.pouring, self.last_round, self.said_goodbye, self.hung_up),
            self.does_not_read,
        ]

    def in_each(self, end: Callable[[Client], None]) -> None:
        """Have somebody in each state, and see that nothing is left of them when it is over."""
        for shared in (False, True):
            for state in self.states:
                with self.subTest(shared=shared, state=state.__name__):
                    self.shared = shared
                    self.setUp()
                    client = state()
                    end(client)
                    self.store.slow = False
                    self.store.release()
                    client.connection.connectionLost()
                    # For so long a seat is kept.
                    self.pass_time(31)
                    self.assertIs(client.connection._session.state, State.GONE)
                    self.assertNothingLeft()


class DisconnectTests(StateCase):
    def test_lost(self) -> None:
        self.in_each(lambda client: client.vanish())

    def test_hung_up(self) -> None:
        def hang_up(client: Client) -> None:
            client.eof()
            self.store.slow = False
            self.store.release()
            for _ in range(20):
                self.clock.advance(0)
                client.read()
            self.assertTrue(client.transport.disconnecting)

        self.in_each(hang_up)

    def test_aborted(self) -> None:
        def abort(client: Client) -> None:
            client.connection.abort()
            self.assertTrue(client.aborted)
            before = client.transport.value()
            client.send(b"10\nhelp\n")
            client.connection.drain()
            self.clock.advance(0)
            self.assertEqual(client.transport.value(), before)

        self.in_each(abort)

    def test_silent(self) -> None:
        def sleep(client: Client) -> None:
            self.pass_time(300 + LAST_CALL + 3)
            self.assertTrue(client.closed or client.aborted)

        self.in_each(sleep)


class StopTests(StateCase):
    """SIGTERM: rounds in play are finished, and nothing else is begun."""

    def test_stopped(self) -> None:
        playing = {State.LAST_ROUND}

        def stop(client: Client) -> None:
            client.connection.drain()
            client.connection.drain()
            session = client.connection._session
            if session.state in playing:
                self.assertFalse(session.table.idle)
                client.connection.abort()
            else:
                self.assertTrue(client.closed)
            self.store.slow = False
            self.store.release()

        self.in_each(stop)

    def test_somebody_who_pours_in_lines(self) -> None:
        """What has not been dealt with is dropped, and reading goes on, to learn of the end."""
        client = self.pouring()
        self.assertEqual(client.transport.producerState, "paused")
        client.connection.drain()
        self.assertTrue(client.closed)
        self.assertEqual(client.transport.producerState, "producing")

    def test_between_rounds(self) -> None:
        client = self.playing()
        client.type("s")
        client.read()
        client.connection.drain()
        said = client.read()
        self.assertIn("[Shoe 1 revealed:", said)
        self.assertTrue(said.endswith("The server is being stopped.\r\nGoodbye.\r\n"))

    def test_in_a_round(self) -> None:
        """It is played to its end, and what the house was bound to is revealed."""
        client = self.with_a_name()
        drained = self.connections.drain()
        self.clock.advance(0)
        said = client.read()
        self.assertIn("there will be no further round", said)
        self.assertIn("Your turn: 16 against 10.", said)
        self.assertIn("You hit: 2C, 18.", client.said("h"))
        said = client.said("s")
        for each in ("win +10", "[Shoe 1 revealed:", "The server is being stopped.", "Goodbye."):
            self.assertIn(each, said)
        self.assertTrue(client.closed)
        self.assertNoResult(drained)
        client.vanish()
        self.successResultOf(drained)
        self.assertEqual(self.store.execute("SELECT chips FROM players"), [(1010,)])
        self.assertNothingLeft()

    def test_a_round_that_takes_too_long(self) -> None:
        """Whoever is cut off then cannot come back: the table answers for them."""
        client = self.with_a_name()
        drained = self.connections.drain()
        self.pass_time(9)
        self.assertFalse(client.aborted)
        self.pass_time(1)
        self.assertTrue(client.aborted)
        client.vanish()
        self.successResultOf(drained)
        self.successResultOf(Deferred.fromCoroutine(self.house.close()))
        self.assertEqual(self.store.execute("SELECT chips, rounds FROM players"), [(990, 1)])
        self.assertNothingLeft()

    def test_a_hurry(self) -> None:
        client = self.with_a_name()
        self.connections.drain()
        self.connections.drain()
        self.assertTrue(client.aborted)

    def test_together(self) -> None:
        """Everybody at a table finishes the round; those who watch it see its end."""
        self.shared = True
        self.open()
        clients = [self.guest(cards="10S 10D 10H 3S 3H 7H 2C 2D 2H 2S") for _ in range(3)]
        clients[2].type("watch")
        for client in clients[:2]:
            client.type("10")
        drained = self.connections.drain()
        clients[0].type("s")
        clients[1].type("s")
        for client in clients:
            said = client.read()
            for each in ("[Shoe 1 revealed:", "The server is being stopped.", "Goodbye."):
                self.assertIn(each, said)
            client.vanish()
        self.successResultOf(drained)
        self.assertNothingLeft()

    def test_nobody_else_comes(self) -> None:
        client = self.playing()
        late = self.nc()
        self.connections.drain()
        self.assertIn("The server is being stopped.", late.read())
        self.assertTrue(late.closed)
        self.assertFalse(client.closed)

    def test_bets_are_refused_in_the_last_round(self) -> None:
        self.shared = True
        self.open()
        ann, bob = self.guest(), self.guest()
        bob.type("watch")
        ann.type("10")
        self.connections.drain()
        self.assertIn("You are watching; sit down first.", bob.said("10"))
        ann.type("s")
        self.assertTrue(ann.closed)
        self.assertTrue(bob.closed)
