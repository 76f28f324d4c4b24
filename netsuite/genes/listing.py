"""Lists of genes: pages with links from one to the next, and all of them as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from urllib.parse import parse_qsl, urlencode

from twisted.web.iweb import IRequest

from netsuite.genes.repository import Genes
from netsuite.genes.selection import Found, Selection
from netsuite.genes.writing import FORMATS, Format, Writer
from netsuite.storage import settled
from netsuite.web.conditions import EntityTag, not_modified
from netsuite.web.negotiation import choose
from netsuite.web.responses import HTTPError, NotFound, Response

__all__ = ["answer_list"]


async def answer_list(
    genes: Genes,
    request: IRequest,
    selection: Selection,
    *,
    fields: Sequence[str],
    format_name: str | None,
    limit: int | None,
    cursor: str | None,
) -> Response:
    """Answer with a list.

    :param selection: which list.
    :param fields: which fields of each record.
    :param format_name: in which format; None for what the client accepts.
    :param limit: how many records; None for all there are.
    :param cursor: where to begin; None for the beginning.
    :raises HTTPError: with status 406, if the client accepts none of the formats; 404 if the cursor
        does not lead anywhere.
    """
    chosen = _format(request, format_name)
    if cursor is not None:
        try:
            selection.position(cursor)
        except ValueError as error:
            raise NotFound(f"no page of this list begins there: {error}") from None
    revision = await settled(genes.revision())
    # Each format is another text, though the state of the genes is the same.
    tag = EntityTag(f"{revision}" if chosen.name == "json" else f"{revision}-{chosen.name}", True)
    headers = {} if format_name is not None else {"Vary": "Accept"}
    if not_modified(request, tag):
        return tag.not_modified(headers)
    headers |= {"Content-Type": chosen.content_type, "ETag": str(tag)}
    writer = chosen.writer(fields)
    if limit is None:
        pages = genes.pages(selection, cursor)
        return Response(_stream(writer, pages), headers=headers)
    page = await genes.page(selection, limit, cursor)
    if links := _links(request, page.next):
        headers["Link"] = links
    body = writer.head() + writer.rows(page.records) + writer.tail()
    return Response(body, headers=headers)


def _format(request: IRequest, name: str | None) -> Format:
    """Return the format to answer in.

    :raises HTTPError: with status 406, if the client accepts none.
    """
    if name is None:
        offers = {each.media_type: each for each in FORMATS.values()}
        media_type = choose(request, list(offers))
        if media_type is None:
            raise HTTPError(406, f"accept one of {', '.join(offers)}, or name a format")
        return offers[media_type]
    return FORMATS[name]


async def _stream(writer: Writer, pages: AsyncIterator[list[Found]]) -> AsyncIterator[bytes]:
    """Yield a document piece by piece.

    The first piece holds records, so that a store that is out of reach can still be told as an
    error.
    """
    pending = writer.head()
    async for records in pages:
        yield pending + writer.rows(records)
        pending = b""
    yield pending + writer.tail()


def _links(request: IRequest, following: str | None) -> str:
    """Return the Link field of a page (RFC 8288).

    :param following: the cursor of the next page; None if this is the last.
    """
    path, _, query = request.uri.decode("ascii").partition("?")
    # The query has been read before, and is right.
    given = [(name, value) for name, value in parse_qsl(query) if name != "after"]
    links = [f'<{path}?{urlencode(given)}>; rel="first"']
    if following is not None:
        links.append(f'<{path}?{urlencode([*given, ("after", following)])}>; rel="next"')
    return ", ".join(links)
