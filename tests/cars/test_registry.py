"""The registry: its actions, on a real database and on stores that fail."""

from __future__ import annotations

import csv
from functools import partial
from itertools import chain
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase, TestCase

import netsuite.cars
from netsuite.cars import rules
from netsuite.cars.notation import Plain
from netsuite.cars.registry import MAX_LICENSES, PAGE, Registry, Reply
from netsuite.serving.service import CannotStart
from netsuite.storage import (
    ConstraintViolated,
    OutcomeUnknown,
    Store,
    StoreError,
    StoreUnavailable,
    Transaction,
    settled,
)
from tests.cars.model import EDGES, LICENSES, REQUESTS, ClassicServer
from tests.cars.stores import FailingStore, InstantStore, LaterStore, RegistryOn

DONE = (True, None)
UNAVAILABLE = (
    False,
    "The registry is out of reach just now; nothing was changed, try again later",
)
_UNKNOWN = (
    "The registry got out of reach in the middle of the change; look whether it was made "
    "before you try again"
)
UNKNOWN = (False, _UNKNOWN)
TOO_MANY = (
    "More than 10000 licenses start so; ask for a longer prefix, or for page after page: "
    '("GET_LICENSES_STARTING_WITH", prefix, last license)'
)


class FileTests(TestCase):
    """A registry as the service opens it: in an SQLite file, with its thread."""

    def setUp(self) -> None:
        self.url = f"sqlite:{self.mktemp()}"

    def open(self, *, samples: bool = False) -> Registry:
        registry = Registry(self.url, samples=samples)
        registry.open()
        self.addCleanup(lambda: Deferred.fromCoroutine(registry.close()))
        return registry

    async def ask(self, registry: Registry, *request: object) -> Reply:
        return await settled(registry.respond(rules.parse(request)))

    async def test_every_action(self) -> None:
        registry = self.open()
        for request, reply in (
            (("GET_CAR_DETAILS", "A"), (False, rules.NOT_REGISTERED)),
            (("CHANGE_MILEAGE", "A", 1), (False, rules.NOT_REGISTERED)),
            (("CHANGE_OWNER", "A", "x"), (False, rules.NOT_REGISTERED)),
            (("NEW_REGISTRATION", "A", 2, 10, "Jack Lemon"), DONE),
            (("NEW_REGISTRATION", "A", 4, 20, "Other"), (False, rules.DUPLICATE)),
            (("GET_CAR_DETAILS", "A"), (True, 2, 10, "Jack Lemon")),
            (("GET_CAR_DETAILS", "a"), (False, rules.NOT_REGISTERED)),
            (("CHANGE_MILEAGE", "A", 11), DONE),
            (("CHANGE_MILEAGE", "A", 11), (False, rules.WOUND_BACK)),
            (("CHANGE_MILEAGE", "A", 10), (False, rules.WOUND_BACK)),
            (("CHANGE_MILEAGE", "A", -1), (False, "Cannot set a negative mileage")),
            (("CHANGE_MILEAGE", "A", 2**63 - 1), DONE),
            (("CHANGE_OWNER", "A", ""), (False, "Cannot set an empty owner")),
            (("CHANGE_OWNER", "A", "Zoë 🚗"), DONE),
            (("GET_CAR_DETAILS", "A"), (True, 2, 2**63 - 1, "Zoë 🚗")),
            (("GET_LICENSES_STARTING_WITH", ""), (True, ["A"])),
        ):
            self.assertEqual(await self.ask(registry, *request), reply, request)

    async def test_requests_side_by_side(self) -> None:
        registry = self.open()
        requests = [("NEW_REGISTRATION", "A", 2, number, "x") for number in range(20)]
        waiting = [registry.respond(rules.parse(request)) for request in requests]
        replies = [await settled(reply) for reply in waiting]
        self.assertEqual(replies, [DONE] + [(False, rules.DUPLICATE)] * 19)
        self.assertEqual(await self.ask(registry, "GET_CAR_DETAILS", "A"), (True, 2, 0, "x"))

    async def test_two_registries_in_one_file(self) -> None:
        one, other = self.open(), self.open()
        await self.ask(one, "NEW_REGISTRATION", "A", 2, 10, "x")
        self.assertEqual(
            await self.ask(other, "NEW_REGISTRATION", "A", 2, 10, "x"), (False, rules.DUPLICATE)
        )
        self.assertEqual(await self.ask(other, "CHANGE_MILEAGE", "A", 11), DONE)
        self.assertEqual(await self.ask(one, "GET_CAR_DETAILS", "A"), (True, 2, 11, "x"))

    async def test_samples(self) -> None:
        registry = self.open(samples=True)
        self.assertEqual(
            await self.ask(registry, "GET_CAR_DETAILS", "024 HYR"), (True, 2, 97543, "Jack Lemon")
        )
        path = Path(netsuite.cars.__file__).with_name("sample.csv")
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            seats, mileage = int(row["seats"]), int(row["mileage"])
            rules.check_registration(row["license"], seats, mileage, row["owner"])
            self.assertEqual(
                await self.ask(registry, "GET_CAR_DETAILS", row["license"]),
                (True, seats, mileage, row["owner"]),
            )
        self.assertEqual(
            await self.ask(registry, "GET_LICENSES_STARTING_WITH", ""),
            (True, sorted(row["license"] for row in rows)),
        )

    async def test_samples_are_for_the_first_start(self) -> None:
        registry = self.open(samples=True)
        await self.ask(registry, "CHANGE_MILEAGE", "024 HYR", 103491)
        await registry.close()
        again = self.open(samples=True)
        self.assertEqual(
            await self.ask(again, "GET_CAR_DETAILS", "024 HYR"), (True, 2, 103491, "Jack Lemon")
        )

    async def test_no_samples(self) -> None:
        registry = self.open()
        self.assertEqual(await self.ask(registry, "GET_LICENSES_STARTING_WITH", ""), (True, []))
        await self.ask(registry, "NEW_REGISTRATION", "A", 2, 10, "x")
        again = self.open(samples=True)
        self.assertEqual(await self.ask(again, "GET_LICENSES_STARTING_WITH", ""), (True, ["A"]))

    async def test_what_was_asked_for_is_done_before_the_end(self) -> None:
        registry = self.open()
        waiting = registry.respond(rules.parse(("NEW_REGISTRATION", "A", 2, 10, "x")))
        await registry.close()
        self.assertEqual(await settled(waiting), DONE)
        self.assertEqual(
            await self.ask(registry, "CHANGE_OWNER", "A", "y"), UNAVAILABLE, "it is closed"
        )

    def test_a_store_that_cannot_be_used(self) -> None:
        Path("file").write_bytes(b"this is no database, but more than a hundred bytes" * 10)
        for url, reason in (
            ("sqlite:file", "^netsuite: cars: the store sqlite:.*file cannot be used: .*--store$"),
            ("sqlite:file/store", "^netsuite: cars: the store sqlite:.* cannot be used: .*--store"),
            ("mysql:x", "^netsuite: cars: 'mysql:x' names no store: expected sqlite:PATH or"),
        ):
            with self.assertRaisesRegex(CannotStart, reason):
                Registry(url).open()

    async def test_closing_what_was_never_open(self) -> None:
        await Registry("mysql:x").close()


class Case(SynchronousTestCase):
    """Registries on stores that need no reactor."""

    def ask(self, store: Store, *request: object) -> Reply:
        """Return the reply to a request, which must be there."""
        reply = RegistryOn(store).respond(rules.parse(request))
        return self.successResultOf(reply) if isinstance(reply, Deferred) else reply

    def filled(self, licenses: list[str], *, late: bool = False) -> Store:
        """Return a store that holds cars."""

        def fill(transaction: Transaction) -> None:
            for license in licenses:
                transaction.execute("INSERT INTO cars VALUES (?, 4, 0, 'x')", license)

        store = InstantStore(late=late)
        self.addCleanup(store.close_at_once)
        store.transact_now(fill)
        return store


class ModelTests(Case):
    """It says what the classic server says."""

    @given(st.lists(REQUESTS, max_size=25), st.booleans())
    def test_any_requests(self, requests: list[tuple[object, ...]], late: bool) -> None:
        store, model = InstantStore(late=late), ClassicServer()
        for action, *arguments in requests:
            reply = self.ask(store, action, *arguments)
            self.assertEqual(reply, model.reply(str(action), *arguments), (action, arguments))
            self.assertIs(type(reply[0]), bool)
        for license, car in model.cars.items():
            self.assertEqual(self.ask(store, "GET_CAR_DETAILS", license), (True, *car))
        store.close_at_once()


class LicensesTests(Case):
    """Lists of licenses, and pages of them."""

    @given(st.sets(LICENSES), LICENSES)
    def test_prefixes(self, licenses: set[str], prefix: str) -> None:
        store = self.filled(list(licenses))
        expected = sorted(license for license in licenses if license.startswith(prefix))
        reply = self.ask(store, "GET_LICENSES_STARTING_WITH", prefix)
        self.assertEqual(reply, (True, expected))
        store.close_at_once()

    def test_prefixes_at_the_edges(self) -> None:
        """What ends with the last character before the surrogates, or the last of all."""
        licenses = [first + second + third for first in EDGES for second in EDGES for third in "AB"]
        store = self.filled(licenses)
        for prefix in (*EDGES, *(2 * each for each in EDGES), *(f"A{each}" for each in EDGES)):
            expected = sorted(license for license in licenses if license.startswith(prefix))
            self.assertNotEqual(expected, [])
            reply = self.ask(store, "GET_LICENSES_STARTING_WITH", prefix)
            self.assertEqual(reply, (True, expected), ascii(prefix))
        self.assertEqual(
            self.ask(store, "GET_LICENSES_STARTING_WITH", "\U0010ffff" * 3), (True, [])
        )

    def test_no_wildcards(self) -> None:
        store = self.filled(["A%B", "AxB", "A_", "a%b", "A*", "A["])
        for prefix, found in (
            ("A%", ["A%B"]),
            ("A_", ["A_"]),
            ("A*", ["A*"]),
            ("%", []),
            ("_", []),
            ("A[", ["A["]),
            ("'", []),
            ("a", ["a%b"]),
        ):
            reply = self.ask(store, "GET_LICENSES_STARTING_WITH", prefix)
            self.assertEqual(reply, (True, found))

    def test_too_many_for_one_reply(self) -> None:
        many = [f"A{number:05}" for number in range(MAX_LICENSES)]
        for late in (False, True):
            store = self.filled([*many, "B"], late=late)
            self.assertEqual(self.ask(store, "GET_LICENSES_STARTING_WITH", "A"), (True, many))
            self.assertEqual(
                self.ask(store, "GET_LICENSES_STARTING_WITH", ""),
                (False, TOO_MANY),
            )

    def test_pages(self) -> None:
        many = [f"{number:04}" for number in range(2 * PAGE + 10)]
        store = self.filled(["!", *many, "x"])
        pages: list[list[Plain]] = []
        after = ""
        for _ in range(3):
            ok, page = self.ask(store, "GET_LICENSES_STARTING_WITH", "", after)
            assert isinstance(page, list)
            self.assertIs(ok, True)
            pages.append(page)
            after = str(page[-1])
        self.assertEqual([len(page) for page in pages], [PAGE, PAGE, 12])
        self.assertEqual(self.ask(store, "GET_LICENSES_STARTING_WITH", "", after), (True, []))
        self.assertEqual([*chain(*pages)], ["!", *many, "x"])

    def test_pages_of_a_prefix(self) -> None:
        store = self.filled(["A", "AA", "AB", "B", "BA"])
        for prefix, after, page in (
            ("A", "", ["A", "AA", "AB"]),
            ("A", "A", ["AA", "AB"]),
            ("A", "AA", ["AB"]),
            ("A", "AAA", ["AB"]),
            ("A", "AB", []),
            ("A", "0", ["A", "AA", "AB"]),
            ("A", "B", []),
            ("B", "A", ["B", "BA"]),
        ):
            reply = self.ask(store, "GET_LICENSES_STARTING_WITH", prefix, after)
            self.assertEqual(reply, (True, page))


class FailureTests(Case):
    """Stores that fail, at once and later."""

    requests = (
        ("GET_CAR_DETAILS", "A"),
        ("CHANGE_MILEAGE", "A", 1),
        ("CHANGE_OWNER", "A", "x"),
        ("NEW_REGISTRATION", "A", 2, 1, "x"),
        ("GET_LICENSES_STARTING_WITH", ""),
        ("GET_LICENSES_STARTING_WITH", "", ""),
    )

    def test_what_the_client_is_told(self) -> None:
        kinds: dict[type[StoreError], Reply] = {
            StoreUnavailable: UNAVAILABLE,
            ConstraintViolated: UNAVAILABLE,
            StoreError: UNAVAILABLE,
            OutcomeUnknown: UNKNOWN,
        }
        for kind, reply in kinds.items():
            for late in (False, True):
                store = FailingStore(partial(kind, "disk on fire"), late=late)
                for request in self.requests:
                    self.assertEqual(self.ask(store, *request), reply, (kind, late, request))

    def test_what_is_refused_is_refused_without_a_store(self) -> None:
        store = FailingStore(partial(StoreUnavailable, "disk on fire"), late=True)
        reply = self.ask(store, "NEW_REGISTRATION", "A", 3, 1, "x")
        self.assertEqual(reply, (False, "Cannot register car with invalid seats"))
        self.assertEqual(
            self.ask(store, "CHANGE_MILEAGE", "A", -1), (False, "Cannot set a negative mileage")
        )

    def test_our_own_faults_are_not_hidden(self) -> None:
        store = FailingStore(ZeroDivisionError, late=True)
        reply = RegistryOn(store).respond(rules.parse(("GET_CAR_DETAILS", "A")))
        assert isinstance(reply, Deferred)
        self.failureResultOf(reply, ZeroDivisionError)
        store = FailingStore(ZeroDivisionError, late=False)
        with self.assertRaises(ZeroDivisionError):
            RegistryOn(store).respond(rules.parse(("GET_CAR_DETAILS", "A")))

    def test_the_second_step_fails(self) -> None:
        """A mileage was not changed, and why cannot be found out."""
        store = LaterStore()
        reply = RegistryOn(store).respond(rules.parse(("CHANGE_MILEAGE", "A", 5)))
        assert isinstance(reply, Deferred)
        store.answer(0)
        self.assertNoResult(reply)
        self.assertEqual([verb for verb, _, _ in store.asked], ["UPDATE", "SELECT"])
        store.asked[1][2].errback(StoreUnavailable("disk on fire"))
        self.assertEqual(self.successResultOf(reply), UNAVAILABLE)

    def test_registered_between_the_steps(self) -> None:
        store = LaterStore()
        reply = RegistryOn(store).respond(rules.parse(("CHANGE_MILEAGE", "A", 5)))
        assert isinstance(reply, Deferred)
        store.answer(0)
        store.answer(1, (4,))
        self.assertNoResult(reply)
        self.assertEqual(store.asked[2][:2], store.asked[0][:2])
        store.answer(2, ("A",))
        self.assertEqual(self.successResultOf(reply), DONE)

    def test_nobody_waits_for_the_reply_any_more(self) -> None:
        for request in self.requests:
            store = LaterStore()
            reply = RegistryOn(store).respond(rules.parse(request))
            assert isinstance(reply, Deferred)
            reply.cancel()
            self.failureResultOf(reply, CancelledError)
            self.assertEqual(store.cancelled, 1)
