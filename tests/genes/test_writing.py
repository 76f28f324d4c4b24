"""Writing genes."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from io import BytesIO, StringIO
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.reading import READABLE, BadRow, Row, read
from netsuite.genes.records import (
    FIELDS,
    LIST_FIELDS,
    MAX_ID,
    MAX_NAME,
    MAX_SYMBOL,
    MAX_SYMBOLS,
    MAX_TEXT,
    SEED_FIELDS,
    Gene,
    as_json,
    gene_from,
)
from netsuite.genes.search import Match
from netsuite.genes.writing import FORMATS, MATCH
from tests.genes.strategies import AWKWARD, GENES, Found

A1BG = Gene("1", "A1BG", "alpha-1-B glycoprotein")
A2M = Gene(
    id="2",
    symbol="A2M",
    name='alpha-2, "big" macroglobulin',
    hgnc_id="HGNC:7",
    entrez_id="2",
    previous_symbols=("FWP007",),
    alias_symbols=("S863-7", "CPAMD5", "Ä2M"),
)
BOTH = [Found(A1BG), Found(A2M)]
MATCHED = [
    Found(A1BG, Match("symbol", "prefix", "A1BG")),
    Found(A2M, Match("name", "words", 'alpha-2, "big": macro')),
    Found(A2M),
]


def written(name: str, found: Sequence[Found], fields: Sequence[str] = FIELDS) -> bytes:
    """Return a document that is written in one batch."""
    writer = FORMATS[name].writer(fields)
    return writer.head() + writer.rows(found) + writer.tail()


def table(name: str, document: bytes) -> list[list[str]]:
    """Return the rows of a table as Python's own reader has them."""
    dialect = {"csv": "excel", "tsv": "excel-tab"}[name]
    return list(csv.reader(StringIO(document.decode(), newline=""), dialect, strict=True))


class FormatTests(SynchronousTestCase):
    """The formats."""

    def test_names_and_media_types(self) -> None:
        self.assertEqual(
            [(name, one.name, one.media_type) for name, one in FORMATS.items()],
            [
                ("json", "json", "application/json"),
                ("ndjson", "ndjson", "application/x-ndjson"),
                ("csv", "csv", "text/csv"),
                ("tsv", "tsv", "text/tab-separated-values"),
            ],
        )

    def test_content_types_begin_with_the_media_type(self) -> None:
        for one in FORMATS.values():
            self.assertEqual(one.content_type.partition(";")[0], one.media_type)

    def test_text_is_said_to_be_utf_8(self) -> None:
        for name in ("csv", "tsv"):
            self.assertIn("; charset=utf-8", FORMATS[name].content_type)

    def test_all_but_json_can_be_read(self) -> None:
        self.assertEqual(set(READABLE), set(FORMATS) - {"json"})


class DocumentTests(SynchronousTestCase):
    """The very bytes."""

    def test_json(self) -> None:
        self.assertEqual(
            written("json", BOTH, SEED_FIELDS).decode(),
            '{"genes":[{"id":"1","symbol":"A1BG","name":"alpha-1-B glycoprotein"},'
            '{"id":"2","symbol":"A2M","name":"alpha-2, \\"big\\" macroglobulin"}]}',
        )

    def test_ndjson(self) -> None:
        self.assertEqual(
            written("ndjson", BOTH, ("symbol", "alias_symbols", "hgnc_id")).decode(),
            '{"symbol":"A1BG","alias_symbols":[],"hgnc_id":null}\n'
            '{"symbol":"A2M","alias_symbols":["S863-7","CPAMD5","Ä2M"],'
            '"hgnc_id":"HGNC:7"}\n',
        )

    def test_csv(self) -> None:
        self.assertEqual(
            written("csv", BOTH).decode(),
            "id,symbol,name,hgnc_id,entrez_id,ensembl_gene_id,location,locus_type,"
            "previous_symbols,alias_symbols\r\n"
            "1,A1BG,alpha-1-B glycoprotein,,,,,,,\r\n"
            '2,A2M,"alpha-2, ""big"" macroglobulin",HGNC:7,2,,,,FWP007,'
            "S863-7|CPAMD5|Ä2M\r\n",
        )

    def test_tsv(self) -> None:
        self.assertEqual(
            written("tsv", BOTH).decode(),
            "id\tsymbol\tname\thgnc_id\tentrez_id\tensembl_gene_id\tlocation\tlocus_type\t"
            "previous_symbols\talias_symbols\n"
            "1\tA1BG\talpha-1-B glycoprotein\t\t\t\t\t\t\t\n"
            '2\tA2M\talpha-2, "big" macroglobulin\tHGNC:7\t2\t\t\t\tFWP007\t'
            "S863-7|CPAMD5|Ä2M\n",
        )

    def test_without_records(self) -> None:
        for name, expected in (
            ("json", b'{"genes":[]}'),
            ("ndjson", b""),
            ("csv", b"id,symbol,name\r\n"),
            ("tsv", b"id\tsymbol\tname\n"),
        ):
            writer = FORMATS[name].writer(SEED_FIELDS)
            self.assertEqual(writer.head() + writer.tail(), expected)
            self.assertEqual(written(name, [], SEED_FIELDS), expected)

    def test_a_single_column(self) -> None:
        """A row whose only cell is empty must not look like a blank line to readers of CSV."""
        nothing = [Found(A1BG), Found(A2M)]
        self.assertEqual(written("csv", nothing, ["location"]), b'location\r\n""\r\n""\r\n')
        self.assertEqual(written("tsv", nothing, ["location"]), b"location\n\n\n")
        self.assertEqual(
            written("csv", nothing, ["alias_symbols"]).decode(),
            'alias_symbols\r\n""\r\nS863-7|CPAMD5|Ä2M\r\n',
        )
        self.assertEqual(
            written("json", nothing, ["hgnc_id"]),
            b'{"genes":[{"hgnc_id":null},{"hgnc_id":"HGNC:7"}]}',
        )

    def test_a_cell_that_begins_with_a_quote(self) -> None:
        """TSV has no quoting, but what reads it does."""
        gene = gene_from({"id": "1", "symbol": '"A"', "name": 'B "b"', "location": '"'})
        self.assertEqual(
            written("tsv", [Found(gene)], ("id", "symbol", "name", "location")).decode(),
            'id\tsymbol\tname\tlocation\n1\t"""A"""\tB "b"\t""""\n',
        )

    def test_formulas_are_left_alone(self) -> None:
        """What is exported is what was stored."""
        for text in ("=1+1", "+beta", "-1", "@SUM(A1)", "=HYPERLINK(A1)"):
            gene = gene_from({"id": "1", "symbol": text, "name": text})
            self.assertIn(
                f"1,{text},{text}\r\n".encode(), written("csv", [Found(gene)], SEED_FIELDS)
            )
            self.assertIn(
                f"1\t{text}\t{text}\n".encode(), written("tsv", [Found(gene)], SEED_FIELDS)
            )


class FieldsTests(SynchronousTestCase):
    """Which fields, and in which order."""

    def test_the_order(self) -> None:
        for fields in permutations(("id", "alias_symbols", "hgnc_id", MATCH), 3):
            rows = json.loads(written("json", MATCHED, fields))["genes"]
            lines = written("ndjson", MATCHED, fields).splitlines()
            for row in (*rows, *map(json.loads, lines)):
                self.assertEqual(tuple(row), fields)
            for name in ("csv", "tsv"):
                self.assertEqual(tuple(table(name, written(name, MATCHED, fields))[0]), fields)

    def test_a_match_in_json(self) -> None:
        expected = [
            {"id": "1", "match": {"field": "symbol", "type": "prefix", "value": "A1BG"}},
            {
                "id": "2",
                "match": {"field": "name", "type": "words", "value": 'alpha-2, "big": macro'},
            },
            {"id": "2", "match": None},
        ]
        self.assertEqual(json.loads(written("json", MATCHED, ("id", MATCH)))["genes"], expected)
        lines = written("ndjson", MATCHED, ("id", MATCH)).splitlines()
        self.assertEqual([json.loads(line) for line in lines], expected)

    def test_a_match_in_a_table(self) -> None:
        for name in ("csv", "tsv"):
            self.assertEqual(
                table(name, written(name, MATCHED, (MATCH, "id"))),
                [
                    ["match", "id"],
                    ["symbol:prefix:A1BG", "1"],
                    ['name:words:alpha-2, "big": macro', "2"],
                    ["", "2"],
                ],
            )

    def test_a_match_alone(self) -> None:
        self.assertEqual(
            written("csv", MATCHED[::2], [MATCH]), b'match\r\nsymbol:prefix:A1BG\r\n""\r\n'
        )
        self.assertEqual(
            written("json", MATCHED[:1], [MATCH]),
            b'{"genes":[{"match":{"field":"symbol","type":"prefix","value":"A1BG"}}]}',
        )

    def test_a_match_does_not_keep_a_table_from_being_read(self) -> None:
        for name in ("csv", "tsv"):
            document = written(name, MATCHED[:2], (*FIELDS, MATCH))
            self.assertEqual(list(read(name, BytesIO(document))), [Row(2, A1BG), Row(3, A2M)])


class BatchTests(SynchronousTestCase):
    """However records come, the document is the same."""

    def test_every_cut_in_three(self) -> None:
        found = [*BOTH, *MATCHED]
        for name, one in FORMATS.items():
            whole = written(name, found, (*FIELDS, MATCH))
            for first in range(len(found) + 1):
                for second in range(first, len(found) + 1):
                    writer = one.writer((*FIELDS, MATCH))
                    pieces = [
                        writer.head(),
                        *map(writer.rows, (found[:first], found[first:second], found[second:])),
                        writer.tail(),
                    ]
                    self.assertEqual(b"".join(pieces), whole, (name, first, second))

    def test_writers_do_not_disturb_each_other(self) -> None:
        for name, one in FORMATS.items():
            writers = [one.writer(SEED_FIELDS), one.writer(SEED_FIELDS)]
            documents = [writer.head() for writer in writers]
            for found in BOTH:
                for number, writer in enumerate(writers):
                    documents[number] += writer.rows([found])
            for number, writer in enumerate(writers):
                documents[number] += writer.tail()
                self.assertEqual(documents[number], written(name, BOTH, SEED_FIELDS))


class ThereAndBackTests(SynchronousTestCase):
    """What is exported with all fields is imported as the same records."""

    @settings(deadline=None)
    @given(st.lists(GENES, max_size=6), st.integers(1, 4), st.permutations(FIELDS))
    def test_any_genes(self, genes: list[Gene], batch: int, fields: list[str]) -> None:
        found = [Found(gene) for gene in genes]
        batches = [found[i : i + batch] for i in range(0, len(found), batch)]
        for name in READABLE:
            writer = FORMATS[name].writer(fields)
            document = b"".join([writer.head(), *map(writer.rows, batches), writer.tail()])
            first = 1 if name == "ndjson" else 2
            self.assertEqual(
                list(read(name, BytesIO(document))),
                [Row(first + number, gene) for number, gene in enumerate(genes)],
            )

    @settings(deadline=None)
    @given(st.lists(GENES, max_size=4))
    def test_json(self, genes: list[Gene]) -> None:
        document = json.loads(written("json", [Found(gene) for gene in genes]))
        self.assertEqual(list(document), ["genes"])
        self.assertEqual([gene_from(record) for record in document["genes"]], genes)

    @given(GENES)
    def test_what_others_read(self, gene: Gene) -> None:
        """Python's own readers find the same in it."""
        expected = as_json(gene, FIELDS)
        cells = ["|".join(v) if isinstance(v, tuple) else v or "" for v in expected.values()]
        for name in ("csv", "tsv"):
            self.assertEqual(table(name, written(name, [Found(gene)]))[1:], [cells])

    def test_awkward_values_in_every_column(self) -> None:
        for text in AWKWARD:
            gene = gene_from(
                {
                    **dict.fromkeys(FIELDS[1:8], text),
                    **{field: [text, "x", f"{text}y"] for field in LIST_FIELDS},
                    "id": "1",
                }
            )
            for name in READABLE:
                rows = list(read(name, BytesIO(written(name, [Found(gene)]))))
                self.assertEqual([row for row in rows if isinstance(row, BadRow)], [])
                self.assertEqual([row.gene for row in rows if isinstance(row, Row)], [gene])

    def test_the_longest_record(self) -> None:
        """It fits into a row, in the characters that take most bytes."""
        wide = "\U0001f9ec"
        symbols = [wide * (MAX_SYMBOL - 3) + f"{number:03}" for number in range(MAX_SYMBOLS)]
        gene = gene_from(
            {
                "id": "1" * MAX_ID,
                "symbol": wide * MAX_SYMBOL,
                "name": wide * MAX_NAME,
                **dict.fromkeys(FIELDS[3:8], '"' + wide * (MAX_TEXT - 1)),
                "previous_symbols": symbols,
                "alias_symbols": symbols,
            }
        )
        for name in READABLE:
            (row,) = read(name, BytesIO(written(name, [Found(gene)])))
            assert isinstance(row, Row), row
            self.assertEqual(row.gene, gene)
        escaped = json.dumps(as_json(gene, FIELDS)).encode("ascii")
        (row,) = read("ndjson", BytesIO(escaped))
        assert isinstance(row, Row), row
        self.assertEqual(row.gene, gene)
