"""The district office's overview in a browser: a hundred communities on one screen, live."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from services.district.store import DistrictStore
from shared.auth import Grant, TokenMaker
from shared.ids import new_id, now
from tests.chromium import PageAt
from tests.speaker import Speaker
from tests.stack import Stack, eventually

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def shifts(stack: Stack) -> Iterator[Speaker]:
    """The voice of one of a hundred communities' shifts."""
    stack.spawn("district")
    stack.kill("district")  # once, to know the address that its own pages come from
    stack.origin = f"http://{stack.addresses['district']}"
    stack.start("district")
    accounts, shifts = Speaker(stack, "accounts"), Speaker(stack, "shifts", "yueran")
    for slug in ["yueran", *(f"c{n}" for n in range(99))]:
        names = {"name": f"社区{slug}", "name_en": f"Community {slug}", "residents": 5000}
        accounts.say("accounts.community.registered", slug, names)
    eventually(lambda: DistrictStore(stack.database("district"))["communities"].count_documents({}) == 100)
    eventually(lambda: stack.database("district")["heard"].count_documents({"community": "yueran"}))
    yield shifts
    accounts.stop()
    shifts.stop()


@pytest.fixture
def page(stack: Stack, shifts: Speaker, page_at: PageAt) -> Page:
    opened = page_at(1440, 900)
    grants = [Grant("officer", "district")]
    token = TokenMaker(stack.signing_key).make(
        new_id(), grants, now(), name="office", audience="district", session=new_id()
    )
    opened.context.add_cookies([{"name": "session", "value": token, "url": stack.origin}])
    opened.goto(f"{stack.origin}/district/")
    return opened


def test_a_hundred_communities_stand_on_one_screen(page: Page) -> None:
    assert page.locator(".tile").count() == 100
    board = page.locator("#board").bounding_box()
    assert board is not None
    assert board["y"] + board["height"] <= 900
    cut = "[...document.querySelectorAll('.tile b span')].filter(words => words.scrollWidth > words.clientWidth).length"
    assert page.evaluate(cut) == 0


def test_a_tile_changes_under_the_readers_eyes(page: Page, shifts: Speaker) -> None:
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    page.evaluate("window.kept = document.querySelector('#tile-yueran')")
    shift, begins = new_id(), now() - HOUR
    plan = {"post": "gate", "starts": begins, "ends": begins + 4 * HOUR, "head_count": 3}
    shifts.say("shifts.shift.planned", shift, plan)
    expect(page.locator("#tile-yueran.gap")).to_contain_text("缺3人")
    expect(page.locator(f"#gap-yueran-{shift}")).to_contain_text("缺3人")
    assert page.evaluate("window.kept === document.querySelector('#tile-yueran')"), "patched, not replaced"
    shifts.say("shifts.shift.cancelled", shift)
    expect(page.locator("#tile-yueran.ok")).to_contain_text("在岗0人")
