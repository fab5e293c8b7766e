"""The district office's overview in a browser: a hundred communities on one screen, live."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from deploy.demo.places import YUERAN, Community
from deploy.demo.streets import Invented, invented
from services.district.domain.communities import Shift
from services.district.domain.gates import Passed, sum_up, tally
from services.district.domain.missions import Mission
from services.district.store import DistrictStore
from shared.kernel.ids import new_id, now
from shared.security.tokens import Grant, TokenMaker
from tests.chromium import PageAt
from tests.lengths import by_length
from tests.look import wrong_with
from tests.speaker import Speaker
from tests.stack import Stack, eventually

HOUR = timedelta(hours=1)
PLACES: list[Community | Invented] = [YUERAN, *invented(101)]
HEARD = PLACES[1:-1]
LOOKS = [
    (lang, *screen) for lang in ("zh", "en") for screen in ((1440, 900, ""), (1920, 1080, ""), (1920, 1080, "&wall=1"))
]
CUT = """[...document.querySelectorAll('.tile b span, .figure b, .figure em')]
    .filter(words => words.scrollWidth > words.clientWidth + 1).map(words => words.outerHTML)"""
OUTSIDE = """[...document.querySelectorAll('.screen .panel, .screen .row:not([hidden]), .tile')].filter(part => {
    const box = part.getBoundingClientRect(), around = (part.parentElement.closest('.panel') ?? document.documentElement)
        .getBoundingClientRect();
    return box.right > innerWidth || box.bottom > innerHeight || box.bottom > around.bottom + 1;
}).map(part => part.outerHTML)"""


@pytest.fixture(scope="module")
def shifts(stack: Stack) -> Iterator[Speaker]:
    """The voice of one of a hundred communities' shifts, in a district where much needs somebody."""
    stack.spawn("district")
    stack.kill("district")  # once, to know the address that its own pages come from
    stack.origin = f"http://{stack.addresses['district']}"
    stack.start("district")
    accounts, shifts = Speaker(stack, "accounts"), Speaker(stack, "shifts", YUERAN.slug)
    for one in PLACES:
        accounts.say("accounts.community.registered", one.slug, registration(one))
    store = DistrictStore(stack.database("district"))
    eventually(lambda: store["communities"].count_documents({}) == len(PLACES))
    heard = eventually(lambda: store["heard"].find_one({"community": YUERAN.slug}))
    store["heard"].insert_many(
        {**heard, "_id": heard["_id"].replace(YUERAN.slug, one.slug), "community": one.slug, "at": now() + 8 * HOUR}
        for one in HEARD
    )
    trouble(store.shown())
    yield shifts
    accounts.stop()
    shifts.stop()


def registration(one: Community | Invented) -> dict[str, object]:
    names = {"name": one.name, "name_en": one.name_en, "residents": one.residents}
    return {**names, "street": one.street[0], "street_en": one.street[1]}


def trouble(store: DistrictStore) -> None:
    """Gaps now and to come, missions that wait, and people at the gates for two days; one community was never heard."""
    at = now()
    begins = at.replace(minute=0, second=0, microsecond=0)
    gaps = [(number, 0, 1 + number % 4) for number in range(3, 100, 9)]
    gaps += [(number, 8 + number % 5 * 8, 1 + number % 3) for number in range(5, 100, 6)]
    store.keep_shifts(
        Shift(f"s{number}", HEARD[number - 1].slug, "gate-1", begins + ahead * HOUR, begins + (ahead + 4) * HOUR, short)
        for number, ahead, short in gaps
    )
    asked = [(HEARD[number].slug, number) for number in range(2, 60, 4)]
    missions = [
        Mission(
            f"m{n}", one, f"{n}号楼二单元电梯", "lift", "today", at + (n - 10) * HOUR / 4, at - n * HOUR / 9, "open"
        )
        for one, n in asked
    ]
    store.keep_all("missions", {one.id: one for one in missions})
    passed = [
        Passed(HEARD[0].slug, "gate-1", at - back * timedelta(minutes=1), ("in",))
        for back in [*range(90), *range(1440, 1530)]
        for _ in range(40 + back * 7 % 31)
    ]
    tallies = tally(passed)
    store.count_passages(tallies | sum_up(tallies))


@pytest.fixture
def page(stack: Stack, shifts: Speaker, page_at: PageAt) -> Page:
    opened = page_at(1440, 900)
    grants = [Grant("officer", "district")]
    token = TokenMaker(stack.signing_key).make(
        new_id(), grants, now(), name="office", audience="district", session=new_id()
    )
    opened.context.add_cookies([{"name": "session", "value": token, "url": stack.origin}])
    opened.goto(f"{stack.origin}/district/")
    return opened


@pytest.mark.parametrize(("lang", "width", "height", "wall"), by_length(LOOKS[::5], LOOKS))
def test_a_hundred_communities_stand_on_one_screen(
    stack: Stack, page: Page, lang: str, width: int, height: int, wall: str
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{stack.origin}/district/?lang={lang}{wall}")
    expect(page.locator("html.fits")).to_have_count(1)
    assert page.locator(".tile").count() == 100
    screen = page.locator(".screen").bounding_box()
    assert screen is not None
    assert screen["y"] + screen["height"] <= height
    assert screen["x"] + screen["width"] <= width
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(CUT) == []
    for asked in ("missions", "gaps"):
        assert page.locator(f"#{asked} [data-fit] > li:visible").count() >= 2
    assert wrong_with(page) == []


def test_a_phone_shows_what_needs_somebody_and_folds_the_rest(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    needing = page.locator(".tile:not(.ok)").count()
    expect(page.locator(".tile:visible")).to_have_count(needing)
    page.locator(".rest summary").click()
    expect(page.locator(".tile:visible")).to_have_count(100)
    assert wrong_with(page) == []


def test_a_filter_stands_in_the_address_and_moves_nothing(stack: Stack, page: Page) -> None:
    order = page.locator(".tile:not(.ok)").evaluate_all("tiles => tiles.map(tile => tile.id)")
    page.get_by_role("link", name="只看要处理的").click()
    page.wait_for_url("**only=needing**")
    expect(page.locator(".tile:visible")).to_have_count(len(order))
    assert page.locator(".tile:visible").evaluate_all("tiles => tiles.map(tile => tile.id)") == order


def test_a_tile_changes_under_the_readers_eyes(page: Page, shifts: Speaker) -> None:
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    page.evaluate("window.kept = document.querySelector('#tile-yueran')")
    shift, begins = new_id(), now() - HOUR
    plan = {"post": "gate", "starts": begins, "ends": begins + 4 * HOUR, "head_count": 3}
    shifts.say("shifts.shift.planned", shift, plan)
    expect(page.locator("#tile-yueran.gap")).to_contain_text("缺3人")
    expect(page.locator("#gaps")).to_contain_text("缺")
    assert page.evaluate("window.kept === document.querySelector('#tile-yueran')"), "patched, not replaced"
    shifts.say("shifts.shift.cancelled", shift)
    expect(page.locator("#tile-yueran.ok")).to_contain_text("在岗0人")
