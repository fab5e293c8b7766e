"""A captain's evening in a real browser: a rota is proposed, changed and locked, asked for again, published, and healed."""

import re
from datetime import date, datetime, timedelta

from playwright.sync_api import Page, expect

from shared.i18n.timezone import SHANGHAI
from tests.chromium import PageAt
from tests.e2e.arriving import arrive
from tests.e2e.demo import Demo
from tests.look import DESK, PHONE, wrong_with_page_at

HOME = "/communities/yueran/shifts"
GATE = "rota-gate"
AHEAD, DAYS = 9, 2
PATIENCE = 60_000
READY = re.compile("已证明|已排好")


def test_a_rota_is_proposed_locked_asked_for_again_published_and_healed(demo: Demo, page_at: PageAt) -> None:
    first = datetime.now(SHANGHAI).date() + timedelta(days=AHEAD)
    staff, me = demo.people["STAFF"], demo.get("VOLUNTEER", f"{HOME}/mine")["volunteer"]
    post = {"id": GATE, "kind": "gate", "name": "夜门", "name_en": "Night gate", "place": "岗亭", "needs": "0-24: 1"}
    assert staff.post(f"{demo.url}{HOME}/posts", json=post, timeout=20).ok
    plan = {"post": GATE, "first_day": str(first), "days": DAYS, "turn_hours": 6}
    assert staff.post(f"{demo.url}{HOME}/plan", json=plan, timeout=20).ok
    mine = f"{GATE}-{first:%Y%m%d}T1200"
    desk = arrive(demo, page_at(*DESK), "CAPTAIN")

    proposals = f"{demo.url}{HOME}/proposals"
    desk.goto(proposals)
    desk.fill("[name=first_day]", str(first))
    desk.fill("[name=days]", str(DAYS))
    desk.check(f"[name=posts][value={GATE}]")
    desk.check("[name=seconds][value='20']")
    desk.get_by_role("button", name="开始排班").click()
    expect(desk.locator("#course")).to_contain_text(READY, timeout=PATIENCE)
    proposal = desk.url.partition("?")[0]

    desk.goto(f"{proposal}/shifts/{mine}")
    for out in desk.get_by_role("button", name="拿出").all():
        out.click()
    desk.select_option("[name=volunteer]", value=me)
    desk.get_by_role("button", name="放进来并锁定").click()
    expect(desk.locator("main")).to_contain_text("已锁定")
    assert [one for page in ("", "?by=posts", "?by=fair", f"/shifts/{mine}")
            for one in wrong_with_page_at(desk, f"{proposal}{page}")] == []  # fmt: skip

    desk.goto(f"{proposal}?lang=zh")
    desk.get_by_role("button", name="按锁定再排一次").click()
    expect(desk.locator("#course")).to_contain_text(READY, timeout=PATIENCE)
    desk.goto(f"{proposal}?by=posts")
    expect(desk.locator(f"a.stand.locked[href$='{mine}']")).to_have_count(1)
    desk.get_by_role("button", name="发布并通知").click()
    expect(desk.locator("#notice")).to_contain_text("已发布")

    phone = arrive(demo, page_at(*PHONE), "VOLUNTEER", f"{HOME}/mine")
    expect(phone.locator("main")).to_contain_text("夜门")

    heal(desk, proposals, me, first)
    assert wrong_with_page_at(desk, desk.url.partition("?")[0]) == []
    desk.goto(desk.url.replace("lang=en", "lang=zh"))
    desk.get_by_role("button", name="发布并通知").click()
    expect(desk.locator("#notice")).to_contain_text("已发布")
    phone.reload()
    expect(phone.locator("main")).not_to_contain_text("夜门")


def heal(desk: Page, proposals: str, volunteer: str, first: date) -> None:
    """That volunteer cannot come on those days; the page says who would be asked, and nobody has been."""
    desk.goto(proposals)
    desk.select_option("[name=volunteer]", value=volunteer)
    desk.fill("[name=since]", f"{first}T00:00")
    desk.fill("[name=until]", f"{first + timedelta(days=DAYS)}T00:00")
    desk.get_by_role("button", name="看怎么改").click()
    expect(desk.locator("#course")).to_contain_text(READY, timeout=PATIENCE)
    expect(desk.locator("#asks")).to_contain_text("本来就受影响")
