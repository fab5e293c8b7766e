"""What axe and a ruler find wrong with a page."""

from collections.abc import Iterable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

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


def wrong_in_every_pair_of_looks(page: Page, address: str) -> list[str]:
    """Each two of language, screen and time of day are seen together once: half of the looks, for a walk through all pages."""
    and_ = "&" if "?" in address else "?"
    return [
        *_wrong(page, f"{address}{and_}lang=zh", [("dark", PHONE), ("light", DESK)]),
        *_wrong(page, f"{address}{and_}lang=en", [("dark", DESK), ("light", PHONE)]),
    ]


def _wrong(page: Page, url: str, looks: Iterable[tuple[str, tuple[int, int]]]) -> list[str]:
    page.emulate_media(color_scheme="dark")
    page.goto(url)
    faults = []
    for scheme, (width, height) in looks:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        faults += [f"{url} {scheme} {width}: {fault}" for fault in wrong_with(page, SCHEMES[scheme])]
    return faults
