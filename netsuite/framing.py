"""How messages are cut out of a stream of bytes, and put back into one.

A framing is a plain object, one for each direction of a connection. Feed it whatever bytes
arrive, in pieces of any size, and it returns the messages that they complete. It does no I/O
and knows nothing of Twisted: it can be tested, fuzzed and reused anywhere.

>>> framing = Sized()
>>> framing.feed(b"12;Hello wo")
[]
>>> framing.feed(b"rld!2;hi")
[b'Hello world!', b'hi']
>>> framing.encode(b"Hello world!")
b'12;Hello world!'

Every framing holds at most one incomplete message, and that one is bounded: as soon as it is
certain that a message will pass the limit, :class:`FramingError` is raised and the stream is of
no further use. A feed takes time linear in the bytes fed, however they are cut.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

__all__ = [
    "FRAMINGS",
    "MAX_MESSAGE",
    "Framing",
    "FramingError",
    "Int32",
    "Line",
    "Netstring",
    "Nul",
    "Records",
    "Sized",
    "Unframed",
]

#: The longest message accepted unless a framing is told otherwise, in bytes.
MAX_MESSAGE = 64 * 1024


class FramingError(ValueError):
    """The peer sent bytes that cannot be cut into messages; the fault is the peer's.

    :param reason: what is wrong, in words fit for a log and for the peer; it never quotes
        what the peer sent.
    :param messages: the messages that the same feed completed before the fault.
    """

    def __init__(self, reason: str, messages: list[bytes]) -> None:
        super().__init__(reason)
        self.messages = messages


class Framing(ABC):
    """Cuts one stream of bytes into messages, and frames messages for another.

    :param limit: the longest message accepted, in bytes.
    """

    #: Whether bytes of an unfinished message are held.
    partial: bool

    def __init__(self, limit: int = MAX_MESSAGE) -> None:
        self.limit = limit
        self.partial = False

    @abstractmethod
    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes of the stream.

        :returns: the messages that they complete, in order.
        :raises FramingError: when the stream breaks the framing's rules, or a message is
            longer than the limit.
        """

    @abstractmethod
    def encode(self, message: bytes, like: bytes = b"") -> bytes:
        """Frame a message.

        :param message: what to send; the caller answers for its length.
        :param like: the message that this one replies to, exactly as :meth:`feed` returned it.
            Framings that leave the sender a choice make the same choice.
        """

    def encode_all(self, messages: list[bytes], likes: list[bytes]) -> bytes:
        """Frame messages that are sent together.

        :param likes: for each of them, the message that it replies to.
        """
        return b"".join(map(self.encode, messages, likes))

    def _too_long(self, messages: list[bytes]) -> FramingError:
        return FramingError(f"a message is longer than {self.limit} bytes", messages)


#: What is held of a message before anything of it has come. It is for all, and never added to.
_NOTHING: Final = bytearray()


class _Delimited(Framing):
    """Messages that end in one certain byte.

    :param delimiter: it.
    :param cut: makes messages of what stands before each of these bytes, unless it is they.
    """

    def __init__(
        self,
        delimiter: bytes,
        limit: int,
        cut: Callable[[list[bytes]], list[bytes]] | None = None,
    ) -> None:
        super().__init__(limit)
        self._delimiter = delimiter
        self._cut = cut
        self._tail = _NOTHING

    def feed(self, data: bytes) -> list[bytes]:
        if self.partial and self._delimiter not in data:
            return self._join([], data)  # the midst of a long message
        # bytes.split does the cutting at C's speed: it is what makes pipelined requests cheap.
        messages = data.split(self._delimiter)
        tail = messages.pop()
        if tail or self.partial or len(data) > self.limit:
            return self._join(messages, tail)
        # Nothing is left, and nothing is too long.
        return messages if self._cut is None else self._cut(messages)

    def _join(self, messages: list[bytes], tail: bytes) -> list[bytes]:
        """Put what came together with what was held, and hold what is left."""
        if messages and self._tail:
            self._tail += messages[0]
            messages[0] = bytes(self._tail)
            self._tail = _NOTHING
        if tail:
            if not self._tail:
                self._tail = bytearray()
            self._tail += tail
        self.partial = bool(self._tail)
        if self._cut is not None:
            messages = self._cut(messages)
        self._check(messages)
        if len(self._tail) > self._most():
            raise self._too_long(messages)
        return messages

    def _check(self, messages: list[bytes]) -> None:
        """Check the messages against the limit."""
        limit = self.limit
        # A single look suffices almost always; only a guilty feed is searched for the culprit.
        if messages and max(map(len, messages)) > limit:
            for index, message in enumerate(messages):
                if len(message) > limit:
                    raise self._too_long(messages[:index])

    def _most(self) -> int:
        """Return how many bytes an unfinished message may hold."""
        return self.limit


class Nul(_Delimited):
    r"""``nul``: the message, then one zero byte. A message cannot contain a zero byte."""

    def __init__(self, limit: int = MAX_MESSAGE) -> None:
        super().__init__(b"\0", limit)

    def encode(self, message: bytes, like: bytes = b"") -> bytes:
        """Frame a message; see :meth:`Framing.encode`."""
        return message + b"\0"

    def encode_all(self, messages: list[bytes], likes: list[bytes]) -> bytes:
        """Frame messages; see :meth:`Framing.encode_all`."""
        return b"\0".join(messages) + b"\0"


class BareLine(bytes):
    """A line that ended in LF alone, so that its reply does as well."""


def _without_cr(lines: list[bytes]) -> list[bytes]:
    return [line[:-1] if line.endswith(b"\r") else BareLine(line) for line in lines]


class Line(_Delimited):
    r"""``line``: the message, then CRLF. A bare LF is accepted, and answered in kind.

    Telnet sends CRLF, netcat what the terminal gives it: LF. A CR elsewhere in the line is
    part of the message.
    """

    def __init__(self, limit: int = MAX_MESSAGE) -> None:
        super().__init__(b"\n", limit, _without_cr)

    def _most(self) -> int:
        # The last byte held may be the CR of a CRLF, no part of the message.
        return self.limit + self._tail.endswith(b"\r")

    def encode(self, message: bytes, like: bytes = b"") -> bytes:
        """Frame a message; see :meth:`Framing.encode`."""
        return message + (b"\n" if type(like) is BareLine else b"\r\n")


class _Prefixed(Framing):
    """Messages whose length comes before them."""

    def __init__(self, limit: int = MAX_MESSAGE) -> None:
        super().__init__(limit)
        self._buffer = bytearray()
        # Where the message being received ends in the buffer, once its length is known; until
        # then nothing that is not a prefix is kept.
        self._start = self._end = 0

    def feed(self, data: bytes) -> list[bytes]:
        buffer = self._buffer
        buffer += data
        self.partial = bool(buffer)
        if len(buffer) < self._end:
            return []
        messages: list[bytes] = []
        position = 0  # everything before it has been returned
        start, end = self._start, self._end
        try:
            while True:
                if not end:
                    found = self._prefix(buffer, position)
                    if found is None:
                        break
                    start, length = found
                    if length > self.limit:
                        raise self._too_long([])
                    end = start + length + len(self.trailer)
                if len(buffer) < end:
                    break
                stop = end - len(self.trailer)
                if buffer[stop:end] != self.trailer:
                    raise FramingError("a netstring does not end in a comma", [])
                messages.append(bytes(buffer[start:stop]))
                position, end = end, 0
        except FramingError as error:
            buffer.clear()
            self.partial = False
            raise FramingError(str(error), messages) from None
        if position:
            del buffer[:position]
            self.partial = bool(buffer)
        if end:
            self._start, self._end = start - position, end - position
        else:
            self._start = self._end = 0
        return messages

    #: What stands behind each message.
    trailer = b""

    @abstractmethod
    def _prefix(self, buffer: bytearray, position: int) -> tuple[int, int] | None:
        """Read the prefix that begins at *position*.

        :returns: where the message begins and how long it is, or None for an incomplete prefix.
        :raises FramingError: for a malformed or over-long one.
        """


class _Decimal(_Prefixed):
    """A length in ASCII decimal digits, without leading zeros, and a separator."""

    separator: bytes

    def _prefix(self, buffer: bytearray, position: int) -> tuple[int, int] | None:
        # Look no further than the longest length that the limit allows.
        most = len(str(self.limit))
        stop = buffer.find(self.separator, position, position + most + 1)
        digits = bytes(buffer[position : stop if stop >= 0 else position + most + 1])
        # In the order in which the bytes give them away, so that the cuts make no difference.
        if digits.startswith(b"0") and digits[1:2].isdigit():
            raise FramingError("a message's length has a leading zero", [])
        if digits and not digits.isdigit():
            raise FramingError("a message's length is not a decimal number", [])
        if stop < 0:
            if len(digits) > most:
                raise self._too_long([])
            return None
        if not digits:
            raise FramingError("a message's length is missing", [])
        return stop + 1, int(digits)


class Sized(_Decimal):
    """``sized``: the length in decimal digits, ``;``, the message: ``12;Hello world!``."""

    separator = b";"

    def encode(self, message: bytes, like: bytes = b"") -> bytes:
        """Frame a message; see :meth:`Framing.encode`."""
        return b"%d;%b" % (len(message), message)


class Netstring(_Decimal):
    """``netstring``: ``12:Hello world!,`` (D. J. Bernstein, *Netstrings*, 1997).

    Speaks with :class:`twisted.protocols.basic.NetstringReceiver`.
    """

    separator = b":"
    trailer = b","

    def encode(self, message: bytes, like: bytes = b"") -> bytes:
        """Frame a message; see :meth:`Framing.encode`."""
        return b"%d:%b," % (len(message), message)


class Int32(_Prefixed):
    """``int32``: the length as four bytes, big-endian, then the message.

    Speaks with :class:`twisted.protocols.basic.Int32StringReceiver`.
    """

    def _prefix(self, buffer: bytearray, position: int) -> tuple[int, int] | None:
        start = position + 4
        if len(buffer) < start:
            return None
        return start, int.from_bytes(buffer[position:start], "big")

    def encode(self, message: bytes, like: bytes = b"") -> bytes:
        """Frame a message; see :meth:`Framing.encode`."""
        return len(message).to_bytes(4, "big") + message


class Records(Framing):
    """Messages of one fixed size, with nothing between them.

    :param size: the size of each message received, in bytes. What is sent may differ.
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._tail = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes of the stream; no bytes break this framing."""
        size = self.limit
        if self._tail:
            data = self._tail + data
        elif len(data) == size:
            return [data]
        whole = len(data) - len(data) % size
        self._tail = data[whole:]
        self.partial = bool(self._tail)
        return [data[at : at + size] for at in range(0, whole, size)]

    def encode(self, message: bytes, like: bytes = b"") -> bytes:
        """Return the message as it is."""
        return message


class Unframed(Framing):
    """No framing: what is sent goes as it is, and what is received is not looked at."""

    def feed(self, data: bytes) -> list[bytes]:
        """Drop the bytes."""
        return []

    def encode(self, message: bytes, like: bytes = b"") -> bytes:
        """Return the message as it is."""
        return message


#: The framings that message services offer, by the name that ``--framing`` takes.
FRAMINGS: dict[str, type[Framing]] = {
    "nul": Nul,
    "sized": Sized,
    "line": Line,
    "int32": Int32,
    "netstring": Netstring,
}
