"""What the operations of the gene API have in common: parameters, answers, and what is said of all.

Each operation picks from here, in :mod:`netsuite.genes.api`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import netsuite
from netsuite.genes.cursors import MAX_CURSOR
from netsuite.genes.reading import READABLE
from netsuite.genes.records import (
    CONTROL,
    FIELDS,
    ID_PATTERN,
    MAX_ID,
    MAX_SYMBOL,
    MAX_TEXT,
    SEED_FIELDS,
    TEXT_PATTERN,
    changes_from,
    gene_from,
)
from netsuite.genes.schemas import MAX_QUERIES, SCHEMAS, ref
from netsuite.genes.search import MAX_QUERY
from netsuite.genes.search import Query as Search
from netsuite.genes.selection import SORT_FIELDS, Sort
from netsuite.genes.writing import FORMATS, MATCH
from netsuite.web.bodies import FileBody, JSONBody
from netsuite.web.openapi import About
from netsuite.web.operations import Answer, Field, Path, Query
from netsuite.web.values import Flag, Integer, OneOf, Parsed, Schema, Text

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
#: What a file may be called whose format nobody has told.
ANY_FILE = "application/octet-stream"

#: The most records of a page, and how many one has unless told otherwise.
MAX_LIMIT, SEARCH_LIMIT = 1000, 50

# What Python strips of a text; the mark U+FEFF is none of it.
_SPACE = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_LINE = f"^[^{CONTROL}]+$"
_LINE_NOT_BLANK = f"^[^{CONTROL}]*[^{CONTROL}{_SPACE}][^{CONTROL}]*$"


# Parameters


def _fields(also: tuple[str, ...], seed: str) -> Query:
    """Return the parameter that chooses fields.

    :param also: what may be chosen besides those of a record.
    :param seed: what to say about the default.
    """
    known = (*FIELDS, "all", *also)

    def parse(text: str) -> tuple[str, ...]:
        names = text.split(",")
        if len(set(names)) < len(names) or not set(names) <= set(known):
            raise ValueError(f"expected some of {','.join(known)}, each once")
        named = (FIELDS if name == "all" else (name,) for name in names)
        return tuple(dict.fromkeys(chain.from_iterable(named)))

    schema: Schema = {
        "type": "array",
        "items": {"enum": list(known)},
        "minItems": 1,
        "uniqueItems": True,
        "examples": [[*SEED_FIELDS, "alias_symbols"]],
    }
    return Query(
        "fields",
        Parsed(parse, schema),
        "The fields that are answered, in this order, with commas between them; `all` stands for "
        f"all of a record. {seed}",
        SEED_FIELDS,
    )


FIELDS_CHOSEN = _fields((), "`id,symbol,name` if it is left out.")
FOUND_FIELDS_CHOSEN = _fields(
    (MATCH,),
    "`id,symbol,name` if it is left out. With `q`, `match` tells why a gene was found.",
)
SYMBOL = Query(
    "symbol",
    Text(MAX_SYMBOL, pattern=_LINE, expected=" without control characters"),
    "Only genes that have this symbol now, in any case of its letters. For symbols that genes had "
    "before, or have besides, see `/genedb/resolve`.",
)
_WORDS = Text(MAX_QUERY, pattern=_LINE_NOT_BLANK, expected=" on one line, not all of them spaces")
SEARCH = Query(
    "q",
    Parsed(lambda text: Search(_WORDS.parse(text)), _WORDS.schema),
    "Only genes in which each of these words begins a word of the symbol, the name, a previous "
    "symbol or an alias; or one of whose symbols begins so. The best matches come first.",
    keyword="search",
)
SORT = Query(
    "sort",
    Parsed(
        Sort.parse,
        OneOf(tuple(f"{sign}{field}" for field in SORT_FIELDS for sign in ("", "-"))).schema,
    ),
    "The order; with `-`, the greatest first. If it is left out, genes come in the order in which "
    "they were added, and those found with `q` with the best match first.",
)
LIMIT = Query(
    "limit",
    Integer(1, MAX_LIMIT),
    "How many genes to answer with, at most; the `Link` header leads to the next page. If it is "
    f"left out, all genes are answered; with `q`, {SEARCH_LIMIT} at a time.",
)
AFTER = Query(
    "after",
    Text(MAX_CURSOR, pattern=r"^[A-Za-z0-9_-]+$", expected=" of a cursor from a Link header"),
    "Where the page begins: a cursor from a `Link` header of the same list.",
    keyword="cursor",
)
FORMAT = Query(
    "format", OneOf(tuple(FORMATS)), "The format, whatever `Accept` says.", keyword="format_name"
)
FILE_FORMAT = Query(
    "format",
    OneOf(tuple(READABLE)),
    "The file's format, whatever `Content-Type` says.",
    keyword="format_name",
)
_ONE_LINE = Text(MAX_TEXT, pattern=TEXT_PATTERN, expected=" on one line")
SOURCE = Query("source", _ONE_LINE, "Where the file comes from; `/genedb/meta` tells it.")
VERSION = Query("version", _ONE_LINE, "Which version of the source it is.")
REPLACE = Query(
    "replace",
    Flag(),
    "Whether the file becomes all there is. Otherwise its genes are added, or brought up to date "
    "where their ids are there already, and all others stay.",
    False,
)
GENE_ID = Path(
    "geneId",
    {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_ID,
        "pattern": ID_PATTERN,
        "examples": ["2"],
    },
    "The gene's id.",
)
RESOLVED_SYMBOL = Path(
    "symbol",
    {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_TEXT,
        "examples": ["NCRNA00181"],
    },
    "The symbol, in any case of its letters.",
)

_TAG = r'"[!#-~]*"'


def _condition(name: str, weak: str, description: str) -> dict[str, Field]:
    tag = weak + _TAG
    pattern = rf"^(\*|{tag}([ \t]*,[ \t]*{tag})*)$"
    schema: Schema = {"type": "string", "format": "entity-tags", "pattern": pattern}
    return {name: Field(description, {**schema, "examples": ['"5"']})}


IF_NONE_MATCH = _condition(
    "If-None-Match",
    "(W/)?",
    "Entity tags of what you have already: if one is still right, the answer is 304.",
)
IF_MATCH = _condition(
    "If-Match",
    "",
    "The entity tag that the gene had when you read it: if it has changed since, nothing is done, "
    "and the answer is 412.",
)

# Bodies


def _symbols_from(values: Mapping[str, Any]) -> list[str]:
    """Return the symbols that a request for a batch names.

    :raises ValueError: when it is none; the message says what is expected.
    """
    symbols = values.get("symbols")
    if len(values) != 1 or not isinstance(symbols, list):
        raise ValueError('expected {"symbols": […]} and nothing else')
    if not 1 <= len(symbols) <= MAX_QUERIES:
        raise ValueError(f"symbols must hold 1 to {MAX_QUERIES} texts")
    for index, symbol in enumerate(symbols):
        if not isinstance(symbol, str) or len(symbol) > MAX_TEXT:
            raise ValueError(f"symbols[{index}] must be a text of at most {MAX_TEXT} characters")
    return symbols


#: The seed's curl command has a backslash at the end of a line in the midst of its JSON.
NEW_GENE = JSONBody(ref("NewGene"), gene_from, continued_lines=True)
CHANGES = JSONBody(ref("GeneChanges"), changes_from)
PATCH = JSONBody(
    ref("GeneChanges"),
    changes_from,
    media_types=(MERGE_PATCH, JSON),
    accept_field="Accept-Patch",
)
SYMBOLS = JSONBody(ref("Symbols"), _symbols_from)

_FILES: dict[str, Schema] = {
    "tsv": {"description": "HGNC's complete set, or a table with such columns."},
    "csv": {"description": "The same with commas."},
    "ndjson": {"description": "A gene on each line, as a JSON object."},
}
FILE = FileBody(
    {
        **{
            FORMATS[name].media_type: {"type": "string", "format": name, **_FILES[name]}
            for name in READABLE
        },
        ANY_FILE: {"type": "string", "description": "Any of them: its first line shows which."},
    }
)

# Answers

ETAG = {"ETag": Field("Names the gene's state, for `If-Match` and `If-None-Match`.", required=True)}
LIST_HEADERS = {
    "ETag": Field("Names the state of all genes, for `If-None-Match`.", required=True),
    "Link": Field("Where the next page is (`next`), and the first (`first`)."),
    "Vary": Field("`Accept`, unless `format` is given."),
}
LOCATION = {"Location": Field("The gene's path.", {"type": "string"}, required=True)}


def ok(schema: str, description: str, headers: Mapping[str, Field] | None = None) -> Answer:
    """Return the answer to a request that was carried out.

    :param schema: the name of its schema.
    """
    return Answer(description, {JSON: ref(schema)}, headers or {})


def error(description: str, headers: Mapping[str, Field] | None = None) -> Answer:
    """Return the answer to a request that was not carried out."""
    return Answer(description, {JSON: ref("Error")}, headers or {})


PATTERNS = Answer("The paths' patterns.", {JSON: {"type": "array", "items": {"type": "string"}}})
LISTED = Answer(
    "The genes; JSON holds them in a member `genes`.",
    {
        each.media_type: ref("Genes") if each.name == "json" else {"type": "string"}
        for each in FORMATS.values()
    },
    LIST_HEADERS,
)
BAD_ROWS = Answer(
    "Some rows are not right, or the request is malformed. Nothing was imported.",
    {JSON: ref("ImportError")},
)
DESCRIPTION = Answer("The description.", {JSON: {"type": "object"}}, ETAG)
NOT_MODIFIED = Answer("You have it already: `If-None-Match` names it.", headers=ETAG)
LIST_NOT_MODIFIED = Answer(
    NOT_MODIFIED.description, headers={name: LIST_HEADERS[name] for name in ("ETag", "Vary")}
)
NO_SUCH_GENE = error("There is no gene with this id.")
PRECONDITION = error("The gene has changed since you read it, and nothing was done.")
_ACCEPT = {"Accept": Field("The media types that are understood.", required=True)}
_ACCEPT_PATCH = {"Accept-Patch": Field("The media types that are understood.", required=True)}
#: What an operation that uses the store may answer with besides.
STORE = {
    503: error(
        "The store is out of reach just now. The message says if a change may have been made.",
        {"Retry-After": Field("When to try again, in seconds.", {"type": "integer"}, True)},
    )
}
#: What an operation with a body may answer with besides.
WITH_BODY = {
    413: error("The body is too long."),
    415: error("The body's media type is not understood.", _ACCEPT),
}
WITH_PATCH = {**WITH_BODY, 415: error("The body's media type is not understood.", _ACCEPT_PATCH)}

ABOUT = About(
    title="Genes",
    version=netsuite.__version__,
    description=(
        "Human genes: their symbols and names, what they were called before, and what else they "
        "are called. Find, resolve, edit, import and export them.\n\n"
        "Every error is JSON, with a message that says what to do. Besides those listed, a request "
        "that is not HTTP as it should be may be answered with 400, 408, 414, 431, 501 or 505, and "
        "a method that a path does not take with 405.\n\n"
        "What a path answers to `GET`, it answers to `HEAD`; `OPTIONS` tells its methods."
    ),
    tags={
        "genes": "Find, read and write records.",
        "symbols": "Which gene does a symbol mean?",
        "data": "All records at once.",
        "service": "About the API itself.",
    },
    schemas=SCHEMAS,
    everywhere={
        400: error("The request is malformed, or something in it is not as described."),
        406: error("The answer has no media type that `Accept` allows."),
        421: error("The service does not answer for the host that the request names."),
    },
    unsafe={403: error("The request comes from a page of another origin.")},
)
