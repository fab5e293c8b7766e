"""What axe and a ruler find wrong with a page."""

from collections.abc import Iterable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.lengths import LONG

DESK, PHONE = (1440, 900), (390, 844)
ALL_RULES: dict[str, Any] = {}
RULES_OF_COLOUR = {"runOnly": ["color-contrast", "link-in-text-block"]}
SCHEMES = {"dark": RULES_OF_COLOUR, "light": ALL_RULES}
EVERY_LOOK = [(scheme, size) for scheme in SCHEMES for size in (DESK, PHONE)]  # of a language
_AXE = Axe().axe_script


def bring_axe(page: Page) -> Page:
    """Has the browser itself bring axe to every page of a long walk, which is quicker than to send it there each time."""
    page.context.add_init_script(_AXE)
    return page


def wrong_with(page: Page, rules: dict[str, Any] = ALL_RULES) -> list[str]:
    """Of the page as it stands, with its styles: each fault by its rule, with the elements that have it."""
    page.wait_for_load_state()
    if page.evaluate("window.axe === undefined"):
        page.evaluate(_AXE)
    run = "rules => axe.run({...rules, resultTypes: ['violations']}).then(found => found.violations)"
    faults = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in page.evaluate(run, rules)]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*faults, *["wider than the screen"] * wide]


LOOKS = [
    (language, scheme, size) for language in ("zh", "en") for size in (DESK, PHONE) for scheme in ("light", "dark")
]


def wrong_with_page_at(page: Page, address: str, number: int = 0) -> list[str]:
    """In the long suite in every look; else in one, by the page's number, so that a walk through many sees each look often."""
    if LONG:
        return _wrong_in_every_look(page, address)
    language, scheme, size = LOOKS[number % len(LOOKS)]
    return wrong_in_looks(page, in_language(address, language), [(scheme, size)])


def _wrong_in_every_look(page: Page, address: str) -> list[str]:
    """In each language, on each screen, by day and by night."""
    return [
        fault for language in ("zh", "en") for fault in wrong_in_looks(page, in_language(address, language), EVERY_LOOK)
    ]


def in_language(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def wrong_in_looks(page: Page, url: str, looks: Iterable[tuple[str, tuple[int, int]]]) -> list[str]:
    """Goes there, and looks by day or night on a desk or a phone; the night is nothing but other colours (dark.css)."""
    page.emulate_media(color_scheme="dark")
    page.goto(url)
    faults = []
    for scheme, (width, height) in looks:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        faults += [f"{url} {scheme} {width}: {fault}" for fault in wrong_with(page, SCHEMES[scheme])]
    return faults
