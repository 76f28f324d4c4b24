"""Framings: whatever the cuts, the same messages."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.testing import StringTransport
from twisted.protocols.basic import Int32StringReceiver, NetstringReceiver
from twisted.trial.unittest import SynchronousTestCase

from netsuite.framing import (
    FRAMINGS,
    BareLine,
    Framing,
    FramingError,
    Int32,
    Line,
    Netstring,
    Nul,
    Records,
    Sized,
    Unframed,
)

LIMIT = 64

Outcome = tuple[list[bytes], str | None]


def received(framing: Framing, *pieces: bytes) -> Outcome:
    """Feed pieces, and return the messages and the fault, if one was found."""
    messages: list[bytes] = []
    for piece in pieces:
        try:
            messages += framing.feed(piece)
        except FramingError as error:
            return messages + error.messages, str(error)
    return messages, None


def bytewise(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def new(name: str, limit: int = LIMIT) -> Framing:
    return FRAMINGS[name](limit)


#: Messages that a framing can carry.
CARRIES = {
    "nul": st.binary(max_size=LIMIT).map(lambda message: message.replace(b"\0", b"")),
    "sized": st.binary(max_size=LIMIT),
    "line": st.binary(max_size=LIMIT).map(
        lambda message: message.replace(b"\n", b"").rstrip(b"\r")
    ),
    "int32": st.binary(max_size=LIMIT),
    "netstring": st.binary(max_size=LIMIT),
}


class PropertyTests(SynchronousTestCase):
    """What holds of every framing, for any messages, cuts and noise."""

    @given(st.data())
    def test_round_trip(self, data: st.DataObject) -> None:
        for name, messages in CARRIES.items():
            sent = data.draw(st.lists(messages, max_size=5), label=name)
            stream = b"".join(new(name).encode(message) for message in sent)
            framing = new(name)
            self.assertEqual(received(framing, stream), (sent, None))
            self.assertFalse(framing.partial)

    @given(st.data())
    def test_cuts_do_not_matter(self, data: st.DataObject) -> None:
        # Noise made of the framings' own characters finds more faults than noise of any kind.
        noise = st.one_of(
            st.binary(max_size=200),
            st.text("0123456789;:,\r\n\0a", max_size=200).map(lambda text: text.encode()),
        )
        for name, messages in CARRIES.items():
            good = data.draw(st.lists(messages, max_size=4), label=name)
            stream = b"".join(new(name).encode(message) for message in good)
            stream += data.draw(noise)
            cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
            edges = [0, *cuts, len(stream)]
            pieces = [stream[a:b] for a, b in itertools.pairwise(edges)]
            whole = received(new(name), stream)
            self.assertEqual(received(new(name), *pieces), whole)
            self.assertEqual(received(new(name), *bytewise(stream)), whole)

    @given(st.data())
    def test_a_message_at_the_limit_passes_and_one_byte_more_does_not(
        self, data: st.DataObject
    ) -> None:
        limit = data.draw(st.integers(1, 300))
        for name in FRAMINGS:
            message = b"x" * limit
            stream = new(name).encode(message)
            self.assertEqual(received(new(name, limit), stream), ([message], None))
            self.assertEqual(received(new(name, limit), *bytewise(stream)), ([message], None))
            stream = new(name).encode(message + b"x")
            fault = f"a message is longer than {limit} bytes"
            self.assertEqual(received(new(name, limit), stream), ([], fault))
            self.assertEqual(received(new(name, limit), *bytewise(stream)), ([], fault))

    @given(st.integers(1, 40), st.binary(max_size=200))
    def test_records(self, size: int, stream: bytes) -> None:
        whole = len(stream) - len(stream) % size
        expected = [stream[at : at + size] for at in range(0, whole, size)]
        for pieces in ([stream], bytewise(stream)):
            framing = Records(size)
            self.assertEqual(received(framing, *pieces), (expected, None))
            self.assertEqual(framing.partial, whole != len(stream))


class FaultTests(SynchronousTestCase):
    """Streams that break a framing's rules, and what comes of the messages before."""

    def assert_fault(self, name: str, stream: bytes, messages: list[bytes], fault: str) -> None:
        for pieces in ([stream], bytewise(stream)):
            self.assertEqual(received(new(name), *pieces), (messages, fault))

    def test_lengths(self) -> None:
        for name, colon, end in (("sized", b";", b""), ("netstring", b":", b",")):
            good = b"2" + colon + b"hi" + end
            for bad, fault in (
                (b"02" + colon, "a message's length has a leading zero"),
                (b"00" + colon, "a message's length has a leading zero"),
                (colon, "a message's length is missing"),
                (b"-1" + colon, "a message's length is not a decimal number"),
                (b"1_0" + colon, "a message's length is not a decimal number"),
                (b" 1" + colon, "a message's length is not a decimal number"),
                (b"GET / HTTP/1.1", "a message's length is not a decimal number"),
                ("²".encode() + colon, "a message's length is not a decimal number"),
                (b"65" + colon, "a message is longer than 64 bytes"),
                (b"111", "a message is longer than 64 bytes"),
            ):
                self.assert_fault(name, good + bad, [b"hi"], fault)

    def test_netstring_without_comma(self) -> None:
        self.assert_fault("netstring", b"2:hi;", [], "a netstring does not end in a comma")

    def test_an_overlong_length_is_refused_before_its_payload(self) -> None:
        for framing, prefix in (
            (Sized(LIMIT), b"65;"),
            (Netstring(LIMIT), b"65:"),
            (Int32(LIMIT), b"\0\0\0\x41"),
        ):
            self.assertRaises(FramingError, framing.feed, prefix)

    def test_an_unfinished_message_is_bounded(self) -> None:
        """The bytes held never pass the limit by more than the framing's own."""
        for name in ("nul", "line"):
            framing = new(name)
            framing.feed(b"x" * LIMIT)
            self.assertRaises(FramingError, framing.feed, b"x")


class LineTests(SynchronousTestCase):
    """Line ends: which are accepted, and what the reply's is."""

    def test_replies_use_what_the_client_used(self) -> None:
        framing = Line()
        first, second, third = framing.feed(b"a\r\nb\nc\r\n")
        self.assertEqual(
            [framing.encode(line.upper(), line) for line in (first, second, third)],
            [b"A\r\n", b"B\n", b"C\r\n"],
        )
        self.assertIsInstance(second, BareLine)

    def test_a_carriage_return_elsewhere_is_data(self) -> None:
        self.assertEqual(Line().feed(b"a\rb\r\r\n"), [b"a\rb\r"])


class TwistedTests(SynchronousTestCase):
    """The framings that Twisted has too speak with Twisted's."""

    def exchange(
        self, receiver: type[Int32StringReceiver] | type[NetstringReceiver], framing: Framing
    ) -> None:
        messages = [b"", b"hi", bytes(range(256)) * 4]
        protocol = receiver()
        got: list[bytes] = []
        protocol.stringReceived = got.append  # type: ignore[method-assign]
        transport = StringTransport()
        protocol.makeConnection(transport)
        for message in messages:
            protocol.dataReceived(framing.encode(message))
            protocol.sendString(message)
        self.assertEqual(got, messages)
        self.assertEqual(framing.feed(transport.value()), messages)

    def test_int32(self) -> None:
        self.exchange(Int32StringReceiver, Int32())

    def test_netstring(self) -> None:
        self.exchange(NetstringReceiver, Netstring())


class ExampleTests(SynchronousTestCase):
    """The examples of the contract."""

    def check(self, make: Callable[[], Framing], stream: bytes, *messages: bytes) -> None:
        framing = make()
        self.assertEqual(framing.feed(stream), list(messages))
        self.assertEqual(b"".join(map(framing.encode, messages)), stream)

    def test_examples(self) -> None:
        self.check(Nul, b"time\0nuqneH?\0", b"time", b"nuqneH?")
        self.check(Sized, b"12;Hello world!0;", b"Hello world!", b"")
        self.check(Line, b"hello\r\n\r\n", b"hello", b"")
        self.check(Int32, b"\0\0\0\x02hi\0\0\0\0", b"hi", b"")
        self.check(Netstring, b"12:hello world!,0:,", b"hello world!", b"")

    def test_unframed(self) -> None:
        framing = Unframed()
        self.assertEqual(framing.feed(b"anything"), [])
        self.assertFalse(framing.partial)
        self.assertEqual(framing.encode(b"as it is"), b"as it is")
