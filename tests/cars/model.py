"""The classic server's rules on a plain dictionary, to compare the registry with."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from netsuite.cars.notation import Plain
from netsuite.cars.registry import Reply
from netsuite.cars.rules import MAX_LICENSE, MAX_MILEAGE


class ClassicServer:
    """Cars in a dictionary; the checks stand in the order of the classic server's."""

    def __init__(self) -> None:
        self.cars: dict[str, tuple[int, int, str]] = {}
        self._actions: dict[str, Callable[..., Reply]] = {
            "GET_CAR_DETAILS": self.details,
            "CHANGE_MILEAGE": self.change_mileage,
            "CHANGE_OWNER": self.change_owner,
            "NEW_REGISTRATION": self.register,
            "GET_LICENSES_STARTING_WITH": self.licenses,
        }

    def reply(self, action: str, *arguments: object) -> Reply:
        """Return the reply to a well-formed request."""
        return self._actions[action](*arguments)

    def details(self, license: str) -> Reply:
        if license not in self.cars:
            return (False, "This license is not registered")
        return (True, *self.cars[license])

    def change_mileage(self, license: str, mileage: int) -> Reply:
        if mileage < 0:
            return (False, "Cannot set a negative mileage")
        if mileage > MAX_MILEAGE:  # the classic server's integers have no end
            return (False, f"Cannot set a mileage above {MAX_MILEAGE}")
        if license not in self.cars:
            return (False, "This license is not registered")
        seats, before, owner = self.cars[license]
        if mileage <= before:
            return (False, "Cannot wind the odometer back")
        self.cars[license] = (seats, mileage, owner)
        return (True, None)

    def change_owner(self, license: str, owner: str) -> Reply:
        if not owner:
            return (False, "Cannot set an empty owner")
        if license not in self.cars:
            return (False, "This license is not registered")
        seats, mileage, _ = self.cars[license]
        self.cars[license] = (seats, mileage, owner)
        return (True, None)

    def register(self, license: str, seats: int, mileage: int, owner: str) -> Reply:
        if not license:
            return (False, "Cannot set an empty license")
        if len(license) > MAX_LICENSE:  # nor have its licenses
            return (False, f"Cannot set a license of more than {MAX_LICENSE} characters")
        if seats not in {2, 4, 5, 6, 7, 8, 9}:
            return (False, "Cannot register car with invalid seats")
        if mileage < 0:
            return (False, "Cannot set a negative mileage")
        if mileage > MAX_MILEAGE:
            return (False, f"Cannot set a mileage above {MAX_MILEAGE}")
        if not owner:
            return (False, "Cannot set an empty owner")
        if license in self.cars:
            return (False, "Cannot register duplicate license")
        self.cars[license] = (seats, mileage, owner)
        return (True, None)

    def licenses(self, prefix: str, after: str = "") -> Reply:
        found = [each for each in self.cars if each.startswith(prefix) and each > after]
        return (True, list[Plain](sorted(found)))


#: Characters at whose code points something changes: the length in UTF-8, or what follows.
EDGES = "A B\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010fffe\U0010ffff"

LICENSES = st.one_of(
    st.sampled_from(["", "A", "AB", "B", "024 HYR", "x" * MAX_LICENSE, "x" * (MAX_LICENSE + 1)]),
    st.text(EDGES, max_size=3),
)
_SEATS = st.one_of(st.sampled_from([2, 4, 9]), st.integers(-1, 11), st.integers())
_MILEAGES = st.one_of(
    st.integers(-1, 6), st.sampled_from([MAX_MILEAGE - 1, MAX_MILEAGE, MAX_MILEAGE + 1])
)
_OWNERS = st.sampled_from(["", "Jack Lemon", "Зинаида"])

#: Well-formed requests, many of them to be refused.
REQUESTS: st.SearchStrategy[tuple[object, ...]] = st.one_of(
    st.tuples(st.just("GET_CAR_DETAILS"), LICENSES),
    st.tuples(st.just("CHANGE_MILEAGE"), LICENSES, _MILEAGES),
    st.tuples(st.just("CHANGE_OWNER"), LICENSES, _OWNERS),
    st.tuples(st.just("NEW_REGISTRATION"), LICENSES, _SEATS, _MILEAGES, _OWNERS),
    st.tuples(st.just("NEW_REGISTRATION"), LICENSES, st.just(4), st.just(3), st.just("Jack")),
    st.tuples(st.just("GET_LICENSES_STARTING_WITH"), LICENSES),
    st.tuples(st.just("GET_LICENSES_STARTING_WITH"), LICENSES, LICENSES),
)
