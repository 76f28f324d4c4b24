"""Reading genes from HGNC's complete set, and from CSV, TSV and NDJSON files, row by row.

Tables (TSV and CSV) are described in :mod:`netsuite.genes.tables`. Of NDJSON, each line is an
object with the members of a record, and no others. It may lack ``id``: then a gene's id is its
Entrez id, or else its HGNC id. Blank lines are passed over. All files are in UTF-8, with or without
a byte order mark.

What is read is somebody else's. No more than a row is held in memory, and a row that is longer than
:data:`MAX_ROW` bytes is a bad one, of which no more than these are held.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

from netsuite.genes.records import Gene, InvalidGene, gene_from
from netsuite.genes.rows import MAX_ROW, BadLineError, BadRow, File, Lines, Row
from netsuite.genes.tables import CSV, TSV, read_table

__all__ = ["MAX_ROW", "READABLE", "BadRow", "File", "Row", "read"]


def read(name: str, file: File) -> Iterator[Row | BadRow]:
    """Read genes from a file, no faster than they are asked for.

    When a table's header cannot be used, the only row is a bad one, and says so. An NDJSON file has
    no header, and may be empty.

    :param name: the format's name: one of :data:`READABLE`.
    :param file: where to read.
    :returns: the rows in their order. Rows that have the same id are all there.
    :raises KeyError: at once, if there is no such format.
    :raises OSError: on the way, when the file cannot be read.
    """
    return READABLE[name](Lines(file))


#: White space in JSON (RFC 8259, section 2), and so what a blank line is made of.
_BLANKS = " \t\r\n"


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise InvalidGene("the object has a member twice")
    return members


# No field is a number. As floats they are read however many digits they have.
_decode = json.JSONDecoder(object_pairs_hook=_members, parse_int=float).decode


def _gene(text: str) -> Gene:
    """Return the gene that a line describes.

    :raises InvalidGene: if it does not describe one.
    """
    try:
        values = _decode(text)
    except json.JSONDecodeError as error:
        raise InvalidGene(f"this is not JSON, from character {error.pos + 1} on") from None
    except RecursionError:
        raise InvalidGene("the JSON is nested too deep; expected an object of texts") from None
    if not isinstance(values, dict):
        raise InvalidGene("expected a JSON object on each line")
    if "id" not in values:
        values["id"] = values.get("entrez_id") or values.get("hgnc_id")
    return gene_from(values)


def _read_ndjson(lines: Lines) -> Iterator[Row | BadRow]:
    while True:
        number = lines.next_row()
        try:
            if line := next(lines).rstrip(_BLANKS):
                yield Row(number, _gene(line))
        except StopIteration:
            return
        except BadLineError as error:
            yield error.row()
        except InvalidGene as error:
            yield BadRow(number, str(error))


#: What reads a format, by its name.
READABLE: Mapping[str, Callable[[Lines], Iterator[Row | BadRow]]] = MappingProxyType(
    {
        "tsv": partial(read_table, TSV),
        "csv": partial(read_table, CSV),
        "ndjson": _read_ndjson,
    }
)
