"""Real headless Chromium for the tests of pages, driven with Playwright.

Playwright drives the system's own Chromium, and downloads none. Its synchronous interface suits
these tests: nothing else happens in their process while a page is being looked at.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        ConsoleMessage,
        Page,
        Request,
        Response,
    )

__all__ = ["Person", "barriers", "chromium", "describe_focus", "overflow", "tab_to"]

#: How long a page may take to become as it should be, in milliseconds.
PATIENCE = 10_000

#: What Chromium is called, by who packaged it.
_NAMES = ("chromium", "chromium-browser", "google-chrome")

#: What Chromium itself logs about each answer that is an error, or missing. These are looked at
#: as answers.
_ABOUT_AN_ANSWER = "Failed to load resource:"

#: Return what has the focus: how it is called, what it is, and whether one sees it.
_FOCUS = """() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const name = element.labels?.[0]?.textContent ?? element.textContent;
    return {
        id: element.id,
        tag: element.tagName.toLowerCase(),
        name: name.trim().replace(/\\s+/g, " "),
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    };
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium; skip the test where there is none."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    expect.set_options(timeout=PATIENCE)
    # Chromium's sandbox does not work for root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


class Person:
    """Someone with a browser of their own, who complains about pages that do not behave.

    :param browser: where to open pages.
    :param root: the service's URL, without a path. Nothing is to be fetched from elsewhere.
    :param preferences: what the person has set, and the size of the window: see Playwright's
        ``new_context``.
    """

    def __init__(self, browser: Browser, root: str, **preferences: Any) -> None:
        self.root = root
        #: What was wrong with the pages.
        self.complaints: list[str] = []
        settings = {"reduced_motion": "reduce", "locale": "en-GB", **preferences}
        self.context: BrowserContext = browser.new_context(**settings)
        self.context.set_default_timeout(PATIENCE)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("request", self._request)
        self.context.on("response", self._response)

    def visit(self, path: str) -> Page:
        """Open a page."""
        page = self.context.new_page()
        page.goto(self.root + path)
        return page

    def close(self) -> None:
        """Close all pages, and check that nothing was wrong with them."""
        self.context.close()
        assert self.complaints == []

    def _console(self, message: ConsoleMessage) -> None:
        # Violations of the Content-Security-Policy are told here too.
        wrong = message.type in ("error", "warning", "assert")
        if wrong and not message.text.startswith(_ABOUT_AN_ANSWER):
            self.complaints.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith(f"{self.root}/"):
            self.complaints.append(f"requested {request.url}")

    def _response(self, response: Response) -> None:
        # The API's errors are tested; a page or file that is missing is a mistake.
        path = urlsplit(response.url).path
        if response.status >= 400 and not path.startswith("/genedb/"):
            self.complaints.append(f"{path}: {response.status}")


def describe_focus(page: Page) -> dict[str, Any]:
    """Return what has the focus: its ``id``, ``tag``, ``name``, and if it is ``outlined``."""
    focus: dict[str, Any] = page.evaluate(_FOCUS)
    return focus


def tab_to(page: Page, name: str, *, most: int = 60) -> None:
    """Press the tabulator key until something of a name has the focus, and is seen to have it.

    :param name: how the name begins: its label, or its text.
    :param most: how often to press it, at most.
    """
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        focus = describe_focus(page)
        # On its way through the browser's own controls, the focus is nowhere on the page.
        if focus["tag"] != "body":
            assert focus["outlined"], f"one does not see that {focus} has the focus"
        if focus["name"].startswith(name):
            return
        passed.append(focus["name"])
    raise AssertionError(f"no tabulator leads to {name!r}, only to {passed}")


def barriers(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe-core finds in a page that keeps people out: contrast, names, roles …

    :param rules: only these of its rules; all of them unless given.
    """
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    page.evaluate(_axe())
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [
        f"{violation['id']}: {node['html']}: {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    wider: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


@cache
def _axe() -> str:
    """Return axe-core's script. Of the package that brings it, no more is needed."""
    return (files("axe_playwright_python") / "axe.min.js").read_text()
