"""Supplies as its people live them, in a real browser through the ingress: asked for, promised, brought, thanked for."""

import re

from playwright.sync_api import Page, expect

from tests.chromium import PageAt
from tests.e2e.arriving import arrive
from tests.e2e.demo import Demo
from tests.look import DESK, PHONE, wrong_with


def at(demo: Demo, page: Page, path: str) -> Page:
    page.goto(demo.url + path)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def test_what_is_asked_for_is_promised_on_a_phone_brought_to_the_gate_and_thanked_for(
    demo: Demo, page_at: PageAt
) -> None:
    staff = arrive(demo, page_at(*DESK), "STAFF", "/supplies/yueran/needs")
    staff.select_option("#f-item", "suit")
    staff.fill("#f-quantity", "20")
    press(staff, "提出")
    expect(staff.locator("#open")).to_contain_text("待另一人核实")

    office = arrive(demo, page_at(*DESK), "DISTRICT", "/supplies/yueran/needs")
    office.get_by_role("button", name="核实 防护服").click()
    expect(office.locator("#notice")).to_contain_text("已核实")

    donor = arrive(demo, page_at(*PHONE, java_script_enabled=False), "DONOR", "/supplies/?community=yueran")
    donor.get_by_role("article", name="防护服").get_by_role("link", name="我来捐").click()
    donor.fill("#f-quantity", "20")
    donor.fill("#f-name", "河边五金店")
    donor.check("#f-shown")
    press(donor, "提交捐赠意向")
    mine = donor.locator("section", has_text="防护服")
    expect(mine).to_contain_text("等社区回复")

    at(demo, staff, "/supplies/yueran/pledges")
    staff.get_by_role("button", name="接受 防护服").click()
    expect(staff.locator("#coming")).to_contain_text("河边五金店")
    staff.locator("#coming .row", has_text="河边五金店").locator("summary").click()
    press(staff, "入库并开收据")
    expect(staff.locator("h1")).to_contain_text(re.compile(r"YUERAN-\d{4}-\d{4}"))
    number = staff.locator("h1").inner_text().removeprefix("收据 ")

    at(demo, staff, "/supplies/yueran/pledges")
    staff.locator("#thanks .row", has_text="河边五金店").locator("summary").click()
    staff.locator("#thanks [name=words]:visible").fill("谢谢您！防护服已经送到消杀队。")
    press(staff, "发出")
    expect(staff.locator("#notice")).to_contain_text("已致谢")

    at(demo, donor, "/supplies/pledges/mine")
    expect(mine).to_contain_text("防护服已经送到消杀队")
    expect(mine).to_contain_text(number)
    address = mine.get_by_role("link", name="下载收据").get_attribute("href")
    receipt = donor.request.get(demo.url + str(address))
    assert receipt.body().startswith(b"%PDF")

    anybody = at(demo, page_at(*PHONE), "/supplies/donations?community=yueran")
    expect(anybody.locator("tbody tr").first).to_contain_text("河边五金店")
    expect(at(demo, anybody, "/supplies/?community=yueran").locator("main")).not_to_contain_text("防护服")


def test_masks_are_given_out_at_the_gate_by_two_touches_on_a_phone(demo: Demo, page_at: PageAt) -> None:
    staff = arrive(demo, page_at(*PHONE), "STAFF", "/supplies/yueran/gate")
    before = demo.get("STAFF", "/supplies/yueran/stock/mask-surgical")["balance"]
    staff.get_by_role("link", name="医用外科口罩").click()
    expect(staff.locator("h1")).to_contain_text("医用外科口罩")
    assert wrong_with(staff) == []
    staff.get_by_role("button", name="10 只 发放", exact=True).click()
    expect(staff.locator("#notice")).to_contain_text("已发放")
    assert demo.get("STAFF", "/supplies/yueran/stock/mask-surgical")["balance"] == before - 10


def test_a_scarce_delivery_is_shared_by_the_office_line_by_line(demo: Demo, page_at: PageAt) -> None:
    office = arrive(demo, page_at(*DESK), "DISTRICT", "/supplies/district/sharings")
    office.select_option("#f-item", "mask-n95")
    office.fill("#f-quantity", "200")
    press(office, "看方案")
    expect(office.locator("main")).to_contain_text("碧桂园")
    assert wrong_with(office) == []
    press(office, "确认分配")
    expect(office.locator("#sender")).to_contain_text("待发出")


def test_every_number_on_the_desk_leads_to_its_list(demo: Demo, page_at: PageAt) -> None:
    desk = arrive(demo, page_at(*DESK), "STAFF", "/supplies/yueran/")
    short = desk.locator(".figure", has_text="紧缺")
    number = int(short.locator("b").inner_text())
    assert number >= 1
    short.click()
    expect(desk.locator("tbody tr")).to_have_count(number)
