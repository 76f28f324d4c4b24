"""``netsuite cars`` with arguments, and the real service: cars one by one, and in files."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.client.cars.support import make_dat
from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons, environment, netsuite
from tests.end_to_end.programs import Client
from tests.end_to_end.wire import talk

JACK = "License: 024 HYR\nSeats: 2\nMileage: 97543\nOwner: Jack Lemon\n"


@pytest.fixture
def cars(start: Daemons) -> Daemon:
    """Run the registry, with its sample data."""
    return start("cars")


class CarClient(Client):
    """Runs ``netsuite cars`` with arguments."""

    command = "cars"


@pytest.fixture
def client(cars: Daemon, tmp_path: Path) -> CarClient:
    """Run the client with the registry and its sample data."""
    return CarClient(cars, tmp_path)


class TestCommands:
    def test_text(self, client: CarClient) -> None:
        assert client("get", "024 hyr") == JACK
        assert client("mileage", "024 hyr", "103491") == "Mileage successfully changed\n"
        assert client("owner", "024 hyr", "Zoë") == "Owner successfully changed\n"
        assert client("add", "024 abc", "5", "0", "me") == "Car 024 ABC successfully registered\n"
        assert client("list", "024") == "024 ABC\n024 HYR\n"
        assert "Owner: Zoë\n" in client("get", "024 HYR")

    def test_json(self, client: CarClient) -> None:
        assert json.loads(client("--json", "get", "024 hyr")) == {
            "license": "024 HYR",
            "seats": 2,
            "mileage": 97543,
            "owner": "Jack Lemon",
        }
        assert "024 HYR" in json.loads(client("list", "--json"))

    def test_refusals(self, client: CarClient) -> None:
        for arguments, words in (
            (("get", "x"), "This license is not registered"),
            (("mileage", "024 hyr", "1"), "Cannot wind the odometer back"),
            (("mileage", "024 hyr", "-1"), "Cannot set a negative mileage"),
            (("owner", "024 hyr", ""), "Cannot set an empty owner"),
            (("add", "024 hyr", "2", "0", "me"), "Cannot register duplicate license"),
            (("add", "n", "3", "0", "me"), "Cannot register car with invalid seats"),
        ):
            assert client.run(*arguments) == (1, "", f"netsuite cars: {words}\n")
        status, out, err = client.run("mileage", "024 hyr", "9" * 30)
        assert (status, out, len(err.splitlines())) == (1, "", 1)
        assert client("get", "024 HYR") == JACK

    def test_stop(self, client: CarClient) -> None:
        assert client("stop") == "The server is stopping\n"
        assert client.daemon.wait() == 0
        status, out, err = client.run("stop")
        assert (status, out, len(err.splitlines())) == (1, "", 1)

    def test_a_server_that_is_not_stopped_by_clients(self, start: Daemons, tmp_path: Path) -> None:
        client = CarClient(start("cars", "--no-shutdown"), tmp_path)
        status, out, err = client.run("stop")
        assert (status, out, len(err.splitlines())) == (1, "", 1)
        assert client("get", "024 HYR") == JACK


OWNERS = ["Zoë", 'Jack "the" Lemon', "a, b", "two\nlines", "two\r\nmore", "a\rb", " me ", "=1+1"]


class TestFiles:
    def test_round_trip(self, start: Daemons, tmp_path: Path) -> None:
        first = CarClient(start("cars", "--no-samples", "--store", "sqlite:first"), tmp_path)
        second = CarClient(start("cars", "--no-samples", "--store", "sqlite:second"), tmp_path)
        numbers = list(range(2000))
        random.Random(3).shuffle(numbers)
        cars = {f"{number:04} ÄB": (2, number, OWNERS[number % 8]) for number in numbers}
        make_dat(tmp_path / "registrations", cars)
        assert first("import", "registrations") == "registered 2000, already there 0, refused 0\n"
        assert first("list", "19").splitlines() == [f"19{number:02} ÄB" for number in range(100)]
        assert first("export", "cars.csv") == ""
        said = second("import", "cars.csv")
        assert said == "registered 2000, already there 0, refused 0\n"
        said = second("import", "-", stdin=(tmp_path / "cars.csv").read_bytes())
        assert said == "registered 0, already there 2000, refused 0\n"
        out = netsuite(tmp_path, "cars", "export", f"--ready-file={second.daemon.ready_file}")
        assert out.stdout == (tmp_path / "cars.csv").read_bytes()
        details = json.loads(second("get", "1234 äb", "--json"))
        assert details["owner"] == OWNERS[1234 % 8]

    def test_a_classic_file_from_a_pipe(self, client: CarClient) -> None:
        make_dat(client.folder / "a.dat", {"024 HYR": (2, 97543, "Jack Lemon"), "N": (4, 0, "me")})
        said = client("import", "-", stdin=(client.folder / "a.dat").read_bytes())
        assert said == "registered 1, already there 1, refused 0\n"

    def test_bad_rows(self, client: CarClient) -> None:
        contents = b"owner,license,mileage,seats\nme,a,0,4\nme,b,0\nme,c,0,3\nme,024 hyr,0,4\n"
        status, out, err = client.run("import", "-", stdin=contents)
        assert (status, out) == (1, "registered 1, already there 0, refused 3\n")
        differs = "2 seats, mileage 97543, owner Jack Lemon"
        assert sorted(err.splitlines()) == [
            "standard input: line 3: expected 4 values, found 3",
            "standard input: line 4 (C): Cannot register car with invalid seats",
            f"standard input: line 5 (024 HYR): it is registered already, and differs: {differs}",
        ]

    def importing(self, client: CarClient) -> subprocess.Popen[bytes]:
        """Start an import from a pipe that stays open, and wait until a car is registered."""
        ready = ("--ready-file", str(client.daemon.ready_file))
        process = subprocess.Popen(
            [sys.executable, "-m", "netsuite", "cars", "import", "-", *ready],
            env=environment(client.folder / "state"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdin is not None
        process.stdin.write(b"license,seats,mileage,owner\n" + b"a,4,0,me\n" * 100)
        process.stdin.flush()
        asked = b'["GET_CAR_DETAILS","A"]'
        deadline = time.monotonic() + PATIENCE
        address = client.daemon.address("cars")
        while b"true" not in talk(address, len(asked).to_bytes(4, "big") + asked):
            assert time.monotonic() < deadline
        return process

    def test_a_server_that_goes_away(self, client: CarClient, start: Daemons) -> None:
        process = self.importing(client)
        client.daemon.stop()
        out, err = process.communicate(b"b,4,0,me\n", timeout=PATIENCE)
        assert (process.returncode, out) == (1, b"")
        (line,) = err.decode().splitlines()
        assert re.search("closed the connection|the connection .* was lost", line)
        assert re.search(
            r"\(so far: registered 1, already there \d+, refused 0; .*repeated\)", line
        )
        client = CarClient(start("cars"), client.folder)
        contents = b"license,seats,mileage,owner\na,4,0,me\nb,4,0,me\n"
        said = client("import", "-", stdin=contents)
        assert said == "registered 1, already there 1, refused 0\n"

    def test_interrupt(self, client: CarClient) -> None:
        process = self.importing(client)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert process.communicate() == (b"", b"")
