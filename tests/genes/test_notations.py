"""How rows and cells are marked in TSV and in CSV."""

from __future__ import annotations

import csv

from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.reading import BadRow, Row
from netsuite.genes.records import Gene
from tests.genes.reads import bad, good, rows, seed


class TSVTests(SynchronousTestCase):
    """What only concerns TSV."""

    def symbols(self, cell: str) -> list[Row | BadRow]:
        return rows("tsv", f"id\tsymbol\tname\n1\tA\t{cell}\n2\tB\tn\n".encode())

    def test_quotes(self) -> None:
        for cell, name in (
            ('"n"', "n"),
            ('"n|m"', "n|m"),
            ('"a ""b"" c"', 'a "b" c'),
            ('""""', '"'),
            ('"""a"""', '"a"'),
            ('a "b" c', 'a "b" c'),
            ('a""b', 'a""b'),
            ('a"', 'a"'),
            ('"a,b"', "a,b"),
        ):
            self.assertEqual(self.symbols(cell)[0], Row(2, Gene("1", "A", name)), cell)

    def test_quotes_that_are_wrong(self) -> None:
        for cell in ('"', '"a', '"""', '"a"b', '"a"b"', '"a""', '"a"""b"'):
            self.assertEqual(
                self.symbols(cell),
                [
                    BadRow(
                        2,
                        "column name begins with a quote: it must end with one too, and the quotes "
                        "in between must be written twice",
                    ),
                    Row(3, seed("B", "2")),
                ],
                cell,
            )

    def test_quotes_do_not_hold_tabs(self) -> None:
        self.assertEqual(
            self.symbols('"a\tb"')[0],
            BadRow(2, "expected 3 cells, as the header has, and found 4"),
        )

    def test_a_quote_that_is_not_closed_costs_one_row(self) -> None:
        table = b'id\tsymbol\tname\tx\n1\tA\tn\t"\n2\tB\t"n\t\n3\tC\tn\t\n'
        self.assertEqual(good("tsv", table), [(2, "A"), (4, "C")])
        self.assertEqual([line for line, _ in bad("tsv", table)], [3])


class CSVTests(SynchronousTestCase):
    """What only concerns CSV."""

    def told(self, what: str) -> str:
        return (
            f"this is not CSV ({what}): a cell with a comma or a quote in it must begin and end "
            "with a quote, and the quotes in between must be written twice"
        )

    def test_quotes(self) -> None:
        table = b'id,symbol,name\n"1","A","a, ""b"""\n2,"B",b "b"\n'
        self.assertEqual(
            rows("csv", table), [Row(2, Gene("1", "A", 'a, "b"')), Row(3, Gene("2", "B", 'b "b"'))]
        )

    def test_rows_of_several_lines(self) -> None:
        """Their number is that of the line on which they begin."""
        table = b'id,symbol,name,notes\n1,A,n,"one\r\ntwo\n\nthree"\n2,B,n,\n3,C,n,"\n"\n4,D,n,\n'
        self.assertEqual(good("csv", table), [(2, "A"), (6, "B"), (7, "C"), (9, "D")])
        self.assertEqual(bad("csv", table), [])

    def test_a_line_break_is_no_part_of_a_record(self) -> None:
        table = b'id,symbol,name\n1,A,n\n2,B,"a\nb"\n3,C,n\n'
        ((line, message),) = bad("csv", table)
        self.assertEqual(line, 3)
        self.assertRegex(message, "^column name: name must be ")
        self.assertEqual(good("csv", table), [(2, "A"), (5, "C")])

    def test_what_follows_a_closing_quote(self) -> None:
        table = b'id,symbol,name\n1,A,"n"x\n2,B,n\n'
        self.assertEqual(
            rows("csv", table),
            [BadRow(2, self.told("',' expected after '\"'")), Row(3, seed("B", "2"))],
        )

    def test_a_quote_that_is_not_closed_before_the_end(self) -> None:
        table = b'id,symbol,name\n1,A,n\n2,B,"n\n3,C,n\n'
        self.assertEqual(
            rows("csv", table),
            [Row(2, seed("A")), BadRow(3, self.told("unexpected end of data"))],
        )

    def test_a_quote_that_the_next_one_closes(self) -> None:
        table = b'id,symbol,name\n1,A,"n\n2,B,"n, m"\n3,C,n\n'
        self.assertEqual(
            rows("csv", table),
            [BadRow(2, self.told("',' expected after '\"'")), Row(4, seed("C", "3"))],
        )

    def test_a_carriage_return_ends_no_line(self) -> None:
        table = b"id,symbol,name\n1,A,n\r2,B,n\n3,C,n\n"
        self.assertEqual(
            rows("csv", table),
            [
                BadRow(2, self.told("new-line character seen in unquoted field")),
                Row(3, seed("C", "3")),
            ],
        )

    def test_bytes_that_are_not_utf_8_within_a_row(self) -> None:
        table = b'id,symbol,name,x\n1,A,n,"a\n\xff\n2,B,n,\n'
        found = rows("csv", table)
        self.assertEqual(found[0], BadRow(3, "byte 1 is not UTF-8; save the file as UTF-8"))
        self.assertEqual(found[-1], Row(4, seed("B", "2")))

    def test_an_unclosed_quote_costs_a_limited_stretch(self) -> None:
        lines = [b"%d,S%d,n\n" % (number, number) for number in range(2, 40_000)]
        table = b'id,symbol,name\n1,A,"n\n' + b"".join(lines)
        found = rows("csv", table)
        assert isinstance(found[0], BadRow)
        self.assertEqual(found[0].line, 2)
        self.assertRegex(found[0].message, r"^this is not CSV \(field larger than field limit")
        self.assertTrue(all(isinstance(row, Row) for row in found[1:]))
        self.assertEqual(found[-1], Row(40_000, seed("S39999", "39999")))
        self.assertGreater(len(found), 25_000)

    def test_pythons_limit_is_left_alone(self) -> None:
        before = csv.field_size_limit()
        rows("csv", b"id,symbol,name\n1,A,n\n")
        self.assertEqual(csv.field_size_limit(), before)
