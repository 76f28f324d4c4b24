"""The JSON that the gene API takes and gives, as JSON Schemas.

What they say of a record's fields comes from :mod:`netsuite.genes.records`, which checks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from netsuite.genes.records import (
    ID_PATTERN,
    LIST_FIELDS,
    MAX_ID,
    MAX_NAME,
    MAX_SYMBOL,
    MAX_SYMBOLS,
    MAX_TEXT,
    OPTIONAL_FIELDS,
    SEED_FIELDS,
    SYMBOL_PATTERN,
    TEXT_PATTERN,
)
from netsuite.genes.writing import MATCH
from netsuite.web.values import Schema

__all__ = ["MAX_QUERIES", "SCHEMAS", "array", "nullable", "record", "ref", "text"]

#: How many symbols may be resolved at a time.
MAX_QUERIES = 1000


def ref(name: str) -> Schema:
    """Return the schema that stands under a name in :data:`SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


def text(most: int, pattern: str, example: str) -> Schema:
    """Return the schema of a text of a record."""
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": most,
        "pattern": pattern,
        "examples": [example],
    }


def record(properties: Mapping[str, Schema], *, optional: bool = False) -> dict[str, Any]:
    """Return the schema of an object that has these members and no others.

    :param optional: whether each of them may be missing.
    """
    schema: dict[str, Any] = {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
    }
    if not optional:
        schema["required"] = list(properties)
    return schema


def array(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def nullable(schema: Schema) -> Schema:
    """Return the schema of a text or an object, or null."""
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


_INTEGER: Schema = {"type": "integer", "minimum": 0}
_ANY_TEXT: Schema = {"type": "string"}

_EXAMPLES = {
    "hgnc_id": "HGNC:7",
    "entrez_id": "2",
    "ensembl_gene_id": "ENSG00000175899",
    "location": "12p13.31",
    "locus_type": "gene with protein product",
}

_SYMBOLS: Schema = {
    "type": ["array", "null"],
    "items": text(MAX_SYMBOL, SYMBOL_PATTERN, "FWP007"),
    "maxItems": MAX_SYMBOLS,
    "uniqueItems": True,
    "examples": [["FWP007", "S863-7"]],
}

#: The gene that the seed adds.
_NEW_GENE = {"id": "3", "symbol": "A2MP1", "name": "alpha-2-macroglobulin pseudogene 1"}

#: What may be written into each field; null takes an optional one away.
_WRITTEN: dict[str, Schema] = {
    "id": text(MAX_ID, ID_PATTERN, "2"),
    "symbol": text(MAX_SYMBOL, SYMBOL_PATTERN, "A2M"),
    "name": text(MAX_NAME, TEXT_PATTERN, "alpha-2-macroglobulin"),
    **{
        field: nullable(text(MAX_TEXT, TEXT_PATTERN, _EXAMPLES[field])) for field in OPTIONAL_FIELDS
    },
    **dict.fromkeys(LIST_FIELDS, _SYMBOLS),
}

#: What each field holds when it is read.
_READ: dict[str, Schema] = {
    **_WRITTEN,
    **{field: {**_SYMBOLS, "type": "array"} for field in LIST_FIELDS},
}

_MATCH: Schema = {
    **record(
        {"field": _ANY_TEXT, "type": {"enum": ["exact", "prefix", "words"]}, "value": _ANY_TEXT}
    ),
    "description": "Why the search found the gene: which text matched, and how.",
}

#: The schemas that have a name.
SCHEMAS: Mapping[str, Schema] = MappingProxyType(
    {
        "Gene": {
            "description": "A gene, with the fields that were asked for.",
            **record(_READ, optional=True),
            "minProperties": 1,
        },
        "FoundGene": {
            "description": "A gene that was found, with the fields that were asked for.",
            **record({**_READ, MATCH: nullable(ref("Match"))}, optional=True),
            "minProperties": 1,
        },
        "Match": _MATCH,
        "NewGene": {
            "description": "A gene to be added. What is left out is null, or an empty list.",
            **record(_WRITTEN, optional=True),
            "required": list(SEED_FIELDS),
            "examples": [_NEW_GENE],
        },
        "GeneChanges": {
            "description": (
                "The fields that are to change. Null takes an optional one away, and leaves a "
                "list empty. An id may be there, too, if it is the one in the path."
            ),
            **record(
                {field: schema for field, schema in _WRITTEN.items() if field != "id"},
                optional=True,
            ),
        },
        "Genes": record({"genes": array(ref("FoundGene"))}),
        "GeneInList": record({"gene": {**array(ref("Gene")), "minItems": 1, "maxItems": 1}}),
        "ChangedGene": record({"gene": ref("Gene")}),
        "Success": record({"response": {"const": "Success"}}),
        "Candidate": {
            "description": "A gene, and what the symbol is to it.",
            **record(
                {"match_type": {"enum": ["current", "previous", "alias"]}, "gene": ref("Gene")}
            ),
        },
        "Resolution": {
            "description": (
                "What a symbol means. An ambiguous one means no gene: its candidates are listed. "
                "Genes to which it means less are the other matches."
            ),
            **record(
                {
                    "query": _ANY_TEXT,
                    "match_type": {"enum": ["current", "previous", "alias", "ambiguous", None]},
                    "gene": nullable(ref("Gene")),
                    "candidates": array(ref("Candidate")),
                    "other_matches": array(ref("Candidate")),
                }
            ),
        },
        "Symbols": record(
            {
                "symbols": {
                    "type": "array",
                    "items": {"type": "string", "maxLength": MAX_TEXT, "examples": ["NCRNA00181"]},
                    "minItems": 1,
                    "maxItems": MAX_QUERIES,
                }
            }
        ),
        "Resolutions": record(
            {
                "results": array(ref("Resolution")),
                "not_found": array(_ANY_TEXT),
                "ambiguous": array(_ANY_TEXT),
            }
        ),
        "Meta": record(
            {
                "genes": _INTEGER,
                "previous_symbols": _INTEGER,
                "alias_symbols": _INTEGER,
                "source": nullable(_ANY_TEXT),
                "version": nullable(_ANY_TEXT),
                "imported": nullable({"type": "string", "format": "date-time"}),
                "changed": nullable({"type": "string", "format": "date-time"}),
                "revision": _INTEGER,
            }
        ),
        "Imported": record(
            dict.fromkeys(("rows", "added", "updated", "unchanged", "removed"), _INTEGER)
        ),
        "Error": record({"error": record({"status": _INTEGER, "message": _ANY_TEXT})}),
        "ImportError": record(
            {
                "error": {
                    **record(
                        {
                            "status": _INTEGER,
                            "message": _ANY_TEXT,
                            "bad_rows": _INTEGER,
                            "rows": array(record({"line": _INTEGER, "message": _ANY_TEXT})),
                        }
                    ),
                    "required": ["status", "message"],
                }
            }
        ),
    }
)
