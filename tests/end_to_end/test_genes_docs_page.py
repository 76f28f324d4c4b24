"""The interactive documentation, in real Chromium."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.end_to_end.chromium import barriers, overflow, tab_to
from tests.end_to_end.daemon import PATIENCE, Daemons
from tests.end_to_end.gene_pages import FULL, PHONE, Meet, Service
from tests.end_to_end.programs import tool

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


@pytest.fixture(scope="module")
def service(start_once: Daemons) -> Service:
    """Run the service, with some genes besides its samples."""
    service = Service(start_once("genes").url("genes", ""))
    for gene in [FULL]:
        service.add(gene)
    return service


@pytest.fixture
def page(meet: Meet) -> Page:
    """Show the documentation to somebody at a desk."""
    page = meet().visit("/docs")
    page.locator("article").first.wait_for()
    return page


def operation(page: Page, method: str, path: str) -> Locator:
    """Open the form of an operation, and return all that is told of it."""
    route = page.locator(".route", has_text=re.compile(f"^{method} {re.escape(path)}$"))
    found = page.locator("article", has=route)
    found.get_by_text("Try it").click()
    # The form is made when it is opened: a tabulator pressed earlier passes it by.
    found.get_by_role("button", name="Send").wait_for()
    return found


class TestDescription:
    """What the page tells."""

    def test_every_operation_is_there(self, page: Page, service: Service) -> None:
        described = service.description()
        routes = {
            f"{method.upper()} {path}"
            for path, item in described["paths"].items()
            for method in item
        }
        assert set(page.locator(".route").all_inner_texts()) == routes
        assert page.locator("#contents li").count() == len(routes)

    def test_all_that_is_described_is_shown(self, page: Page, service: Service) -> None:
        described = service.description()
        for path, item in described["paths"].items():
            for method, told in item.items():
                route = re.compile(f"^{method.upper()} {re.escape(path)}$")
                article = page.locator("article", has=page.locator(".route", has_text=route))
                shown = article.evaluate("(element) => element.textContent")
                for parameter in told.get("parameters", []):
                    assert parameter["name"] in shown
                for status in told["responses"]:
                    assert status in shown
                assert ("deprecated" in shown) is told.get("deprecated", False)
        for name in described["components"]["schemas"]:
            assert page.locator(f"#schema-{name}").inner_text() == name

    def test_no_reference_leads_nowhere(self, page: Page) -> None:
        missing = page.evaluate(
            "() => [...document.querySelectorAll('a[href^=\"#\"]')]"
            ".filter((link) => !document.getElementById(link.getAttribute('href').slice(1)))"
            ".map((link) => link.getAttribute('href'))"
        )
        assert missing == []
        assert "[object Object]" not in page.locator("main").evaluate("(main) => main.textContent")

    def test_an_address_leads_to_an_operation(self, meet: Meet) -> None:
        page = meet(viewport={"width": 900, "height": 500}).visit("/docs#schemas")
        expect(page.locator("#schemas")).to_be_in_viewport()

    def test_without_a_description(self, meet: Meet) -> None:
        page = meet().visit("/browse")
        page.route("**/openapi.json", lambda route: route.fulfill(status=200, body="no JSON"))
        # The page says so; the browser's console may too.
        page.evaluate("() => { console.error = () => undefined; }")
        page.context.add_init_script("console.error = () => undefined")
        page.goto(page.url.replace("/browse", "/docs"))
        expect(page.locator("#state")).to_contain_text("cannot be shown")


class TestTrying:
    """Sending requests."""

    def test_reading_a_gene(self, page: Page) -> None:
        form = operation(page, "GET", "/genedb/gene/{geneId}")
        form.get_by_label("geneId").fill("503538")
        form.get_by_label("fields").fill("symbol,location")
        form.get_by_role("button", name="Send").click()
        expect(form.get_by_role("status")).to_have_text("Answered: 200 OK")
        expect(form.locator("pre.headers")).to_contain_text("content-type: application/json")
        expect(form.locator("pre.headers")).to_contain_text("etag:")
        expect(form.locator("pre.content")).to_contain_text('"location": "19q13.43"')

    def test_changing_one_with_the_keyboard_alone(self, page: Page, service: Service) -> None:
        service.add({"id": "docs-1", "symbol": "OLD", "name": "old"})
        form = operation(page, "PATCH", "/genedb/gene/{geneId}")
        for label, text in [("geneId", "docs-1"), ("Body", '{"symbol": "NEW"}')]:
            tab_to(page, label)
            page.keyboard.press("Control+A")
            page.keyboard.type(text)
        tab_to(page, "Send")
        page.keyboard.press("Enter")
        expect(form.get_by_role("status")).to_have_text("Answered: 200 OK")
        assert service.gene("docs-1")["symbol"] == "NEW"

    def test_an_error_is_an_answer(self, page: Page) -> None:
        form = operation(page, "POST", "/genedb/gene")
        form.get_by_label("Body").fill("{}")
        form.get_by_role("button", name="Send").click()
        expect(form.get_by_role("status")).to_have_text("Answered: 400 Bad Request")
        expect(form.locator("pre.content")).to_contain_text("id is missing")

    def test_another_media_type(self, page: Page) -> None:
        form = operation(page, "GET", "/genedb/gene")
        form.get_by_label("Accept").select_option("text/csv")
        form.get_by_label("limit").fill("1")
        form.get_by_role("button", name="Send").click()
        expect(form.locator("pre.content")).to_contain_text("1,A1BG,alpha-1-B")

    def test_the_command_does_the_same(self, page: Page, service: Service) -> None:
        form = operation(page, "POST", "/genedb/gene")
        name = 'it\'s \\ "quoted", $HOME `id` and @file ü'
        form.get_by_label("Body").fill(json.dumps({"id": "curl", "symbol": "C'URL", "name": name}))
        command = form.locator("pre code").inner_text()
        tool("curl")
        done = subprocess.run(
            ["sh", "-c", command], capture_output=True, timeout=PATIENCE, check=True
        )
        assert done.stdout.startswith(b"HTTP/1.1 200 ")
        assert service.gene("curl")["name"] == name
        form.get_by_role("button", name="Send").click()
        expect(form.get_by_role("status")).to_have_text("Answered: 409 Conflict")

    def test_a_service_that_is_out_of_reach(self, page: Page) -> None:
        form = operation(page, "GET", "/genedb/meta")
        page.context.set_offline(True)
        form.get_by_role("button", name="Send").click()
        expect(form.get_by_role("status")).to_contain_text("Not answered")


def test_nobody_is_kept_out(meet: Meet) -> None:
    page = meet(**PHONE).visit("/docs")
    page.locator("article").first.wait_for()
    form = operation(page, "GET", "/genedb/gene/{geneId}")
    form.get_by_label("geneId").fill("503538")
    form.get_by_role("button", name="Send").click()
    expect(form.locator("pre.content")).to_contain_text("A1BG-AS1")
    page.evaluate("() => document.querySelectorAll('details').forEach((each) => each.open = true)")
    assert overflow(page) == 0
    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    assert barriers(page, ["color-contrast"]) == []
