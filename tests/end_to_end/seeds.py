"""The clients of the course material, taken from it when the tests run.

Nothing of them is kept here but what has to be replaced to get back what its authors wrote, or to
run what they wrote for Python 2.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import pytest

from tests.end_to_end.daemon import CHECKOUT

#: Where the course material lies: beside the checkout.
SEEDS = CHECKOUT.parent / "shared" / "seeds"


@attrs.frozen
class Mend:
    """A replacement in a program's text.

    :param broken: what stands in the material; it must be there.
    :param mended: what stands there instead.
    :param why: the reason.
    """

    broken: str
    mended: str
    why: str


@attrs.frozen
class Program:
    """A client of the course material.

    :param file: the file that it stands in.
    :param heading: the line above it holds this.
    :param mends: what is replaced in it, in this order.
    """

    file: str
    heading: str
    mends: Sequence[Mend] = ()

    @property
    def text(self) -> str:
        """The program, ready to be run."""
        return self.mended(_block_below(self.file, self.heading))

    def mended(self, text: str) -> str:
        """Return a text with the replacements made.

        :raises AssertionError: when there is nothing to replace.
        """
        for mend in self.mends:
            assert mend.broken in text, f"{mend.broken!r} is not in {self.heading}"
            text = text.replace(mend.broken, mend.mended)
        return text


def _block_below(file: str, heading: str) -> str:
    """Return the first block of code below a line; skip the test if the material is not there."""
    if not SEEDS.is_dir():
        pytest.skip(f"the course material is not in {SEEDS}")
    lines = iter((SEEDS / file).read_text(encoding="utf-8").splitlines())
    for line in lines:
        if heading in line:
            break
    block: list[str] = []
    inside = False
    for line in lines:
        if line.startswith("```"):
            if inside:
                return "\n".join(block) + "\n"
            inside = True
        elif inside:
            block.append(line)
    raise AssertionError(f"there is no program below {heading!r} in {file}")


_EXTRACTED = "underscores became spaces when the slides were turned into text"
_PRINT = "print is a function in Python 3"
_BYTES = "sockets carry bytes in Python 3"
_INPUT = "raw_input is called input in Python 3"

LECTURE_CLIENT = Program(
    "exercises-sockets-and-gene-api.txt",
    "04-Network-simple-client-lecture.py",
)
DIALOGUE_CLIENT = Program(
    "exercises-sockets-and-gene-api.txt",
    '04-Network-simple-client.py"',
)
CLOCK_CLIENT = Program(
    "clock-fork-web-assignments.txt",
    "in file clockclient.py",
    [
        Mend("SERVER ADDRESS", "SERVER_ADDRESS", _EXTRACTED),
        Mend("AF INET", "AF_INET", _EXTRACTED),
        Mend("SOCK STREAM", "SOCK_STREAM", _EXTRACTED),
        Mend("OUESTION", "QUESTION", "a Q was taken for an O"),
    ],
)
#: The slide shows the loop only; it "has the same start as clockclient.py".
CLOCK_FORK_CLIENT = Program(
    "clock-fork-web-assignments.txt",
    "clockforkclient.py",
    [
        Mend("randint(3, 10)", "randint(0, 0)", "the test has no time for pauses of 3 to 10 s"),
    ],
)
#: What that start has to be, for the loop to find what it uses.
CLOCK_FORK_START = Program(
    CLOCK_CLIENT.file,
    CLOCK_CLIENT.heading,
    [
        *CLOCK_CLIENT.mends,
        Mend("BUFFER", "buffer", "the loop writes it in small letters"),
        Mend("CLIENT", "client", "the loop writes it in small letters"),
    ],
)
UDP_CLIENT_1 = Program(
    "socket-tutorial.txt",
    "udpSimpleClient1.py",
    [
        Mend('s.sendto("MixedCaseString"', 's.sendto(b"MixedCaseString"', _BYTES),
        Mend(
            'print "received", data, "from", addr',
            'print("received", data.decode(), "from", addr)',
            f"{_PRINT}; {_BYTES}",
        ),
    ],
)
UDP_CLIENT_2 = Program(
    "socket-tutorial.txt",
    "udpSimpleClient2.py",
    [
        Mend("raw_input", "input", _INPUT),
        Mend("s.sendto(data,", "s.sendto(data.encode(),", _BYTES),
        Mend('print "Recv:", data', 'print("Recv:", data.decode())', f"{_PRINT}; {_BYTES}"),
    ],
)
TCP_CLIENT_2 = Program(
    "socket-tutorial.txt",
    "tcpSimpleClient2.py",
    [
        Mend("raw_input", "input", _INPUT),
        Mend(r's.send(data + "\r\n")', r's.send((data + "\r\n").encode())', _BYTES),
        Mend("print data[:-2]", "print(data[:-2].decode())", f"{_PRINT}; {_BYTES}"),
    ],
)


def clock_fork_client() -> str:
    """Return the client that asks for the time again and again: its start, and its loop."""
    start, connected, _ = CLOCK_FORK_START.text.partition("print('client is connected')\n")
    assert connected
    imports = "from random import randint\nfrom time import sleep\n"
    return imports + start + CLOCK_FORK_CLIENT.text


#: The classic client of the car registry: the functions that the slides show, in their order.
CAR_REGISTRATION = [
    Program("car-registration.txt", heading, mends)
    for heading, mends in (
        ("We now review the get_car_details() function", []),
        ("We now review the change_mileage() function", []),
        ("If the user chooses to quit the program", []),
        ("If the user chooses to stop the server,", []),
        (
            "handle_request() then provides all the networking handling",
            [Mend("svs.exit", "sys.exit", "a y was taken for a v; a later slide has it right")],
        ),
        (
            "We finally review the custom context manager class:",
            [
                Mend("\ndef __enter__", "\n    def __enter__", "it lost its indentation"),
                Mend("\ndef __exit__", "\n    def __exit__", "it lost its indentation"),
            ],
        ),
    )
]
#: A session with it: what is typed stands between underscores.
CAR_REGISTRATION_SESSION = Program(
    "car-registration.txt", "It assumes the server is already running"
)


def car_registration_client() -> str:
    """Return the functions of the car registry's client."""
    return "\n\n".join(program.text for program in CAR_REGISTRATION)
