"""Duty as people live it, in real browsers: from offering to help to hours credited, a gate that closes, two phones that swap."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from shared.i18n.timezone import SHANGHAI
from tests.chromium import PageAt
from tests.e2e.arriving import arrive
from tests.e2e.demo import Demo
from tests.look import DESK, PHONE
from tests.stack import eventually

HOME = "/communities/yueran/shifts"
VOLUNTEERS = "/volunteers/yueran"


@pytest.fixture(scope="module")
def desk(demo: Demo, browser: Browser) -> Iterator[Page]:
    """A member of staff, at a desk."""
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]})
    yield arrive(demo, context.new_page(), "STAFF")
    context.close()


def today() -> datetime:
    return datetime.now(SHANGHAI)


def new_gate(demo: Demo, name: str, *, days: int = 3) -> str:
    """A gate of this test's own with turns of eight hours, two people each; returns the id of its first turn from now."""
    staff, gate = demo.people["STAFF"], f"{name}-{secrets.token_hex(3)}"
    post = {"id": gate, "kind": "gate", "name": f"{gate}门", "name_en": gate, "place": "岗亭", "needs": "0-24: 2"}
    assert staff.post(f"{demo.url}{HOME}/posts", json=post, timeout=20).ok
    plan = {"post": gate, "first_day": str(today().date()), "days": days, "turn_hours": 8}
    assert staff.post(f"{demo.url}{HOME}/plan", json=plan, timeout=20).ok
    return f"{gate}-{today():%Y%m%d}T{today().hour // 8 * 8:02}00"


def ahead(shift: str, days: int, hour: int) -> str:
    """The turn of the same gate so many days later."""
    gate = shift.rsplit("-", 1)[0]
    return f"{gate}-{today().date() + timedelta(days=days):%Y%m%d}T{hour:02}00"


def newcomer(demo: Demo, phone: Page, name: str, number: str) -> None:
    """Registers on a phone and applies in the community."""
    phone.goto(f"{demo.url}/accounts/register?next={VOLUNTEERS}/applications/new")
    phone.fill("[name=user]", f"new-{secrets.token_hex(4)}")
    phone.fill("[name=password]", secrets.token_urlsafe(12))
    phone.get_by_role("button", name="注册").click()
    phone.fill("[name=display_name]", name)
    phone.fill("[name=phone]", number)
    phone.fill("[name=home]", "3号楼")
    phone.check("[name=name_shown]")
    phone.get_by_role("button", name="提交报名").click()
    expect(phone.get_by_role("heading", name="报名已提交")).to_be_visible()


def approve(demo: Demo, desk: Page, name: str) -> None:
    desk.goto(f"{demo.url}{VOLUNTEERS}/?standing=applied")
    desk.get_by_role("button", name=f"通过 {name}").click()
    expect(desk.locator("#notice")).to_contain_text("已通过")


def drawn(screen: Page) -> str:
    """The code as it is drawn: far cheaper to look at than to scan, and another as soon as the code is."""
    return screen.locator("#code [role=img]").inner_html()


def scan(screen: Page) -> str:
    """What a phone's camera reads off the screen."""
    expect(screen.locator("#code svg")).to_be_visible()
    picture = Image.open(BytesIO(screen.screenshot()))  # of the whole page: the code's own element may change meanwhile
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


def test_from_offering_to_help_to_hours_on_the_record(demo: Demo, page_at: PageAt, desk: Page) -> None:
    shift = new_gate(demo, "qr")
    name = f"林{secrets.token_hex(2)}"
    phone, screen = page_at(*PHONE), arrive(demo, page_at(*PHONE), "CAPTAIN")
    newcomer(demo, phone, name, "19000000451")
    approve(demo, desk, name)
    desk.goto(f"{demo.url}{HOME}/{shift}")

    def assigned() -> bool:
        """The captain assigns them to the turn that has begun; the first answer may be that shifts has not heard yet."""
        screen.goto(f"{demo.url}{HOME}/{shift}")
        if screen.locator("select[name=volunteer] option", has_text=name).count() == 0:
            return False
        screen.select_option("select[name=volunteer]", label=name)
        screen.get_by_role("button", name="安排", exact=True).click()
        expect(screen.locator("#notice")).to_contain_text("已安排")
        return True

    eventually(assigned)
    later = ahead(shift, 2, 8)

    eventually(lambda: claims(demo, phone, later))
    expect(phone.locator("#notice")).to_contain_text("报名成功")

    screen.goto(f"{demo.url}{HOME}/posts/{shift.rsplit('-', 1)[0]}/screen")
    seen = scan(screen)
    assert seen.startswith(f"{demo.url}{HOME}/check-in/")
    phone.goto(seen)
    phone.get_by_role("button", name="签到").click()
    expect(phone.locator("#notice")).to_contain_text("已签到")
    expect(phone.locator(".shift").first).to_contain_text("在岗")
    phone.goto(seen)
    expect(phone.get_by_role("heading", name="签退")).to_be_visible()
    phone.get_by_role("button", name="签退").click()
    expect(phone.locator("main")).to_contain_text("您已用过")

    old = drawn(screen)
    eventually(lambda: drawn(screen) != old, seconds=45)
    again = scan(screen)
    assert again != seen
    phone.goto(again)
    phone.get_by_role("button", name="签退").click()
    expect(phone.locator("#notice")).to_contain_text("已签退")
    phone.goto(f"{demo.url}{HOME}/mine")
    expect(phone.locator("main")).to_contain_text("记 0 小时 0 分")
    recorded = f"{demo.url}{VOLUNTEERS}/me/record"
    eventually(lambda: phone.goto(recorded) and phone.get_by_text(f"{shift.rsplit('-', 1)[0]}门").count())
    expect(phone.locator("main")).to_contain_text("1 次，迟到")


def test_a_gate_closes_with_a_look_before_and_is_taken_back(demo: Demo, desk: Page) -> None:
    shift = new_gate(demo, "closing", days=2)
    later, gate = ahead(shift, 1, 8), shift.rsplit("-", 1)[0]
    desk.goto(f"{demo.url}{HOME}/{later}")
    desk.get_by_role("button", name="安排", exact=True).click()
    expect(desk.locator("#notice")).to_contain_text("已安排")
    desk.goto(f"{demo.url}{HOME}/posts/{gate}/closing")
    desk.get_by_role("button", name="看影响").click()
    expect(desk.locator("main")).to_contain_text("1 人")
    expect(desk.get_by_role("table")).to_contain_text("2号门")
    desk.get_by_role("button", name="确定关闭").click()
    expect(desk.locator("#notice")).to_contain_text("1 人受影响")
    expect(desk.locator("main")).to_contain_text("这个岗位现在关闭")
    desk.goto(f"{demo.url}{HOME}/{later}")
    expect(desk.locator("main")).to_contain_text("这个班次已取消")
    desk.goto(f"{demo.url}{HOME}/posts/{gate}")
    desk.get_by_text("撤回", exact=True).click()
    desk.get_by_role("button", name="确定撤回").click()
    expect(desk.locator("#notice")).to_contain_text("已恢复")
    desk.goto(f"{demo.url}{HOME}/{later}")
    expect(desk.locator(".panel").first.locator(".row")).to_have_count(1)


def test_two_phones_swap_a_shift(demo: Demo, page_at: PageAt, desk: Page) -> None:
    shift = new_gate(demo, "swap")
    first, second = ahead(shift, 1, 8), ahead(shift, 2, 16)
    phones = {}
    for name, number, taken in (
        (f"秦{secrets.token_hex(2)}", "19000000452", first),
        (f"方{secrets.token_hex(2)}", "19000000453", second),
    ):
        phones[name] = phone = page_at(*PHONE)
        newcomer(demo, phone, name, number)
        approve(demo, desk, name)
        eventually(lambda phone=phone, taken=taken: claims(demo, phone, taken))
    (giver, one), (taker, other) = phones.items()
    one.goto(f"{demo.url}{HOME}/{first}/swap")
    option = one.locator("select[name=exchange] option", has_text=taker).first
    one.select_option("select[name=exchange]", value=option.get_attribute("value"))
    one.get_by_role("button", name="提出交换").click()
    expect(one.locator("#notice")).to_contain_text("已发出")
    other.goto(f"{demo.url}{HOME}/mine")
    expect(other.get_by_role("heading", name=f"{giver} 想和您换班")).to_be_visible()
    other.get_by_role("button", name="同意").click()
    expect(other.locator("#notice")).to_contain_text("换班成功")
    assert [held(page) for page in (one, other)] == [[second], [first]]
    one.goto(f"{demo.url}{HOME}/mine")
    assert held(one) == [second]


def claims(demo: Demo, phone: Page, shift: str) -> bool:
    """The role comes with the next token, which the welcome page fetches; until then there is nothing to press."""
    phone.goto(f"{demo.url}/accounts/sessions/renewed?next={HOME}/{shift}")
    button = phone.get_by_role("button", name="报名")
    if button.count() == 0:
        return False
    button.click()
    expect(phone.locator("#notice")).to_contain_text("报名成功")
    return True


def held(page: Page) -> list[str]:
    page.goto(page.url)
    return [str(card.get_attribute("id")).removeprefix("s-") for card in page.locator("article.shift").all()]
