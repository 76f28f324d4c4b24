"""The registry: cars in a store, and the actions on them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from netsuite.cars import rules
from netsuite.cars.notation import Plain
from netsuite.cars.rules import Refused
from netsuite.serving.kept import Kept
from netsuite.storage import (
    OutcomeUnknown,
    Rows,
    StoreError,
    Transaction,
    after,
    settled,
)
from netsuite.storage.prefixes import end_of

#: What a request is answered with: whether it was done, and what is to be said about it.
Reply = tuple[Plain, ...]

_DONE: Reply = (True, None)

#: The most licenses in a reply that is to name all of them.
MAX_LICENSES = 10_000
#: The most licenses in a page.
PAGE = 1_000

_UNAVAILABLE = "The registry is out of reach just now; nothing was changed, try again later"
_UNKNOWN = (
    "The registry got out of reach in the middle of the change; look whether it was made "
    "before you try again"
)

_INSERT = """
    INSERT INTO cars (license, seats, mileage, owner) VALUES (?, ?, ?, ?)
    ON CONFLICT (license) DO NOTHING RETURNING license
"""


class Registry(Kept):
    """Cars by their licenses.

    Every change is on the disk before it is acknowledged, and what has been acknowledged is what
    everybody sees. When many clients ask for the same, the order is that of the store.

    :param store_url: the store's URL; None for the default store.
    :param samples: whether a registry that has no cars gets those of ``sample.csv``.
    """

    def __init__(self, store_url: str | None = None, *, samples: bool = True) -> None:
        super().__init__("cars", store_url)
        self._samples = samples
        self._actions: dict[str, Callable[..., Reply | Deferred[Reply]]] = {
            "GET_CAR_DETAILS": self.details,
            "CHANGE_MILEAGE": self.change_mileage,
            "CHANGE_OWNER": self.change_owner,
            "NEW_REGISTRATION": self.register,
            "GET_LICENSES_STARTING_WITH": self.licenses,
        }

    def prepare(self, transaction: Transaction) -> None:
        """See to the sample data."""
        if self._samples:
            _add_samples(transaction)

    def respond(self, request: rules.Request) -> Reply | Deferred[Reply]:
        """Carry out a request, other than SHUTDOWN.

        :returns: the reply, or a Deferred of it. It is a refusal when the store fails.
        """
        try:
            reply = self._actions[request.action](*request.arguments)
        except (Refused, StoreError) as error:
            return _refusal(error)
        return reply.addErrback(_refuse) if isinstance(reply, Deferred) else reply

    def details(self, license: str) -> Reply | Deferred[Reply]:
        """Return a car's seats, mileage and owner."""

        def found(rows: Rows) -> Reply:
            return (True, *rows[0]) if rows else (False, rules.NOT_REGISTERED)

        query = "SELECT seats, mileage, owner FROM cars WHERE license = ?"
        return after(self.store.read(query, license), found)

    def change_mileage(self, license: str, mileage: int) -> Deferred[Reply]:
        """Set a car's mileage, which must be greater than it was."""

        def changed(rows: Rows) -> Reply | Deferred[Reply]:
            if rows:
                return _DONE
            return Deferred.fromCoroutine(self._not_changed(license, mileage))

        rules.check_mileage(mileage)
        return self.store.write(
            "UPDATE cars SET mileage = ? WHERE license = ? AND mileage < ? RETURNING license",
            mileage,
            license,
            mileage,
        ).addCallback(changed)

    async def _not_changed(self, license: str, mileage: int) -> Reply:
        """Return why a mileage was not changed."""
        query = "SELECT mileage FROM cars WHERE license = ?"
        rows = await settled(self.store.read(query, license))
        if not rows:
            return (False, rules.NOT_REGISTERED)
        if rows[0][0] < mileage:
            # It has been registered in between.
            return await self.change_mileage(license, mileage)
        return (False, rules.WOUND_BACK)

    def change_owner(self, license: str, owner: str) -> Deferred[Reply]:
        """Set a car's owner."""

        def changed(rows: Rows) -> Reply:
            return _DONE if rows else (False, rules.NOT_REGISTERED)

        rules.check_owner(owner)
        statement = "UPDATE cars SET owner = ? WHERE license = ? RETURNING license"
        return self.store.write(statement, owner, license).addCallback(changed)

    def register(self, license: str, seats: int, mileage: int, owner: str) -> Deferred[Reply]:
        """Add a car, whose license must be a new one."""

        def inserted(rows: Rows) -> Reply:
            return _DONE if rows else (False, rules.DUPLICATE)

        rules.check_registration(license, seats, mileage, owner)
        return self.store.write(_INSERT, license, seats, mileage, owner).addCallback(inserted)

    def licenses(self, prefix: str, after_license: str | None = None) -> Reply | Deferred[Reply]:
        """Return the licenses that start with a prefix, in the order of their code points.

        :param after_license: return a page of those behind it, the first if it is empty; otherwise
            all, if they are not too many for one reply.
        """
        paged = after_license is not None
        most = PAGE if paged else MAX_LICENSES + 1

        def found(rows: Rows) -> Reply:
            if len(rows) > MAX_LICENSES:
                raise Refused(
                    f"More than {MAX_LICENSES} licenses start so; ask for a longer prefix, or for "
                    'page after page: ("GET_LICENSES_STARTING_WITH", prefix, last license)'
                )
            return (True, [license for (license,) in rows])

        conditions, parameters = ["license >= ?"], [prefix]
        end = end_of(prefix)
        if end is not None:
            conditions.append("license < ?")
            parameters.append(end)
        if after_license:
            conditions.append("license > ?")
            parameters.append(after_license)
        query = f"""
            SELECT license FROM cars WHERE {" AND ".join(conditions)} ORDER BY license LIMIT {most}
        """
        return after(self.store.read(query, *parameters), found)


def _refuse(failure: Failure) -> Reply:
    failure.trap(Refused, StoreError)
    assert failure.value is not None
    return _refusal(failure.value)


def _refusal(error: BaseException) -> Reply:
    """Return the reply that tells a client why nothing came of its request."""
    if isinstance(error, Refused):
        return (False, str(error))
    return (False, _UNKNOWN if isinstance(error, OutcomeUnknown) else _UNAVAILABLE)


def _add_samples(transaction: Transaction) -> None:
    if transaction.execute("SELECT license FROM cars LIMIT 1"):
        return
    with Path(__file__).with_name("sample.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            car: list[Any] = [row["license"], int(row["seats"]), int(row["mileage"]), row["owner"]]
            transaction.execute(_INSERT, *car)
