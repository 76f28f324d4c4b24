"""The power is cut, and the disk is full or fails: what was acknowledged is there.

Killing a process proves little about this: what it wrote is safe in the kernel. Here the disk is
one that keeps only what was synced; see :mod:`tests.storage.vfs`.
"""

from __future__ import annotations

import itertools
import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from twisted.trial.unittest import TestCase

from netsuite.storage import OutcomeUnknown, StoreError, StoreUnavailable, Transaction
from netsuite.storage.sqlite import SqliteStore
from tests.storage.contract import ADD, outcomes

try:
    import apsw

    from tests.storage.vfs import Disk, DiskError, no_fault
except ImportError as error:
    MISSING = f"needs a disk that can fail: {error}"
else:
    MISSING = ""

#: A row in a table of ours, to be changed again and again.
CAR = "INSERT INTO cars VALUES ('car', 2, 0, '') ON CONFLICT DO NOTHING"
DRIVE = "UPDATE cars SET mileage = ?, owner = ? WHERE license = 'car' AND mileage < ?"


class DiskCase(TestCase):
    if MISSING:
        skip = MISSING

    seed = 0

    def setUp(self) -> None:
        self.chance = random.Random(self.seed)
        self.disk = Disk(self.chance)
        self.addCleanup(self.disk.unregister)
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()
        self.lives = itertools.count()
        self.new_folder()

    def open(self, **options: Any) -> SqliteStore:
        store = SqliteStore(self.path, connect=partial(self.disk.connect, **options))
        self.addCleanup(store.close_at_once)
        return store

    def new_folder(self) -> None:
        """Have the next store be a new one."""
        self.path = self.folder / str(next(self.lives)) / "store"

    def restore_power(self) -> None:
        """Go on with what the disk kept."""
        life = self.folder / str(next(self.lives))
        self.disk.after_cut(life)
        self.path = life / "store"

    def kept(self) -> tuple[list[str], int]:
        """Return what is in the store and how far the car was driven, and check that all is well.

        It is done on a copy, with another SQLite: nothing is recovered by looking.
        """
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.path.parent, copy, ignore=shutil.ignore_patterns("*-shm"))
        with closing(sqlite3.connect(copy / "store")) as connection:
            self.assertEqual(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'cars'").fetchall():
                return [], 0  # it was not even made
            rows = connection.execute("SELECT service FROM secrets").fetchall()
            driven = connection.execute("SELECT mileage FROM cars").fetchall()
        return [service for (service,) in rows], driven[0][0] if driven else 0


class PowerCutTests(DiskCase):
    """Each on one store, whose power is cut again and again."""

    async def lives_lost(self, cuts: int, most: int, **options: Any) -> int:
        """Write until the power is cut, many times.

        :param cuts: how often.
        :param most: how many operations of the disk come between two cuts, at most.
        :returns: how many acknowledged writes were lost.
        """
        acknowledged: set[str] = set()
        asked: set[str] = set()
        driven = lost = 0
        self.moments: Counter[str] = Counter()
        names = map(str, itertools.count())
        for _ in range(cuts):
            self.disk.cut_at = self.chance.randint(1, most)
            try:
                store = self.open(**options)
            except StoreError:
                self.assertTrue(self.disk.off)
                self.moments["opening"] += 1
            else:
                self.moments["writing"] += 1
                while not self.disk.off:
                    group = [next(names) for _ in range(self.chance.randint(1, 8))]
                    mileage = int(group[-1]) + 1
                    size = self.chance.choice((10, 10, 5000))
                    asked.update(group)
                    writing = [store.write(ADD, name, "x" * size) for name in group]
                    writing.append(store.write(CAR))
                    writing.append(store.write(DRIVE, mileage, "x" * size, mileage))
                    *results, _, drove = await outcomes(writing)
                    for name, result in zip(group, results, strict=True):
                        if result == []:
                            acknowledged.add(name)
                        else:
                            self.assertIsInstance(result, StoreError)
                    if drove == []:
                        driven = mileage
                await store.close()
            self.restore_power()
            rows, mileage = self.kept()
            self.assertEqual({*rows} - asked, set())
            lost += len(acknowledged - {*rows}) + (mileage < driven)
            acknowledged &= {*rows}
            driven = min(mileage, driven)
        self.assertGreater(len(asked), cuts)
        return lost

    async def test_cuts_at_any_moment(self) -> None:
        self.assertEqual(await self.lives_lost(100, 60), 0)

    async def test_cuts_during_checkpoints(self) -> None:
        """There is one after almost every commit."""
        self.assertEqual(await self.lives_lost(100, 60, checkpoint=3), 0)

    async def test_cuts_during_recovery(self) -> None:
        """And while a store is made: the power never lasts for long."""
        self.assertEqual(await self.lives_lost(100, 49, checkpoint=3), 0)
        self.assertGreater(self.moments["opening"], 10)
        self.assertGreater(self.moments["writing"], 10)

    async def test_the_control(self) -> None:
        """The same with less care loses what was acknowledged: the tests above can fail."""
        pragmas = ["PRAGMA synchronous = NORMAL"]
        self.assertGreater(await self.lives_lost(100, 60, pragmas=pragmas), 10)


class Fault:
    """Something that a disk does not do from a certain moment on.

    :param kind: what: "write" or "sync".
    :param error: how it fails.
    :param number: the first one that fails.
    :param lasts: whether the later ones do, too.
    """

    def __init__(self, kind: str, error: Exception, number: int, *, lasts: bool = True) -> None:
        self._kind = kind
        self._error = error
        self._number = number
        self._lasts = lasts
        #: How often the disk was asked to.
        self.count = 0

    def __call__(self, kind: str, _name: str, _end: int) -> None:
        if kind != self._kind:
            return
        self.count += 1
        if self.count == self._number or (self._lasts and self.count > self._number):
            raise self._error


class FaultTests(DiskCase):
    """Nothing is acknowledged that is not there, and little is there that was not acknowledged."""

    async def survive(self, kind: str, error: Exception, number: int, *, lasts: bool) -> bool:
        """Have one operation of the disk fail, or all from that one on, and see what comes of it.

        :returns: whether there were so many operations.
        """
        store = self.open(checkpoint=3)
        await store.write(ADD, "before", "")

        def operation(transaction: Transaction) -> None:
            transaction.execute(ADD, "5", "")
            transaction.execute(ADD, "6", "x" * 20_000)

        self.disk.fault = fault = Fault(kind, error, number, lasts=lasts)
        results = await outcomes(
            [
                *(store.write(ADD, str(each), "x" * 3000 * each) for each in range(5)),
                store.transact(operation),
            ]
        )
        acknowledged = {"before"}
        for name, result in enumerate(results):
            if result in ([], None):
                acknowledged |= {str(name)} if name < 5 else {"5", "6"}
            else:
                self.assertIsInstance(result, OutcomeUnknown if kind == "sync" else StoreError)
                self.assertIn(str(error), str(result))
        if not lasts and kind == "write":
            # A group is tried once more, write by write; an operation is not.
            self.assertTrue({"0", "1", "2", "3", "4"} <= acknowledged, acknowledged)
        # Who reads, sees just that.
        rows = store.read("SELECT service FROM secrets")
        self.assertEqual({service for (service,) in rows}, acknowledged)
        self.disk.fault = no_fault
        await store.write(ADD, "afterwards", "")
        acknowledged.add("afterwards")
        rows = store.read("SELECT service FROM secrets")
        self.assertEqual({service for (service,) in rows}, acknowledged)
        await store.close()
        self.assertEqual({*self.kept()[0]}, acknowledged)
        self.new_folder()
        return fault.count >= number

    async def survive_all(self, kind: str, error: Exception) -> None:
        for lasts in (False, True):
            for number in itertools.count(1):
                if not await self.survive(kind, error, number, lasts=lasts):
                    break
            self.assertGreater(number, 5)

    async def test_a_full_disk(self) -> None:
        await self.survive_all("write", apsw.FullError("database or disk is full"))

    async def test_writes_that_fail(self) -> None:
        await self.survive_all("write", DiskError(code=apsw.SQLITE_IOERR_WRITE))

    async def test_syncs_that_fail(self) -> None:
        await self.survive_all("sync", DiskError(code=apsw.SQLITE_IOERR_FSYNC))

    async def test_who_finds_room_is_served(self) -> None:
        """On a disk that is full but for a little, one large write fails alone."""
        store = self.open()
        await store.write(ADD, "before", "")
        most = Path(f"{self.path}-wal").stat().st_size + 50_000

        def fault(_what: str, name: str, end: int) -> None:
            if name.endswith("-wal") and end > most:
                raise apsw.FullError("database or disk is full")

        self.disk.fault = fault
        sizes = [10, 3000, 200_000, 10, 100_000, 10]
        results = await outcomes(
            [store.write(ADD, str(size + n), "x" * size) for n, size in enumerate(sizes)]
        )
        self.assertEqual([each == [] for each in results], [size < 5000 for size in sizes])
        self.assertIsInstance(results[2], StoreUnavailable)
        self.disk.fault = no_fault
        await store.write(ADD, "afterwards", "x" * 200_000)
        await store.close()
        self.assertEqual(len(self.kept()[0]), 6)

    async def test_a_killed_process_may_have_done_what_could_not_be_synced(self) -> None:
        """All that is acknowledged is there; what is not may be, if only its sync failed."""
        store = self.open()
        await store.write(ADD, "before", "")

        def fault(what: str, _name: str, _end: int) -> None:
            if what == "sync":
                raise DiskError(code=apsw.SQLITE_IOERR_FSYNC)

        self.disk.fault = fault
        results = await outcomes([store.write(ADD, str(each), "") for each in range(3)])
        self.assertEqual([type(each) for each in results], [OutcomeUnknown] * 3)
        rows = {*self.kept()[0]}
        self.assertIn("before", rows)
        self.assertEqual(rows - {"before", "0", "1", "2"}, set())
        self.assertNotEqual(rows, {"before"}, "which can be promised, then")
        self.assertEqual(store.read("SELECT service FROM secrets"), [("before",)])

    async def test_faults_while_it_is_opened(self) -> None:
        """It is a clear error; and once the disk works again, so does the store."""
        for kind, error in itertools.product(
            ("write", "sync"), (apsw.FullError("full"), DiskError())
        ):
            for number in itertools.count(1):
                self.disk.fault = Fault(kind, error, number)
                try:
                    self.open()
                except StoreError as refusal:
                    self.assertIn(f"cannot be used: {error}; mend that", str(refusal))
                    self.disk.fault = no_fault
                    store = self.open()
                    await store.write(ADD, "a", "")
                    await store.close()
                    self.assertEqual(self.kept()[0], ["a"])
                    self.new_folder()
                else:
                    break
            self.assertGreater(number, 2)
            self.disk.fault = no_fault
            self.new_folder()
