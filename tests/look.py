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
_AXE = Axe().axe_script


def wrong_with(page: Page, rules: dict[str, Any] = ALL_RULES) -> list[str]:
    """Of the page as it stands: each fault by its rule, with the elements that have it."""
    if page.evaluate("window.axe === undefined"):
        page.evaluate(_AXE)
    run = "rules => axe.run({...rules, resultTypes: ['violations']}).then(found => found.violations)"
    faults = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in page.evaluate(run, rules)]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*faults, *["wider than the screen"] * wide]


def wrong_in_any_look(page: Page, url: str) -> list[str]:
    """Goes there, and looks on a desk and on a phone, by night and by day; the night is nothing but other colours (dark.css)."""
    return _wrong(page, url, [(scheme, size) for scheme in SCHEMES for size in (DESK, PHONE)])


LOOKS = [
    (language, scheme, size) for language in ("zh", "en") for size in (DESK, PHONE) for scheme in ("light", "dark")
]


def wrong_with_page_at(page: Page, address: str, number: int = 0) -> list[str]:
    """In the long suite in every look; else in one, by the page's number, so that a walk through many sees each look often."""
    if LONG:
        return _wrong_in_every_look(page, address)
    language, scheme, size = LOOKS[number % len(LOOKS)]
    return _wrong(page, in_language(address, language), [(scheme, size)])


def _wrong_in_every_look(page: Page, address: str) -> list[str]:
    """In each language, on each screen, by day and by night."""
    return [
        fault
        for language in ("zh", "en")
        for fault in _wrong(
            page, in_language(address, language), [(scheme, size) for scheme in SCHEMES for size in (DESK, PHONE)]
        )
    ]


def in_language(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def _wrong(page: Page, url: str, looks: Iterable[tuple[str, tuple[int, int]]]) -> list[str]:
    page.emulate_media(color_scheme="dark")
    page.goto(url)
    faults = []
    for scheme, (width, height) in looks:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        faults += [f"{url} {scheme} {width}: {fault}" for fault in wrong_with(page, SCHEMES[scheme])]
    return faults
