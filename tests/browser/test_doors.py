"""The person at the door, on a phone: one household after another, also where there is no signal; and without a script."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from services.grid.store import GridStore
from services.grid.usecases import households, register, screening
from services.grid.usecases.households import Particulars
from shared.kernel.command import Command
from shared.kernel.ids import new_id, now
from shared.security.tokens import Grant, TokenMaker
from tests.chromium import PageAt
from tests.look import wrong_with
from tests.stack import Stack, eventually

PHONE = (390, 844)
PLACE = "yueran"
DOORS = ("101", "102", "103", "104", "105", "106")


@pytest.fixture(scope="module")
def store(stack: Stack) -> GridStore:
    """One building of six households."""
    instance = f"grid.{PLACE}"
    stack.spawn(instance)
    stack.kill(instance)  # once, to know the address that its own pages come from
    stack.origin = f"http://{stack.addresses[instance]}"
    stack.start(instance)
    made = GridStore(stack.database("grid", PLACE), PLACE, stack.field_key("grid", PLACE))
    register.register_building(made, Command(), "3号楼", None, ("1单元",))
    for door in DOORS:
        households.add_resident(made, Command(), "3号楼", "1单元", door, Particulars("某人"))
    return made


@pytest.fixture
def round_(store: GridStore) -> Iterator[str]:
    begun = screening.begin_round(store, Command(), [])
    yield begun.id
    screening.end_round(store, Command(), begun.id)


def open_doors(stack: Stack, page: Page, round_: str) -> Page:
    return opened(stack, page, "volunteer", f"rounds/{round_}/doors?building=b3")


def opened(stack: Stack, page: Page, role: str, where: str) -> Page:
    maker = TokenMaker(stack.signing_key)
    grants = [Grant(role, f"community:{PLACE}")]
    token = maker.make(new_id(), grants, now(), name="小满", audience="district", session=new_id())
    page.context.add_cookies([{"name": "session", "value": token, "url": stack.origin}])
    page.goto(f"{stack.origin}/communities/{PLACE}/grid/{where}")
    return page


def outcomes(store: GridStore, round_: str) -> dict[str, str]:
    doors = {one.id: one.door for one in store.door_rows(["b3"])}
    return {doors[home]: str(outcome) for home, outcome in store.outcomes(round_).items()}


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()


def test_entries_made_without_a_signal_are_kept_and_sent_when_it_is_back(
    stack: Stack, store: GridStore, round_: str, page_at: PageAt
) -> None:
    page = open_doors(stack, page_at(*PHONE), round_)
    where = page.locator("#door-where")
    expect(where).to_have_text("3号楼 1单元 101")
    assert wrong_with(page) == []
    for button in page.locator("#door-form button").all():
        assert (button.bounding_box() or {"height": 0})["height"] >= 48

    press(page, "已走访")
    expect(where).to_have_text("3号楼 1单元 102")
    expect(page.get_by_role("status")).to_have_text("都已上传")
    page.context.set_offline(True)
    press(page, "不在家")
    press(page, "有人不适")
    press(page, "已走访")
    expect(where).to_have_text("3号楼 1单元 105")
    press(page, "撤销上一条")
    expect(where).to_have_text("3号楼 1单元 104")
    press(page, "不愿登记")
    expect(page.get_by_role("status")).to_contain_text("5 条等待上传")
    assert outcomes(store, round_) == {"101": "visited"}

    page.context.set_offline(False)
    expect(page.get_by_role("status")).to_have_text("都已上传")
    assert outcomes(store, round_) == {"101": "visited", "102": "not-home", "103": "unwell", "104": "refused"}
    page.reload()
    expect(where).to_have_text("3号楼 1单元 105")


def test_a_page_that_is_opened_again_still_has_what_was_not_sent(
    stack: Stack, store: GridStore, round_: str, page_at: PageAt
) -> None:
    page = open_doors(stack, page_at(*PHONE), round_)
    page.route("**/entries", lambda route: route.abort())
    press(page, "已走访")
    expect(page.get_by_role("status")).to_contain_text("1 条等待上传")
    page.reload()
    expect(page.locator("#door-where")).to_have_text("3号楼 1单元 102")
    page.unroute("**/entries")
    eventually(lambda: outcomes(store, round_) == {"101": "visited"})


def test_without_a_script_each_answer_is_a_form_and_the_next_household_follows(
    stack: Stack, store: GridStore, round_: str, page_at: PageAt
) -> None:
    page = open_doors(stack, page_at(*PHONE, java_script_enabled=False), round_)
    press(page, "已走访")
    expect(page.locator("#door-where")).to_have_text("3号楼 1单元 102")
    assert outcomes(store, round_) == {"101": "visited"}
    press(page, "撤销上一条")
    expect(page.locator("#door-where")).to_have_text("3号楼 1单元 101")
    assert outcomes(store, round_) == {}


@pytest.mark.parametrize("script", [True, False])
def test_who_reads_english_learns_what_was_wrong_and_finds_what_they_typed(
    script: bool, stack: Stack, store: GridStore, page_at: PageAt
) -> None:
    page = opened(stack, page_at(*PHONE, java_script_enabled=script), "staff", "households/new")
    page.get_by_label("姓名").fill("王秀兰")
    press(page, "登记")
    expect(page.get_by_role("heading", name="请改正以下内容")).to_be_visible()
    press(page, "English")
    expect(page.get_by_role("heading", name="Please put this right")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("王秀兰")
    page.wait_for_load_state()  # until then it may be measured without its styles
    button = page.get_by_role("button", name="中文").bounding_box() or {"width": 0, "height": 0}
    assert min(button["width"], button["height"]) >= 44
    press(page, "中文")
    page.get_by_label("单元").fill("1单元")
    page.get_by_label("门牌").fill("107" if script else "108")
    press(page, "登记")
    expect(page.get_by_text("已登记。")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(r"/households/\w+\?lang=en$"))
