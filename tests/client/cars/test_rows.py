"""Cars in files: CSV as people write it, and the classic server's own."""

from __future__ import annotations

import gzip
import os
import threading
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from netsuite.client.cars.registry import Car
from netsuite.client.cars.rows import MAX_LINE, Row, Rows
from netsuite.client.problems import ClientError
from tests.client.cars.support import JACK, make_dat
from tests.client.support import new_folder

HEADER = b"license,seats,mileage,owner\n"


class FileTestCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = new_folder(self) / "cars"

    def rows(self, contents: bytes) -> list[Row]:
        self.path.write_bytes(contents)
        return list(Rows(str(self.path)))

    def cars(self, contents: bytes) -> list[Car | None]:
        return [row.car for row in self.rows(contents)]

    def assert_refused(self, contents: bytes, *words: str) -> None:
        with self.assertRaises(ClientError, msg=repr(contents[:60])) as caught:
            self.rows(contents)
        text = str(caught.exception)
        self.assertTrue(text.isprintable())
        self.assertIn(str(self.path), text)
        for word in words:
            self.assertIn(word, text)


class CSVTests(FileTestCase):
    def test_cars(self) -> None:
        jack = Car("024 HYR", *JACK)
        for contents in (
            HEADER + b"024 HYR,2,97543,Jack Lemon\n",
            HEADER + b"024 hyr,2,97543,Jack Lemon",
            b"\xef\xbb\xbf" + HEADER + b'"024 HYR","2","97543","Jack Lemon"\r\n',
            b"Owner, Mileage ,SEATS,license\r\nJack Lemon, 97543 ,2,024 HYR\r\n",
            b'license,seats,mileage,owner\n\n024 HYR,+2,097543,"Jack Lemon"\n\n',
        ):
            self.assertEqual(self.cars(contents), [jack], contents)

    def test_texts_are_left_as_they_are(self) -> None:
        for text, owner in (
            ('" a ""b"", c\r\nd\re\nf "', ' a "b", c\r\nd\re\nf '),
            ("Zoë Müller-Łuk 李", "Zoë Müller-Łuk 李"),
            ("", ""),
        ):
            self.assertEqual(
                self.cars(HEADER + f"X,4,0,{text}\n".encode()), [Car("X", 4, 0, owner)]
            )

    def test_nothing_but_a_header(self) -> None:
        self.assertEqual(self.rows(HEADER), [])

    def test_bad_rows(self) -> None:
        rows = self.rows(
            HEADER
            + b"A,4,0,ok\n"
            + b"B,4,0\n"
            + b"C,4,0,me,too\n"
            + b"D,four,0,me\n"
            + b"E,4,1.5,me\n"
            + b"\n"
            + b"F,4,-1,the server says so\n"
            + b'G,4,0,"a\nb"\n'
            + b"H,4,0,J\xfcck\n"
            + b'I,4,0,"me"x\n'
            + "J,٤,0,me\n".encode()
            + b"K,4,0,ok\n"
        )
        self.assertEqual(
            [(row.where, row.car.license if row.car else row.fault) for row in rows],
            [
                ("line 2", "A"),
                ("line 3", "expected 4 values, found 3"),
                ("line 4", "expected 4 values, found 5"),
                ("line 5", "the seats 'four' is not a whole number"),
                ("line 6", "the mileage '1.5' is not a whole number"),
                ("line 8", "F"),
                ("line 9", "G"),
                ("line 11", "the owner 'J\\xfcck' is not UTF-8 text"),
                ("line 12", "it is not CSV: ',' expected after '\"'"),
                ("line 13", "the seats '٤' is not a whole number"),
                ("line 14", "K"),
            ],
        )

    def test_a_quote_that_is_not_closed(self) -> None:
        (row,) = self.rows(HEADER + b'A,4,0,"me\nB,4,0,me\n')
        self.assertEqual((row.where, row.car), ("line 2", None))
        self.assertIn("it is not CSV", row.fault)

    def test_headers(self) -> None:
        for header, words in (
            (b"", "the column license is missing"),
            (b"license,seats,mileage\n", "the column owner is missing"),
            (b"license,seats,mileage,owner,colour\n", "there is no column 'colour'"),
            (b"license;seats;mileage;owner\n", "there is no column 'license;seats;mileage;owner'"),
            (b"024 HYR,2,97543,Jack Lemon\n", "there is no column '024 hyr'"),
            (b"license,seats,mileage,owner,owner\n", "a column is there twice"),
            (b'"license\n', "is not a CSV file"),
            ("license,seats,mileage,owner\n".encode("utf-16"), "there is no column"),
            (b"\x1b[2J\0\n", "there is no column"),
        ):
            expected = "the first line must be license,seats,mileage,owner, in any order"
            self.assert_refused(header, words, expected)

    def test_an_endless_line(self) -> None:
        self.assert_refused(HEADER + b"x" * (MAX_LINE + 1), f"longer than {MAX_LINE} bytes")

    def test_missing_file(self) -> None:
        with self.assertRaises(ClientError) as caught:
            list(Rows(str(self.path)))
        self.assertEqual(
            str(caught.exception), f"cannot read {self.path}: No such file or directory"
        )

    def test_position(self) -> None:
        self.path.write_bytes(HEADER + b"A,4,0,me\n" * 1000)
        rows = Rows(str(self.path))
        seen = [rows.position for _ in rows]
        self.assertEqual((seen[0], seen[-1], rows.size), (37, 28 + 9000, 28 + 9000))


class ClassicTests(FileTestCase):
    def test_cars(self) -> None:
        make_dat(self.path, {"024 hyr": JACK, "B": (4, 0, "Zoë")})
        rows = list(Rows(str(self.path)))
        self.assertEqual(
            rows,
            [Row("car 1", Car("024 HYR", *JACK)), Row("car 2", Car("B", 4, 0, "Zoë"))],
        )

    def test_from_a_pipe(self) -> None:
        make_dat(self.path, {"024 HYR": JACK})
        pipe = Path(f"{self.path}.pipe")
        os.mkfifo(pipe)
        writer = threading.Thread(target=lambda: pipe.write_bytes(self.path.read_bytes()))
        writer.start()
        rows = list(Rows(str(pipe)))
        writer.join()
        self.assertEqual([row.car for row in rows], [Car("024 HYR", *JACK)])

    def test_others(self) -> None:
        self.assert_refused(gzip.compress(HEADER), "is not a classic server's data file")
        self.assert_refused(b"\x1f\x8b\x08", "is not a classic server's data file")
        pipe = Path(f"{self.path}.pipe")
        os.mkfifo(pipe)
        writer = threading.Thread(target=lambda: pipe.write_bytes(b"\x1f\x8b\x08"))
        writer.start()
        with self.assertRaises(ClientError) as caught:
            list(Rows(str(pipe)))
        writer.join()
        self.assertTrue(str(caught.exception).startswith(f"{pipe} is not"))
