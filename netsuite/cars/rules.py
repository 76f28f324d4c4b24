"""What a request to the registry must look like, and what may stand in a registration.

The actions, and the words in which they are refused, are those of the classic server
(*Programming in Python 3*, chapter 11); what it left to Python's exceptions, such as a mileage
that is no number, is refused in words of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

NOT_REGISTERED = "This license is not registered"
WOUND_BACK = "Cannot wind the odometer back"
DUPLICATE = "Cannot register duplicate license"

#: How many seats a car may have.
SEATS = frozenset({2, 4, 5, 6, 7, 8, 9})
#: The highest mileage that the store keeps: 64 bits with a sign.
MAX_MILEAGE = 2**63 - 1
#: The most characters of a license: an index of PostgreSQL has no room for much more than 2,700
#: bytes, and a reply may name thousands of licenses.
MAX_LICENSE = 100

#: The texts that a request may hold; no action needs more.
Argument = str | int


class Refused(Exception):  # noqa: N818 - it names what happened
    """The registry does not do it; the message says why, to the client."""


class Action(NamedTuple):
    """What an action is called with.

    :param parameters: the names of its arguments, and their types.
    :param optional: how many of the last ones may be left out.
    """

    parameters: Sequence[tuple[str, type[Argument]]]
    optional: int = 0


_LICENSE = ("license", str)

ACTIONS = {
    "GET_CAR_DETAILS": Action([_LICENSE]),
    "CHANGE_MILEAGE": Action([_LICENSE, ("mileage", int)]),
    "CHANGE_OWNER": Action([_LICENSE, ("owner", str)]),
    "NEW_REGISTRATION": Action([_LICENSE, ("seats", int), ("mileage", int), ("owner", str)]),
    "GET_LICENSES_STARTING_WITH": Action([("prefix", str), ("after", str)], optional=1),
    "SHUTDOWN": Action([]),
}

#: The actions that change nothing.
LOOK_UPS = frozenset({"GET_CAR_DETAILS", "GET_LICENSES_STARTING_WITH"})

_TYPES = {str: "a string", int: "an integer"}


class Request(NamedTuple):
    """A request that is well formed: an action, and as many arguments as it takes, of its types."""

    action: str
    arguments: tuple[Argument, ...]


def parse(value: object) -> Request:
    """Check the form of a request.

    :param value: what the client sent; nothing is assumed of it.
    :raises Refused: when it is not a tuple of an action's name and its arguments.
    """
    if not isinstance(value, tuple | list) or not value or not isinstance(value[0], str):
        raise Refused("Expected a tuple of the name of an action and its arguments")
    name, *arguments = value
    action = ACTIONS.get(name)
    if action is None:
        raise Refused(f"Unknown action; expected one of {', '.join(ACTIONS)}")
    most = len(action.parameters)
    if not most - action.optional <= len(arguments) <= most:
        raise Refused(f"Wrong number of arguments; expected {_form(name, action)}")
    for (parameter, kind), argument in zip(action.parameters, arguments, strict=False):
        # A bool is an int to Python, but True is no mileage.
        if type(argument) is not kind:
            raise Refused(f"Wrong type of {parameter}; expected {_TYPES[kind]}")
        if isinstance(argument, str):
            _check_storable(parameter, argument)
    return Request(name, tuple(arguments))


def check_license(license: str) -> None:
    """Check the license of a new registration.

    :raises Refused: when it cannot be registered.
    """
    if not license:
        raise Refused("Cannot set an empty license")
    if len(license) > MAX_LICENSE:
        raise Refused(f"Cannot set a license of more than {MAX_LICENSE} characters")


def check_seats(seats: int) -> None:
    """Check the number of seats.

    :raises Refused: when no car has as many.
    """
    if seats not in SEATS:
        raise Refused("Cannot register car with invalid seats")


def check_mileage(mileage: int) -> None:
    """Check a mileage.

    :raises Refused: when it is less than none, or more than can be kept.
    """
    if mileage < 0:
        raise Refused("Cannot set a negative mileage")
    if mileage > MAX_MILEAGE:
        raise Refused(f"Cannot set a mileage above {MAX_MILEAGE}")


def check_owner(owner: str) -> None:
    """Check an owner's name.

    :raises Refused: when there is none.
    """
    if not owner:
        raise Refused("Cannot set an empty owner")


def check_registration(license: str, seats: int, mileage: int, owner: str) -> None:
    """Check a new registration, in the order of the classic server.

    :raises Refused: for the first thing that is wrong.
    """
    check_license(license)
    check_seats(seats)
    check_mileage(mileage)
    check_owner(owner)


def _check_storable(parameter: str, text: str) -> None:
    """Refuse what a database cannot keep."""
    if "\0" in text:
        raise Refused(f"Wrong value of {parameter}; expected no NUL characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        reason = f"Wrong value of {parameter}; expected no halves of surrogate pairs"
        raise Refused(reason) from None


def _form(name: str, action: Action) -> str:
    """Return what a request looks like, such as ``("CHANGE_OWNER", license, owner)``."""
    names = [parameter for parameter, _ in action.parameters]
    required = len(names) - action.optional
    text = ", ".join([f'"{name}"', *names[:required]])
    for optional in names[required:]:
        text += f"[, {optional}]"
    return f"({text})" if names else f"({text},)"
