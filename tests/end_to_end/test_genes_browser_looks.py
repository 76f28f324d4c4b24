"""How the gene browser looks: on a phone, in the dark, to eyes and to screen readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.chromium import Person, barriers, overflow
from tests.end_to_end.daemon import Daemons
from tests.end_to_end.gene_pages import CROWD, FULL, PHONE, Meet, Service

if TYPE_CHECKING:
    from playwright.sync_api import Page


#: Each view, by its address: what is there when it is shown, and which button to press then.
VIEWS = {
    "": (".results li", None),
    "#/?q=a1bg": (".results mark", None),
    "#/?q=ncrna": (".why mark", None),
    "#/gene/503538": ("h1.gene", None),
    "#/new": ("form.editor", "Add the gene"),
    "#/gene/none": (".problem", None),
    "#/gene/1": ("h1.gene", "Delete…"),
}

#: Return how light the page's background and its text are, from 0 to 1.
LIGHTNESS = """() => {
    const style = getComputedStyle(document.body);
    const lightness = (color) =>
        color.match(/[0-9.]+/g).slice(0, 3).reduce((sum, each) => sum + each / 765, 0);
    return [lightness(style.backgroundColor), lightness(style.color)];
}"""


@pytest.fixture(scope="module")
def service(start_once: Daemons) -> Service:
    """Run the service, with some genes besides its samples."""
    service = Service(start_once("genes").url("genes", ""))
    for gene in [FULL, *CROWD]:
        service.add(gene)
    return service


def views(person: Person) -> Iterator[Page]:
    """Lead a person through all views."""
    page = person.visit("/browse")
    for address, (ready, press) in VIEWS.items():
        page.evaluate("(address) => { location.hash = address; }", address)
        page.locator(ready).first.wait_for()
        if press:
            page.get_by_role("button", name=press).click()
        yield page


def test_nobody_is_kept_out(meet: Meet) -> None:
    for page in views(meet()):
        page.emulate_media(color_scheme="light")
        assert barriers(page) == [], page.url
        page.emulate_media(color_scheme="dark")
        assert barriers(page, ["color-contrast"]) == [], page.url


def test_a_phone_is_wide_enough(meet: Meet) -> None:
    for page in views(meet(**PHONE)):
        assert overflow(page) == 0, page.url
        assert barriers(page, ["target-size"]) == [], page.url


def test_two_editors_meet_on_a_phone(meet: Meet, service: Service) -> None:
    service.add({**FULL, "id": "phone"})
    page = meet(**PHONE, color_scheme="dark").visit("/browse#/gene/phone/edit")
    page.get_by_label("Name", exact=True).fill("x" * 300)
    service("PATCH", "gene/phone", {"name": "y" * 300, "locus_type": "z" * 200})
    page.get_by_role("button", name="Save").tap()
    page.get_by_role("region", name="Somebody else").wait_for()
    assert overflow(page) == 0
    assert barriers(page) == []


def test_it_is_dark_in_the_dark(meet: Meet) -> None:
    page = meet().visit("/browse")
    page.emulate_media(color_scheme="light")
    paper, ink = page.evaluate(LIGHTNESS)
    assert paper > 0.9
    assert ink < 0.2
    page.emulate_media(color_scheme="dark")
    paper, ink = page.evaluate(LIGHTNESS)
    assert paper < 0.2
    assert ink > 0.8


def test_nothing_moves_for_those_who_want_calm(meet: Meet) -> None:
    page = meet().visit("/browse")
    page.locator(".results a").first.wait_for()
    durations = page.evaluate(
        "() => [...document.querySelectorAll('html, a, button')].map((element) =>"
        " [getComputedStyle(element).transitionDuration, getComputedStyle(element).scrollBehavior])"
    )
    assert {tuple(each) for each in durations} == {("0s", "auto")}
