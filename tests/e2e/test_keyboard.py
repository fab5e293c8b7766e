"""Each role's main path by the keyboard alone: no hand leaves it, and what has the focus is always to be seen."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chromium import PageAt
from tests.e2e.demo import Demo
from tests.e2e.test_the_day import sign_in
from tests.look import DESK, PHONE

FURTHEST = 150  # presses of Tab
IS_SEEN = """() => {
    const one = document.activeElement, look = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2 && box.bottom > 0 && box.top < innerHeight;
}"""


def reach(page: Page, wanted: Locator) -> Locator:
    """Tab until it has the focus, seen all the way."""
    for _ in range(FURTHEST):
        if wanted.first.evaluate("one => one === document.activeElement"):
            assert page.evaluate(IS_SEEN), "the focus is to be seen"
            return wanted.first
        page.keyboard.press("Tab")
    pytest.fail(f"{FURTHEST} tabs did not lead to {wanted}")


def press(page: Page, wanted: Locator) -> None:
    reach(page, wanted)
    page.keyboard.press("Enter")


def test_an_officer_goes_from_the_board_to_a_gap_and_back(demo: Demo, page_at: PageAt) -> None:
    page = sign_in(demo, page_at(*DESK), "DISTRICT")
    reach(page, page.locator(".tile[tabindex='0']"))
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_url("**/district/communities/*")
    press(page, page.locator("#gaps .row a"))
    page.wait_for_url("**/district/events?**")
    press(page, page.locator(".nav a", has_text="总览"))
    page.wait_for_url("**/district/")
    press(page, page.locator(".help summary"))
    expect(page.locator(".help .sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".help .sheet")).to_be_hidden()


def test_staff_go_from_the_board_to_what_lacks_people(demo: Demo, page_at: PageAt) -> None:
    page = sign_in(demo, page_at(*DESK), "STAFF")
    press(page, page.get_by_role("link", name="只看缺人的"))
    page.wait_for_url("**lacking=true**")
    press(page, page.locator(".nav a", has_text="志愿者"))
    page.wait_for_url("**/volunteers/yueran/")


def test_a_volunteer_takes_a_shift(demo: Demo, page_at: PageAt) -> None:
    page = sign_in(demo, page_at(*PHONE), "VOLUNTEER")
    for gap in demo.get("STAFF", "/communities/yueran/shifts/coverage")["gaps"]:
        page.goto(f"{demo.url}/communities/yueran/shifts/{gap['shift']['id']}")
        claim = page.get_by_role("button", name="报名")
        if claim.count():
            press(page, claim)
            expect(page.locator("#notice")).not_to_be_empty()
            give_back(demo, gap["shift"]["id"])
            return
    pytest.fail("no shift that this volunteer may take")


def give_back(demo: Demo, shift: str) -> None:
    """The captain takes the volunteer off again: other tests want a place that is free for them."""
    me = demo.get("VOLUNTEER", "/communities/yueran/shifts/mine")["volunteer"]
    door = f"{demo.url}/communities/yueran/shifts/{shift}/claims/{me}/release"
    assert demo.people["CAPTAIN"].post(door, timeout=20).ok


def test_a_donor_pledges_what_is_needed(demo: Demo, page_at: PageAt) -> None:
    page = sign_in(demo, page_at(*PHONE), "DONOR")
    press(page, page.get_by_role("link", name="我来捐"))
    reach(page, page.locator("#f-quantity"))
    page.keyboard.type("5")
    reach(page, page.locator("#f-name"))
    page.keyboard.type("河边五金店")
    press(page, page.get_by_role("button", name="提交捐赠意向"))
    expect(page.locator("main")).to_contain_text("等社区回复")


def test_a_rescuer_takes_a_mission_on(demo: Demo, page_at: PageAt) -> None:
    page = sign_in(demo, page_at(*PHONE), "RESCUE")
    press(page, page.get_by_role("button", name="接单"))
    expect(page.get_by_role("button", name="出发").first).to_be_visible()
