"""What a page does by itself, with the test at the other end of its socket."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.specimen import NOW, LiveEnd, Specimen
from tests.chromium import PageAt
from tests.stack import eventually

NOTES_TRIES = """
    window.tries = [];
    const Genuine = WebSocket;
    WebSocket = class extends Genuine { constructor(url) { super(url); tries.push(Date.now()); } };
"""
BEATS = 10  # s in which something heard every two seconds must have been noticed as lost
ROW = '<li class="row" id="{id}"><span class="what"><b>{name}</b></span></li>'


@pytest.fixture
def site() -> Iterator[Specimen]:
    specimen = Specimen()
    threading.Thread(target=specimen.serve_forever, daemon=True).start()
    yield specimen
    specimen.shutdown()
    specimen.server_close()


@pytest.fixture
def page(site: Specimen, page_at: PageAt) -> Page:
    opened = page_at(1440, 900)
    opened.goto(site.url + "following")
    return opened


@pytest.fixture
def live(site: Specimen, page: Page) -> LiveEnd:
    end = site.live.get(timeout=5)
    end.send(revision=1, at=NOW.isoformat(), html={})
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    return end


def rows(*names: tuple[str, str]) -> str:
    items = "".join(ROW.format(id=row, name=name) for row, name in names)
    return f'<ul class="rows" role="list" id="gaps">{items}</ul>'


def focused(page: Page) -> Any:
    return page.evaluate("document.activeElement.id")


def test_only_what_changed_is_replaced(page: Page, live: LiveEnd) -> None:
    page.evaluate("window.kept = document.querySelector('#g2')")
    live.send(revision=2, html={"gaps": rows(("g0", "南门"), ("g2", "巡逻，缺2人"))})
    expect(page.locator("#gaps li")).to_have_text(["南门", "巡逻，缺2人"])
    assert page.evaluate("window.kept === document.querySelector('#g2')")


def test_the_inside_of_an_element_may_be_sent_alone(page: Page, live: LiveEnd) -> None:
    live.send(revision=2, html={"gaps": ROW.format(id="g7", name="东门"), "unknown": "<p>无处可放</p>"})
    expect(page.locator("#gaps li")).to_have_text(["东门"])


def test_focus_typing_and_opened_details_stay(page: Page, live: LiveEnd) -> None:
    page.locator("#why summary").click()
    page.locator("#search").fill("罗")
    live.send(revision=2, html={"why": '<details id="why"><summary>原因</summary><p id="reason">乙</p></details>'})
    expect(page.locator("#reason")).to_have_text("乙")
    assert page.locator("#why").get_attribute("open") is not None
    assert page.locator("#search").input_value() == "罗"
    assert focused(page) == "search"


def test_a_tile_keeps_focus_and_place_while_it_changes(page: Page, live: LiveEnd) -> None:
    page.locator("#t1").focus()
    page.keyboard.press("ArrowRight")
    tile = '<a class="tile gap" id="t2" href="#" data-cell><span>社区2</span><b>缺4人</b></a>'
    live.send(revision=2, html={"t2": tile})
    expect(page.locator("#t2")).to_have_class("tile gap")
    assert focused(page) == "t2"
    assert page.locator("#t2").get_attribute("tabindex") == "0"


def test_silence_is_shown_and_old_data_stays(page: Page, live: LiveEnd) -> None:
    live.send(beat=1)
    expect(page.locator("#live")).to_have_attribute("data-state", "stale", timeout=BEATS * 1000)
    expect(page.locator("#live")).to_contain_text("已断开 13:07")
    expect(page.locator("#gaps li").first).to_have_text("西门")


def test_a_lost_page_comes_back_with_the_revision_it_has(site: Specimen, page: Page, live: LiveEnd) -> None:
    assert live.query == {}
    live.send(revision=41, html={})
    live.send(beat=2)
    live.close()
    again = site.live.get(timeout=BEATS)
    assert again.query == {"revision": "41"}
    again.send(revision=42, html={"gaps": rows(("g9", "北门"))})
    expect(page.locator("#gaps li")).to_have_text(["北门"])
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


def test_a_reader_whose_rights_are_gone_does_not_knock_again(site: Specimen, page_at: PageAt) -> None:
    page = page_at(1440, 900)
    page.clock.install(time=NOW)
    page.goto(site.url + "following")
    site.live.get(timeout=5).close(code=1008)
    expect(page.locator("#live")).to_have_attribute("data-state", "stale")
    page.clock.run_for(timedelta(minutes=2) // timedelta(milliseconds=1))
    assert site.live.empty()


def test_a_reader_refused_a_seat_shows_it_and_tries_again_with_growing_pauses_until_it_has_one(
    site: Specimen, page_at: PageAt
) -> None:
    site.is_full = True
    page = page_at(1440, 900)
    page.clock.install(time=NOW)
    page.add_init_script(NOTES_TRIES)
    page.goto(site.url + "following")
    eventually(lambda: site.refused.qsize() >= 7 or page.clock.run_for(1_000), seconds=60)
    expect(page.locator("#live")).to_have_attribute("data-state", "stale")
    pauses = [after - before for before, after in pairwise(page.evaluate("tries"))]
    shortest = (250, 500, 1_000, 2_000, 4_000, 7_500)
    assert all(pause >= least for pause, least in zip(pauses, shortest, strict=False)), pauses
    site.is_full = False
    end = eventually(lambda: page.clock.run_for(1_000) or next(iter(site.live.queue), None))
    end.send(revision=1, at=NOW.isoformat(), html={})
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


def test_forms_that_come_by_the_socket_can_be_sent(page: Page, live: LiveEnd) -> None:
    form = '<form class="act"><input type="hidden" name="csrf_token" value=""></form>'
    live.send(revision=2, html={"gaps": f'<li class="row" id="g1">{form}</li>'})
    expect(page.locator("#g1 input")).to_have_value("token-of-this-session")


def test_the_grid_is_one_tab_stop_with_arrows_inside(page: Page) -> None:
    page.locator("#why summary").focus()
    page.keyboard.press("Tab")
    assert focused(page) == "t1"
    for key, there in [("ArrowRight", "t2"), ("Home", "t1"), ("ArrowLeft", "t1"), ("End", None), ("ArrowDown", None)]:
        page.keyboard.press(key)
        assert focused(page) == there or there is None
    assert focused(page) == "t24", "below the end of the row is the end of the next"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.button')")
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "t24"


def test_escape_gives_the_focus_back(page: Page) -> None:
    page.locator("#why summary").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.parentElement.id") == "why"
    own = page.locator(".menu", has_text="沈雨桐")
    own.locator("summary").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert own.get_attribute("open") is None
    assert page.evaluate("document.activeElement.parentElement.className") == "menu"


def test_an_act_without_a_connection_is_said_to_be_unsent(page: Page, live: LiveEnd) -> None:
    page.context.set_offline(True)
    page.get_by_role("button", name="报名").click()
    expect(page.locator("#notice")).to_contain_text("没有送达")


def test_the_session_is_renewed_quietly_when_it_is_due(site: Specimen, page_at: PageAt) -> None:
    page = page_at(390, 844)
    page.clock.install(time=NOW)
    page.goto(site.url + "following")
    page.clock.run_for(timedelta(minutes=2) // timedelta(milliseconds=1))
    assert site.renewals.get(timeout=5) == "token-of-this-session"
    page.clock.run_for(timedelta(minutes=2) // timedelta(milliseconds=1))
    assert site.renewals.empty()


def test_the_clock_is_the_servers_and_waits_grow(site: Specimen, page_at: PageAt) -> None:
    page = page_at(390, 844)
    page.clock.install(time=NOW + timedelta(days=3))
    page.goto(site.url)
    page.clock.run_for(timedelta(minutes=13) // timedelta(milliseconds=1))
    assert page.locator("#clock").text_content() == "13:20"
    expect(page.locator(".wait").first).to_contain_text("99")
    page.clock.run_for(timedelta(minutes=1) // timedelta(milliseconds=1))
    expect(page.locator(".wait").first).to_contain_text("1小时")
