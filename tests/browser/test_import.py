"""Five thousand people from a file, in a browser: what is faulty is shown, progress moves, and other pages answer meanwhile."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.volunteers.sheets import COLUMNS
from shared.documents.excel_reader import Leaf, write
from shared.i18n.text import Text
from shared.kernel.ids import new_id, now
from shared.security.tokens import Grant, TokenMaker
from tests.chromium import PageAt
from tests.faults.conftest import note
from tests.lengths import by_length
from tests.look import DESK, PHONE, wrong_with
from tests.stack import Stack

MANY = 5_000  # fewer are there before a reader sees progress


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good rows, then one without a phone, and one that is there twice."""
    people = [
        {
            "name": f"志愿者{n}",
            "phone": f"138{n:08d}",
            "home": f"{n % 30 + 1}号楼",
            "skills": "驾驶、做饭",
            "available": "平日晚上",
        }
        for n in range(MANY)
    ]
    rows = [*people, {"name": "忘了电话", "home": "3号楼"}, {**people[0], "name": "又来一次"}]
    path = tmp_path_factory.mktemp("list") / "志愿者名单.xlsx"
    path.write_bytes(write(Leaf(Text("名单", "List"), COLUMNS, rows)))
    return path


@pytest.fixture(scope="module")
def volunteers(stack: Stack) -> Stack:
    stack.spawn("volunteers")
    stack.kill("volunteers")  # once, to know the address that its own pages come from
    stack.origin = f"http://{stack.addresses['volunteers']}"
    return stack.start("volunteers")


def signed_in(stack: Stack, page: Page) -> Page:
    token = TokenMaker(stack.signing_key).make(
        new_id(), [Grant("staff", "community:yueran")], now(), name="staff", audience="district", session=new_id()
    )
    page.context.add_cookies([{"name": "session", "value": token, "url": stack.origin}])
    return page


def test_five_thousand_people_come_in_while_other_pages_answer(volunteers: Stack, page_at: PageAt, names: Path) -> None:
    page = signed_in(volunteers, page_at(*DESK))
    page.goto(f"{volunteers.origin}/volunteers/yueran/imports")
    page.set_input_files("[name=file]", names)
    began = time.monotonic()
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("button", name="确认导入")).to_be_visible(timeout=90_000)
    note(f"{MANY} rows looked through in {time.monotonic() - began:.1f} s")
    expect(page.locator("table")).to_contain_text("忘了电话")
    expect(page.locator("table")).to_contain_text("手机号")
    page.get_by_role("link", name="重复").click()
    expect(page.locator("table")).to_contain_text("手机号与第 2 行相同")
    assert wrong_with(page) == []

    page.get_by_role("button", name="确认导入").click()
    seen, answers = set[int](), list[float]()
    began = time.monotonic()
    while page.locator(".job progress").count():
        seen.add(int(page.locator(".job progress").first.get_attribute("value", timeout=1_000) or 0))
        asked = time.monotonic()
        assert volunteers.call(
            "GET", "/volunteers/yueran/?standing=approved", volunteers.token("staff@community:yueran")
        ).ok
        answers.append(time.monotonic() - asked)
        assert time.monotonic() - began < 300
        page.wait_for_timeout(200)
    note(
        f"{MANY} people in {time.monotonic() - began:.1f} s, other pages meanwhile at most {max(answers) * 1000:.0f} ms"
    )
    assert len(seen) > 3, "progress moves under the reader's eyes"
    expect(page.locator(".job")).to_contain_text(f"已导入 {MANY} 人")
    assert volunteers.database("volunteers")["volunteers"].count_documents({}) == MANY


@pytest.mark.parametrize(
    ("size", "lang"),
    by_length([(DESK, "en"), (PHONE, "zh")], [(size, lang) for size in (DESK, PHONE) for lang in ("zh", "en")]),
)
def test_the_pages_are_sound_on_every_screen(
    volunteers: Stack, page_at: PageAt, size: tuple[int, int], lang: str
) -> None:
    page = signed_in(volunteers, page_at(*size))
    (file,) = volunteers.database("volunteers")["imports"].distinct("_id")
    for path in (f"imports/{file}", f"imports/{file}?verdict=duplicate"):
        page.goto(f"{volunteers.origin}/volunteers/yueran/{path}{'&' if '?' in path else '?'}lang={lang}")
        assert wrong_with(page) == [], path
