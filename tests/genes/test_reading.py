"""Reading genes from NDJSON, and from anything."""

from __future__ import annotations

import json
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.reading import MAX_ROW, READABLE, BadRow, Row, read
from netsuite.genes.records import Gene
from tests.genes.reads import bad, rows, seed


class NDJSONTests(SynchronousTestCase):
    """An object a line."""

    def fault(self, line: str) -> str:
        """Return what is said of a line that must not disturb the next."""
        good_line = '{"id":"2","symbol":"B","name":"n"}'
        first, second = rows("ndjson", f"{line}\n{good_line}\n".encode())
        self.assertEqual(second, Row(2, seed("B", "2")))
        assert isinstance(first, BadRow), first
        self.assertEqual(first.line, 1)
        self.assertTrue(first.message.isprintable())
        return first.message

    def test_all_members(self) -> None:
        gene = Gene("1", "A", "n", "HGNC:5", "1", "E", "1p", "t", ("B", "C"), ("D",))
        line = (
            '{"id":"1","symbol":"A","name":"n","hgnc_id":"HGNC:5","entrez_id":"1",'
            '"ensembl_gene_id":"E","location":"1p","locus_type":"t","previous_symbols":["B","C"],'
            '"alias_symbols":["D"]}'
        )
        self.assertEqual(rows("ndjson", line.encode()), [Row(1, gene)])

    def test_lines(self) -> None:
        line = b' {"id":"1",\t"symbol":"A" , "name":"n"} '
        for end in (b"\n", b"\r\n"):
            data = end.join([b"", line, b" \t", line, b""])
            self.assertEqual(rows("ndjson", data), [Row(2, seed("A")), Row(4, seed("A"))])
        self.assertEqual(rows("ndjson", b"\xef\xbb\xbf" + line), [Row(1, seed("A"))])

    def test_an_empty_file(self) -> None:
        for data in (b"", b"\n", b"\r\n \n", b"\xef\xbb\xbf"):
            self.assertEqual(rows("ndjson", data), [])

    def test_ids(self) -> None:
        line = '{"symbol":"A","name":"n","hgnc_id":"HGNC:5"%s}\n'
        made = line % "" + line % ',"entrez_id":"1"' + line % ',"entrez_id":null'
        self.assertEqual(
            [row.gene.id for row in rows("ndjson", made.encode()) if isinstance(row, Row)],
            ["HGNC:5", "1", "HGNC:5"],
        )
        self.assertRegex(self.fault('{"symbol":"A","name":"n"}'), "^id is missing")
        self.assertRegex(self.fault(line[:-1] % ',"id":null'), "^id is missing")
        self.assertRegex(self.fault(line[:-1] % ',"id":""'), "^id must be 1 to 64")
        self.assertRegex(self.fault(line[:-1] % ',"entrez_id":5'), "^entrez_id must be a text")

    def test_members(self) -> None:
        line = '{"id":"1","symbol":"A","name":"n",%s}'
        self.assertRegex(self.fault(line % '"prev_symbol":[]'), "^'prev_symbol' is no field")
        self.assertRegex(self.fault(line % '"status":"Approved"'), "^'status' is no field")
        self.assertRegex(self.fault(line % r'"\u001b[2J":"x"'), "is no field of a gene")
        self.assertRegex(self.fault(line % '"location":1'), "^location must be a text")
        self.assertRegex(self.fault(line % '"location":NaN'), "^location must be a text")
        self.assertRegex(self.fault(line % r'"location":"\ud800"'), "^location must be 1 to 200")
        self.assertRegex(
            self.fault(line % '"alias_symbols":"B|C"'), "^alias_symbols must be a list"
        )
        self.assertEqual(self.fault(line % '"name":"m"'), "the object has a member twice")
        self.assertEqual(
            self.fault(line % '"location":{"a":1,"a":1}'), "the object has a member twice"
        )
        self.assertRegex(self.fault("{}"), "^id is missing")

    def test_what_is_no_object(self) -> None:
        for line in ("[]", '"x"', "1", "null", "true", "1" * 5000, "-Infinity"):
            self.assertEqual(self.fault(line), "expected a JSON object on each line")

    def test_what_is_not_json(self) -> None:
        for line, position in (
            ("x", 1),
            ("id,symbol,name", 1),
            ('{"id":"1"', 10),
            ('{"id":"1"}{}', 11),
            ("{'id':'1'}", 2),
            ('{"id":"1",}', 11),
            ('{"id":"\t"}', 8),
        ):
            self.assertRegex(self.fault(line), f"^this is not JSON, from character {position} on")

    def test_an_object_has_one_line(self) -> None:
        data = b'{"id":"1",\n"symbol":"A","name":"n"}\n'
        self.assertEqual([line for line, _ in bad("ndjson", data)], [1, 2])

    def test_bytes_that_are_not_utf_8(self) -> None:
        data = b'{"id":"1"}\xff\n{"id":"1","symbol":"A","name":"n"}\n'
        self.assertEqual(
            rows("ndjson", data),
            [BadRow(1, "byte 11 is not UTF-8; save the file as UTF-8"), Row(2, seed("A"))],
        )

    def test_what_is_nested_too_deep(self) -> None:
        for opening in ("[", '{"a":'):
            line = opening * (MAX_ROW // len(opening) - 1)
            self.assertRegex(self.fault(line), "^the JSON is nested too deep")


PIECES = [
    *(b"id", b"symbol", b"name", b"alias_symbol", b"status", b"entrez_id", b"Approved", b"A", b"1"),
    *(b",", b"\t", b"\n", b"\r", b'"', b'""', b"|", b" ", b"\xff", b"\xc3\xa9", b"\x00", b"\x1b"),
    *(b"{", b"}", b"[", b"]", b":", b'{"id":"1","symbol":"A","name":"n"}', b"\\ud800", b"\\"),
    *(b"id,symbol,name\n", b"id\tsymbol\tname\tx\n", b"1,A,n\n", b"2\tB\tn\t\n", b"\xef\xbb\xbf"),
]


class AnythingTests(SynchronousTestCase):
    """Whatever is in a file, there are rows, good and bad, in the order of their lines."""

    @settings(deadline=None, max_examples=400)
    @given(st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join))
    def test_awkward_pieces(self, data: bytes) -> None:
        self.assert_rows(data)

    @settings(deadline=None)
    @given(st.binary(max_size=200))
    def test_any_bytes(self, data: bytes) -> None:
        for header in (b"", b"id,symbol,name\n", b"id\tsymbol\tname\n"):
            self.assert_rows(header + data)

    def assert_rows(self, data: bytes) -> None:
        lines = data.count(b"\n") + 1
        for name in READABLE:
            found = rows(name, data)
            numbers = [row.line for row in found]
            self.assertEqual(numbers, sorted(set(numbers)))
            self.assertTrue(all(1 <= number <= lines for number in numbers))
            for row in found:
                if isinstance(row, BadRow):
                    self.assertTrue(row.message.isprintable(), row.message)
                    self.assertLess(len(row.message), 600)
                else:
                    json.dumps(row.gene.name, ensure_ascii=False).encode()

    def test_an_unknown_format(self) -> None:
        for name in ("json", "xlsx", ""):
            with self.assertRaises(KeyError):
                read(name, BytesIO())
