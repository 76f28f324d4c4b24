"""The registry on connections: notations, the order of replies, and refusals."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.error import ConnectionDone
from twisted.logger import LogEvent, capturedLogs
from twisted.python.failure import Failure
from twisted.python.usage import UsageError
from twisted.trial.unittest import SynchronousTestCase

from netsuite.cars.notation import JSON, PICKLE
from netsuite.framing import Int32
from netsuite.storage import StoreUnavailable
from netsuite.tap.cars import Options
from tests.cars.connected import ADD, CAR, DONE, GET, LIMITS, Answer, Case, answers, framed, pickled
from tests.cars.stores import InstantStore, LaterStore
from tests.transports import REMOTE


def logged(events: Sequence[LogEvent]) -> list[str]:
    """Return log lines as they are written."""
    return [event["log_format"].format(**event) for event in events]


class ReplyTests(Case):
    """Every request is answered in its turn and in its own notation."""

    def test_pickles(self) -> None:
        exchange, transport = self.connect()
        exchange.dataReceived(framed(ADD, GET))
        # As pickle.dumps((True, None), 3) writes it.
        self.assertTrue(transport.value().startswith(b"\0\0\0\x08\x80\x03\x88N\x86q\0."))
        self.assertEqual(answers(transport.value()), pickled(DONE, CAR))
        self.assertFalse(transport.write_closed)

    def test_json(self) -> None:
        exchange, transport = self.connect()
        exchange.dataReceived(framed(ADD, GET, notation=JSON))
        self.assertEqual(
            transport.value(),
            b'\0\0\0\x0b[true,null]\0\0\0\x1b[true,2,97543,"Jack Lemon"]',
        )

    def test_both_on_one_connection(self) -> None:
        exchange, transport = self.connect()
        exchange.dataReceived(
            framed(ADD) + framed(GET, notation=JSON) + framed(ADD) + framed((), notation=JSON)
        )
        self.assertEqual(
            answers(transport.value()),
            [
                ("pickle", DONE),
                ("JSON", CAR),
                ("pickle", (False, "Cannot register duplicate license")),
                ("JSON", (False, "Expected a tuple of the name of an action and its arguments")),
            ],
        )
        self.assertFalse(transport.write_closed)

    def test_replies_in_the_order_of_the_requests(self) -> None:
        store = LaterStore()
        self.factory = self.build(store)
        exchange, transport = self.connect()
        exchange.dataReceived(framed(GET) + framed(GET, notation=JSON) + framed((1,)) + framed(GET))
        self.assertEqual([verb for verb, _, _ in store.asked], ["SELECT"] * 3)
        store.answer(2, CAR[1:])
        store.answer(1, CAR[1:])
        self.assertEqual(transport.value(), b"")
        store.answer(0)
        first, second, third, fourth = answers(transport.value())
        self.assertEqual(first, ("pickle", (False, "This license is not registered")))
        self.assertEqual(second, ("JSON", CAR))
        self.assertEqual(third[0], "pickle")
        self.assertEqual(fourth, ("pickle", CAR))

    def test_a_client_finds_what_it_has_just_registered(self) -> None:
        store = LaterStore()
        self.factory = self.build(store)
        exchange, transport = self.connect()
        other, other_transport = self.connect()
        exchange.dataReceived(framed(ADD, ("CHANGE_OWNER", "024 HYR", "x"), GET, ADD))
        self.assertEqual([verb for verb, _, _ in store.asked], ["INSERT", "UPDATE"])
        # Nobody else has to wait for that.
        other.dataReceived(framed(GET))
        store.answer(2)
        self.assertEqual(
            answers(other_transport.value()), pickled((False, "This license is not registered"))
        )
        store.answer(0, ("024 HYR",))
        store.answer(1, ("024 HYR",))
        self.assertEqual([verb for verb, _, _ in store.asked[3:]], ["SELECT"])
        store.answer(3, CAR[1:])
        self.assertEqual([verb for verb, _, _ in store.asked[4:]], ["INSERT"])
        store.answer(4)
        self.assertEqual(
            answers(transport.value()),
            pickled(DONE, DONE, CAR, (False, "Cannot register duplicate license")),
        )

    def test_cut_anywhere(self) -> None:
        stream = framed(ADD, GET) + framed(GET, (), ("HOW",), notation=JSON) + b"\0\0\0\3\x80\x03x"
        exchange, transport = self.connect()
        exchange.dataReceived(stream)
        whole = answers(transport.value())
        self.assertEqual(len(whole), 6)
        for cut in range(len(stream) + 1):
            self.setUp()
            exchange, transport = self.connect()
            exchange.dataReceived(stream[:cut])
            exchange.dataReceived(stream[cut:])
            self.assertEqual(answers(transport.value()), whole)
            self.assertTrue(transport.write_closed)
        self.setUp()
        exchange, transport = self.connect()
        for index in range(len(stream)):
            exchange.dataReceived(stream[index : index + 1])
        self.assertEqual(answers(transport.value()), whole)

    def test_half_close(self) -> None:
        store = LaterStore()
        self.factory = self.build(store)
        exchange, transport = self.connect()
        exchange.dataReceived(framed(ADD, GET))
        exchange.readConnectionLost()
        store.answer(0, ("024 HYR",))
        self.assertFalse(transport.disconnecting)
        store.answer(1, CAR[1:])
        self.assertEqual(answers(transport.value()), pickled(DONE, CAR))
        self.assertTrue(transport.disconnecting)

    def test_a_client_that_leaves(self) -> None:
        store = LaterStore()
        self.factory = self.build(store)
        exchange, _ = self.connect()
        exchange.dataReceived(framed(ADD, ("CHANGE_MILEAGE", "024 HYR", 1)))
        store.answer(1)  # its second step is under way
        exchange.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(store.cancelled, 2)
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_a_store_that_fails_costs_no_connection(self) -> None:
        store = LaterStore()
        self.factory = self.build(store)
        exchange, transport = self.connect()
        exchange.dataReceived(framed(ADD) + framed(ADD, notation=JSON))
        for _, _, waiting in store.asked:
            waiting.errback(StoreUnavailable("disk on fire"))
        (_, first), (name, second) = answers(transport.value())
        self.assertEqual((name, first), ("JSON", second))
        self.assertIn("The registry is out of reach just now", str(first))
        self.assertNotIn("fire", str(first))
        self.assertFalse(transport.write_closed)

    def test_delay(self) -> None:
        store = InstantStore()
        self.addCleanup(store.close_at_once)
        self.factory = self.build(store, delay=5)
        exchange, transport = self.connect()
        exchange.dataReceived(framed(ADD, GET))
        self.clock.advance(4.9)
        self.assertEqual(transport.value(), b"")
        self.clock.advance(0.1)
        self.assertEqual(answers(transport.value()), pickled(DONE, CAR))


class RefusalTests(Case):
    """What is no request at all ends the connection, and a line in the log says why."""

    def refused(self, before: bytes, payload: bytes) -> tuple[list[Answer], str]:
        """Return what a client is told that sends something bad, and what the log says."""
        exchange, transport = self.connect(REMOTE)
        with capturedLogs() as events:
            exchange.dataReceived(before + payload + framed(GET))
            self.assertTrue(transport.write_closed)
            told = answers(transport.value())
            exchange.dataReceived(framed(GET))
            exchange.readConnectionLost()
            exchange.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(answers(transport.value()), told, "nothing more is answered")
        (line,) = logged(events)
        start = f"cars #{exchange.number} tcp:192.0.2.7:50544: "
        self.assertTrue(line.startswith(start), line)
        return told, line.removeprefix(start)

    def test_malformed_payloads(self) -> None:
        for payload, notation in (
            *((payload, "JSON") for payload in (b"", b"{", b'{"a":1}', b"\xff", b"[1]x", b"[NaN]")),
            (b"[" * 900, "JSON"),
            (b"\x80", "pickle"),
            (b"\x80\x04N.", "pickle"),
            (b"\x80\x03cos\nsystem\nX\x02\0\0\0id\x85R.", "pickle"),
            (PICKLE.encode(GET) + b"x", "pickle"),
            (PICKLE.encode(GET)[:-1], "pickle"),
        ):
            told, line = self.refused(b"", Int32().encode(payload))
            ((name, reply),) = told
            assert isinstance(reply, tuple)
            self.assertEqual((name, reply[0], len(reply)), (notation, False, 2), payload)
            self.assertEqual(line, f"sent what is no request: {reply[1]}")

    def test_earlier_requests_are_answered_first(self) -> None:
        told, _ = self.refused(framed(ADD, GET), b"\0\0\0\1{")
        self.assertEqual(told[:2], pickled(DONE, CAR))
        self.assertEqual([name for name, _ in told], ["pickle", "pickle", "JSON"])

    def test_also_when_they_take_a_while(self) -> None:
        store = LaterStore()
        self.factory = self.build(store)
        exchange, transport = self.connect()
        exchange.dataReceived(framed(GET) + b"\0\0\0\1{")
        self.assertFalse(transport.write_closed)
        store.answer(0)
        self.assertEqual([name for name, _ in answers(transport.value())], ["pickle", "JSON"])
        self.assertTrue(transport.write_closed)

    def test_too_long(self) -> None:
        for size in (LIMITS.max_message + 1, 2**31, 2**32 - 1):
            told, line = self.refused(b"", size.to_bytes(4, "big"))
            self.assertEqual(line, "a message is longer than 1000 bytes")
            self.assertEqual(told, pickled((False, line)))

    def test_it_is_told_in_the_clients_own_notation(self) -> None:
        told, line = self.refused(framed(GET, notation=JSON), b"\xff\xff\xff\xff")
        self.assertEqual(told[1], ("JSON", (False, line)))

    def test_a_request_that_never_comes_to_its_end(self) -> None:
        exchange, transport = self.connect()
        with capturedLogs() as events:
            exchange.dataReceived(framed(GET)[:-1])
            self.clock.pump([1] * 62)
        reason = "a request took longer than 60 s to arrive"
        self.assertEqual(answers(transport.value()), pickled((False, reason)))
        self.assertTrue(transport.write_closed)
        self.assertEqual(logged(events), [f"cars #{exchange.number} tcp:127.0.0.1:50544: {reason}"])

    def test_what_was_sent_is_not_told_again(self) -> None:
        """Neither the log nor a reply quotes a client."""
        mark = "mark\x1b[31m{service.__class__}\r\n"
        with capturedLogs() as events:
            for payload in (
                *(JSON.encode((mark, mark)), JSON.encode(("GET_CAR_DETAILS", mark))),
                *(PICKLE.encode((mark,)), PICKLE.encode(("CHANGE_MILEAGE", mark, mark))),
                *(mark.encode(), b'["' + mark.encode(), b'{"' + mark.encode() + b'":1}'),
                b"\x80\x03c" + mark.encode() + b"x\n.",
                b"\x80\x03X\x05\0\0\0" + mark.encode(),
            ):
                exchange, transport = self.connect()
                exchange.dataReceived(Int32().encode(payload))
                self.assertNotIn(b"mark", transport.value())
                self.assertNotEqual(transport.value(), b"")
        self.assertGreater(len(events), 3)
        for line in logged(events):
            self.assertNotIn("mark", line)
            self.assertTrue(line.isprintable(), line)


class OptionsTests(SynchronousTestCase):
    """The command line."""

    def test_the_framing_is_not_a_choice(self) -> None:
        with self.assertRaisesRegex(UsageError, "framing"):
            Options().parseOptions(["--framing", "nul"])

    def test_the_store_is_checked(self) -> None:
        with self.assertRaisesRegex(UsageError, "--store mysql:x: .*expected sqlite:PATH"):
            Options().parseOptions(["--store", "mysql:x"])
