"""Requests to the car registry, and its answers, in which nothing is taken for granted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import attrs

from netsuite.cars.notation import PICKLE, NotationError, Plain
from netsuite.client.address import Target
from netsuite.client.conversation import Connection, Conversation, connect, piece, within
from netsuite.client.problems import ClientError
from netsuite.client.terminal import MAX_MESSAGE
from netsuite.framing import MAX_MESSAGE as MAX_REQUEST
from netsuite.framing import FramingError, Int32
from netsuite.text import printable

#: How the service is called in the catalogue.
SERVICE = "cars"

#: As much of what the server says is shown, in characters.
_MOST = 500


@attrs.frozen
class Car:
    """A registered car.

    :param license: what it is registered as; upper case.
    :param seats: how many it has.
    :param mileage: how many miles it has gone.
    :param owner: whose it is.
    """

    license: str
    seats: int
    mileage: int
    owner: str


class Refused(ClientError):  # noqa: N818 - it names what happened
    """The registry did not do what it was asked to; the text is its reason, made printable."""


def request(*items: Plain) -> bytes:
    """Write a request.

    :param items: the action and its arguments.
    :raises Refused: when no server would take it.
    """
    try:
        message = PICKLE.encode(items)
    except NotationError as error:
        raise Refused(f"that cannot be sent: {printable(str(error))}") from error
    if len(message) > MAX_REQUEST:
        raise Refused(f"that is too long: a request has {MAX_REQUEST} bytes at most")
    return message


def registration(car: Car) -> bytes:
    """Write the request that registers a car."""
    return request("NEW_REGISTRATION", car.license, car.seats, car.mileage, car.owner)


def lookup(license: str) -> bytes:
    """Write the request for a car's details."""
    return request("GET_CAR_DETAILS", license)


class Answers:
    """Reads what a registry answers.

    :param target: the server, for messages.
    """

    def __init__(self, target: Target) -> None:
        self._target = target

    def done(self, payload: bytes) -> None:
        """Read the answer to a change.

        :raises Refused: when it was refused.
        :raises ClientError: for what is no such answer.
        """
        if len(self._granted(payload)) != 1:
            raise self._puzzled("it has not the right length")

    def car(self, license: str, payload: bytes) -> Car:
        """Read a car's details.

        :param license: whose details were asked for.
        :raises Refused: when there is no such car.
        :raises ClientError: for what is no such answer.
        """
        match self._granted(payload):
            case [int(seats), int(mileage), str(owner)] if type(seats) is type(
                mileage
            ) is int and _is_text(owner):
                return Car(license, seats, mileage, owner)
        raise self._puzzled("it holds no car")

    def licenses(self, payload: bytes) -> list[str]:
        """Read a list of licenses.

        :raises Refused: when it was refused.
        :raises ClientError: for what is no such answer.
        """
        match self._granted(payload):
            case [list(found)]:
                licenses = [text for text in found if isinstance(text, str) and _is_text(text)]
                if len(licenses) == len(found):
                    return licenses
        raise self._puzzled("it holds no list of licenses")

    def _granted(self, payload: bytes) -> tuple[Plain, ...]:
        """Return what follows True in an answer."""
        try:
            answer = PICKLE.decode(payload)
        except NotationError as error:
            raise self._puzzled(str(error)) from error
        match answer:
            case (True, *granted) if isinstance(answer, tuple):
                return tuple(granted)
            case (False, str(reason)) if isinstance(answer, tuple):
                raise Refused(printable(reason, _MOST))
        raise self._puzzled("it is not of the form that was expected")

    def _puzzled(self, why: str) -> ClientError:
        return ClientError(
            f"{self._target} sent an answer that is not a car registry's: {why}; "
            "is another service listening there?"
        )


def _is_text(text: str) -> bool:
    """Return whether a text can be written in UTF-8: half a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Registry:
    """A registry that is asked one thing at a time, as the classic client does.

    Each request has a connection of its own, so that a server which was restarted, or closed
    an idle connection, is no matter between two of them.

    :param reactor: the reactor.
    :param target: the server.
    :param timeout: how long each answer may take, in seconds.
    """

    def __init__(self, reactor: Any, target: Target, timeout: float) -> None:
        self._reactor = reactor
        self._target = target
        #: How long each answer may take, in seconds.
        self.timeout = timeout
        #: Reads the server's answers.
        self.answers = Answers(target)

    async def car(self, license: str) -> Car:
        """Return a car.

        :raises Refused: when the server refuses, as all methods do.
        :raises ClientError: when it does not answer, or not as a registry would.
        """
        return self.answers.car(license, await self._ask(lookup(license)))

    async def change_mileage(self, license: str, mileage: int) -> None:
        """Set how far a car has gone, in miles."""
        self.answers.done(await self._ask(request("CHANGE_MILEAGE", license, mileage)))

    async def change_owner(self, license: str, owner: str) -> None:
        """Set whose a car is."""
        self.answers.done(await self._ask(request("CHANGE_OWNER", license, owner)))

    async def register(self, car: Car) -> None:
        """Register a car."""
        self.answers.done(await self._ask(registration(car)))

    async def page(self, prefix: str, after: str) -> list[str]:
        """Return some of the licenses that begin with *prefix*, in order.

        :param after: the license that they come after; ``""`` for the first of all.
        :returns: none when there are no more.
        """
        asked = request("GET_LICENSES_STARTING_WITH", prefix, after)
        found = self.answers.licenses(await self._ask(asked))
        if after and after in found:
            raise ClientError(f"{self._target} lists '{printable(after)}' again and again")
        return found

    async def pages(self, prefix: str) -> AsyncIterator[list[str]]:
        """Yield all licenses that begin with *prefix*, in order, a page at a time."""
        after = ""
        while page := await self.page(prefix, after):
            yield page
            after = page[-1]

    async def stop(self) -> None:
        """Have the server stop, and wait until it closes the connection."""
        connection = await connect(self._reactor, self._target, self.timeout)
        try:
            framing = Int32(MAX_MESSAGE)
            connection.write(framing.encode(request("SHUTDOWN")))
            said = self._last_words(connection, framing)
            answer = await within(said, self.timeout, self._reactor, self._target)
        finally:
            await connection.close(self._reactor)
        if answer is not None:
            self.answers.done(answer)

    async def _last_words(self, connection: Connection, framing: Int32) -> bytes | None:
        """Return what the server answers; None if it closes the connection instead."""
        while data := await piece(connection, self._target):
            try:
                for message in framing.feed(data):
                    return message
            except FramingError as error:
                raise ClientError(f"{self._target} is not a car registry: {error}") from error
        return None

    async def _ask(self, message: bytes) -> bytes:
        """Return the answer to a request."""
        conversation = await self.open()
        try:
            conversation.send(message)
            return await conversation.reply(self.timeout)
        finally:
            await conversation.close()

    async def open(self) -> Conversation:
        """Connect to the server, for many requests at once."""
        return await Conversation.open(
            self._reactor, self._target, Int32(MAX_MESSAGE), self.timeout
        )
