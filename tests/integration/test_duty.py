"""Duty on real parts beyond a plain claim: the queue, swaps, closings, codes at the post, the search for people, calendars."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
import vobject
from pymongo import MongoClient
from pypdf import PdfReader

from services.shifts.domain import codes, refusals
from services.shifts.domain.cover import Cover
from services.shifts.domain.patterns import Pattern
from services.shifts.domain.posts import Need, Post
from services.shifts.domain.rosters import Roster
from services.shifts.domain.shifts import Shift
from services.shifts.store import ShiftsStore
from services.shifts.usecases import attendance, claims, cover, posts, swaps
from services.shifts.usecases.claims import Asker
from shared.events.envelope import Event
from shared.i18n.timezone import SHANGHAI
from shared.kernel.command import Command
from shared.kernel.errors import RuleBroken
from shared.kernel.ids import new_id, now
from tests.rounds import tend
from tests.stack import Stack

HERE, THERE = "yueran", "biguiyuan"
HOME = f"/communities/{HERE}/shifts"
HOUR = timedelta(hours=1)
THREADS = 12


@pytest.fixture(scope="module")
def client(stack: Stack) -> Iterator[MongoClient[dict[str, Any]]]:
    with stack.client as client:
        yield client


@pytest.fixture
def store(stack: Stack, client: MongoClient[dict[str, Any]]) -> Iterator[ShiftsStore]:
    """A database of its own, without a service."""
    made = ShiftsStore(client[f"{stack.name}_alone_{new_id()[-6:]}"], HERE)
    made.prepare()
    made.transaction(Command(), lambda tx: tx.save(Post("gate-2", "gate", "2号门", "Gate 2", "岗亭")))
    yield made
    client.drop_database(made.database.name)


def new_shift(store: ShiftsStore, id_: str, ahead: float = 20, head_count: int = 1, post: str = "gate-2") -> Shift:
    starts = now() + ahead * HOUR
    one = Shift(id_, post, starts, starts + 4 * HOUR, head_count)
    store.transaction(Command(), lambda tx: tx.save(one))
    return one


def new_person(store: ShiftsStore) -> Roster:
    one = Roster(new_id(), new_id())
    store.transaction(Command(), lambda tx: tx.save(one))
    return one


def claim(store: ShiftsStore, person: Roster, shift: str) -> str:
    return told(lambda: claims.claim_shift(store, Command(), Asker(person.account, leading=False), shift, None))


def told(act: Callable[[], object]) -> str:
    try:
        act()
    except RuleBroken as refused:
        return refused.code
    return "done"


def at_once(acts: list[Callable[[], str]]) -> list[str]:
    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(lambda act: act(), acts))


def holders(store: ShiftsStore, shift: str) -> list[str]:
    return [one.volunteer for one in store.load(Shift, shift).claims]


def said(store: ShiftsStore, subject: str, aggregate: str = "shifts.shift") -> list[str]:
    found = store["journal"].find({"subject": subject, "aggregate": aggregate}).sort("sequence")
    return [entry["type"].split(".")[2] for entry in found]


def test_of_many_who_accept_one_hand_over_at_once_one_has_it(store: ShiftsStore) -> None:
    giver = new_person(store)
    new_shift(store, "s1")
    claim(store, giver, "s1")
    swap = swaps.offer_swap(store, Command(), giver.account, shift="s1", taker=None, in_return=None)
    takers = [new_person(store) for _ in range(THREADS)]
    outcomes = at_once([
        lambda one=one: told(lambda: swaps.accept_swap(store, Command(), one.account, swap.id)) for one in takers
    ])  # fmt: skip
    assert sorted(outcomes) == ["done", *[refusals.SwapSettled.code] * (THREADS - 1)]
    (holder,) = holders(store, "s1")
    assert store.load(Roster, giver.id).duties == []
    assert sum(len(one.duties) for one in store.approved()) == 1
    assert store.load(Roster, holder).duties[0].shift == "s1"


def test_a_swap_and_claims_that_would_break_it_made_at_once_leave_every_rule_kept(store: ShiftsStore) -> None:
    for round_ in range(4):
        one, other = new_person(store), new_person(store)
        mine, theirs, near = f"a{round_}", f"b{round_}", f"c{round_}"
        new_shift(store, mine, 20)
        new_shift(store, theirs, 60)
        new_shift(store, near, 26, head_count=5)  # too little rest beside `mine`
        claim(store, one, mine)
        claim(store, other, theirs)
        swap = swaps.offer_swap(store, Command(), one.account, shift=mine, taker=other.id, in_return=theirs)
        outcomes = at_once([
            lambda account=other.account, id_=swap.id: told(lambda: swaps.accept_swap(store, Command(), account, id_)),
            lambda person=other, id_=near: claim(store, person, id_),
        ])  # fmt: skip
        assert sorted(outcomes) == ["done", refusals.TooLittleRest.code]
        duties = {duty.shift for duty in store.load(Roster, other.id).duties}
        assert duties in ({mine}, {theirs, near})


def test_places_given_back_at_once_go_to_those_who_waited_longest_and_to_nobody_twice(store: ShiftsStore) -> None:
    new_shift(store, "s1", head_count=3)
    first, waiting = [new_person(store) for _ in range(3)], [new_person(store) for _ in range(5)]
    for person in first:
        claim(store, person, "s1")
    for person in waiting:
        claims.wait_for_place(store, Command(), person.account, "s1")
    outcomes = at_once([
        lambda one=one: told(lambda: claims.release_shift(store, Command(), Asker(one.account, leading=False), "s1", one.id))
        for one in first
    ])  # fmt: skip
    assert outcomes == ["done"] * 3
    assert set(holders(store, "s1")) == {person.id for person in waiting[:3]}
    assert [wish.volunteer for wish in store.load(Shift, "s1").waiting] == [person.id for person in waiting[3:]]
    assert all(len(store.load(Roster, person.id).duties) == 1 for person in waiting[:3])


def test_one_person_waiting_for_two_overlapping_shifts_gets_one_of_them(store: ShiftsStore) -> None:
    busy, patient = [new_person(store) for _ in range(2)], new_person(store)
    for number, person in enumerate(busy):
        new_shift(store, f"s{number}", 20 + number)
        claim(store, person, f"s{number}")
        claims.wait_for_place(store, Command(), patient.account, f"s{number}")
    at_once([
        lambda one=one, id_=f"s{number}": told(
            lambda: claims.release_shift(store, Command(), Asker(one.account, leading=False), id_, one.id)
        )
        for number, one in enumerate(busy)
    ])  # fmt: skip
    assert len(store.load(Roster, patient.id).duties) == 1
    assert sorted(len(holders(store, f"s{number}")) for number in range(2)) == [0, 1]


def test_a_closing_cancels_tells_and_is_taken_back_with_the_people_who_are_still_free(store: ShiftsStore) -> None:
    post = posts.open_post(store, Command(), Post("gate-9", "gate", "9号门", "Gate 9", "岗亭", needs=[Need(0, 24, 2)]))
    tomorrow = (now().astimezone(SHANGHAI) + timedelta(days=1)).date()
    posts.plan_shifts(store, Command(), post.id, Pattern(tomorrow, 2, 8), None)
    shift = f"gate-9-{tomorrow:%Y%m%d}T0800"
    kept, gone = new_person(store), new_person(store)
    for person in (kept, gone):
        assert claim(store, person, shift) == "done"
    closing = posts.close_post(store, Command(), post.id, starts=None, ends=None, move_to=None)
    assert (closing.shifts, closing.people) == (6, 2)
    assert store.load(Shift, shift).cancelled
    assert said(store, "gate-9", "shifts.post")[-2:] == ["closing-planned", "closed"]
    whys = [entry["data"].get("why") for entry in store["journal"].find({"type": "shifts.shift.released.v1"})]
    assert whys == ["closure", "closure"]
    assert (
        told(lambda: posts.plan_shifts(store, Command(), post.id, Pattern(tomorrow, 2, 8), None)) == "nothing-to-plan"
    )
    starts = store.load(Shift, shift).starts
    new_shift(store, "elsewhere", (starts - now()) / HOUR)
    claim(store, gone, "elsewhere")
    posts.take_back_closing(store, Command(), post.id, closing.closure.id)
    assert holders(store, shift) == [kept.id]
    assert store.load(Post, post.id).open
    assert told(lambda: posts.take_back_closing(store, Command(), post.id, closing.closure.id)) == "closing-over"
    assert posts.plan_shifts(store, Command(), post.id, Pattern(tomorrow, 2, 8), None).planned == 0


def test_a_closing_says_whose_people_pass_there(store: ShiftsStore) -> None:
    store.transaction(Command(), lambda tx: tx.note_building("yueran/b3", "3号楼"))
    gate = Post("west", "gate", "西门", "West gate", "西门岗亭", buildings=["yueran/b3"])
    posts.open_post(store, Command(), gate)
    posts.close_post(store, Command(), gate.id, starts=None, ends=None, move_to=None)
    told_of = [entry["data"] for entry in store["journal"].find({"subject": gate.id})][1:]
    assert [one["buildings"] for one in told_of] == [["yueran/b3"]] * 2
    gate.id, gate.buildings = "south", ["yueran/b4"]
    assert told(lambda: posts.open_post(store, Command(), gate)) == "building-unknown"


def test_closings_that_come_and_end_by_the_clock_are_said_once_by_two_replicas(store: ShiftsStore) -> None:
    posts.close_post(store, Command(), "gate-2", starts=now() + HOUR, ends=now() + 2 * HOUR, move_to=None)
    tend(posts.KEEP_CALENDARS, store)
    assert said(store, "gate-2", "shifts.post") == ["closing-planned"]
    store["posts"].update_one({"_id": "gate-2"}, {"$set": {"closures.0.starts": now() - HOUR}})
    with ThreadPoolExecutor(2) as replicas:
        list(replicas.map(lambda _: tend(posts.KEEP_CALENDARS, store), range(2)))
    store["posts"].update_one({"_id": "gate-2"}, {"$set": {"closures.0.ends": now()}})
    tend(posts.KEEP_CALENDARS, store)
    assert said(store, "gate-2", "shifts.post") == ["closing-planned", "closed", "reopened"]


def test_duties_that_move_keep_their_people_and_a_closed_post_takes_none(store: ShiftsStore) -> None:
    posts.open_post(store, Command(), Post("west", "gate", "西门", "West gate", "西门岗亭"))
    person = new_person(store)
    new_shift(store, "s1")
    claim(store, person, "s1")
    assert (
        told(lambda: posts.close_post(store, Command(), "gate-2", starts=None, ends=None, move_to="gate-2"))
        == "moves-nowhere"
    )
    closing = posts.close_post(store, Command(), "gate-2", starts=None, ends=None, move_to="west")
    assert (store.load(Shift, "s1").post, holders(store, "s1")) == ("west", [person.id])
    assert (
        told(lambda: posts.close_post(store, Command(), "west", starts=None, ends=None, move_to="gate-2"))
        == "moves-nowhere"
    )
    posts.take_back_closing(store, Command(), "gate-2", closing.closure.id)
    assert store.load(Shift, "s1").post == "gate-2"


def test_whoever_stands_at_the_post_checks_in_and_out_by_its_code_each_once(store: ShiftsStore) -> None:
    person, other = new_person(store), new_person(store)
    new_shift(store, "s1", -1, head_count=2)
    claims.claim_shift(store, Command(), Asker("captain", leading=True), "s1", person.id)
    secret, at = store.code_secret(), now()

    def scan(who: Roster, window: int) -> str:
        ticket = codes.ticket_for(secret, "gate-2", who.account, codes.Scan(window), at)
        return told(lambda: attendance.scan(store, Command(), who.account, "gate-2", ticket))

    assert scan(other, 7) == refusals.NoShiftHere.code
    assert [scan(person, 7), scan(person, 7), scan(person, 8), scan(person, 9)] == [
        "done", refusals.CodeUsed.code, "done", refusals.NoShiftHere.code,
    ]  # fmt: skip
    assert said(store, "s1")[-2:] == ["checked-in", "checked-out"]
    assert store.minutes_of(person.id) == 0


def test_what_the_clock_brings_is_said_once_however_many_replicas_look(store: ShiftsStore) -> None:
    soon, over = new_shift(store, "soon", 0.9), new_shift(store, "over", 1.5)
    people = [new_person(store) for _ in range(2)]
    for shift, person in zip((soon, over), people, strict=True):
        claim(store, person, shift.id)
    store["shifts"].update_one({"_id": "over"}, {"$set": {"starts": now() - 5 * HOUR, "ends": now() - HOUR}})
    store["shifts"].update_one({"_id": "soon"}, {"$set": {"claims.0.reminded": []}})
    with ThreadPoolExecutor(3) as replicas:
        assert sum(replicas.map(lambda _: tend(attendance.WATCH_CLOCK, store), range(3))) == 2
    assert tend(attendance.WATCH_CLOCK, store) == 0
    assert (said(store, "soon")[-1], said(store, "over")[-1]) == ("reminder-due", "missed")


def test_the_ladder_climbs_by_itself_and_records_every_answer(store: ShiftsStore) -> None:
    near, willing, other = (new_person(store) for _ in range(3))
    new_shift(store, "s1", 5)
    new_shift(store, "far", 60)
    claims.stand_by(store, Command(), near.account, "s1")
    with ThreadPoolExecutor(2) as replicas:
        list(replicas.map(lambda _: tend(cover.TEND_COVERS, store), range(2)))
    assert store.get(Cover, "far") is None
    assert said(store, "s1", "shifts.cover") == ["started", "asked"]
    assert cover.answer_cover(store, Command(), near.account, "s1", "no").refusal is None
    tend(cover.TEND_COVERS, store)
    assert said(store, "s1", "shifts.cover") == ["started", "asked", "answered", "asked"]
    store["covers"].update_one({"_id": "s1"}, {"$set": {"until": now()}})
    tend(cover.TEND_COVERS, store)
    assert said(store, "s1", "shifts.cover")[-1] == "escalated"
    assert cover.answer_cover(store, Command(), willing.account, "s1", "yes").refusal is None
    assert holders(store, "s1") == [willing.id]
    assert told(lambda: cover.answer_cover(store, Command(), other.account, "s1", "yes")) == refusals.NotAsked.code
    record = store.load(Cover, "s1")
    assert (record.filled, [(one.volunteer, one.answer) for one in record.asked if one.answer]) == (
        True, [(near.id, "no"), (willing.id, "yes")],
    )  # fmt: skip


def test_an_answer_by_link_counts_like_one_on_the_page_and_one_that_comes_too_late_harms_nothing(
    store: ShiftsStore,
) -> None:
    asked, late = new_person(store), new_person(store)
    new_shift(store, "s1", 5)
    cover.start_cover(store, Command(), "s1")
    for number, (who, about) in enumerate([(asked, "notice"), (asked, "cover"), (late, "cover")], start=1):
        data = {"about": about, "subject": "s1", "volunteer": who.id, "answer": "yes"}
        answer = Event(
            id=new_id(), type="notify.answer.given.v1", source="/district/notify", subject=f"a{number}", sequence=1,
            time=now(), community=HERE, data=data,
        )  # fmt: skip
        store.transaction(Command(), lambda tx, event=answer: cover.hear_answers(tx, [event]))
    assert holders(store, "s1") == [asked.id]
    assert said(store, "s1", "shifts.cover") == ["started", "asked", "answered", "ended"]


@pytest.fixture(scope="module")
def district(stack: Stack) -> Stack:
    """Both communities, their server's clock set to another zone, which must change nothing."""
    return stack.start("volunteers", f"shifts.{HERE}", f"shifts.{THERE}", TZ="America/New_York")


@pytest.fixture(scope="module")
def staff(district: Stack) -> str:
    return district.token(f"staff@community:{HERE}")


@pytest.fixture(scope="module")
def planned(district: Stack, staff: str) -> str:
    """A gate that needs two by day and one at night, planned for a month; returns the id of the turn from 8 in three days."""
    post = {
        "id": "gate-2",
        "kind": "gate",
        "name": "2号门",
        "name_en": "Gate 2",
        "place": "岗亭",
        "needs": "8-20: 2\n20-8: 1",
    }
    assert district.call("POST", f"{HOME}/posts", staff, post).status_code == 201
    wanted = {"post": "gate-2", "first_day": str(today()), "days": 31, "turn_hours": 4}
    made = district.call("POST", f"{HOME}/plan", staff, wanted).json()
    assert 31 * 6 - 6 <= made["planned"] <= 31 * 6
    return f"gate-2-{today() + timedelta(days=3):%Y%m%d}T0800"


def today() -> Any:
    return datetime.now(SHANGHAI).date()


def helper(district: Stack, staff: str, name: str) -> tuple[str, str]:
    """An approved volunteer: their token and id, once shifts has heard."""
    account = new_id()
    body = {"display_name": name, "name_shown": True, "home": "3栋", "phone": "19000000001"}
    made = district.call("POST", f"/volunteers/{HERE}/applications", district.token(account=account), body).json()
    assert district.call("POST", f"/volunteers/{HERE}/{made['id']}/approval", staff).ok
    district.await_helper(made["id"], HERE)
    return district.token(f"volunteer@community:{HERE}", account=account), made["id"]


def test_a_month_is_planned_by_shanghais_clock_with_the_heads_each_hour_needs(
    district: Stack, staff: str, planned: str
) -> None:
    shift = district.call("GET", f"{HOME}/{planned}", staff).json()
    starts = datetime.fromisoformat(shift["starts"]).astimezone(SHANGHAI)
    assert (starts.hour, starts.date(), shift["head_count"]) == (8, today() + timedelta(days=3), 2)
    night = district.call("GET", f"{HOME}/{planned[:-4]}2000", staff).json()
    assert night["head_count"] == 1
    last = today() + timedelta(days=30)
    board = district.call("GET", f"{HOME}/?day={last}", staff).json()["items"]
    assert [one["id"][-4:] for one in board] == ["0000", "0400", "0800", "1200", "1600", "2000"]


def test_a_volunteers_calendar_is_read_by_others_and_dies_with_its_link(
    district: Stack, staff: str, planned: str
) -> None:
    token, _ = helper(district, staff, "秦晚舟")
    assert district.call("POST", f"{HOME}/{planned}/claims", token).ok
    url = district.call("POST", f"{HOME}/calendar/link", token).json()["url"].removeprefix(district.origin)
    answer = district.call("GET", url)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = vobject.readOne(answer.text).vevent_list
    assert event.dtstart.value.astimezone(SHANGHAI).hour == 8
    assert event.summary.value == "2号门 值守"
    assert event.valarm.trigger.value == timedelta(hours=-1)
    again = icalendar.Calendar.from_ical(district.call("GET", url).text)
    assert [one["UID"] for one in again.walk("VEVENT")] == [event.uid.value]
    newer = district.call("POST", f"{HOME}/calendar/link", token).json()["url"].removeprefix(district.origin)
    assert district.call("GET", url).status_code == 404
    assert district.call("GET", newer).ok
    assert district.call("POST", f"{HOME}/calendar/revocation", token).ok
    assert district.call("GET", newer).status_code == 404
    kept = str(list(district.database("shifts", HERE)["links"].find()))
    assert newer.rsplit("/", 1)[-1].removesuffix(".ics") not in kept


def test_the_weeks_sheet_is_a_pdf_with_posts_turns_and_what_is_missing(
    district: Stack, staff: str, planned: str, tmp_path: Any
) -> None:
    answer = district.call("GET", f"{HOME}/week.pdf?day={today() + timedelta(days=1)}", staff)
    assert answer.headers["Content-Type"] == "application/pdf"
    (tmp_path / "week.pdf").write_bytes(answer.content)
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "week.pdf").pages)
    assert all(words in text for words in ("值守表", "2号门", "08:00–12:00", "缺1人", "20:00–24:00"))


def test_a_tablets_link_shows_the_posts_code_and_nobody_elses(district: Stack, staff: str, planned: str) -> None:
    url = district.call("POST", f"{HOME}/posts/gate-2/screen/link", staff).json()["url"].removeprefix(district.origin)
    shown = district.call("GET", url).json()
    assert shown["post"] == "gate-2"
    page = district.call("GET", url, Accept="text/html")
    assert re.search(r'<svg viewBox="0 0 \d+ \d+" class="qr">', page.text)
    code = shown["url"].removeprefix(district.origin)
    token, _ = helper(district, staff, "方小满")
    assert district.call("GET", code, token).json()["code"] == "no-shift-here"
    assert district.call("GET", code).status_code == 401
    assert district.call("POST", f"{HOME}/posts/gate-2/screen/revocation", staff).ok
    assert district.call("GET", url).status_code == 404


def test_no_one_but_the_two_of_a_swap_can_settle_it(district: Stack, staff: str, planned: str) -> None:
    later = planned[:-4] + "1200"
    (giver, _), (taker, taker_id), (stranger, _) = (
        helper(district, staff, name) for name in ("林一禾", "周知远", "顾北辰")
    )
    assert district.call("POST", f"{HOME}/{later}/claims", giver).ok
    choices = district.call("GET", f"{HOME}/{later}/swap", giver).json()
    assert choices["shift"]["id"] == later
    assert taker_id in choices["takers"]
    offer = district.call("POST", f"{HOME}/{later}/swap", giver, {"taker": taker_id}).json()
    door = f"{HOME}/swaps/{offer['id']}"
    assert district.call("POST", f"{door}/acceptance", stranger).json()["code"] == "swap-not-yours"
    assert district.call("POST", f"{door}/refusal", stranger).json()["code"] == "swap-not-yours"
    assert [one["id"] for one in district.call("GET", f"{HOME}/swaps", taker).json()["items"]] == [offer["id"]]
    assert district.call("POST", f"{door}/acceptance", taker).json()["state"] == "accepted"
    assert [one["id"] for one in district.call("GET", f"{HOME}/mine", taker).json()["ahead"]] == [later]
    assert district.call("POST", f"{door}/withdrawal", giver).json()["code"] == "swap-settled"


@pytest.mark.parametrize(
    ("door", "body", "field"),
    [
        ("posts", {"id": "g", "kind": "gate", "name": "门", "name_en": "g", "place": "p", "needs": "eight to ten"}, "needs"),
        ("posts", {"id": "g", "kind": "gate", "name": "门", "name_en": "g", "place": "p", "needs": "8-25: 2"}, "needs.0.to_hour"),
        ("plan", {"post": "gate-2", "first_day": "2026-02-30", "days": 1, "turn_hours": 4}, "first_day"),
        ("plan", {"post": "gate-2", "first_day": "2026-02-03", "days": 1, "turn_hours": 4, "weekdays": [7]}, "weekdays.0"),
        ("posts/gate-2/closure", {"starts": "soon"}, "starts"),
        ("posts/gate-2/closure", {"ends": "2020-01-01T00:00:00+08:00"}, "ends"),
        ("rules", {"rest_hours": -1}, "rest_hours"),
    ],
)  # fmt: skip
def test_bad_input_names_the_field_and_changes_nothing(
    district: Stack, staff: str, planned: str, door: str, body: dict[str, Any], field: str
) -> None:
    before = district.database("shifts", HERE)["journal"].count_documents({})
    refused = district.call("POST", f"{HOME}/{door}", staff, body)
    assert refused.status_code in (409, 422), refused.text
    problem = refused.json()
    assert field in problem.get("errors", {problem.get("field"): ""})
    assert district.database("shifts", HERE)["journal"].count_documents({}) == before
