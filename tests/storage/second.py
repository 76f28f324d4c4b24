"""Another process that uses a store: ``python -m tests.storage.second URL NAME COUNT``.

It says ``ready``, waits for a line, opens the store, counts up a row that all share and adds rows
of its own, and prints what it was told.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import react

from netsuite.storage import open_store, settled

CHECKOUT = Path(__file__).parents[2]
PATIENCE = 60.0

#: Counts up the row that all share.
COUNT_UP = """
    INSERT INTO secrets (service, secret) VALUES ('shared', '')
    ON CONFLICT (service) DO UPDATE SET found = secrets.found + 1 RETURNING found
"""
#: Adds a row.
ADD = "INSERT INTO secrets (service, secret) VALUES (?, ?)"


class Second:
    """Such a process."""

    def __init__(self, url: str, name: str, count: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.second", url, name, str(count)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        """Wait until it could open the store at once."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line == "ready\n", self.process.communicate()

    def go(self) -> None:
        """Have it open the store."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> list[int]:
        """Wait for its end, and return what the shared row held after each of its writes."""
        try:
            told, wrong = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(self.process.communicate()) from None
        assert not wrong, wrong
        seen: list[int] = json.loads(told)
        return seen


async def _work(url: str, name: str, count: int) -> Sequence[int]:
    store = open_store(url)
    told = []
    for number in range(0, count, 5):
        # Some that share a commit, as far as the other processes let them.
        *others, counted = await gatherResults(
            [
                *(store.write(ADD, f"{name}-{number + each}", name) for each in range(5)),
                store.write(COUNT_UP),
            ]
        )
        assert others == [[]] * 5
        told.append(counted[0][0])
        ((found,),) = await settled(
            store.read("SELECT found FROM secrets WHERE service = 'shared'")
        )
        assert found >= told[-1]
    await store.close()
    return told


def _main(_reactor: object, url: str, name: str, count: str) -> Deferred[None]:
    print("ready", flush=True)
    sys.stdin.readline()
    work = Deferred.fromCoroutine(_work(url, name, int(count)))
    return work.addCallbacks(
        lambda told: print(json.dumps(told)), lambda failure: print(failure, file=sys.stderr)
    )


if __name__ == "__main__":
    react(_main, sys.argv[1:])
