"""Exports, which imports read."""

from __future__ import annotations

from pathlib import Path

from netsuite.client.cars.exporting import export_cars
from netsuite.client.cars.rows import Rows
from netsuite.client.problems import ClientError
from tests.client.cars.support import JACK, FakeRegistry
from tests.client.support import NetworkTestCase, Printed, new_folder


class ExportTests(NetworkTestCase):
    def setUp(self) -> None:
        self.server = FakeRegistry(self)
        self.folder = new_folder(self)

    async def test_to_standard_output(self) -> None:
        self.server.cars["A"] = (4, 0, 'Zoë "Z"')
        output = Printed()
        await export_cars(self.server.client(), output, None, force=False)
        self.assertEqual(
            output.bytes.decode(),
            'license,seats,mileage,owner\n"024 HYR",2,97543,"Jack Lemon"\n"A",4,0,"Zoë ""Z"""\n',
        )

    async def test_on_a_terminal(self) -> None:
        self.server.cars["A"] = (4, 0, "\x1b[2J")
        output = Printed(terminal=True)
        await export_cars(self.server.client(), output, None, force=False)
        self.assertIn(b'"A",4,0,"\\x1b[2J"\n', output.bytes)

    async def test_what_is_exported_can_be_imported(self) -> None:
        owners = ["a,b", 'a"b', " a ", "a\rb", "a\nb\r\n", "ä\u2028b", "=1+1", "\ufeff", "-", "'"]
        cars = {f"\ufeff{number}": (4, number, owner) for number, owner in enumerate(owners)}
        self.server.cars = {**cars, "A\nB": JACK, 'A"B': JACK, " A": JACK, "": JACK}
        self.server.page = 3
        path = self.folder / "cars.csv"
        await export_cars(self.server.client(), Printed(), path, force=False)
        read = [row.car for row in Rows(str(path))]
        self.assertEqual(
            {car.license: (car.seats, car.mileage, car.owner) for car in read if car},
            {license: car for license, car in self.server.cars.items() if license},
        )

    async def test_complete_or_not_at_all(self) -> None:
        path = self.folder / "cars.csv"
        self.server.instead["GET_CAR_DETAILS"] = None
        with self.assertRaises(ClientError):
            await export_cars(self.server.client(), Printed(), path, force=False)
        self.assertEqual(list(self.folder.iterdir()), [])

    async def test_a_file_that_exists(self) -> None:
        path = self.folder / "cars.csv"
        path.write_text("mine")
        with self.assertRaises(ClientError) as caught:
            await export_cars(self.server.client(), Printed(), path, force=False)
        self.assertIn("--force", str(caught.exception))
        self.assertEqual((path.read_text(), self.server.asked), ("mine", []))
        await export_cars(self.server.client(), Printed(), path, force=True)
        self.assertIn("Jack Lemon", path.read_text())

    async def test_a_special_file(self) -> None:
        await export_cars(self.server.client(), Printed(), Path("/dev/null"), force=False)
