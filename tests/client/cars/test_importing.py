"""Imports: what becomes of each row, and that they can be repeated."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

from twisted.internet.defer import Deferred

from netsuite.client.cars.background import AHEAD, InBackground
from netsuite.client.cars.importing import MAX_REASONS, import_cars
from netsuite.client.problems import ClientError
from tests.client.cars.support import JACK, FakeRegistry, make_dat
from tests.client.support import NetworkTestCase, Printed, new_folder, reactor

HEADER = "license,seats,mileage,owner\n"


class ImportTests(NetworkTestCase):
    def setUp(self) -> None:
        self.server = FakeRegistry(self)
        self.path = new_folder(self) / "cars"
        self.err = io.StringIO()

    async def load(self, contents: str | None = None, *, as_json: bool = False) -> tuple[int, str]:
        """Import a file; return the exit status, and what is printed."""
        if contents is not None:
            self.path.write_text(HEADER + contents)
        output = Printed()
        with contextlib.redirect_stderr(self.err):
            status = await import_cars(
                reactor, self.server.client(), str(self.path), output, as_json
            )
        return status, output.bytes.decode()

    async def test_registered(self) -> None:
        said = await self.load("a,4,0,me\nb,5,1,you\n")
        self.assertEqual(said, (0, "registered 2, already there 0, refused 0\n"))
        self.assertEqual(self.server.cars, {"024 HYR": JACK, "A": (4, 0, "me"), "B": (5, 1, "you")})
        self.assertEqual(self.err.getvalue(), "")

    async def test_nothing(self) -> None:
        self.assertEqual(await self.load(""), (0, "registered 0, already there 0, refused 0\n"))

    async def test_again(self) -> None:
        contents = "".join(f"{number},4,0,me\n" for number in range(300))
        await self.load(contents)
        said = await self.load(contents)
        self.assertEqual(said, (0, "registered 0, already there 300, refused 0\n"))

    async def test_the_same_row_twice(self) -> None:
        said = await self.load("a,4,0,me\na,4,0,me\na,4,1,me\n")
        self.assertEqual(said, (1, "registered 1, already there 1, refused 1\n"))

    async def test_refused(self) -> None:
        said = await self.load(
            "024 hyr,2,97544,Jack Lemon\n"
            "a,3,0,me\n"
            "b,x,0,me\n"
            f"c,4,0,{'me' * 40_000}\n"
            "024 hyr,2,97543,Jack Lemon\n"
            "d,4,0,me\n"
        )
        self.assertEqual(said, (1, "registered 1, already there 1, refused 4\n"))
        self.assertEqual(self.server.cars["024 HYR"], JACK)
        differs = "it is registered already, and differs: 2 seats, mileage 97543, owner Jack Lemon"
        # In the order in which they are known: the first one had to be looked up.
        self.assertEqual(
            sorted(self.err.getvalue().splitlines()),
            [
                f"{self.path}: line 2 (024 HYR): {differs}",
                f"{self.path}: line 3 (A): Cannot register car with invalid seats",
                f"{self.path}: line 4: the seats 'x' is not a whole number",
                f"{self.path}: line 5 (C): that is too long: a request has 65536 bytes at most",
            ],
        )

    async def test_many_refused(self) -> None:
        status, _ = await self.load("a,3,0,me\n" * (MAX_REASONS + 7))
        lines = self.err.getvalue().splitlines()
        self.assertEqual((status, len(lines)), (1, MAX_REASONS + 1))
        self.assertEqual(lines[-1], f"{self.path}: and 7 more")

    async def test_json(self) -> None:
        status, said = await self.load("a,4,0,me\nb,x,0,me\n", as_json=True)
        self.assertEqual(
            (status, json.loads(said), self.err.getvalue()),
            (
                1,
                {
                    "registered": 1,
                    "already_there": 0,
                    "refused": 1,
                    "reasons": [
                        {"where": "line 3", "reason": "the seats 'x' is not a whole number"}
                    ],
                },
                "",
            ),
        )

    async def test_what_others_say_is_made_printable(self) -> None:
        self.server.cars["A"] = (4, 0, "\x1b[2J\n")
        await self.load("a,4,0,me\n\x1b,4,0\n\x1b,3,0,me\n")
        self.assertEqual(self.err.getvalue().count("\n"), 3)
        self.assertTrue(self.err.getvalue().replace("\n", "").isprintable())

    async def test_classic_file(self) -> None:
        make_dat(self.path, {"024 hyr": JACK, "a": (4, 0, "me"), "b": (3, 0, "me")})
        said = await self.load()
        self.assertEqual(said, (1, "registered 1, already there 1, refused 1\n"))
        self.assertIn(": car 3 (B): Cannot register", self.err.getvalue())

    async def test_requests_do_not_wait_for_answers(self) -> None:
        self.server.instead["NEW_REGISTRATION"] = (True, None)
        self.path.write_text(HEADER + "".join(f"{number},4,0,me\n" for number in range(200)))
        held: list[int] = []
        counted: Deferred[None] = Deferred()

        def hold(transport: object, data: bytes) -> None:
            held.append(data.count(b"NEW_REGISTRATION"))
            if sum(held) == 64 and not counted.called:
                counted.callback(None)

        self.server.port = self.serve(hold)
        importing = Deferred.fromCoroutine(
            import_cars(reactor, self.server.client(), str(self.path), Printed(), False)
        )
        await counted
        importing.cancel()
        await importing.addErrback(lambda _: None)
        self.assertEqual(sum(held), 64)

    async def test_a_server_that_goes_away(self) -> None:
        self.server.patience = 100
        contents = "".join(f"{number},4,0,me\n" for number in range(300))
        with self.assertRaises(ClientError) as caught:
            await self.load(contents)
        # What is sent to a closed socket may cost the client the last answers.
        self.assertRegex(
            str(caught.exception),
            r"(closed the connection before an answer|the connection to .* was lost.*) "
            r"\(so far: registered \d+, already there 0, refused 0; the import can be repeated\)$",
        )
        self.server.patience = None
        status, said = await self.load()
        self.assertEqual(status, 0)
        self.assertRegex(said, r"registered 1\d\d, already there 1\d\d, refused 0")

    async def test_no_file(self) -> None:
        with self.assertRaises(ClientError) as caught:
            await self.load()
        self.assertEqual(
            str(caught.exception), f"cannot read {self.path}: No such file or directory"
        )

    async def test_a_folder(self) -> None:
        self.path = Path("/")
        with self.assertRaises(ClientError):
            await self.load()


class BackgroundTests(NetworkTestCase):
    async def test_all(self) -> None:
        for size in (0, 1, AHEAD, 3 * AHEAD + 1):
            items = [item async for item in InBackground(reactor, range(size))]
            self.assertEqual(items, list(range(size)))

    async def test_not_much_is_fetched_ahead(self) -> None:
        fetched = []

        def items() -> Iterator[int]:
            for number in range(10 * AHEAD):
                fetched.append(number)
                yield number

        background = InBackground(reactor, items())
        self.assertEqual(await anext(background), 0)
        self.assertLessEqual(len(fetched), AHEAD + 2)

    async def test_failure(self) -> None:
        def items() -> Iterator[int]:
            yield 1
            raise ClientError("no more")

        background = InBackground(reactor, items())
        self.assertEqual(await anext(background), 1)
        for _ in range(2):
            with self.assertRaises(ClientError):
                await anext(background)
