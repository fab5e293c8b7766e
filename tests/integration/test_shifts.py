"""shifts on real parts: from an approved application to minutes credited, and many people wanting the same place."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from services.shifts.domain import refusals
from services.shifts.domain.patterns import Pattern
from services.shifts.domain.posts import Post
from services.shifts.domain.rosters import Roster
from services.shifts.domain.shifts import Shift
from services.shifts.store import ShiftsStore
from services.shifts.usecases import attendance, claims, posts
from services.shifts.usecases.claims import Asker
from shared.i18n.timezone import SHANGHAI
from shared.kernel.command import Command
from shared.kernel.errors import RuleBroken
from shared.kernel.ids import new_id, now
from tests.rounds import tend
from tests.stack import Stack, eventually

HOME = "/communities/yueran/shifts"
THREADS = 20


@pytest.fixture(scope="module")
def yueran(stack: Stack) -> Stack:
    return stack.start("volunteers", "shifts.yueran")


@pytest.fixture(scope="module")
def staff(yueran: Stack) -> str:
    return yueran.token("staff@community:yueran")


@pytest.fixture(scope="module")
def captain(yueran: Stack) -> str:
    return yueran.token("captain@community:yueran")


@pytest.fixture
def store(stack: Stack) -> Iterator[ShiftsStore]:
    """A database of its own, without a service."""
    made = ShiftsStore(stack.database("shifts", f"alone-{new_id()[-6:]}"), "yueran")
    made.prepare()
    yield made
    made.database.client.drop_database(made.database.name)


def test_an_approved_volunteer_claims_checks_in_and_out_and_is_credited(
    yueran: Stack, staff: str, captain: str
) -> None:
    running = plan(yueran, staff, open_post(yueran, staff, "gate-2"))["running"]
    account, volunteer = volunteer_named(yueran, staff, "罗见山")
    token = yueran.token("volunteer@community:yueran", account=account)
    assigned = yueran.call("POST", f"{HOME}/{running}/claims", captain, {"volunteer": volunteer})
    assert [one["volunteer"] for one in assigned.json()["claims"]] == [volunteer]
    claim = f"{HOME}/{running}/claims/{volunteer}"
    assert yueran.call("POST", f"{claim}/check-in", token).status_code == 403
    assert yueran.call("POST", f"{claim}/check-in", captain).json()["claims"][0]["checked_in"]
    on = covered(yueran, captain, "gate-2")["now"][0]["claims"]
    assert [(one["name"], one["checked_out"]) for one in on] == [("罗见山", None)]
    assert yueran.call("POST", f"{claim}/check-out", captain).json()["claims"][0]["minutes"] == 0
    said = [event["type"] for event in journal(yueran, running)]
    assert [one.split(".")[2] for one in said if "gap" not in one] == [
        "planned",
        "claimed",
        "checked-in",
        "checked-out",
    ]


def test_a_volunteer_claims_and_gives_back_only_for_themselves(yueran: Stack, staff: str) -> None:
    later = plan(yueran, staff, open_post(yueran, staff, "gate-3"))["later"]
    account, me = volunteer_named(yueran, staff, "秦晚舟")
    _, other = volunteer_named(yueran, staff, "方小满")
    token = yueran.token("volunteer@community:yueran", account=account)
    claims = f"{HOME}/{later}/claims"
    assert yueran.call("POST", claims, token, {"volunteer": other}).json()["code"] == "not-allowed"
    assert yueran.call("POST", claims, token).status_code == 200
    assert yueran.call("POST", claims, token).json()["missing"] == 1
    assert [one["id"] for one in yueran.call("GET", f"{HOME}/mine", token).json()["ahead"]] == [later]
    yueran.call("POST", claims, staff, {"volunteer": other})
    assert yueran.call("POST", f"{claims}/{other}/release", token).status_code == 403
    assert yueran.call("POST", f"{claims}/{me}/release", token).json()["missing"] == 1
    assert yueran.call("POST", f"{claims}/{me}/release", token).json()["code"] == "shift-not-held"
    stranger = yueran.token("volunteer@community:yueran")
    assert yueran.call("POST", claims, stranger).json()["code"] == "volunteer-not-approved"


def test_a_suspended_volunteer_loses_the_shifts_ahead_and_the_gaps_open(yueran: Stack, staff: str) -> None:
    later = plan(yueran, staff, open_post(yueran, staff, "gate-4"), head_count=1)["later"]
    _, volunteer = volunteer_named(yueran, staff, "沈雨桐")
    yueran.call("POST", f"{HOME}/{later}/claims", staff, {"volunteer": volunteer})
    assert journal(yueran, later)[-1]["type"] == "shifts.shift.gap-closed.v1"
    yueran.call("POST", f"/volunteers/yueran/{volunteer}/suspension", staff, {"reason": "长期未到岗"})
    eventually(lambda: journal(yueran, later)[-1]["type"] == "shifts.shift.gap-opened.v1")
    assert yueran.call("GET", f"{HOME}/{later}", staff).json()["claims"] == []
    again = yueran.call("POST", f"{HOME}/{later}/claims", staff, {"volunteer": volunteer})
    assert again.json()["code"] == "volunteer-suspended"
    yueran.call("POST", f"/volunteers/yueran/{volunteer}/reinstatement", staff)
    eventually(
        lambda: yueran.call("POST", f"{HOME}/{later}/claims", staff, {"volunteer": volunteer}).status_code == 200
    )


def test_planning_again_makes_nothing_twice_and_closing_the_post_cancels_what_is_ahead(
    yueran: Stack, staff: str
) -> None:
    post = open_post(yueran, staff, "south-gate")
    wanted = {"post": post, "first_day": str(today()), "days": 2, "turn_hours": 8, "head_count": 2}
    first = yueran.call("POST", f"{HOME}/plan", staff, wanted).json()
    assert 4 <= first["planned"] <= 6
    assert yueran.call("POST", f"{HOME}/plan", staff, wanted).json() == {"planned": 0, "existing": first["planned"]}
    _, volunteer = volunteer_named(yueran, staff, "许清和")
    shift = f"{post}-{today() + timedelta(days=1):%Y%m%d}T0800"
    assert yueran.call("POST", f"{HOME}/{shift}/claims", staff, {"volunteer": volunteer}).status_code == 200
    assert yueran.call("POST", f"{HOME}/posts/{post}/closure", staff).json()["open"] is False
    assert yueran.call("GET", f"{HOME}/{shift}", staff).json()["cancelled"] is True
    assert [one["type"].split(".")[2] for one in journal(yueran, shift)[-3:]] == ["released", "cancelled", "gap-closed"]
    assert yueran.database("shifts", "yueran")["rosters"].find_one({"_id": volunteer})["duties"] == []
    assert yueran.call("POST", f"{HOME}/plan", staff, wanted).json()["code"] == "nothing-to-plan"
    assert yueran.call("POST", f"{HOME}/posts", staff, post_body(post)).json()["code"] == "post-exists"


def test_every_page_is_drawn_for_everyone_who_may_see_it(yueran: Stack, staff: str, captain: str) -> None:
    account, _ = volunteer_named(yueran, staff, "白露")
    volunteer = yueran.token("volunteer@community:yueran", account=account)
    officer = yueran.token("officer@district")
    shift = plan(yueran, staff, open_post(yueran, staff, "patrol-1"))["later"]
    yueran.call("POST", f"{HOME}/{shift}/claims", volunteer)
    everyone, leading, office = (staff, captain, volunteer, officer), (staff, captain), (staff, captain, officer)
    pages = {
        "/?": everyone,
        f"/{shift}?": everyone,
        "/mine?": (captain, volunteer),
        f"/{shift}/swap?": (volunteer,),
        "/calendar?": (captain, volunteer),
        "/coverage?": office,
        "/posts?": office,
        "/posts/patrol-1?": office,
        "/rules?": office,
        "/posts/patrol-1/codes?": leading,
        "/posts/patrol-1/screen?": leading,
        "/posts/new?": (staff,),
        "/posts/patrol-1/edit?": (staff,),
        "/posts/patrol-1/closing?": (staff,),
        "/posts/patrol-1/closing?look=true&": (staff,),
        "/plan?": (staff,),
    }
    for path, readers in pages.items():
        for token in readers:
            for lang in ("zh", "en"):
                page = yueran.call("GET", f"{HOME}{path}lang={lang}", token, Accept="text/html")
                assert page.status_code == 200, yueran.log("shifts.yueran")
                assert "<h1>" in page.text


def test_a_form_with_a_fault_is_drawn_again_with_what_was_typed(yueran: Stack, staff: str) -> None:
    drawn = form(yueran, staff, f"{HOME}/posts", {**post_body("Gate 9"), "name": "九号门"})
    assert drawn.status_code == 422, yueran.log("shifts.yueran")
    assert "例如 gate-2" in drawn.text
    assert 'value="九号门"' in drawn.text


def test_a_lack_of_people_becomes_a_gap_by_time_alone_and_is_said_once(store: ShiftsStore) -> None:
    new_shift(store, "far", starts=now() + timedelta(hours=80))
    new_shift(store, "near", starts=now() + timedelta(hours=71))
    assert tend(attendance.WATCH_CLOCK, store) == 1
    with ThreadPoolExecutor(4) as replicas:
        assert sum(replicas.map(lambda _: tend(attendance.WATCH_CLOCK, store), range(4))) == 0
    store["shifts"].update_one({"_id": "near"}, {"$set": {"starts": now(), "ends": now()}})
    assert tend(attendance.WATCH_CLOCK, store) == 1
    assert [one["type"] for one in store["journal"].find({"subject": "near"}).sort("sequence")] == [
        "shifts.shift.gap-opened.v1",
        "shifts.shift.gap-closed.v1",
    ]


def test_of_twenty_people_claiming_the_last_place_one_gets_it_and_the_others_are_told_it_is_full(
    store: ShiftsStore,
) -> None:
    new_shift(store, "s1", starts=now() + timedelta(hours=20))
    people = [new_roster(store) for _ in range(THREADS)]
    outcomes = at_once([lambda one=one: claim(store, one, "s1") for one in people])
    assert sorted(outcomes) == ["claimed", *[refusals.ShiftFull.code] * (THREADS - 1)]
    assert len(store.load(Shift, "s1").claims) == 1
    assert store["journal"].count_documents({"type": "shifts.shift.claimed.v1"}) == 1
    assert sum(len(one.duties) for one in store.approved()) == 1


def test_of_one_persons_overlapping_claims_made_at_once_one_wins(store: ShiftsStore) -> None:
    person = new_roster(store)
    for number in range(6):
        new_shift(store, f"s{number}", starts=now() + timedelta(hours=20, minutes=30 * number))
    outcomes = at_once([lambda one=f"s{number}": claim(store, person, one) for number in range(6)])
    assert sorted(outcomes) == ["claimed", *[refusals.ShiftsOverlap.code] * 5]
    assert len(store.approved()[0].duties) == 1
    assert store["journal"].count_documents({"type": "shifts.shift.claimed.v1"}) == 1


def test_a_post_that_closes_while_it_is_planned_and_claimed_keeps_no_shift(store: ShiftsStore) -> None:
    post = posts.open_post(store, Command(), Post("gate-9", "gate", "9号门", "Gate 9", "9号门岗亭"))

    def plan_day(ahead: int) -> str:
        day = today() + timedelta(days=ahead)
        return told(lambda: posts.plan_shifts(store, Command(), post.id, Pattern(day, 1, 8), 1))

    plan_day(1)
    person = new_roster(store)
    first = store.of_post(post.id, now(), now() + timedelta(days=3))[0].id
    at_once([
        *(lambda ahead=ahead: plan_day(ahead) for ahead in range(2, 6)),
        lambda: told(lambda: posts.close_post(store, Command(), post.id, starts=None, ends=None, move_to=None)),
        lambda: claim(store, person, first),
    ])  # fmt: skip
    assert all(one.cancelled for one in store.find(Shift, {}))
    assert store.approved()[0].duties == []


def open_post(stack: Stack, staff: str, id_: str) -> str:
    assert stack.call("POST", f"{HOME}/posts", staff, post_body(id_)).status_code == 201
    return id_


def post_body(id_: str) -> dict[str, str]:
    return {"id": id_, "kind": "gate", "name": f"{id_}门", "name_en": id_, "place": "岗亭"}


def plan(stack: Stack, staff: str, post: str, head_count: int = 2) -> dict[str, str]:
    """Plans three days of day-and-night turns; returns the shift under way and one well ahead."""
    body = {"post": post, "first_day": str(today()), "days": 3, "turn_hours": 8, "head_count": head_count}
    assert stack.call("POST", f"{HOME}/plan", staff, body).status_code == 200
    running = datetime.now(SHANGHAI).hour // 8 * 8
    return {
        "running": f"{post}-{today():%Y%m%d}T{running:02}00",
        "later": f"{post}-{today() + timedelta(days=2):%Y%m%d}T0800",
    }


def today() -> Any:
    return datetime.now(SHANGHAI).date()


def volunteer_named(stack: Stack, staff: str, name: str) -> tuple[str, str]:
    """Applies and is approved, by way of volunteers; returns account and volunteer id once shifts has heard."""
    account = new_id()
    body = {"display_name": name, "name_shown": True, "home": "3栋", "phone": "19000000001", "skills": []}
    applied = stack.call("POST", "/volunteers/yueran/applications", stack.token(account=account), body)
    volunteer = applied.json()["id"]
    assert stack.call("POST", f"/volunteers/yueran/{volunteer}/approval", staff).status_code == 200
    stack.await_helper(volunteer)
    return account, volunteer


def covered(stack: Stack, token: str, post: str) -> dict[str, Any]:
    posts = stack.call("GET", f"{HOME}/coverage", token).json()["posts"]
    return next(one for one in posts if one["post"] == post)


def journal(stack: Stack, subject: str) -> list[dict[str, Any]]:
    return list(stack.database("shifts", "yueran")["journal"].find({"subject": subject}).sort("sequence"))


def form(stack: Stack, token: str, path: str, fields: dict[str, str]) -> requests.Response:
    """Sends a page's form as a browser does: the page first, then its hidden fields with the typed ones."""
    browser = requests.Session()
    browser.headers.update({"Authorization": f"Bearer {token}", "Accept": "text/html"})
    page = browser.get(stack.url(f"{path}/new")).text
    hidden = dict(re.findall(r'name="(csrf_token|once)" value="([^"]*)"', page))
    return browser.post(stack.url(path), data={**hidden, **fields}, allow_redirects=False)


def new_shift(store: ShiftsStore, id_: str, starts: datetime) -> None:
    one = Shift(id_, "gate-2", starts, starts + timedelta(hours=4), 1)
    store.transaction(Command(), lambda tx: tx.save(one))


def new_roster(store: ShiftsStore) -> Roster:
    one = Roster(new_id(), new_id())
    store.transaction(Command(), lambda tx: tx.save(one))
    return one


def claim(store: ShiftsStore, person: Roster, shift: str) -> str:
    asker = Asker(person.account, leading=False)
    return told(lambda: claims.claim_shift(store, Command(), asker, shift, None))


def told(act: Callable[[], object]) -> str:
    try:
        act()
    except RuleBroken as refused:
        return refused.code
    return "claimed"


def at_once(acts: list[Callable[[], str]]) -> list[str]:
    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(lambda act: act(), acts))
