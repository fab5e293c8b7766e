"""A loan from the volunteer's phone to a shift in the other community, each step at the page of whose part it is."""

from datetime import timedelta

import requests
from playwright.sync_api import Page, expect

from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import new_id, now
from tests.chromium import PageAt
from tests.e2e.arriving import arrive
from tests.e2e.demo import Demo
from tests.look import DESK, PHONE
from tests.stack import eventually

NAME = "云知夏"
PASSWORD = "plum-teapot-lantern"
AWAY = "/communities/biguiyuan/shifts"


def test_a_volunteer_offers_both_communities_agree_and_a_shift_there_is_theirs(demo: Demo, page_at: PageAt) -> None:
    day = now().astimezone(SHANGHAI).date() + timedelta(days=2)
    phone = newcomer(demo, page_at)
    phone.goto(f"{demo.url}/volunteers/yueran/loans/mine")
    phone.select_option("[name=borrower]", "biguiyuan")
    phone.fill("[name=first_day]", str(day))
    phone.fill("[name=last_day]", str(day))
    phone.get_by_role("button", name="报名支援").click()
    expect(phone.locator("#notice")).to_contain_text("等两边社区同意")

    for name, community in (("STAFF", "yueran"), ("STAFF_B", "biguiyuan")):
        desk = arrive(demo, page_at(*DESK), name, f"/volunteers/{community}/loans")
        offer = desk.locator("li", has_text=NAME)
        expect(offer).to_contain_text("待本社区答复")
        offer.get_by_role("button", name="同意").click()
        expect(desk.locator("#notice")).to_contain_text("同意")

    eventually(lambda: phone.reload() and phone.get_by_role("link", name="去选班次").count())
    eventually(lambda: arrives(phone, f"{demo.url}{AWAY}/"))
    free = next(one["id"] for one in shifts_of(demo, day) if one["missing"] and not one["skill"])
    eventually(lambda: phone.goto(f"{demo.url}{AWAY}/{free}") and phone.get_by_role("button", name="报名").count())
    phone.get_by_role("button", name="报名").click()
    expect(phone.locator("#notice")).to_contain_text("报名成功")
    taken = demo.get("STAFF_B", f"{AWAY}/{free}")["claims"]
    assert NAME in [one["name"] for one in taken]


def newcomer(demo: Demo, page_at: PageAt) -> Page:
    """Somebody whom yueran has just approved, at their phone."""
    user = f"xia{new_id()[-8:]}"
    body = {"user": user, "password": PASSWORD}
    assert requests.post(f"{demo.url}/accounts", json=body, timeout=20).ok
    token = requests.post(f"{demo.url}/accounts/tokens", json=body, timeout=20).json()["access_token"]
    applied = requests.post(
        f"{demo.url}/volunteers/yueran/applications",
        json={"display_name": NAME, "name_shown": True, "home": "3号楼", "phone": "19000000002"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
    )
    assert applied.ok, applied.text
    approval = f"{demo.url}/volunteers/yueran/{applied.json()['id']}/approval"
    assert demo.people["STAFF"].post(approval, timeout=20).ok
    phone = page_at(*PHONE)
    phone.goto(f"{demo.url}/accounts/sign-in")
    phone.fill("[name=user]", user)
    phone.fill("[name=password]", PASSWORD)
    phone.click("main form button")
    phone.wait_for_url(lambda url: "sign-in" not in url)
    return phone


def arrives(phone: Page, where: str) -> bool:
    """The link renews the session first: until accounts has heard of the stay, the other community's page says no."""
    phone.goto(where.removesuffix(AWAY + "/") + "/volunteers/yueran/loans/mine")
    phone.get_by_role("link", name="去选班次").click()
    phone.wait_for_url(where)
    return "没有这项权限" not in phone.locator("main").inner_text()


def shifts_of(demo: Demo, day: object) -> list[dict[str, object]]:
    return list(demo.get("STAFF_B", f"{AWAY}/?day={day}")["items"])
