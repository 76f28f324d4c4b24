"""Requests to a gene service, and its answers, in which nothing is taken for granted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
from hyperlink import DecodedURL, URLParseError
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IBodyProducer, IResponse

from netsuite.client.address import Target
from netsuite.client.download import receive
from netsuite.client.genes.files import MEDIA_TYPES
from netsuite.client.problems import ClientError
from netsuite.client.web import Request, send
from netsuite.framing import FramingError, Line
from netsuite.text import printable

#: How the service is called in the catalogue.
SERVICE = "genes"

#: The longest answer that is read as a whole, in bytes. A thousand symbols, each with a hundred
#: candidates, take less.
MAX_ANSWER = 64 << 20

#: The longest line of a stream of records, in bytes.
MAX_RECORD = 1 << 20

#: The most records in a page of the service, and the most symbols that it resolves at once.
MAX_PAGE = MAX_BATCH = 1000

#: As much of what the service says is shown, in characters.
_MOST = 1000

#: The path of all genes; a gene's has its id besides.
GENES = ("genedb", "gene")

#: There is no such gene (RFC 9110, section 15.5.5).
NOT_FOUND = 404

#: The gene is not what it was to be (RFC 9110, section 15.5.13).
CHANGED = 412

_NEXT = re.compile(r'<([^>]*)>\s*;\s*rel="?next"?')

#: Fields of a gene, by name, or another JSON object.
Record = dict[str, Any]

#: Query parameters, by name.
Query = Mapping[str, str]


class Refused(ClientError):  # noqa: N818 - it names what happened
    """The service did not do what it was asked to; the text is its reason, made printable.

    :param message: the text.
    :param code: the HTTP status.
    :param details: what else the service says about it, by name; not made printable.
    """

    def __init__(self, message: str, code: int, details: Record) -> None:
        super().__init__(message)
        self.code = code
        self.details = details


@attrs.frozen
class Service:
    """A gene service.

    :param reactor: measures the deadlines.
    :param agent: sends the requests.
    :param base: the URL that the service's paths are below.
    :param target: how messages call it.
    :param timeout: how long each answer may take, in seconds.
    """

    reactor: Any
    agent: IAgent
    base: DecodedURL
    target: Target
    timeout: float

    async def gene(self, gene_id: str, fields: str = "") -> tuple[Record, str]:
        """Return a gene.

        :param fields: which fields; empty chooses the usual ones.
        :returns: the gene, and the entity tag of what was read.
        :raises Refused: when there is none.
        """
        response = await self._send_for(gene_id, "GET", query={"fields": fields} if fields else {})
        found = self._member(await self._json(response), "gene", list)
        if len(found) != 1:
            raise self.stranger("its answer holds no gene")
        tag: bytes
        (tag, *_) = response.headers.getRawHeaders(b"ETag") or [b""]
        return self._record(found[0]), tag.decode("latin-1")

    async def add(self, gene: Record) -> Record:
        """Add a gene; return it as it was stored."""
        response = await self.send("POST", GENES, {"fields": "all"}, json.dumps(gene).encode())
        return self._record(await self._json(response))

    async def update(self, gene_id: str, changes: Record, tag: str = "") -> Record:
        """Change a gene; return it as it is stored now.

        :param changes: the new values; None removes one (RFC 7396).
        :param tag: the entity tag that the gene must have still; any if empty.
        """
        headers = {"Content-Type": "application/merge-patch+json", **_if_match(tag)}
        data = json.dumps(changes).encode()
        response = await self._send_for(
            gene_id, "PATCH", query={"fields": "all"}, data=data, headers=headers
        )
        return self._record(self._member(await self._json(response), "gene", dict))

    async def delete(self, gene_id: str, tag: str = "") -> None:
        """Delete a gene.

        :param tag: the entity tag that it must have still; any if empty.
        """
        await self._json(await self._send_for(gene_id, "DELETE", headers=_if_match(tag)))

    async def delete_all(self) -> None:
        """Delete all genes."""
        await self._json(await self.send("DELETE", GENES))

    async def count(self) -> int:
        """Return how many genes there are."""
        answer = await self._json(await self.send("GET", ("genedb", "meta")))
        genes: int = self._member(answer, "genes", int)
        return genes

    async def stream(self, query: Query, take: Callable[[Record], None]) -> str:
        """Hand on genes one by one, as they come.

        :param query: which ones.
        :param take: is called with each.
        :returns: the cursor of the next page; empty if there is none.
        """
        response = await self.send("GET", GENES, {**query, "format": "ndjson"})
        self.check_type(response, MEDIA_TYPES["ndjson"])
        lines = Line(MAX_RECORD)

        def read(data: bytes) -> None:
            try:
                for line in lines.feed(data):
                    take(self._record(self._parse(line)))
            except FramingError as error:
                raise self.stranger("a line of its answer is too long") from error

        await receive(self.reactor, response, read, self.timeout)
        if lines.partial:
            raise self.stranger("the last line of its answer does not end")
        return self._next(response)

    async def resolve(self, symbols: Sequence[str]) -> list[Record]:
        """Return what symbols mean, in their order."""
        body = json.dumps({"symbols": list(symbols)}).encode()
        answer = await self._json(await self.send("POST", ("genedb", "resolve"), data=body))
        results = self._member(answer, "results", list)
        if len(results) != len(symbols):
            raise self.stranger(f"it was asked {len(symbols)} symbols and answered {len(results)}")
        return [self._record(result) for result in results]

    async def load(
        self, file: IBodyProducer, content_type: str, query: Query, timeout: float
    ) -> Record:
        """Import a file; return the service's account of it.

        :param timeout: how long all of it may take, in seconds.
        """
        headers = {"Content-Type": content_type}
        path = ("genedb", "import")
        response = await self.send("POST", path, query, file, headers, timeout=timeout)
        return self._record(await self._json(response))

    async def send(
        self,
        method: str,
        path: Sequence[str],
        query: Query | None = None,
        data: bytes | IBodyProducer | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float | None = None,
    ) -> IResponse:
        """Send a request, and wait for the head of the answer.

        :param path: the segments of the path, below the service's own URL.
        :param data: the body; bytes are JSON unless the headers say what they are.
        :param timeout: how long that may take, in seconds; the service's if None.
        :returns: the answer, whose body has not been read.
        :raises Refused: when its status is 400 or more.
        :raises ClientError: when there is none.
        """
        url = self.base.child(*path)
        for name, value in (query or {}).items():
            url = url.set(name, value)
        fields = Headers({"Content-Type": ["application/json"]} if data is not None else {})
        for name, value in (headers or {}).items():
            fields.setRawHeaders(name, [value])
        request = Request(url, method, fields, data)
        response = await send(
            self.reactor, self.agent, request, timeout or self.timeout, self.target
        )
        if response.code >= 400:
            raise await self._refusal(response)
        if response.code >= 300:
            raise self.stranger(f"it answers {response.code} {printable(response.phrase)}")
        return response

    def check_type(self, response: IResponse, wanted: str) -> None:
        """Check that an answer is of the media type that it should have.

        :raises ClientError: when it is not.
        """
        (value, *_) = response.headers.getRawHeaders(b"Content-Type") or [b"of no type"]
        found = printable(value.partition(b";")[0].strip().lower())
        if found != wanted:
            raise self.stranger(f"its answer is {found}, not {wanted}")

    def stranger(self, why: str) -> ClientError:
        """Return the error that says that this is no gene service."""
        return ClientError(
            f"{self.target} is no gene service: {why}; is another service listening there?"
        )

    async def _send_for(self, gene_id: str, method: str, **more: Any) -> IResponse:
        """Send a request about a gene; see :meth:`send`.

        :raises Refused: when there is none, with a text that tells which.
        """
        try:
            return await self.send(method, (*GENES, gene_id), **more)
        except Refused as refused:
            if refused.code != NOT_FOUND:
                raise
            shown = printable(gene_id)
            raise Refused(f"there is no gene {shown}", NOT_FOUND, refused.details) from refused

    async def _refusal(self, response: IResponse) -> ClientError:
        """Return the error that an answer is."""
        status = f"{response.code} {printable(response.phrase)}".rstrip()
        try:
            error = json.loads(await self._read(response))["error"]
            message = error["message"]
        except (ValueError, LookupError, TypeError, RecursionError):
            message = None
        if not isinstance(message, str):
            return self.stranger(f"it answers {status}, and does not say why")
        # A service that says nothing but the status says it in the phrase.
        return Refused(printable(message, _MOST) or status, int(response.code), error)

    async def _json(self, response: IResponse) -> Any:
        self.check_type(response, MEDIA_TYPES["json"])
        return self._parse(await self._read(response))

    async def _read(self, response: IResponse) -> bytes:
        """Return a whole body, which must not be too long."""
        body = bytearray()

        def keep(data: bytes) -> None:
            if len(body) + len(data) > MAX_ANSWER:
                raise self.stranger(f"its answer is longer than {MAX_ANSWER} bytes")
            body.extend(data)

        await receive(self.reactor, response, keep, self.timeout)
        return bytes(body)

    def _parse(self, text: bytes) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self.stranger("its answer is not JSON") from error

    def _record(self, value: Any) -> Record:
        if not isinstance(value, dict):
            raise self.stranger("something in its answer is not a JSON object")
        return value

    def _member(self, answer: Any, name: str, kind: type[Any]) -> Any:
        if not isinstance(answer, dict) or not isinstance(answer.get(name), kind):
            raise self.stranger(f"its answer has no {name}")
        return answer[name]

    def _next(self, response: IResponse) -> str:
        """Return the cursor in the link to the next page.

        The rest of the link is not looked at: it need not lead here.
        """
        links = b",".join(response.headers.getRawHeaders(b"Link", []))
        found = _NEXT.search(links.decode("latin-1"))
        if found is None:
            return ""
        try:
            cursors = DecodedURL.from_text(found[1]).get("after")
        except (URLParseError, ValueError) as error:
            raise self.stranger("its link to the next page is no URL") from error
        return (cursors[0] if cursors else None) or ""


def _if_match(tag: str) -> dict[str, str]:
    return {"If-Match": tag} if tag else {}
