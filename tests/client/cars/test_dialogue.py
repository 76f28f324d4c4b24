"""The menu, as the classic client has it."""

from __future__ import annotations

from netsuite.client.cars.dialogue import MENU, Dialogue
from netsuite.client.problems import ClientError
from tests.client.cars.support import JACK, FakeRegistry, Script
from tests.client.support import NetworkTestCase


class DialogueTests(NetworkTestCase):
    def setUp(self) -> None:
        self.server = FakeRegistry(self)

    async def hold(self, *answers: str) -> list[str]:
        """Answer questions; return the lines without the menu."""
        self.console = Script(*answers)
        self.status = await Dialogue(self.console, self.server.client()).run()
        return [line.replace(MENU, "> ") for line in self.console.lines]

    async def test_the_transcript(self) -> None:
        self.assertEqual(
            await self.hold("", "024 hyr", "m", "", "103491"),
            [
                "> __",
                "License: _024 hyr_",
                "License: 024 HYR",
                "Seats: 2",
                "Mileage: 97543",
                "Owner: Jack Lemon",
                "> _m_",
                "License [024 HYR]: __",
                "Mileage [97543]: _103491_",
                "Mileage successfully changed",
                "> <end>",
            ],
        )
        self.assertEqual(
            MENU.count("(C)ar (M)ileage (O)wner (N)ew car (S)top server (Q)uit [c]: "), 1
        )
        self.assertEqual(self.server.cars["024 HYR"], (2, 103491, "Jack Lemon"))

    async def test_owner_and_new_car(self) -> None:
        said = await self.hold(
            *("O", "024 hyr", "Jill"),
            *("N", "a b", "", "", "me"),
            *("n", "c", "5", "7", "you"),
            "Q",
        )
        self.assertEqual(
            said,
            [
                "> _O_",
                "License: _024 hyr_",
                "Owner [Jack Lemon]: _Jill_",
                "Owner successfully changed",
                "> _N_",
                "License: _a b_",
                "Seats [4]: __",
                "Mileage [0]: __",
                "Owner: _me_",
                "Car A B successfully registered",
                "> _n_",
                "License: _c_",
                "Seats [4]: _5_",
                "Mileage [0]: _7_",
                "Owner: _you_",
                "Car C successfully registered",
                "> _Q_",
                "<end>",
            ],
        )
        self.assertEqual(
            self.server.cars,
            {"024 HYR": (2, 97543, "Jill"), "A B": (4, 0, "me"), "C": (5, 7, "you")},
        )
        self.assertEqual(self.console.licenses, ["License: "] * 3)

    async def test_defaults_are_sent(self) -> None:
        said = await self.hold("m", "024 hyr", "", "o", "", "", "q")
        self.assertIn("Cannot wind the odometer back", said)
        self.assertIn("Owner successfully changed", said)
        self.assertEqual(self.server.cars["024 HYR"], JACK)

    async def test_ways_out(self) -> None:
        said = await self.hold(
            *("c", ""), *("m", ""), *("o", ""), *("n", ""), *("n", "x", "", "", ""),
            *("m", "024 hyr", "0"), "q",
        )  # fmt: skip
        self.assertEqual(
            [line for line in said if not line.startswith((">", "License", "Seats", "Mil", "Own"))],
            ["<end>"],
        )
        self.assertEqual(set(self.server.actions), {"GET_CAR_DETAILS"})

    async def test_wrong_answers_are_asked_again(self) -> None:
        said = await self.hold("x", "car", "m", "024 hyr", "far", "-1", "1e6", "100000", "q")
        self.assertEqual(
            said,
            [
                "> _x_",
                "expected one of c, m, o, n, s, q",
                "> _car_",
                "expected one of c, m, o, n, s, q",
                "> _m_",
                "License: _024 hyr_",
                "Mileage [97543]: _far_",
                "the mileage 'far' is not a whole number; expected one such as 97543",
                "Mileage [97543]: _-1_",
                "expected a mileage of 0 or more",
                "Mileage [97543]: _1e6_",
                "the mileage '1e6' is not a whole number; expected one such as 97543",
                "Mileage [97543]: _100000_",
                "Mileage successfully changed",
                "> _q_",
                "<end>",
            ],
        )

    async def test_refusals_do_not_end_it(self) -> None:
        said = await self.hold(
            *("c", "024 hyr"), *("c", "x"), *("n", "y", "3", "", "me"), *("c", ""), "q"
        )
        self.assertIn("This license is not registered", said)
        self.assertIn("Cannot register car with invalid seats", said)
        # The last license is that of the last car that was there, or should have been.
        self.assertEqual(
            self.console.licenses,
            ["License: ", "License [024 HYR]: ", "License: ", "License [Y]: "],
        )

    async def test_stop(self) -> None:
        self.assertEqual(await self.hold("s", "c"), ["> _s_", "<end>"])
        self.assertEqual((self.status, self.server.actions), (0, ["SHUTDOWN"]))

    async def test_a_server_that_is_not_stopped(self) -> None:
        self.server.instead["SHUTDOWN"] = (False, "This server is not stopped by clients")
        said = await self.hold("s", "q")
        self.assertEqual(said, ["> _s_", "This server is not stopped by clients", "> _q_", "<end>"])

    async def test_ends(self) -> None:
        for answers, status in (((), 0), (("m",), 0), (("^C",), 130), (("n", "x", "^C"), 130)):
            await self.hold(*answers)
            self.assertEqual(self.status, status)

    async def test_a_server_that_goes_away(self) -> None:
        self.server.port = await self.closed_port()
        with self.assertRaises(ClientError) as caught:
            await self.hold("c", "024 hyr", "c")
        self.assertIn("connection refused", str(caught.exception))
        self.assertTrue(self.console.text.endswith("<end>"))

    async def test_texts_of_the_server_in_questions(self) -> None:
        self.server.cars["024 HYR"] = (2, 1, "a\n\x1b[2J")
        said = await self.hold("o", "024 hyr", "b", "q")
        self.assertIn("Owner [a\\n\\x1b[2J]: _b_", said)
