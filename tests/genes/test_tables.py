"""Reading genes from tables."""

from __future__ import annotations

from itertools import permutations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.reading import MAX_ROW, BadRow, Row
from netsuite.genes.records import FIELDS, Gene, gene_from
from tests.genes.reads import bad, good, rows, seed

#: Rows of HGNC's complete set, without most of its columns.
HGNC = b"""\
hgnc_id\tsymbol\tname\tlocus_group\tlocus_type\tstatus\tlocation\talias_symbol\talias_name\t\
prev_symbol\tprev_name\tentrez_id\tensembl_gene_id\trefseq_accession
HGNC:5\tA1BG\talpha-1-B glycoprotein\t\tgene with protein product\tApproved\t19q13.43\t\t\t\t\t1\t\
ENSG00000121410\tNM_130786
HGNC:37133\tA1BG-AS1\tA1BG antisense RNA 1\t\t\tApproved\t\tFLJ23569\t\t\
"NCRNA00181|A1BGAS|A1BG-AS"\t\t503538\tENSG00000268895\t"NR_015380|NR_1"
HGNC:41022\tA2ML1-AS1\tA2ML1 antisense RNA 1\t\t\tApproved\t\t\t"a "loose" quote|x"\t\t\t\t\t
"""
HGNC_GENES = [
    gene_from(
        {
            "id": "1",
            "symbol": "A1BG",
            "name": "alpha-1-B glycoprotein",
            "hgnc_id": "HGNC:5",
            "entrez_id": "1",
            "ensembl_gene_id": "ENSG00000121410",
            "location": "19q13.43",
            "locus_type": "gene with protein product",
        }
    ),
    gene_from(
        {
            "id": "503538",
            "symbol": "A1BG-AS1",
            "name": "A1BG antisense RNA 1",
            "hgnc_id": "HGNC:37133",
            "entrez_id": "503538",
            "ensembl_gene_id": "ENSG00000268895",
            "previous_symbols": ["NCRNA00181", "A1BGAS", "A1BG-AS"],
            "alias_symbols": ["FLJ23569"],
        }
    ),
    gene_from(
        {
            "id": "HGNC:41022",
            "symbol": "A2ML1-AS1",
            "name": "A2ML1 antisense RNA 1",
            "hgnc_id": "HGNC:41022",
        }
    ),
]


class HGNCTests(SynchronousTestCase):
    """The layout of HGNC's complete set."""

    def test_the_rows(self) -> None:
        self.assertEqual(
            rows("tsv", HGNC), [Row(2 + number, gene) for number, gene in enumerate(HGNC_GENES)]
        )

    def test_as_csv(self) -> None:
        lines = HGNC.decode().splitlines()
        table = "\n".join(",".join(line.split("\t")) for line in lines[:3])
        self.assertEqual(
            rows("csv", table.encode()), [Row(2, HGNC_GENES[0]), Row(3, HGNC_GENES[1])]
        )

    def test_status(self) -> None:
        table = (
            b"id\tsymbol\tname\tstatus\n"
            b"1\tA\tn\tApproved\n"
            b"2\tB~withdrawn\tentry withdrawn\tEntry Withdrawn\n"
            b"3\tC~withdrawn\tsymbol withdrawn, see A\tSymbol Withdrawn\n"
            b"\t\t\tEntry Withdrawn\n"
            b"4\tD\tn\tapproved\n"
            b"5\tE\tn\t\n"
            b'6\tF\tn\t"Approved"\n'
        )
        self.assertEqual(good("tsv", table), [(2, "A"), (8, "F")])
        expected = (
            "column status must be Approved or, for a row to be passed over, Entry Withdrawn or "
            "Symbol Withdrawn"
        )
        self.assertEqual(bad("tsv", table), [(6, expected), (7, expected)])

    def test_the_column_is_named_as_it_is_in_the_file(self) -> None:
        table = b'hgnc_id\tsymbol\tname\tprev_symbol\nHGNC:5\tA\tn\t"B| C"\n'
        ((line, message),) = bad("tsv", table)
        self.assertEqual(line, 2)
        self.assertRegex(message, r"^column prev_symbol: previous_symbols\[1\] must be 1 to 100")


class HeaderTests(SynchronousTestCase):
    """The columns, in both kinds of tables."""

    def assert_fault(self, header: str, message: str, line: int = 1) -> None:
        """Assert that a header is refused, and that nothing else is said."""
        data = header.encode() + b"\n1,A,n\nx,y,z\n"
        self.assertEqual(bad("csv", data), [(line, message)])
        self.assertEqual(good("csv", data), [])
        tabs = data.replace(b",", b"\t")
        expected = message.replace("comma", "tab")
        self.assertEqual(bad("tsv", tabs), [(line, expected)])
        self.assertEqual(good("tsv", tabs), [])

    def test_any_order(self) -> None:
        cells = {"id": "1", "symbol": "A", "name": "n", "alias_symbols": "B|C", "x": "ignored"}
        expected = Row(2, Gene("1", "A", "n", alias_symbols=("B", "C")))
        for order in permutations(cells):
            for name, separator in (("csv", ","), ("tsv", "\t")):
                lines = (separator.join(order), separator.join(cells[one] for one in order))
                self.assertEqual(rows(name, "\r\n".join(lines).encode()), [expected])

    def test_what_is_missing_is_named(self) -> None:
        told = ": expected the names of the columns with a comma between them, and found "
        ids = "id (or entrez_id, or hgnc_id)"
        for header, lacking in (
            ("symbol,name", ids),
            ("id,name", "symbol"),
            ("id,symbol", "name"),
            ("hgnc_id,x", "symbol, and name"),
            ("x,ensembl_gene_id", f"symbol, and name, and {ids}"),
            ("ID,Symbol,Name", f"symbol, and name, and {ids}"),
        ):
            found = header.replace(",", " ")
            self.assert_fault(header, f"the header lacks the column {lacking}{told}{found}")

    def test_an_empty_file(self) -> None:
        for name, separator in (("csv", "comma"), ("tsv", "tab")):
            message = (
                "the header lacks the column symbol, and name, and id (or entrez_id, or hgnc_id): "
                f"expected the names of the columns with a {separator} between them, and found "
                "nothing"
            )
            for data in (b"", b"\n", b"\r\n\n", b"\xef\xbb\xbf"):
                self.assertEqual(
                    bad(name, data),
                    [(1, message)],
                )

    def test_another_notation(self) -> None:
        for name, data in (
            ("csv", HGNC),
            ("tsv", b"id,symbol,name\n1,A,n\n"),
            ("tsv", b'{"id":"1","symbol":"A","name":"n"}\n'),
        ):
            ((line, message),) = bad(name, data)
            self.assertEqual(line, 1)
            self.assertRegex(message, "^the header lacks the column symbol")
            self.assertTrue(message.isprintable())

    def test_another_encoding(self) -> None:
        for name in ("csv", "tsv"):
            self.assertEqual(
                bad(name, "id\tsymbol\tname\n1\tA\tn\n".encode("utf-16")),
                [(1, "byte 1 is not UTF-8; save the file as UTF-8")],
            )

    def test_a_header_that_is_too_long(self) -> None:
        for name in ("csv", "tsv"):
            self.assertEqual(
                bad(name, b"x" * (2 * MAX_ROW) + b"\n1\n"),
                [(1, "the row is longer than 1048576 bytes")],
            )

    def test_columns_that_mean_the_same(self) -> None:
        for header, one, other in (
            ("id,symbol,name,name", "3 (name)", "4 (name)"),
            ("id,symbol,name,x,symbol", "2 (symbol)", "5 (symbol)"),
            ("id,symbol,name,id,id", "1 (id)", "4 (id)"),
            ("status,id,symbol,name,status", "1 (status)", "5 (status)"),
            (
                "id,symbol,name,prev_symbol,previous_symbols",
                "4 (prev_symbol)",
                "5 (previous_symbols)",
            ),
            ("id,symbol,name,alias_symbols,alias_symbol", "4 (alias_symbols)", "5 (alias_symbol)"),
        ):
            self.assert_fault(header, f"the columns {one} and {other} mean the same; leave one out")

    def test_ignored_columns_may_be_called_alike(self) -> None:
        table = b"x,id,x,symbol,,name,\n,1,,A,,n,\n"
        self.assertEqual(rows("csv", table), [Row(2, seed("A"))])
        self.assertEqual(rows("tsv", table.replace(b",", b"\t")), [Row(2, seed("A"))])

    def test_blank_lines_before_it(self) -> None:
        for name, separator in (("csv", b","), ("tsv", b"\t")):
            data = b"\r\n\nid,symbol,name\n\n1,A,n\n".replace(b",", separator)
            self.assertEqual(rows(name, data), [Row(5, seed("A"))])
        self.assert_fault(
            "\n\nid,symbol,name,id",
            "the columns 1 (id) and 4 (id) mean the same; leave one out",
            line=3,
        )

    def test_quoted_names(self) -> None:
        self.assertEqual(rows("csv", b'"id","symbol","name"\n1,A,n\n'), [Row(2, seed("A"))])

    def test_nothing_but_a_header(self) -> None:
        for name, separator in (("csv", b","), ("tsv", b"\t")):
            for end in (b"", b"\n", b"\r\n\r\n"):
                header = separator.join([b"id", b"symbol", b"name"])
                self.assertEqual(rows(name, header + end), [])


class CellTests(SynchronousTestCase):
    """Rows of both kinds of tables."""

    def assert_rows(self, table: str, expected: list[Row | BadRow]) -> None:
        self.assertEqual(rows("csv", table.encode()), expected)
        self.assertEqual(rows("tsv", table.replace(",", "\t").encode()), expected)

    def test_the_number_of_cells(self) -> None:
        table = "id,symbol,name,x\n1,A,n\n2,B,n,,\n3\n4,D,n,\n"
        self.assert_rows(
            table,
            [
                BadRow(2, "expected 4 cells, as the header has, and found 3"),
                BadRow(3, "expected 4 cells, as the header has, and found 5"),
                BadRow(4, "expected 4 cells, as the header has, and found 1"),
                Row(5, seed("D", "4")),
            ],
        )

    def test_what_must_be_there(self) -> None:
        self.assert_rows(
            "id,symbol,name,entrez_id\n,A,n,7\n1,,n,7\n1,A,,7\n,,,\n",
            [
                BadRow(2, "nothing stands in column id: a gene has an id"),
                BadRow(3, "column symbol is empty: a gene has a symbol"),
                BadRow(4, "column name is empty: a gene has a name"),
                BadRow(5, "nothing stands in column id: a gene has an id"),
            ],
        )

    def test_ids_of_files_that_have_none(self) -> None:
        self.assert_rows(
            "symbol,name,hgnc_id,entrez_id\nA,n,HGNC:5,1\nB,n,HGNC:6,\nC,n,,\n",
            [
                Row(2, Gene("1", "A", "n", hgnc_id="HGNC:5", entrez_id="1")),
                Row(3, Gene("HGNC:6", "B", "n", hgnc_id="HGNC:6")),
                BadRow(4, "nothing stands in column entrez_id or hgnc_id: a gene has an id"),
            ],
        )
        self.assert_rows(
            "symbol,name,hgnc_id\nA,n,HGNC:5\nC,n,\n",
            [
                Row(2, Gene("HGNC:5", "A", "n", hgnc_id="HGNC:5")),
                BadRow(3, "nothing stands in column hgnc_id: a gene has an id"),
            ],
        )

    def test_an_id_that_cannot_be_one(self) -> None:
        (row,) = rows("csv", b"symbol,name,entrez_id\nA,n,1/2\n")
        assert isinstance(row, BadRow)
        self.assertRegex(row.message, "^column entrez_id, of which the id is made: id must be 1 to")

    def test_each_column_is_named(self) -> None:
        for field in FIELDS:
            cells = {"id": "1", "symbol": "A", "name": "n"} | {field: " x"}
            for name, separator in (("csv", ","), ("tsv", "\t")):
                data = f"{separator.join(cells)}\n{separator.join(cells.values())}\n".encode()
                ((line, message),) = bad(name, data)
                self.assertEqual(line, 2)
                self.assertRegex(message, rf"^column {field}: {field}(\[0\])? must be 1 to ")

    def test_empty_cells_are_nothing(self) -> None:
        header = ",".join(FIELDS)
        self.assert_rows(f"{header}\n1,A,n,,,,,,,\n", [Row(2, seed("A"))])
        self.assertEqual(
            rows("tsv", (header.replace(",", "\t") + '\n1\tA\tn\t""\t\t\t\t\t""\t\n').encode()),
            [Row(2, seed("A"))],
        )

    def test_words_that_mean_nothing_elsewhere(self) -> None:
        self.assert_rows(
            "id,symbol,name,location\n1,NA,null,None\n",
            [Row(2, Gene("1", "NA", "null", location="None"))],
        )

    def test_the_end_of_lines(self) -> None:
        for end in ("\n", "\r\n"):
            for last in ("", end, end * 3):
                table = f"id,symbol,name{end}1,A,n{end}{end}2,B,n{last}"
                self.assert_rows(table, [Row(2, seed("A")), Row(4, seed("B", "2"))])

    def test_line_ends_of_unicode_end_no_line(self) -> None:
        for end in ("\u2028", "\x85", "\x0b", "\x1e"):
            table = f"id,symbol,name,x\n1,A,n,{end}\n2,B,{end},\n"
            data = [rows("csv", table.encode()), rows("tsv", table.replace(",", "\t").encode())]
            for found in data:
                self.assertEqual(found[0], Row(2, seed("A")))
                self.assertEqual([row.line for row in found], [2, 3])

    def test_a_byte_order_mark(self) -> None:
        self.assert_rows("\ufeffid,symbol,name\n1,A,n\n", [Row(2, seed("A"))])
        ((line, message),) = bad("csv", "id,symbol,name\n\ufeff1,A,n\n".encode())
        self.assertEqual((line, message[:10]), (2, "column id:"))

    def test_bytes_that_are_not_utf_8(self) -> None:
        for wrong in (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80"):
            for name, separator in (("csv", b","), ("tsv", b"\t")):
                table = b"id,symbol,name\n1,A,n\n2,B," + wrong + b"\n3,C,n\n"
                self.assertEqual(
                    rows(name, table.replace(b",", separator)),
                    [
                        Row(2, seed("A")),
                        BadRow(3, "byte 5 is not UTF-8; save the file as UTF-8"),
                        Row(4, seed("C", "3")),
                    ],
                )

    def test_lists(self) -> None:
        for cell, expected in (("B", ("B",)), ("B|C", ("B", "C")), ("NA|-", ("NA", "-"))):
            self.assert_rows(
                f"id,symbol,name,alias_symbols\n1,A,n,{cell}\n",
                [Row(2, Gene("1", "A", "n", alias_symbols=expected))],
            )
        for cell in ("|", "B|", "|B", "B||C", "B| C", "B|B"):
            ((_, message),) = bad("csv", f"id,symbol,name,alias_symbols\n1,A,n,{cell}\n".encode())
            self.assertRegex(message, "^column alias_symbols: ")

    def test_too_many_symbols(self) -> None:
        cell = "|".join(map(str, range(201)))
        self.assert_rows(
            f"id,symbol,name,alias_symbols\n1,A,n,{cell}\n",
            [BadRow(2, "column alias_symbols: alias_symbols must hold at most 200 symbols")],
        )

    def test_rows_with_the_same_id_are_all_there(self) -> None:
        self.assert_rows("id,symbol,name\n1,A,n\n1,B,n\n", [Row(2, seed("A")), Row(3, seed("B"))])
