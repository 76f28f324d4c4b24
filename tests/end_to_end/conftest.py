"""What the end-to-end tests have in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.daemon import Daemon, Daemons

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.end_to_end.blackjack_terminal import Sitting
    from tests.end_to_end.blackjack_wire import Come
    from tests.end_to_end.gene_pages import Meet, Service


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Daemons]:
    """Start ``twistd`` for one test."""
    daemons = Daemons(tmp_path)
    yield daemons
    daemons.stop()


@pytest.fixture(scope="module")
def start_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemons]:
    """Start ``twistd`` for all tests of a module."""
    daemons = Daemons(tmp_path_factory.mktemp("daemons"))
    yield daemons
    daemons.stop()


@pytest.fixture(scope="module")
def suite(start_once: Daemons) -> Daemon:
    """Run the whole suite, with everything as it is by default, except for the ports."""
    return start_once("netsuite")


@pytest.fixture
def kills(request: pytest.FixtureRequest, database: str) -> int:
    """Say how often a service is killed whose store is in a database."""
    often: int = request.config.getoption("--kills")
    # Each takes longer with PostgreSQL, and it is our server that is killed.
    return often if database == "sqlite" else often // 5 or 1


@pytest.fixture
def come() -> Iterator[Come]:
    """Have people come to a game of blackjack, each over a socket of their own."""
    from tests.end_to_end.blackjack_wire import WORD, Player

    there: list[Player] = []

    def come(daemon: Daemon, name: str = "", word: str = WORD) -> Player:
        player = Player(daemon.address("blackjack"))
        there.append(player)
        if name:
            player.sign_in(name, word)
        else:
            player.type("")
        player.expect("> ")
        return player

    yield come
    for each in there:
        each.close()


@pytest.fixture
def sitting(tmp_path: Path) -> Iterator[Sitting]:
    """Have people play blackjack, each at a screen of their own."""
    from tests.end_to_end.blackjack_terminal import Sitting

    people = Sitting(tmp_path)
    yield people
    people.end()


# For the tests of pages, which begin with a service of their own.


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run Chromium for all tests of a module."""
    from tests.end_to_end.chromium import chromium

    with chromium() as running:
        yield running


@pytest.fixture
def meet(browser: Browser, service: Service) -> Iterator[Meet]:
    """Let people come to the service."""
    from tests.end_to_end.gene_pages import meeting

    with meeting(browser, service) as come:
        yield come


@pytest.fixture
def page(meet: Meet) -> Page:
    """Show the gene browser's first page to somebody at a desk."""
    return meet().visit("/browse")
