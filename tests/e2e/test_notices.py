"""A notice from the desk to the door, in a real browser: written, looked at, sent, put up on paper, answered on a phone."""

from io import BytesIO

from playwright.sync_api import expect
from pypdf import PdfReader

from tests.chromium import PageAt
from tests.e2e.arriving import arrive
from tests.e2e.demo import Demo
from tests.look import DESK, PHONE
from tests.stack import eventually

HERE = "/notices/yueran"


def test_a_notice_is_written_looked_at_sent_followed_and_put_up(demo: Demo, page_at: PageAt) -> None:
    desk = arrive(demo, page_at(*DESK), "STAFF", f"{HERE}/new")
    expect(desk.locator("#count")).to_contain_text("人会收到")
    desk.get_by_label("重要通知").check()
    desk.fill("[name=title]", "东门今晚检修")
    desk.fill("[name=body]", "{{ community }}东门今晚 8 点到 10 点检修，请走西门。")
    desk.get_by_label("每个楼门贴一张").check()
    desk.get_by_role("button", name="预览").click()
    expect(desk.locator("main")).to_contain_text("悦然馨苑东门今晚")
    desk.get_by_role("button", name="发给").click()
    expect(desk.locator("#progress")).to_contain_text("站内信")
    notice = desk.url.split("/")[-2]
    eventually(lambda: demo.get("STAFF", f"{HERE}/{notice}/reach")["people"] > 0)

    paper = demo.people["STAFF"].get(f"{demo.url}{HERE}/{notice}/posters.pdf", timeout=30)
    sheets = PdfReader(BytesIO(paper.content)).pages
    doors = [one for one in demo.get("STAFF", f"{HERE}/posters")["items"] if one["notice"] == notice]
    assert len(sheets) == len(doors) > 1
    assert "东门今晚检修" in sheets[0].extract_text()

    phone = arrive(demo, page_at(*PHONE), "STAFF", f"{HERE}/posters")
    panel = phone.locator(".panel", has_text="东门今晚检修")
    panel.get_by_role("button", name="已贴好").first.click()
    expect(phone.locator("#notice")).to_contain_text("已确认张贴")
    desk.reload()
    expect(desk.locator("main")).to_contain_text("贴了 1")

    resident = page_at(*PHONE, java_script_enabled=False)
    resident.goto(f"{demo.url}{HERE}/")
    resident.get_by_role("link", name="东门今晚检修").click()
    expect(resident.locator(".letter")).to_contain_text("请走西门")


def test_a_volunteer_reads_and_answers_on_a_phone_without_javascript(demo: Demo, page_at: PageAt) -> None:
    staff = demo.people["STAFF"]
    written = {
        "kind": "tip",
        "title": "周日扫雪",
        "body": "能来吗？",
        "audience": ["role:volunteer"],
        "ask": True,
        "ways": ["inbox"],
    }
    notice = staff.post(f"{demo.url}{HERE}/drafts", json=written, timeout=20).json()["id"]
    assert staff.post(f"{demo.url}{HERE}/{notice}/release", timeout=20).ok
    eventually(lambda: "周日扫雪" in [one["title"] for one in demo.get("VOLUNTEER", "/notices/inbox")["items"]])
    phone = arrive(demo, page_at(*PHONE, java_script_enabled=False), "VOLUNTEER", "/notices/inbox")
    phone.locator(".row", has_text="周日扫雪").get_by_role("button").click()
    phone.get_by_role("button", name="能来", exact=True).click()
    expect(phone.locator("main")).to_contain_text("您回复了：能来。")
    assert demo.get("STAFF", f"{HERE}/{notice}/reach")["people"] > 1
