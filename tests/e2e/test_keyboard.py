"""Each role's main path, at a desk and on a phone, by the keyboard alone: what has the focus is always to be seen."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chromium import PageAt
from tests.e2e.arriving import arrive
from tests.e2e.demo import Demo
from tests.lengths import by_length
from tests.look import DESK, PHONE

FURTHEST = 150  # presses of Tab
IS_SEEN = """() => {
    const one = document.activeElement, look = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2 && box.bottom > 0 && box.top < innerHeight;
}"""


at_both = pytest.mark.parametrize("size", by_length([PHONE], [DESK, PHONE]), ids=lambda size: f"{size[0]} wide")


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


@at_both
def test_an_officer_goes_from_the_board_to_a_gap_and_back(demo: Demo, page_at: PageAt, size: tuple[int, int]) -> None:
    page = arrive(demo, page_at(*size), "DISTRICT")
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


@at_both
def test_staff_go_from_the_board_to_what_lacks_people(demo: Demo, page_at: PageAt, size: tuple[int, int]) -> None:
    page = arrive(demo, page_at(*size), "STAFF")
    press(page, page.get_by_role("link", name="只看缺人的"))
    page.wait_for_url("**lacking=true**")
    press(page, page.locator(".nav a", has_text="志愿者"))
    page.wait_for_url("**/volunteers/yueran/")


@at_both
def test_a_captain_goes_from_the_board_to_the_code_at_a_gate(
    demo: Demo, page_at: PageAt, size: tuple[int, int]
) -> None:
    page = arrive(demo, page_at(*size), "CAPTAIN")
    press(page, page.locator("main").get_by_role("link", name="在岗", exact=True))
    page.wait_for_url("**/shifts/coverage")
    press(page, page.get_by_role("link", name="签到码"))
    page.wait_for_url("**/screen")
    expect(page.locator("main svg").first).to_be_visible()


@at_both
def test_an_operator_goes_from_the_accounts_to_how_a_part_runs(
    demo: Demo, page_at: PageAt, size: tuple[int, int]
) -> None:
    page = arrive(demo, page_at(*size), "OPERATOR")
    press(page, page.locator(".nav a", has_text="运行"))
    page.wait_for_url("**/district/parts")
    press(page, page.locator("#parts tr a"))
    page.wait_for_url("**/operations")
    expect(page.locator("main h1")).to_be_visible()


@at_both
def test_a_volunteer_takes_a_shift(demo: Demo, page_at: PageAt, size: tuple[int, int]) -> None:
    page = arrive(demo, page_at(*size), "VOLUNTEER")
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


@at_both
def test_a_donor_pledges_what_is_needed(demo: Demo, page_at: PageAt, size: tuple[int, int]) -> None:
    page = arrive(demo, page_at(*size), "DONOR")
    press(page, page.get_by_role("link", name="我来捐"))
    reach(page, page.locator("#f-quantity"))
    page.keyboard.type("5")
    reach(page, page.locator("#f-name"))
    page.keyboard.type("河边五金店")
    press(page, page.get_by_role("button", name="提交捐赠意向"))
    expect(page.locator("main")).to_contain_text("等社区回复")


def test_a_rescuer_takes_a_mission_on_at_the_phone_and_sets_out_from_the_desk(demo: Demo, page_at: PageAt) -> None:
    phone, desk = (arrive(demo, page_at(*size), "RESCUE") for size in (PHONE, DESK))
    press(phone, phone.get_by_role("button", name="接单"))
    expect(phone.get_by_role("button", name="出发").first).to_be_visible()
    desk.reload()
    press(desk, desk.get_by_role("button", name="出发"))
    expect(desk.get_by_role("button", name="开始").first).to_be_visible()
