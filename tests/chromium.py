"""Debian's Chromium for every test that looks at pages: `page_at(width, height, dark=…)` opens a fresh one.

It is the one without windows of its own: pages are the same, and a fresh one costs a third.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.stack import PATIENCE_SECONDS

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
HOME = "127.0.0.1"

PageAt = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=1000 * PATIENCE_SECONDS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page_at(browser: Browser) -> Iterator[PageAt]:
    """Give `page_at(width, height, dark=False, **context)`: a page of a context of its own, which must stay at home."""
    contexts = []
    strangers: list[str] = []

    def open_page(width: int, height: int, *, dark: bool = False, **options: Any) -> Page:
        viewport = {"width": width, "height": height}
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport=viewport, color_scheme=scheme, locale="zh-CN", **options)
        contexts.append(context)
        context.on("request", lambda request: strangers.append(request.url) if _leaves_home(request.url) else None)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert strangers == [], "pages ask nobody but us"


def _leaves_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in {"data", "blob"} and parts.hostname != HOME
