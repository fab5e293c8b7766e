"""The look: every part on one page, read by axe and measured by a browser."""

import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Page

from shared.kernel.errors import NotFound
from shared.web import assets
from tests.browser.specimen import Specimen
from tests.chromium import PageAt
from tests.lengths import by_length
from tests.look import DESK, EVERY_LOOK, PHONE, wrong_in_looks, wrong_with

SMALL_PHONE, DESK_AT_200_PERCENT, WALL = (320, 640), (720, 450), (1920, 1080)
OPEN_ALL = """addEventListener("DOMContentLoaded", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
})"""


@pytest.fixture(scope="module")
def site() -> Iterator[Specimen]:
    specimen = Specimen()
    threading.Thread(target=specimen.serve_forever, daemon=True).start()
    yield specimen
    specimen.shutdown()
    specimen.server_close()


def is_wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize(
    ("lang", "looks"),
    by_length(
        [("zh", [("dark", DESK), ("light", PHONE)]), ("en", [("light", DESK)])],
        [("zh", EVERY_LOOK), ("en", EVERY_LOOK)],
    ),
    ids=["zh", "en"],
)
def test_axe_finds_nothing_wrong_in_any_look(
    site: Specimen, page_at: PageAt, lang: str, looks: list[tuple[str, tuple[int, int]]]
) -> None:
    page = page_at(*DESK)
    page.add_init_script(OPEN_ALL)
    assert wrong_in_looks(page, f"{site.url}?lang={lang}", looks) == []


@pytest.mark.parametrize("path", ["problem", "following", "?wall=1"])
def test_axe_finds_nothing_wrong_on_the_other_pages(site: Specimen, page_at: PageAt, path: str) -> None:
    page = page_at(*PHONE)
    page.goto(site.url + path)
    assert wrong_with(page) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [PHONE, SMALL_PHONE, DESK_AT_200_PERCENT, WALL])
def test_no_page_is_wider_than_its_screen(site: Specimen, page_at: PageAt, size: tuple[int, int], lang: str) -> None:
    page = page_at(*size)
    page.goto(f"{site.url}?lang={lang}" + ("&wall=1" if size == WALL else ""))
    assert not is_wider_than_the_screen(page)


def test_text_twice_as_large_still_fits_a_phone(site: Specimen, page_at: PageAt) -> None:
    page = page_at(*PHONE)
    page.goto(site.url)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not is_wider_than_the_screen(page)


def test_fingers_find_everything_on_a_phone(site: Specimen, page_at: PageAt) -> None:
    page = page_at(*PHONE)
    page.goto(site.url)
    small = page.evaluate(
        """[...document
            .querySelectorAll('.nav a, .right a, .tile, .tabs a, .more, .button, .pick, summary, select, input')]
            .filter(e => e.offsetParent && !e.matches('.pick input') && e.getBoundingClientRect().height < 44)
            .map(e => e.outerHTML)"""
    )
    assert small == []
    assert page.evaluate("[...document.querySelectorAll('.button.main')].every(e => e.offsetHeight >= 48)")


def test_navigation_stands_at_the_bottom_of_a_phone_and_hides_nothing(site: Specimen, page_at: PageAt) -> None:
    page = page_at(*PHONE)
    page.goto(site.url)
    bar = page.locator(".nav").bounding_box()
    assert bar is not None
    assert bar["y"] + bar["height"] == PHONE[1]
    page.keyboard.press("End")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    last = page.locator(".empty").last.bounding_box()
    assert last is not None
    assert last["y"] + last["height"] <= bar["y"]


def test_a_question_is_not_hidden_behind_the_navigation(site: Specimen, page_at: PageAt) -> None:
    page = page_at(*PHONE)
    page.goto(site.url)
    asks = page.get_by_text("退出班次")
    asks.evaluate("button => scrollBy(0, button.getBoundingClientRect().bottom - innerHeight + 60)")
    asks.press("Enter")
    page.wait_for_function(
        """() => document.querySelector('.confirm .sheet').getBoundingClientRect().bottom
            < document.querySelector('.nav').getBoundingClientRect().top"""
    )


def test_pages_keep_to_their_own_content_policy(site: Specimen, page_at: PageAt) -> None:
    page = page_at(*DESK)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(site.url, wait_until="networkidle")
    assert page.evaluate("htmx.config.allowEval") is False
    assert complaints == []


def test_without_javascript_everything_but_liveness_is_there(site: Specimen, page_at: PageAt) -> None:
    page = page_at(*PHONE, java_script_enabled=False)
    page.goto(site.url)
    assert page.locator("#live").inner_text().strip() == "截至 13:07"
    page.get_by_text("退出班次").click()
    assert page.get_by_role("button", name="确定退出").is_visible()
    assert page.get_by_role("button", name="报名 西门门岗").is_visible()


def test_the_language_switch_stays_on_the_page(site: Specimen, page_at: PageAt) -> None:
    page = page_at(*DESK)
    page.goto(f"{site.url}?q=%E7%BD%97&layout=wide")
    page.get_by_role("link", name="English").click()
    assert page.get_by_role("heading", name="On duty tonight").is_visible()
    assert page.get_by_role("textbox", name="Name").input_value() == "罗"


def test_a_faulty_form_leads_to_the_field_at_fault(site: Specimen, page_at: PageAt) -> None:
    page = page_at(*PHONE)
    page.goto(site.url)
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.get_by_role("link", name="请填写 11 位手机号").click()
    assert page.evaluate("document.activeElement.id") == "f-phone"


def test_a_refused_act_is_said_at_the_top_and_changes_nothing(site: Specimen, page_at: PageAt) -> None:
    page = page_at(*PHONE)
    page.goto(site.url)
    page.get_by_role("button", name="报名 西门门岗").click()
    page.locator("#notice").get_by_text("这段时间您已有班次。").wait_for()
    assert page.locator("#s1").is_visible()


def test_paper_shows_words_and_no_controls(site: Specimen, page_at: PageAt) -> None:
    page = page_at(*DESK, dark=True)
    page.goto(site.url)
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".nav").is_visible()
    assert not page.locator(".button").first.is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.panel')).backgroundColor") == "rgb(255, 255, 255)"


def test_third_party_files_are_the_ones_that_were_pinned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert find_spec("js_lib_htmx") is not None
    for name in assets.THIRD_PARTY:
        _, _, hash8, filename = assets.asset_url(name).split("/")
        content, content_type = assets.open_asset(hash8, filename)
        assert content.startswith(b"var htmx=")
        assert content_type == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(("hash8", "name"), [("00000000", "app.css"), ("00000000", "../assets.py"), ("", "none.css")])
def test_only_named_content_is_served(hash8: str, name: str) -> None:
    with pytest.raises(NotFound):
        assets.open_asset(hash8, name)
