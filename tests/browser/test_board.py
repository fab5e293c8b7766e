"""The participation board on a phone: somebody agrees, adds a photo, is seen by everybody, and leaves again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shared.kernel.ids import new_id, now
from shared.security.tokens import Grant, TokenMaker
from tests.chromium import PageAt
from tests.look import wrong_with
from tests.photos import taken_by_a_phone
from tests.stack import Stack

HERE = "/volunteers/yueran"
PHONE = (390, 844)


@pytest.fixture(scope="module")
def origin(stack: Stack) -> str:
    stack.spawn("volunteers")
    stack.kill("volunteers")  # once, to know the address that its own pages come from
    stack.origin = f"http://{stack.addresses['volunteers']}"
    stack.start("volunteers")
    return stack.origin


def sign_in(stack: Stack, page: Page, account: str, *grants: Grant) -> Page:
    maker = TokenMaker(stack.signing_key)
    token = maker.make(account, list(grants), now(), name="小满", audience="district", session=new_id())
    page.context.add_cookies([{"name": "session", "value": token, "url": stack.origin}])
    return page


def check(page: Page) -> None:
    """Nothing that axe can find, and nothing wider than the phone."""
    assert wrong_with(page) == []


def test_from_the_application_to_the_board_and_away_again(
    stack: Stack, origin: str, page_at: PageAt, tmp_path: Path
) -> None:
    account = new_id()
    page = sign_in(stack, page_at(*PHONE), account)
    page.goto(f"{origin}{HERE}/applications/new")
    page.get_by_label("怎么称呼您").fill("温小满")
    page.get_by_label("手机号").fill("12345")
    page.get_by_label("住在几号楼").fill("3号楼")
    page.get_by_role("button", name="提交报名").click()
    expect(page.get_by_role("alert")).to_contain_text("11 位手机号")
    check(page)
    page.get_by_label("手机号").fill("190 0000 0001")
    page.get_by_role("button", name="提交报名").click()
    expect(page.get_by_text("报名已提交", exact=True)).to_be_visible()

    volunteer = stack.database("volunteers")["volunteers"].find_one({"account": account})["_id"]
    staff = sign_in(stack, page_at(*PHONE), new_id(), Grant("staff", "community:yueran"))
    staff.goto(f"{origin}{HERE}/{volunteer}")
    check(staff)
    staff.get_by_role("button", name="查看手机号").click()
    expect(staff.get_by_text("190 0000 0001")).to_be_visible()
    check(staff)
    stack.call("POST", f"{HERE}/{volunteer}/approval", stack.token("staff@community:yueran"))

    page.goto(f"{origin}{HERE}/me")
    page.get_by_role("button", name="同意上公示栏").click()
    photo = tmp_path / "me.jpg"
    photo.write_bytes(taken_by_a_phone())
    page.get_by_label("放一张照片").set_input_files(photo)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_alt_text("您的照片")).to_be_visible()
    check(page)

    anybody = page_at(*PHONE)
    anybody.goto(f"{origin}{HERE}/board")
    face = anybody.locator(".faces img")
    expect(face).to_have_js_property("naturalWidth", 640)
    expect(anybody.get_by_text("温＊＊")).to_be_visible()
    check(anybody)
    expect(anybody.get_by_role("link", name="我也来报名")).to_have_attribute("href", re.compile("applications/new"))

    page.get_by_role("button", name="同意显示称呼").click()
    anybody.reload()
    expect(anybody.get_by_text("温小满")).to_be_visible()

    page.get_by_role("button", name="删除照片").click()
    anybody.reload()
    expect(anybody.locator(".faces img")).to_have_count(0)
    page.get_by_role("button", name="离开公示栏").click()
    anybody.reload()
    expect(anybody.get_by_text("温小满")).to_have_count(0)
    check(anybody)


def test_what_is_no_photo_is_said_beside_the_field(stack: Stack, origin: str, page_at: PageAt, tmp_path: Path) -> None:
    account = new_id()
    told = {"display_name": "方知远", "home": "3号楼", "phone": "19000000002"}
    stack.call("POST", f"{HERE}/applications", stack.token(account=account), told)
    page = sign_in(stack, page_at(*PHONE), account)
    page.goto(f"{origin}{HERE}/me")
    page.get_by_role("button", name="上传").click()
    expect(page.locator("#f-photo-error")).to_contain_text("请选择文件")
    text = tmp_path / "me.jpg"
    text.write_text("no photo")
    page.get_by_label("放一张照片").set_input_files(text)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("alert")).to_contain_text("这不是能打开的照片")
