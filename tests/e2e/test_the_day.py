"""The day as its people live it, in a real browser through the ingress: a claim at a phone moves the district's page."""

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import PageAt
from tests.e2e.arriving import arrive, sign_in
from tests.e2e.demo import Demo
from tests.look import DESK, PHONE, bring_axe, wrong_with_page_at
from tests.pages import PAGES, ids_now
from tests.stack import Stack, eventually


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("DISTRICT", "/district/"),
        ("STAFF", "/communities/yueran/shifts/"),
        ("CAPTAIN", "/communities/yueran/shifts/"),
        ("VOLUNTEER", "/communities/yueran/shifts/mine"),
        ("OPERATOR", "/accounts/people"),
        ("DONOR", "/supplies/"),
        ("RESCUE", "/rescue/inbox/blue-sky"),
    ],
)
def test_each_role_signs_in_and_begins_where_its_work_is(demo: Demo, page_at: PageAt, name: str, start: str) -> None:
    assert sign_in(demo, page_at(*DESK), name).url == demo.url + start


def test_a_claim_on_a_phone_changes_the_districts_page_without_a_reload(demo: Demo, page_at: PageAt) -> None:
    office = arrive(demo, page_at(*DESK), "DISTRICT")
    expect(office.locator("#live")).to_have_attribute("data-state", "live")
    phone = arrive(demo, page_at(*PHONE), "VOLUNTEER")
    me = demo.get("VOLUNTEER", "/communities/yueran/shifts/mine")["volunteer"]
    before = lacking(demo)
    free = next(gap for gap in before if _try_claim(demo, phone, gap))

    expect(office.locator("#happenings")).to_contain_text("报名")
    eventually(lambda: free not in lacking(demo))
    assert me


def test_an_officer_takes_an_alert_on_at_the_phone_and_the_desk_sees_it_without_a_reload(
    demo: Demo, page_at: PageAt
) -> None:
    desk, phone = (arrive(demo, page_at(*size), "DISTRICT") for size in (DESK, PHONE))
    for page in (desk, phone):
        page.goto(demo.url + "/district/alerts")
    short = "碧桂园：N95 口罩快用完了"
    seen = desk.locator("#alerts li", has_text=short)
    expect(seen).to_contain_text("没人接手")
    phone.locator("#alerts li", has_text=short).get_by_role("link", name="处理").click()
    phone.get_by_label("打算怎么办").fill("已请市里调货")
    phone.get_by_role("button", name="接手").click()
    expect(seen).to_contain_text("已请市里调货")
    phone.get_by_label("处理结果").fill("明早到货")
    phone.get_by_role("button", name="关闭预警").click()
    expect(phone.locator("main")).to_contain_text("明早到货")
    expect(seen).to_have_count(0)
    desk.goto(demo.url + "/district/alerts?state=past")
    expect(desk.locator("main")).to_contain_text("明早到货")


def test_one_click_asks_a_neighbour_for_people_who_then_sees_that_the_office_asks(demo: Demo, page_at: PageAt) -> None:
    office = arrive(demo, page_at(*PHONE), "DISTRICT", "/district/help")
    giver = office.locator("#people li").filter(has=office.get_by_role("button")).first
    place = giver.locator("b").first.inner_text()
    name, community = {"悦然馨苑": ("STAFF", "yueran"), "碧桂园": ("STAFF_B", "biguiyuan")}[place]
    giver.get_by_role("button").click()
    expect(office.locator("#notice")).to_contain_text(f"已告诉{place}")
    expect(office.locator("#asked")).to_contain_text("等对方答复")
    staff = arrive(demo, page_at(*DESK), name)

    def is_pointed_to() -> bool:
        staff.goto(f"{demo.url}/volunteers/{community}/loans/requests")
        return "指挥部请你们帮忙" in staff.content()

    eventually(is_pointed_to)


def lacking(demo: Demo) -> list[str]:
    return [gap["shift"]["id"] for gap in demo.get("STAFF", "/communities/yueran/shifts/coverage")["gaps"]]


def _try_claim(demo: Demo, phone: Page, shift: str) -> bool:
    """Opens the shift's page on the phone and presses claim, where the rules offer it."""
    phone.goto(f"{demo.url}/communities/yueran/shifts/{shift}")
    button = phone.get_by_role("button", name="报名")
    if button.count() == 0:
        return False
    button.first.click()
    phone.wait_for_load_state()
    return phone.locator("#notice").inner_text() != ""


def test_any_process_may_be_killed_and_nothing_is_lost(demo: Demo, stack: Stack, page_at: PageAt) -> None:
    staff = demo.people["STAFF"]
    waiting = demo.get("STAFF", "/volunteers/yueran/?standing=applied")["items"]
    before = helping(demo)
    stack.kill("district")
    approved = staff.post(f"{demo.url}/volunteers/yueran/{waiting[0]['id']}/approval", timeout=20)
    assert approved.ok
    stack.start("district")
    eventually(lambda: helping(demo) == before + 1)


def helping(demo: Demo) -> int:
    """How many volunteers the district's page counts for the community."""
    (yueran,) = [one for one in demo.get("DISTRICT", "/district/")["communities"] if one["id"] == "yueran"]
    return int(yueran["volunteers"]["approved"])


def test_no_page_has_a_fault_that_axe_can_find(demo: Demo, page_at: PageAt) -> None:
    ids = ids_now(demo.get)
    signed_in = {name: bring_axe(arrive(demo, page_at(*DESK), name)) for name in {name for name, _ in PAGES}}
    for number, (name, path) in enumerate(PAGES):
        page, address = signed_in[name], demo.url + path.format(**ids)
        assert wrong_with_page_at(page, address, number) == []
