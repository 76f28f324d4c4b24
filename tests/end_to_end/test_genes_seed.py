"""The course's curl commands, in their order, as a shell runs them."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import attrs
import pytest

from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons
from tests.end_to_end.programs import tool

A1BG = {"id": "1", "symbol": "A1BG", "name": "alpha-1-B glycoprotein"}
HYST2477 = {**A1BG, "symbol": "HYST2477"}
A2M = {"id": "2", "symbol": "A2M", "name": "alpha-2-macroglobulin"}
A2MP1 = {"id": "3", "symbol": "A2MP1", "name": "alpha-2-macroglobulin pseudogene 1"}
SUCCESS = {"response": "Success"}

LIST = "curl -i http://localhost:5000/genedb/gene"


@attrs.frozen
class Step:
    """A command of the course, and the JSON that it shows.

    :param command: as it stands there, line ends included.
    :param shown: the body.
    """

    command: str
    shown: object


#: Sections A to E, and the emptying at the end.
STEPS = (
    Step(LIST, {"genes": [A1BG, A2M]}),
    Step("curl -i http://localhost:5000/genedb/gene/1", {"gene": [A1BG]}),
    Step(
        """curl -i -H "Content-type: application/json" -X PUT -d '{"symbol":"HYST2477"}' \\
http://localhost:5000/genedb/gene/1""",
        {"gene": HYST2477},
    ),
    Step(LIST, {"genes": [HYST2477, A2M]}),
    Step(
        """curl -i -H "Content-type: application/json" -X POST \\
  -d '{"id": "3", "symbol": "A2MP1", \\
    "name": "alpha-2-macroglobulin pseudogene 1"}' \\
  http://localhost:5000/genedb/gene""",
        A2MP1,
    ),
    Step(LIST, {"genes": [HYST2477, A2M, A2MP1]}),
    Step("curl -i -X DELETE http://localhost:5000/genedb/gene/2", SUCCESS),
    Step(LIST, {"genes": [HYST2477, A2MP1]}),
    Step("curl -i -X DELETE http://localhost:5000/genedb/gene", SUCCESS),
    # The path is misspelt in the course.
    Step("curl -i http://localhost:5000/gededb/gene", {"genes": []}),
)


def run(command: str, daemon: Daemon) -> tuple[str, dict[str, str], Any]:
    """Run a command in a shell.

    :returns: the first line that it prints, the header fields, and the JSON after them.
    """
    assert tool("curl")
    _host, port = daemon.address("genes")
    ended = subprocess.run(
        ["/bin/sh", "-c", command.replace("localhost:5000", f"localhost:{port}")],
        cwd=daemon.folder,
        env={**os.environ, "CURL_HOME": str(daemon.folder), "no_proxy": "*"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    head, _, body = ended.stdout.decode().partition("\r\n\r\n")
    status, *lines = head.split("\r\n")
    fields = (line.partition(": ") for line in lines)
    return status, {name.lower(): value for name, _, value in fields}, json.loads(body)


class TestSeed:
    @pytest.fixture
    def daemon(self, start: Daemons) -> Daemon:
        """Run the service with nothing in its store but what is there at first."""
        return start("genes")

    def test_every_command(self, daemon: Daemon) -> None:
        for step in STEPS:
            status, headers, shown = run(step.command, daemon)
            assert status == "HTTP/1.1 200 OK", step.command
            assert headers["content-type"] == "application/json"
            assert shown == step.shown, step.command

    def test_what_post_says_besides(self, daemon: Daemon) -> None:
        (post,) = (step.command for step in STEPS if "POST" in step.command)
        _status, headers, _shown = run(post, daemon)
        assert headers["location"] == "/genedb/gene/3"
        status, _headers, shown = run(post, daemon)
        assert status == "HTTP/1.1 409 Conflict"
        assert shown["error"]["status"] == 409

    def test_the_routes(self, daemon: Daemon) -> None:
        status, headers, shown = run("curl -i http://localhost:5000/", daemon)
        assert status == "HTTP/1.1 200 OK"
        assert headers["content-type"] == "application/json"
        assert {"/", "/genedb/gene", "/genedb/gene/<geneId>"} <= set(shown)

    def test_an_unknown_gene(self, daemon: Daemon) -> None:
        """The course's program answers with an empty list; this one says that there is none."""
        status, _headers, shown = run("curl -i http://localhost:5000/genedb/gene/9", daemon)
        assert status == "HTTP/1.1 404 Not Found"
        assert shown["error"]["status"] == 404

    def test_after_a_restart(self, start: Daemons) -> None:
        first = start("genes")
        for step in STEPS[:8]:
            run(step.command, first)
        first.stop()
        status, _headers, shown = run(LIST, start("genes"))
        assert status == "HTTP/1.1 200 OK"
        assert shown == {"genes": [HYST2477, A2MP1]}

    def test_emptied_it_stays_empty(self, start: Daemons) -> None:
        first = start("genes")
        run("curl -i -X DELETE http://localhost:5000/genedb/gene", first)
        first.stop()
        _status, _headers, shown = run(LIST, start("genes"))
        assert shown == {"genes": []}

    def test_without_samples(self, start: Daemons) -> None:
        _status, _headers, shown = run(LIST, start("genes", "--no-samples"))
        assert shown == {"genes": []}
