"""What the client asks, and what it makes of the answers."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from netsuite.cars.notation import PICKLE, Plain
from netsuite.client.cars.registry import Answers, Car, Refused, request
from netsuite.client.problems import ClientError
from netsuite.framing import Int32
from tests.client.cars.support import JACK, FakeRegistry
from tests.client.support import NetworkTestCase, target

#: What no request of ours is answered with.
NONSENSE: tuple[Plain, ...] = (
    None,
    True,
    (),
    [],
    "text",
    [True, None],
    (1, None),
    (0, "no"),
    (None, None),
    ("True", None),
    (False,),
    (False, None),
    (False, 1),
    (False, "no", "no"),
    (True,),
)


class AnswersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.answers = Answers(target(1))

    def test_nonsense(self) -> None:
        cases: list[tuple[Any, tuple[Plain, ...]]] = [
            (self.answers.done, (*NONSENSE, (True, None, None))),
            (
                lambda payload: self.answers.car("X", payload),
                (
                    *NONSENSE,
                    (True, None),
                    (True, 2, 3),
                    (True, 2, 3, "me", 4),
                    (True, "2", 3, "me"),
                    (True, True, 3, "me"),
                    (True, 2, False, "me"),
                    (True, 2, 3.0, "me"),
                    (True, 2, 3, None),
                    (True, 2, 3, "\ud800"),
                ),
            ),
            (
                self.answers.licenses,
                (
                    *NONSENSE,
                    (True, None),
                    (True, "AB"),
                    (True, ("A", "B")),
                    (True, ["A", 1]),
                    (True, ["A"], ["B"]),
                    (True, ["\udfff"]),
                ),
            ),
        ]
        for read, answers in cases:
            for answer in answers:
                with self.assertRaises(ClientError, msg=repr(answer)) as caught:
                    read(PICKLE.encode(answer))
                self.assertNotIsInstance(caught.exception, Refused)
                self.assertIn("tcp:127.0.0.1:1", str(caught.exception))
                self.assertIn("is another service listening there?", str(caught.exception))

    def test_bytes_that_are_no_pickle(self) -> None:
        for payload in (b"", b"\x80\x03", b"cos\nsystem\n(S'true'\ntR.", b"[true, null]"):
            with self.assertRaises(ClientError) as caught:
                self.answers.done(payload)
            self.assertTrue(str(caught.exception).isprintable())

    def test_refusals_are_printable(self) -> None:
        for read in (self.answers.done, self.answers.licenses):
            with self.assertRaises(Refused) as caught:
                read(PICKLE.encode((False, "no\n\x1b[2J" + "o" * 10_000)))
            self.assertTrue(str(caught.exception).startswith("no\\n\\x1b[2Jooo"))
            self.assertLess(len(str(caught.exception)), 600)

    def test_answers(self) -> None:
        self.answers.done(PICKLE.encode((True, None)))
        self.answers.done(PICKLE.encode((True, "a classic server may say something")))
        car = self.answers.car("X", PICKLE.encode((True, *JACK)))
        self.assertEqual(car, Car("X", *JACK))
        self.assertEqual(self.answers.licenses(PICKLE.encode((True, ["A", "B"]))), ["A", "B"])


class RequestTests(SynchronousTestCase):
    def test_what_no_server_takes(self) -> None:
        with self.assertRaises(Refused) as caught:
            request("GET_CAR_DETAILS", "x" * 65536)
        self.assertIn("too long", str(caught.exception))


class RegistryTests(NetworkTestCase):
    def setUp(self) -> None:
        self.server = FakeRegistry(self)
        self.client = self.server.client()

    async def test_requests(self) -> None:
        self.assertEqual(await self.client.car("024 HYR"), Car("024 HYR", *JACK))
        await self.client.change_mileage("024 HYR", 103491)
        await self.client.change_owner("024 HYR", "Jück")
        await self.client.register(Car("N", 4, 0, "me"))
        self.assertEqual(
            self.server.asked,
            [
                ("GET_CAR_DETAILS", "024 HYR"),
                ("CHANGE_MILEAGE", "024 HYR", 103491),
                ("CHANGE_OWNER", "024 HYR", "Jück"),
                ("NEW_REGISTRATION", "N", 4, 0, "me"),
            ],
        )
        self.assertEqual(self.server.cars, {"024 HYR": (2, 103491, "Jück"), "N": (4, 0, "me")})

    async def test_refusals(self) -> None:
        for asking, words in (
            (self.client.car("X"), "not registered"),
            (self.client.change_mileage("024 HYR", 1), "wind the odometer back"),
            (self.client.change_owner("X", "me"), "not registered"),
            (self.client.register(Car("024 HYR", 2, 1, "me")), "duplicate"),
        ):
            with self.assertRaises(Refused) as caught:
                await asking
            self.assertIn(words, str(caught.exception))

    async def test_pages(self) -> None:
        self.server.page = 3
        self.server.cars = {f"{number:02}": JACK for number in range(20)}
        pages = [page async for page in self.client.pages("1")]
        self.assertEqual(
            pages, [["10", "11", "12"], ["13", "14", "15"], ["16", "17", "18"], ["19"]]
        )
        self.assertEqual(self.server.asked[1], ("GET_LICENSES_STARTING_WITH", "1", "12"))

    async def test_a_server_that_lists_the_same_page_for_ever(self) -> None:
        self.server.instead["GET_LICENSES_STARTING_WITH"] = (True, ["A", "B\n"])
        with self.assertRaises(ClientError) as caught:
            [page async for page in self.client.pages("")]
        self.assertIn(r"lists 'B\n' again and again", str(caught.exception))

    async def test_stop(self) -> None:
        await self.client.stop()
        self.assertEqual(self.server.asked, [("SHUTDOWN",)])

    async def test_a_server_that_does_not_stop(self) -> None:
        self.server.instead["SHUTDOWN"] = (False, "This server is not stopped by clients")
        with self.assertRaises(Refused):
            await self.client.stop()
        quiet = FakeRegistry(self)
        quiet.port = self.serve()
        with self.assertRaises(ClientError) as caught:
            await quiet.client(0.05).stop()
        self.assertIn("no answer", str(caught.exception))

    async def test_a_server_of_another_kind_is_not_stopped(self) -> None:
        for said, words in (
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", "longer than"),
            (Int32().encode(b"{}"), "is not a car registry's"),
        ):

            def answer(transport: Any, data: bytes, said: bytes = said) -> None:
                transport.write(said)

            self.server.port = self.serve(answer)
            with self.assertRaises(ClientError) as caught:
                await self.server.client().stop()
            self.assertIn(words, str(caught.exception))

    async def test_a_server_that_goes_away(self) -> None:
        self.server.instead["GET_CAR_DETAILS"] = None
        with self.assertRaises(ClientError) as caught:
            await self.client.car("X")
        self.assertIn("closed the connection before an answer", str(caught.exception))

    async def test_a_server_that_is_not_there(self) -> None:
        self.server.port = await self.closed_port()
        with self.assertRaises(ClientError) as caught:
            await self.server.client().car("X")
        self.assertIn("connection refused", str(caught.exception))
