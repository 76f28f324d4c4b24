"""The gene browser: finding and reading genes, in real Chromium."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.end_to_end.chromium import describe_focus
from tests.end_to_end.daemon import Daemons
from tests.end_to_end.gene_pages import CROWD, FULL, Meet, Service

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page, Route


#: What must be shown, and never run.
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


@pytest.fixture(scope="module")
def service(start_once: Daemons) -> Service:
    """Run the service, with some genes besides its samples."""
    service = Service(start_once("genes").url("genes", ""))
    for gene in [FULL, *CROWD]:
        service.add(gene)
    return service


def search(page: Page, text: str) -> None:
    """Type a search, letter by letter, and wait until its results are there."""
    page.locator("#q").press_sequentially(text)
    expect(page.locator("h1")).to_have_text(f"Genes that match “{text}”")


def results(page: Page) -> list[str]:
    """Return the symbols in the list."""
    return page.locator(".results a > .symbol").all_inner_texts()


class TestSearching:
    """Search as you type."""

    def test_all_genes_are_listed_at_first(self, page: Page) -> None:
        expect(page.locator(".results li")).to_have_count(50)
        assert results(page)[:3] == ["A1BG", "A1BG-AS1", "A2M"]
        expect(page.locator("#status")).to_contain_text("50 genes shown")
        expect(page.locator("#meta")).to_contain_text("63 genes")

    def test_results_come_while_one_types(self, page: Page) -> None:
        search(page, "a1")
        expect(page.locator(".results li")).to_have_count(2)
        assert describe_focus(page)["id"] == "q", "typing goes on"

    def test_they_say_why_they_matched(self, page: Page) -> None:
        search(page, "ncrna0018")
        expect(page.locator(".results li")).to_have_count(1)
        expect(page.locator(".results a")).to_have_text(
            "A1BG-AS1 A1BG antisense RNA 1 formerly NCRNA00181"
        )
        expect(page.locator(".results mark")).to_have_text("NCRNA0018")

    def test_nothing_is_found(self, page: Page) -> None:
        search(page, "zzzz")
        expect(page.locator("#status")).to_have_text("No genes.")
        expect(page.locator("main")).to_contain_text("Try fewer letters")

    def test_more_can_be_shown(self, page: Page) -> None:
        search(page, "crowded")
        page.get_by_role("button", name="Show more").click()
        expect(page.locator(".results li")).to_have_count(60)
        assert len(set(results(page))) == 60
        expect(page.get_by_role("button", name="Show more")).to_be_hidden()
        focused = page.locator(".results a:focus")
        assert focused.inner_text() == page.locator(".results a").nth(50).inner_text()

    def test_a_late_answer_is_not_shown(self, page: Page) -> None:
        expect(page.locator(".results li")).to_have_count(50)
        held: list[Route] = []
        page.route("**/genedb/gene?q=c&*", lambda route: held.append(route))
        with page.expect_request("**/genedb/gene?q=c&*"):
            page.locator("#q").press_sequentially("c")
        page.locator("#q").press_sequentially("rowded 7")
        expect(page.locator("h1")).to_have_text("Genes that match “crowded 7”")
        with suppress(Exception):  # the page does not wait for it any more
            held[0].fulfill(json={"genes": [{**FULL, "match": None}]})
        page.evaluate("() => new Promise((done) => setTimeout(done))")
        assert results(page) == ["CRWD7"]

    def test_the_address_can_be_kept(self, meet: Meet) -> None:
        page = meet().visit("/browse#/?q=antisense")
        expect(page.locator("h1")).to_have_text("Genes that match “antisense”")
        expect(page.locator("#q")).to_have_value("antisense")
        assert results(page) == ["A1BG-AS1"]

    def test_it_may_stand_below_a_proxys_path(self, meet: Meet, service: Service) -> None:
        person = meet()

        def proxy(route: Route) -> None:
            path = route.request.url.removeprefix(f"{service.root}/tools")
            route.fulfill(response=route.fetch(url=service.root + path))

        person.context.route(f"{service.root}/tools/**", proxy)
        person.root = f"{service.root}/tools"
        page = person.visit("/browse#/?q=crowded")
        page.get_by_role("button", name="Show more").click()
        expect(page.locator(".results li")).to_have_count(60)
        page.locator(".results a").first.click()
        expect(page.locator("h1")).to_contain_text("CRWD")
        page.get_by_role("link", name="API").click()
        expect(page.locator("article").first).to_be_visible()

    def test_going_back_leads_to_the_result_one_came_from(self, page: Page) -> None:
        search(page, "a1")
        page.get_by_role("link", name="A1BG-AS1").click()
        expect(page.locator("h1")).to_have_text("A1BG-AS1")
        assert page.url.endswith("/browse#/gene/503538")
        page.go_back()
        expect(page.locator("h1")).to_have_text("Genes that match “a1”")
        assert page.locator(".results a:focus .symbol").first.inner_text() == "A1BG-AS1"
        page.go_forward()
        expect(page.locator("h1")).to_have_text("A1BG-AS1")

    def test_a_service_that_is_out_of_reach(self, page: Page) -> None:
        search(page, "a1")
        page.context.set_offline(True)
        page.locator("#q").press_sequentially("b")
        expect(page.locator("main")).to_contain_text("The service cannot be reached")
        page.context.set_offline(False)
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("h1")).to_have_text("Genes that match “a1b”")
        expect(page.locator("#q")).to_have_value("a1b")

    def test_results_can_be_exported(self, page: Page) -> None:
        search(page, "crowded")
        for name in ("CSV", "TSV", "JSON", "NDJSON"):
            links = page.get_by_role("link", name=name, exact=True)
            for link, with_others in [(links.first, False), (links.last, True)]:
                with page.expect_download() as download:
                    link.click()
                assert download.value.suggested_filename == f"genes.{name.lower()}"
                exported = download.value.path().read_text()
                assert exported.count("CRWD") == 60
                assert ("A2M" in exported) is with_others


class TestGene:
    """A gene's page."""

    def test_all_fields_are_shown(self, meet: Meet) -> None:
        page = meet().visit("/browse#/gene/503538")
        shown = page.locator("main")
        for value in FULL.values():
            for text in value if isinstance(value, list) else [value]:
                expect(shown).to_contain_text(text)
        expect(page).to_have_title("A1BG-AS1 · Gene browser")

    def test_its_other_symbols_lead_to_searches(self, meet: Meet) -> None:
        page = meet().visit("/browse#/gene/503538")
        page.get_by_role("link", name="NCRNA00181").click()
        expect(page.locator("h1")).to_have_text("Genes that match “NCRNA00181”")
        assert results(page) == ["A1BG-AS1"]

    def test_one_that_is_not_there(self, meet: Meet) -> None:
        page = meet().visit("/browse#/gene/none")
        expect(page.locator("main")).to_contain_text("There is no gene with the identifier none")

    def test_addresses_that_mean_nothing(self, meet: Meet) -> None:
        page = meet().visit("/browse")
        expect(page.locator("h1")).to_have_text("All genes")
        for address in ("#/nowhere", "#/gene/%E0%A4%A", "#/gene/1/other", "#x"):
            page.evaluate("(address) => { location.hash = address; }", address)
            expect(page.get_by_role("alert")).to_be_visible()
            page.get_by_role("link", name="All genes").click()
            expect(page.locator("h1")).to_have_text("All genes")

    def test_names_are_text(self, meet: Meet, service: Service) -> None:
        service.add({"id": "x", "symbol": HOSTILE, "name": HOSTILE, "alias_symbols": [HOSTILE]})
        person = meet()
        dialogs: list[str] = []
        page = person.visit("/browse#/?q=onerror")

        def told(dialog: Dialog) -> None:
            dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", told)
        expect(page.locator(".results a > .symbol").first).to_have_text(HOSTILE)
        page.locator(".results a").first.click()
        expect(page.locator("h1")).to_have_text(HOSTILE)
        page.get_by_role("link", name="Edit").click()
        expect(page.locator("#field-name")).to_have_value(HOSTILE)
        page.get_by_role("link", name="Back to the gene").click()
        page.get_by_role("button", name="Delete…").click()
        expect(page.get_by_role("dialog")).to_contain_text(HOSTILE)
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.locator("#status")).to_have_text(f"{HOSTILE} was deleted.")
        assert page.locator("main img, main script").count() == 0
        assert dialogs == []
