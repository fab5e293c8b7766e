"""The gate's page on a phone with cold fingers: three taps an entry, also without a connection, and without a script."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shared.kernel.ids import new_id, now
from shared.security.tokens import Grant, TokenMaker
from tests.chromium import PageAt
from tests.speaker import Speaker
from tests.stack import Stack, eventually

PHONE = (390, 844)
HOME = "/communities/yueran/grid"


@pytest.fixture(scope="module")
def gate(stack: Stack) -> Iterator[str]:
    """The address of the west gate's page."""
    stack.spawn("grid.yueran")
    stack.kill("grid.yueran")  # once, to know the address that its own pages come from
    stack.origin = f"http://{stack.addresses['grid.yueran']}"
    stack.start("grid.yueran")
    shifts = Speaker(stack, "shifts", "yueran")
    shifts.say("shifts.post.opened", "west", {"kind": "gate", "name": "西门", "name_en": "West gate"})
    eventually(lambda: stack.database("grid", "yueran")["gates"].count_documents({}) == 1)
    yield f"{stack.origin}{HOME}/gates/west"
    shifts.stop()


def on_duty(stack: Stack, page: Page, gate: str) -> Page:
    grants = [Grant("volunteer", "community:yueran")]
    made = TokenMaker(stack.signing_key).make(
        new_id(), grants, now(), name="lin", audience="district", session=new_id()
    )
    page.context.add_cookies([{"name": "session", "value": made, "url": stack.origin}])
    page.goto(gate)
    return page


def entries(stack: Stack) -> list[dict[str, Any]]:
    return list(stack.database("grid", "yueran")["gate_entries"].find(sort=[("at", 1)]))


def enter(page: Page, way: str, temperature: str) -> None:
    """Three taps."""
    page.get_by_text(way, exact=True).tap()
    page.get_by_text(temperature, exact=True).tap()
    page.get_by_role("button", name="记下").tap()


def test_three_taps_enter_who_passes_and_no_connection_loses_nobody(stack: Stack, gate: str, page_at: PageAt) -> None:
    phone = on_duty(stack, page_at(*PHONE, has_touch=True), gate)
    enter(phone, "人 · 进", "36.6")
    expect(phone.locator("#notice")).to_contain_text("已记")
    assert [(one["kind"], one["direction"], one["temperature"]) for one in entries(stack)] == [("person", "in", 36.6)]

    phone.context.set_offline(True)
    for way, temperature in (("车 · 出", "没量"), ("人 · 进", "37.2"), ("人 · 出", "没量")):
        enter(phone, way, temperature)
        expect(phone.get_by_text(way, exact=True)).to_be_visible()
    expect(phone.locator("[data-kept]")).to_be_visible()
    expect(phone.locator("[data-kept] b")).to_have_text("3")
    assert len(entries(stack)) == 1

    phone.context.set_offline(False)
    expect(phone.locator("[data-kept]")).to_be_hidden()
    eventually(lambda: len(entries(stack)) == 4)
    kept = [(one["kind"], one["direction"], one["temperature"]) for one in entries(stack)[1:]]
    assert kept == [("vehicle", "out", None), ("person", "in", 37.2), ("person", "out", None)]


def test_a_fever_leads_to_what_to_do_next(stack: Stack, gate: str, page_at: PageAt) -> None:
    phone = on_duty(stack, page_at(*PHONE, has_touch=True), gate)
    phone.fill("[name=reading]", "38.1")
    phone.get_by_role("button", name="记下").tap()
    expect(phone.locator("h1")).to_contain_text("发热：38.1")
    expect(phone.locator(".steps li")).to_have_count(4)


def test_without_a_script_the_page_enters_as_well(stack: Stack, gate: str, page_at: PageAt) -> None:
    before = len(entries(stack))
    phone = on_duty(stack, page_at(*PHONE, has_touch=True, java_script_enabled=False), gate)
    enter(phone, "车 · 进", "没量")
    expect(phone.locator("#notice")).to_contain_text("已记：车，进")
    assert len(entries(stack)) == before + 1


def test_who_is_on_duty_sees_at_once_that_somebody_asks(stack: Stack, gate: str, page_at: PageAt) -> None:
    phone = on_duty(stack, page_at(*PHONE, has_touch=True), f"{stack.origin}{HOME}/requests/")
    expect(phone.locator("#queue")).to_contain_text("现在没有人在等")
    expect(phone.locator("#live")).to_have_attribute("data-state", "live")
    wanted = {"kind": "lift", "who": "赵奶奶", "phone": "19000000009", "where": "3号楼501"}
    assert stack.call("POST", f"{HOME}/requests/", None, wanted).ok
    expect(phone.locator("#queue")).to_contain_text("现在 1 件等人接")
