"""The gene browser: adding, changing and deleting genes, in real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.end_to_end.chromium import describe_focus, tab_to
from tests.end_to_end.daemon import Daemons
from tests.end_to_end.gene_pages import FULL, Meet, Service

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


@pytest.fixture(scope="module")
def service(start_once: Daemons) -> Service:
    """Run the service."""
    return Service(start_once("genes").url("genes", ""))


class TestEditing:
    """Adding, changing and deleting."""

    def test_with_the_keyboard_alone(self, page: Page, service: Service) -> None:
        keys = page.keyboard
        expect(page.locator(".results li").first).to_be_visible()
        tab_to(page, "Add a gene")
        keys.press("Enter")
        expect(page.locator("h1")).to_have_text("Add a gene")
        for label, text in [("Identifier", "kb"), ("Symbol", "KEYB"), ("Name", "keyboard")]:
            tab_to(page, label)
            keys.type(text)
        tab_to(page, "Alias symbols")
        keys.type("KB1")
        keys.press("Enter")
        keys.type("KB2")
        tab_to(page, "Add the gene")
        keys.press("Enter")
        expect(page.locator("#status")).to_have_text("KEYB was added.")
        assert service.gene("kb")["alias_symbols"] == ["KB1", "KB2"]
        assert describe_focus(page)["tag"] == "h1", "one reads on from the gene's heading"

        keys.press("/")
        keys.type("keyb")
        expect(page.locator("h1")).to_have_text("Genes that match “keyb”")
        keys.press("ArrowDown")
        keys.press("Enter")
        expect(page.locator("h1")).to_have_text("KEYB")
        tab_to(page, "Edit")
        keys.press("Enter")
        expect(page.locator("h1")).to_have_text("Edit KEYB")
        tab_to(page, "Location")
        keys.type("1p36")
        keys.press("Enter")
        expect(page.locator("#status")).to_have_text("KEYB was saved.")
        assert service.gene("kb")["location"] == "1p36"

        tab_to(page, "Delete…")
        keys.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        assert describe_focus(page)["name"] == "Keep it"
        keys.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert describe_focus(page)["name"] == "Delete…", "the focus is where it was"
        keys.press("Enter")
        tab_to(page, "Delete")
        keys.press("Enter")
        expect(page.locator("#status")).to_have_text("KEYB was deleted.")
        assert service("GET", "gene?symbol=KEYB")["genes"] == []

    def test_the_skip_link_and_arrows(self, page: Page) -> None:
        expect(page.locator(".results li").first).to_be_visible()
        page.keyboard.press("Tab")
        assert describe_focus(page)["name"] == "Skip to the content"
        page.keyboard.press("Enter")
        assert describe_focus(page)["id"] == "main"
        page.keyboard.press("/")
        for key, symbol in [("ArrowDown", "A1BG"), ("ArrowDown", "A2M"), ("ArrowUp", "A1BG")]:
            page.keyboard.press(key)
            assert describe_focus(page)["name"].startswith(symbol)
        page.keyboard.press("Escape")
        assert describe_focus(page)["id"] == "q"

    def test_the_slash_key_can_be_turned_off(self, page: Page) -> None:
        page.get_by_text("Keyboard").click()
        page.get_by_label("Use the / key").uncheck()
        page.reload()
        expect(page.locator(".results li").first).to_be_visible()
        page.keyboard.press("/")
        assert describe_focus(page)["id"] != "q"

    def test_only_what_was_changed_is_sent(self, meet: Meet, service: Service) -> None:
        service.add({**FULL, "id": "e1"})
        page = meet().visit("/browse#/gene/e1/edit")
        page.get_by_label("Location").fill("")
        page.get_by_label("Previous symbols").fill("A1BGAS | NEW\n\n OTHER ")
        with page.expect_request(lambda request: request.method == "PATCH") as sent:
            page.get_by_role("button", name="Save").click()
        assert sent.value.post_data_json == {
            "location": None,
            "previous_symbols": ["A1BGAS", "NEW", "OTHER"],
        }
        assert sent.value.headers["content-type"] == "application/merge-patch+json"
        assert sent.value.headers["if-match"].startswith('"')
        expect(page.locator("#status")).to_have_text("A1BG-AS1 was saved.")
        assert service.gene("e1") == {
            **FULL,
            "id": "e1",
            "location": None,
            "previous_symbols": ["A1BGAS", "NEW", "OTHER"],
        }

    def test_errors_stand_beside_their_fields(self, meet: Meet) -> None:
        page = meet().visit("/browse#/new")
        page.get_by_label("Symbol", exact=True).fill("HAS|BAR")
        page.get_by_role("button", name="Add the gene").click()
        for label in ("Identifier", "Name"):
            expect(page.get_by_label(label, exact=True)).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#field-name-error")).to_have_text("Fill this in: a gene needs it.")
        assert describe_focus(page)["id"] == "field-id"
        page.get_by_label("Identifier").fill("1")
        page.get_by_label("Name", exact=True).fill("a name")
        page.get_by_role("button", name="Add the gene").click()
        expect(page.locator("#field-symbol-error")).to_contain_text("This must be 1 to 100")
        assert describe_focus(page)["id"] == "field-symbol"
        expect(page.locator("#field-name-error")).to_be_hidden()
        page.get_by_label("Symbol", exact=True).fill("NOBAR")
        page.get_by_label("Alias symbols").fill("fine\n" + "x" * 101)
        page.get_by_role("button", name="Add the gene").click()
        expect(page.locator("#field-alias_symbols-error")).to_contain_text("Line 2 must be")
        page.get_by_label("Alias symbols").fill("fine")
        page.get_by_role("button", name="Add the gene").click()
        expect(page.locator("#field-id-error")).to_contain_text("This identifier is taken")
        page.get_by_role("link", name="See the gene that has it").click()
        expect(page.locator("h1")).to_have_text("A1BG")
        page.go_back()
        expect(page.get_by_label("Symbol", exact=True)).to_have_value("NOBAR")

    def test_refusals_are_told(self, meet: Meet) -> None:
        page = meet().visit("/browse#/gene/1/edit")
        page.get_by_label("Location").fill("typed")
        errors: list[dict[str, Any]] = []

        def refuse(route: Route) -> None:
            route.fulfill(status=errors[-1]["status"], json={"error": errors[-1]})

        page.route("**/genedb/gene/1", refuse)
        for status in (403, 413, 415, 421, 500, 503):
            errors.append({"status": status, "message": f"It is refused: {status}."})
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_role("alert")).to_contain_text(f"It is refused: {status}.")
            expect(page.get_by_label("Location")).to_have_value("typed")

    def test_what_is_typed_is_kept(self, meet: Meet, service: Service) -> None:
        service.add({**FULL, "id": "e2"})
        page = meet().visit("/browse#/gene/e2/edit")
        page.on("dialog", lambda dialog: dialog.accept())  # "leave this page?"
        page.get_by_label("Location").fill("typed")
        page.context.set_offline(True)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("The service cannot be reached")
        page.context.set_offline(False)
        page.get_by_role("link", name="Gene browser").click()
        page.locator("#q").press_sequentially("a2m")
        expect(page.locator(".results li")).to_have_count(1)
        page.goto(f"{service.root}/browse#/gene/e2")
        expect(page.locator(".notice")).to_contain_text("not saved it yet")
        page.get_by_role("link", name="Go on editing").click()
        expect(page.get_by_label("Location")).to_have_value("typed")
        page.reload()
        expect(page.get_by_label("Location")).to_have_value("typed")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#status")).to_have_text("A1BG-AS1 was saved.")
        assert service.gene("e2")["location"] == "typed"

    def test_changes_can_be_discarded(self, meet: Meet) -> None:
        page = meet().visit("/browse#/gene/1/edit")
        page.get_by_label("Location").fill("typed")
        page.get_by_role("button", name="Discard my changes").click()
        expect(page.locator("h1")).to_have_text("A1BG")
        expect(page.locator(".notice")).to_have_count(0)
        page.get_by_role("link", name="Edit").click()
        expect(page.get_by_label("Location")).to_have_value("")


class TestTwoEditors:
    """Two people change the same gene: neither overwrites what the other did unknowingly."""

    @pytest.fixture
    def pages(self, meet: Meet, service: Service) -> list[Page]:
        """Let two people open the same gene's form."""
        service.add({**FULL, "id": "two"})
        pages = [meet().visit("/browse#/gene/two/edit") for _ in range(2)]
        for page in pages:
            expect(page.locator("h1")).to_have_text("Edit A1BG-AS1")
        return pages

    def change(self, page: Page, **texts: str) -> None:
        for field, text in texts.items():
            page.locator(f"#field-{field}").fill(text)
        page.get_by_role("button", name="Save").click()

    def test_each_field_is_chosen(self, pages: list[Page], service: Service) -> None:
        theirs, mine = pages
        self.change(theirs, name="their name", symbol="THEIRS", location="their place")
        expect(theirs.locator("#status")).to_have_text("THEIRS was saved.")
        self.change(mine, name="my name", symbol="MINE", alias_symbols="MY1\nMY2")
        panel = mine.get_by_role("region", name="Somebody else changed this gene")
        expect(panel).to_be_visible()
        assert describe_focus(mine)["tag"] == "h2"
        assert service.gene("two")["symbol"] == "THEIRS"
        for text in ("THEIRS", "MINE", "their name", "my name", "their place", "MY2"):
            expect(panel).to_contain_text(text)
        panel.get_by_role("button", name="Save what I chose").click()
        expect(panel).to_contain_text("Choose one of the two.")
        panel.get_by_label("Yours: MINE").check()
        panel.get_by_label("Theirs: their name").check()
        panel.get_by_role("button", name="Save what I chose").click()
        expect(mine.locator("#status")).to_have_text("MINE was saved.")
        assert service.gene("two") == {
            **FULL,
            "id": "two",
            "symbol": "MINE",
            "name": "their name",
            "location": "their place",
            "alias_symbols": ["MY1", "MY2"],
        }

    def test_a_third_change_comes_between(self, pages: list[Page], service: Service) -> None:
        theirs, mine = pages
        self.change(theirs, name="their name")
        expect(theirs.locator("#status")).to_contain_text("was saved")
        self.change(mine, name="my name")
        mine.get_by_label("Yours: my name").check()
        service("PATCH", "gene/two", {"name": "third name"})
        mine.get_by_role("button", name="Save what I chose").click()
        expect(mine.get_by_label("Theirs: third name")).to_be_visible()
        assert service.gene("two")["name"] == "third name"

    def test_different_fields_both_hold(self, pages: list[Page], service: Service) -> None:
        theirs, mine = pages
        self.change(theirs, location="theirs")
        expect(theirs.locator("#status")).to_contain_text("was saved")
        self.change(mine, name="mine")
        expect(mine.get_by_text("both changes can hold")).to_be_visible()
        mine.get_by_role("button", name="Save mine on top").click()
        expect(mine.locator("#status")).to_contain_text("was saved")
        assert [service.gene("two")[field] for field in ("location", "name")] == ["theirs", "mine"]

    def test_one_goes_on_editing(self, pages: list[Page], service: Service) -> None:
        theirs, mine = pages
        self.change(theirs, location="theirs")
        expect(theirs.locator("#status")).to_contain_text("was saved")
        self.change(mine, name="mine")
        mine.get_by_role("button", name="Go on editing").click()
        expect(mine.locator("#field-location")).to_have_value("theirs")
        self.change(mine, name="my better name")
        expect(mine.locator("#status")).to_contain_text("was saved")
        assert service.gene("two")["name"] == "my better name"

    def test_the_same_change_is_no_conflict(self, pages: list[Page]) -> None:
        for page in pages:
            self.change(page, name="the same")
            expect(page.locator("#status")).to_have_text("A1BG-AS1 was saved.")

    def test_it_was_deleted_meanwhile(self, pages: list[Page], service: Service) -> None:
        service("DELETE", "gene/two")
        self.change(pages[0], name="still here")
        expect(pages[0].get_by_role("alert")).to_contain_text("Somebody deleted this gene")
        pages[0].get_by_role("button", name="Add it again").click()
        expect(pages[0].locator("h1")).to_have_text("A1BG-AS1")
        assert service.gene("two") == {**FULL, "id": "two", "name": "still here"}

    def test_deleting_what_was_changed(self, meet: Meet, service: Service) -> None:
        service.add({**FULL, "id": "two"})
        page = meet().visit("/browse#/gene/two")
        page.get_by_role("button", name="Delete…").click()
        service("PATCH", "gene/two", {"name": "new name"})
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.locator(".notice")).to_contain_text("was not deleted")
        expect(page.locator(".notice ins")).to_contain_text("new name")
        assert service.gene("two")["name"] == "new name"
        page.get_by_role("button", name="Delete…").click()
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.locator("#status")).to_have_text("A1BG-AS1 was deleted.")
