"""A coordinator's evening on a phone: every building finds somebody who looks after it."""

import re

from playwright.sync_api import expect

from tests.chromium import PageAt
from tests.e2e.arriving import arrive
from tests.e2e.demo import Demo
from tests.look import PHONE

HERE = "/volunteers/yueran/buildings"


def test_owners_are_named_from_the_list_with_one_tap_each_until_none_is_left(demo: Demo, page_at: PageAt) -> None:
    def lacking() -> int:
        return sum(len(one["uncovered"]) for one in demo.get("STAFF", HERE)["items"])

    phone = arrive(demo, page_at(*PHONE), "STAFF", HERE)
    left = lacking()
    assert left > 3
    while left:
        expect(phone.locator("#open .row")).to_have_count(left)
        phone.locator("#open .row").first.get_by_role("button").first.click()
        left -= 1
        said = f"还有 {left} 处没有负责人" if left else "全部有人负责了"
        expect(phone.locator("#notice")).to_contain_text(re.compile(said))
    expect(phone.locator("#open")).to_have_count(0)
    expect(phone.get_by_text("每栋楼、每个单元都有人负责。")).to_be_visible()
    assert lacking() == 0


def test_a_volunteer_asks_into_the_team_on_a_phone_and_staff_take_them_in(demo: Demo, page_at: PageAt) -> None:
    staff = demo.people["STAFF"]
    staff.post(f"{demo.url}/volunteers/yueran/teams", json={"name": "扫雪队", "name_en": "Snow"}, timeout=20)
    phone = arrive(demo, page_at(*PHONE), "VOLUNTEER", "/volunteers/yueran/teams")
    phone.get_by_role("link", name="扫雪队").click()
    phone.get_by_role("button", name="申请入队").click()
    desk = arrive(demo, page_at(*PHONE), "STAFF")
    desk.goto(phone.url)
    desk.get_by_role("button", name="同意").first.click()
    expect(desk.locator("#notice")).to_contain_text("已入队")
    phone.reload()
    expect(phone.get_by_text("您是这支队的队员。")).to_be_visible()
