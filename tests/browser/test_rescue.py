"""A rescue team's phone: accept, set out, begin where there is no signal, and show what was done; then the office's board."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.rescue.domain.missions import Mission
from services.rescue.store import RescueStore
from services.rescue.usecases import missions, teams
from shared.kernel.command import Command
from shared.kernel.ids import new_id, now
from shared.security.tokens import Grant, TokenMaker
from tests.chromium import PageAt
from tests.look import wrong_with
from tests.photos import taken_by_a_phone
from tests.stack import Stack, eventually

PHONE, DESK = (390, 844), (1440, 900)
TOLD = {
    "name": "蓝天救援队", "name_en": "Blue Sky", "capacity": 2, "equipment": ["sprayer", "fogger"], "on_call_from": 0,
    "on_call_until": 24, "ranks": {"yueran": 1}, "active": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def store(stack: Stack) -> RescueStore:
    """Two missions offered to one team."""
    stack.spawn("rescue")
    stack.kill("rescue")  # once, to know the address that its own pages come from
    stack.origin = f"http://{stack.addresses['rescue']}"
    stack.start("rescue")
    made = RescueStore(stack.database("rescue"))
    teams.register(made, Command(), "blue-sky", TOLD)
    for minutes, kind, place in ((86, "lift", "2栋三单元电梯"), (12, "area", "垃圾点")):
        at = now() - timedelta(minutes=minutes)
        one = Mission(new_id(), "yueran", place, None, kind, "有住户发热，已送医", "today", now(), searching=at)
        made.transaction(
            Command(), lambda tx, one=one: missions.keep(tx, one, [*one.open(now()), *one.advance(tx.teams(), now())])
        )
    return made


def sign_in(stack: Stack, page: Page, grant: Grant) -> Page:
    maker = TokenMaker(stack.signing_key)
    token = maker.make(new_id(), [grant], now(), name="小满", audience="district", session=new_id())
    page.context.add_cookies([{"name": "session", "value": token, "url": stack.origin}])
    return page


def check(page: Page) -> None:
    """Nothing that axe can find, and nothing wider than the screen."""
    assert wrong_with(page) == []


def state_of(store: RescueStore, place: str) -> str:
    (one,) = store.find(Mission, {"place": place})
    return one.state


def test_from_the_request_to_the_proof_also_without_a_signal(
    stack: Stack, store: RescueStore, page_at: PageAt, tmp_path: Path
) -> None:
    page = sign_in(stack, page_at(*PHONE), Grant("rescuer", "team:blue-sky"))
    page.goto(f"{stack.origin}/rescue/inbox")
    offered, in_hand = page.locator("#offered"), page.locator("#in_hand")
    expect(offered.get_by_role("listitem")).to_have_count(2)
    check(page)
    accept = offered.get_by_role("button", name="接单").first
    assert (accept.bounding_box() or {"height": 0})["height"] >= 48
    accept.click()
    expect(in_hand.get_by_text("2栋三单元电梯")).to_be_visible()

    in_hand.get_by_role("button", name="出发").click()
    expect(in_hand.get_by_role("button", name="开始")).to_be_visible()
    in_hand.get_by_role("button", name="撤销").click()
    in_hand.get_by_role("button", name="出发").click()
    begin = in_hand.get_by_role("button", name="开始")
    expect(begin).to_be_visible()
    page.context.set_offline(True)
    begin.click()
    expect(page.get_by_text("还没送到")).to_be_visible()
    assert state_of(store, "2栋三单元电梯") == "on-the-way"
    page.context.set_offline(False)
    in_hand.get_by_role("link", name="完成").click()

    check(page)
    page.get_by_role("button", name="报完成").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择文件")
    (tmp_path / "done.jpg").write_bytes(taken_by_a_phone())
    page.get_by_label("现场照片").set_input_files(tmp_path / "done.jpg")
    page.get_by_label("用的药剂").fill("disinfectant")
    page.get_by_label("用了多少升").fill("6")
    page.get_by_label("去了几个人").fill("3")
    page.context.set_offline(True)
    page.get_by_role("button", name="报完成").click()
    expect(page.get_by_text("还没送到")).to_be_visible()
    page.context.set_offline(False)
    eventually(lambda: state_of(store, "2栋三单元电梯") == "finished")
    page.goto(f"{stack.origin}/rescue/inbox")
    page.locator("#done").get_by_role("link").click()
    expect(page.get_by_role("img", name="现场照片")).to_be_visible()
    check(page)
    (one,) = store.find(Mission, {"place": "2栋三单元电梯"})
    assert [(proof.litres, proof.people) for proof in one.proofs] == [(6, 3)]


def test_the_office_sees_what_waits_and_registers_another_team(
    stack: Stack, store: RescueStore, page_at: PageAt
) -> None:
    page = sign_in(stack, page_at(*DESK), Grant("officer", "district"))
    page.goto(f"{stack.origin}/rescue/")
    expect(page.get_by_role("link", name="垃圾点")).to_be_visible()
    check(page)
    page.get_by_role("link", name="救援队").click()
    page.get_by_role("link", name="登记一支队伍").click()
    page.get_by_label("代号").fill("North")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("alert")).to_contain_text("小写英文字母")
    check(page)
    page.get_by_label("代号").fill("north")
    page.get_by_label("名称", exact=True).fill("北岸救援队")
    page.get_by_label("英文名称").fill("North Shore")
    page.get_by_label("同时最多几个任务").fill("1")
    page.get_by_label("背负式喷雾器").check()
    page.get_by_label("离各社区远近").fill("yueran 2\nbiguiyuan 1")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("救援队已登记")).to_be_visible()
    check(page)
    assert [(one.id, one.ranks) for one in store.teams() if one.id == "north"] == [
        ("north", {"yueran": 2, "biguiyuan": 1})
    ]
