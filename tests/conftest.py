"""What holds for every test run by pytest."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from twisted.trial.unittest import SynchronousTestCase as TestCase


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take ``--kills``, which :mod:`tests.end_to_end.test_kills` looks at."""
    usual = 50 if "NETSUITE_CI" in os.environ else 5
    parser.addoption(
        "--kills",
        type=int,
        default=usual,
        metavar="N",
        help=f"how often a registry is killed under load (default: {usual})",
    )


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, as trial does: whatever it leaves behind is tidied up."""
    monkeypatch.chdir(tmp_path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a failure of a skipped test where everything is installed: CI skips nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and "NETSUITE_CI" in os.environ:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"NETSUITE_CI is set, and nothing may be skipped: {reason}"
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run trial's test cases first.

    pytest-twisted keeps the reactor running from its first test on, and test cases that run it
    themselves cannot be run any more.
    """
    items.sort(key=lambda item: not issubclass(getattr(item, "cls", None) or object, TestCase))
