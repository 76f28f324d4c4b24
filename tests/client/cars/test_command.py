"""The command line, and what is printed for people and for programs."""

from __future__ import annotations

import argparse
import json

from twisted.trial.unittest import SynchronousTestCase

from netsuite.client.arguments import parse
from netsuite.client.cars import configure
from netsuite.client.cars.actions import Actions
from netsuite.client.cars.command import COMMANDS, read
from netsuite.client.problems import WrongUsage
from tests.client.cars.support import JACK, FakeRegistry
from tests.client.support import NetworkTestCase, Printed, netsuite


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="netsuite cars", allow_abbrev=False)
    configure(parser)
    return parse(parser, arguments)


class ReadTests(SynchronousTestCase):
    def test_commands(self) -> None:
        for arguments, name, values in (
            ((), "", []),
            (("get", "024 hyr"), "get", ["024 HYR"]),
            (("--json", "get", "--port", "5", "024 hyr"), "get", ["024 HYR"]),
            (("list",), "list", []),
            (("list", "straße"), "list", ["STRASSE"]),
            (("mileage", "a", "-5"), "mileage", ["A", -5]),
            (("owner", "a", "Jack Lemon", "--timeout=3"), "owner", ["A", "Jack Lemon"]),
            (("add", "a", "4", " 0 ", "Zoë"), "add", ["A", 4, 0, "Zoë"]),
            (("get", "--", "--json"), "get", ["--JSON"]),
            (("import", "-"), "import", ["-"]),
            (("export", "a.csv", "--force"), "export", ["a.csv"]),
            (("stop",), "stop", []),
        ):
            self.assertEqual(read(parsed(*arguments)), (name, values), arguments)

    def test_wrong_usage(self) -> None:
        for arguments, words in (
            (("gett", "x"), "did you mean 'get'?"),
            (("qqq",), "netsuite cars --help lists them"),
            (("get",), "type: netsuite cars get LICENSE"),
            (("get", "024", "hyr"), "goes in quotes"),
            (("stop", "now"), "type: netsuite cars stop"),
            (("mileage", "a", "far"), "the mileage 'far' is not a whole number"),
            (("add", "a", "four", "0", "me"), "the seats 'four' is not a whole number"),
            (("add", "a", "4", "9" * 101, "me"), "is not a whole number"),
            (("get", "\udcff"), "is not UTF-8 text"),
            (("owner", "a", "\udcff"), "is not UTF-8 text"),
            (("--json",), "--json is not for the menu"),
            (("export", "--json"), "--json is not for export"),
            (("--force", "get", "a"), "--force is for export"),
        ):
            with self.assertRaises(WrongUsage, msg=arguments) as caught:
                read(parsed(*arguments))
            self.assertIn(words, str(caught.exception))


class ActionsTests(NetworkTestCase):
    def setUp(self) -> None:
        self.server = FakeRegistry(self)
        self.output = Printed()
        self.text = Actions(self.server.client(), self.output, as_json=False)
        self.json = Actions(self.server.client(), self.output, as_json=True)

    def said(self) -> str:
        """Return what was printed since the last time."""
        said = self.output.bytes.decode()
        self.output.buffer.seek(0)
        self.output.buffer.truncate()
        return said

    async def test_text(self) -> None:
        self.server.page = 2
        await self.text.get("024 HYR")
        self.assertEqual(
            self.said(), "License: 024 HYR\nSeats: 2\nMileage: 97543\nOwner: Jack Lemon\n"
        )
        await self.text.add("A", 4, 0, "Zoë")
        self.assertEqual(self.said(), "Car A successfully registered\n")
        await self.text.mileage("A", 5)
        self.assertEqual(self.said(), "Mileage successfully changed\n")
        await self.text.owner("A", "me")
        self.assertEqual(self.said(), "Owner successfully changed\n")
        self.server.cars |= {"A1": JACK, "A2": JACK}
        await self.text.licenses("A")
        self.assertEqual(self.said(), "A\nA1\nA2\n")
        await self.text.licenses("X")
        self.assertEqual(self.said(), "")
        await self.text.stop()
        self.assertEqual(self.said(), "The server is stopping\n")
        self.assertEqual(self.server.cars["A"], (4, 5, "me"))

    async def test_json(self) -> None:
        self.server.page = 2
        await self.json.get("024 HYR")
        jack = {"license": "024 HYR", "seats": 2, "mileage": 97543, "owner": "Jack Lemon"}
        self.assertEqual(json.loads(self.said()), jack)
        await self.json.add("A", 4, 0, "Zoë")
        added = {"license": "A", "seats": 4, "mileage": 0, "owner": "Zoë"}
        self.assertEqual(json.loads(self.said()), added)
        await self.json.mileage("A", 5)
        self.assertEqual(json.loads(self.said()), {"license": "A", "mileage": 5})
        await self.json.owner("A", "me")
        self.assertEqual(json.loads(self.said()), {"license": "A", "owner": "me"})
        self.server.cars |= {"A1": JACK, "A\n2": JACK}
        await self.json.licenses("A")
        said = self.said()
        self.assertEqual((json.loads(said), said.count("\n")), (["A", "A\n2", "A1"], 5))
        await self.json.licenses("X")
        self.assertEqual(json.loads(self.said()), [])
        await self.json.stop()
        self.assertEqual(json.loads(self.said()), {"stopping": True})

    async def test_a_terminal_is_safe(self) -> None:
        self.server.cars["A\nB"] = (2, 1, "me\x1b[2J\nMileage: 0")
        self.output.terminal = True
        await self.text.get("A\nB")
        self.assertEqual(
            self.said(),
            "License: A\\nB\nSeats: 2\nMileage: 1\nOwner: me\\x1b[2J\\nMileage: 0\n",
        )
        await self.text.licenses("A")
        self.assertEqual(self.said(), "A\\nB\n")


class ProcessTests(NetworkTestCase):
    async def test_statuses(self) -> None:
        port = f"--port={FakeRegistry(self).port}"
        self.assertEqual(await netsuite("cars", port, "list"), (b"024 HYR\n", b"", 0))
        self.assertEqual(
            await netsuite("cars", "get", "x", port),
            (b"", b"netsuite cars: This license is not registered\n", 1),
        )
        _, err, status = await netsuite("cars", "get", port)
        self.assertEqual((err, status), (b"netsuite cars: type: netsuite cars get LICENSE\n", 2))
        closed = await self.closed_port()
        _, err, status = await netsuite("cars", "get", "x", f"--port={closed}")
        self.assertEqual((err.count(b"\n"), status), (1, 1))
        self.assertIn(b"connection refused; is the service running? (twistd -n cars)", err)

    async def test_menu_in_a_pipe(self) -> None:
        server = FakeRegistry(self)
        menu = b"(C)ar (M)ileage (O)wner (N)ew car (S)top server (Q)uit [c]: "
        out, err, status = await netsuite(
            "cars", f"--port={server.port}", stdin=b"c\n024 hyr\r\nc\n\xff\n\n q \n"
        )
        self.assertEqual((err, status), (b"", 0))
        self.assertEqual(
            out,
            menu + b"License: License: 024 HYR\nSeats: 2\nMileage: 97543\nOwner: Jack Lemon\n"
            + menu + b"License [024 HYR]: expected UTF-8 text\n"
            b"License [024 HYR]: License: 024 HYR\nSeats: 2\nMileage: 97543\nOwner: Jack Lemon\n"
            + menu + b"\n",
        )  # fmt: skip

    async def test_every_command_is_in_the_help(self) -> None:
        out, _, status = await netsuite("cars", "--help")
        self.assertEqual(status, 0)
        for name, (arguments, about) in COMMANDS.items():
            self.assertRegex(out.decode(), rf"(?m)^  {name} {arguments.replace('[', '.')[:6]}")
            self.assertIn(about, out.decode())
