"""The gene API behind real HTTP without a network, each answer checked against its declaration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPMessage
from typing import Any
from urllib.parse import unquote_to_bytes

import attrs
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from netsuite.genes import declarations
from netsuite.genes.api import GeneAPI
from netsuite.genes.errors import error_page
from netsuite.genes.repository import Genes
from netsuite.genes.schemas import SCHEMAS, ref
from netsuite.serving.connections import Connections
from netsuite.serving.limits import Limits
from netsuite.web.channel import Channel
from netsuite.web.operations import Operation
from netsuite.web.responses import HTTPError
from netsuite.web.site import Site
from tests.transports import CLIENT, Transport
from tests.web.wire import parse

JSON = {"Content-Type": "application/json"}
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}

#: What the channel and the router answer to any request; no operation declares it.
_ANYWHERE = frozenset({405, 408, 414, 431, 501, 505})


@attrs.frozen
class Answer:
    """A response."""

    status: int
    headers: HTTPMessage
    body: bytes

    def __getitem__(self, name: str) -> str | None:
        return self.headers[name]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """What an error says."""
        error = self.json["error"]
        assert error["status"] == self.status
        message: str = error["message"]
        return message


class Wire(Transport):
    """One connection's transport, which tells when the server has ended it."""

    def __init__(self, limit: int | None = None) -> None:
        super().__init__(limit)
        self.ended: Deferred[None] = Deferred()

    def loseWriteConnection(self) -> None:
        super().loseWriteConnection()
        self._end()

    def loseConnection(self) -> None:
        super().loseConnection()
        self._end()

    def abortConnection(self) -> None:
        super().abortConnection()
        self._end()

    def _end(self) -> None:
        if not self.ended.called:
            self.ended.callback(None)


class Served:
    """The gene API on a repository.

    :param genes: the repository, open.
    :param max_import: the longest file that is imported, in bytes.
    """

    def __init__(self, genes: Genes, *, max_import: int = 1_000_000) -> None:
        self.api = GeneAPI(genes, max_import=max_import)
        self.connections = Connections("genes", Limits(max_message=100_000), reactor=Clock())
        resource = GeneAPI.router.resource(self.api)
        self.site = Site(resource, self.connections, error_page=error_page)

    def connect(self, limit: int | None = None) -> tuple[Channel, Wire]:
        """Return a new connection."""
        channel = self.site.buildProtocol(CLIENT)
        assert channel is not None
        wire = Wire(limit)
        channel.makeConnection(wire)
        return channel, wire

    def send(
        self,
        method: str,
        target: str,
        body: bytes | object = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Deferred[Answer]:
        """Send a request on a connection of its own.

        :param body: bytes, or what is to be sent as JSON.
        """
        fields = dict(headers or {})
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
            fields = {**JSON, **fields}
        if body:
            fields["Content-Length"] = str(len(body))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        start = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        channel, wire = self.connect()
        channel.dataReceived(f"{start}{head}\r\n".encode("latin-1") + body)

        def answer(_ended: None) -> Answer:
            parsed = parse(wire.value(), method)
            channel.connectionLost(Failure(ConnectionDone()))
            found = Answer(parsed.status, parsed.headers, parsed.body)
            check(method, target, found)
            return found

        return wire.ended.addCallback(answer)


def check(method: str, target: str, answer: Answer) -> None:
    """Check that an answer is one that the operation declares.

    :raises AssertionError: when it is not.
    """
    where = f"{method} {target}: {answer.status}"
    # What is wrong with the service may be well declared, and is wrong all the same.
    assert answer.status != 500, f"{where} {answer.body!r}"
    path = target.partition("?")[0]
    segments = [unquote_to_bytes(segment) for segment in path[1:].split("/")]
    try:
        route, _parameters = GeneAPI.router.match(method.encode(), segments)
    except HTTPError:
        Draft202012Validator(_whole(ref("Error"))).validate(answer.json)
        return
    operation = route.handler
    if not isinstance(operation, Operation) or answer.status in _ANYWHERE:
        return
    answers = declarations.ABOUT.answers(route, operation)
    assert answer.status in answers, f"{where} is not declared"
    declared = answers[answer.status]
    for name, field in declared.headers.items():
        assert name in answer.headers or not field.required, f"{where} lacks {name}"
    for name in answer.headers:
        known = {*declared.headers, "Server", "Date", "Content-Type", "Content-Length"}
        known |= {"Connection", "Transfer-Encoding"}
        assert name in known, f"{where} has {name}, which is not declared"
    if not declared.content or method == "HEAD":
        assert not answer.body, where
        return
    media_type = (answer["Content-Type"] or "").partition(";")[0]
    assert media_type in declared.content, f"{where} is {media_type}, which is not declared"
    if media_type == declarations.JSON:
        Draft202012Validator(_whole(declared.content[media_type])).validate(answer.json)


def _whole(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with those that it refers to."""
    return {**schema, "components": {"schemas": dict(SCHEMAS)}}
