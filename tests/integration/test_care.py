"""Buildings, teams, abilities, records and the desk's list on real parts; shifts are heard as they would speak."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.volunteers.domain.records import by_month
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases import records
from shared.events.envelope import CONTENT_TYPE, Event, encode_batch
from shared.kernel.ids import new_id, now
from shared.messaging.dead_letters import Delivery
from shared.messaging.inbox import Inbox
from tests.lengths import examples
from tests.speaker import Speaker
from tests.stack import Stack, eventually

HERE = "/volunteers/yueran"
PAGE = {"Accept": "text/html"}
STAFF = "staff@community:yueran"


@pytest.fixture(scope="module", autouse=True)
def services(stack: Stack) -> Stack:
    return stack.start("volunteers")


@pytest.fixture(scope="module")
def shifts(stack: Stack) -> Iterator[dict[str, Speaker]]:
    speakers = {one: Speaker(stack, "shifts", one) for one in ("yueran", "biguiyuan")}
    yield speakers
    for one in speakers.values():
        one.stop()


@pytest.fixture
def staff(stack: Stack) -> str:
    return stack.token(STAFF)


class Person:
    """Somebody who applied in yueran; `id` as a volunteer."""

    def __init__(
        self, stack: Stack, name: str = "叶知秋", home: str = "6号楼", *, approved: bool = True, **more: Any
    ) -> None:
        self.stack, self.account = stack, new_id()
        body = {"display_name": name, "home": home, "phone": "19000000001", "skills": ["driving"], **more}
        self.id = ok(stack.call("POST", f"{HERE}/applications", self.token, body))["id"]
        if approved:
            ok(stack.call("POST", f"{HERE}/{self.id}/approval", stack.token(STAFF)))

    @property
    def token(self) -> str:
        return self.stack.token("volunteer@community:yueran", account=self.account)

    def suspend(self) -> None:
        ok(self.stack.call("POST", f"{HERE}/{self.id}/suspension", self.stack.token(STAFF), {"reason": "静养"}))


def ok(answer: requests.Response) -> Any:
    assert answer.ok, answer.text
    return answer.json()


def told(stack: Stack, subject: str) -> list[tuple[str, Any]]:
    """What was published of it, in order."""
    journal = stack.database("volunteers")["journal"].find({"subject": subject}).sort("sequence")
    return [(one["type"].split(".")[2], one["data"]) for one in journal]


def register(stack: Stack, staff: str, slug: str, *units: str) -> Any:
    body = {"slug": slug, "name": f"{slug[1:]}号楼", "units": list(units)}
    return ok(stack.call("POST", f"{HERE}/buildings", staff, body))


def name_owner(stack: Stack, staff: str, slug: str, person: Person, **more: Any) -> requests.Response:
    return stack.call("POST", f"{HERE}/buildings/{slug}/care", staff, {"volunteer": person.id, **more})


def building(stack: Stack, staff: str, slug: str) -> Any:
    return ok(stack.call("GET", f"{HERE}/buildings/{slug}", staff))


# buildings


def test_many_buildings_are_seen_before_they_are_made_and_made_once(stack: Stack, staff: str) -> None:
    where = "/volunteers/biguiyuan/buildings"
    there = stack.token("staff@community:biguiyuan")
    pattern = {"first": 1, "last": 22, "units": 3}
    page = stack.call("GET", f"{where}/new?{urlencode(pattern)}", there, **PAGE).text
    assert "22号楼" in page
    assert "登记这 22 栋" in page
    assert ok(stack.call("GET", where, there))["items"] == []
    assert len(ok(stack.call("POST", f"{where}/many", there, pattern))["new"]) == 22
    again = ok(stack.call("POST", f"{where}/many", there, {**pattern, "last": 23}))
    assert (len(again["new"]), len(again["existing"])) == (1, 22)
    listed = ok(stack.call("GET", where, there))["items"]
    assert [one["name"] for one in listed] == [f"{number}号楼" for number in range(1, 24)]
    assert told(stack, "biguiyuan/b3") == [("registered", {"name": "3号楼", "units": ["1单元", "2单元", "3单元"]})]


def test_a_pattern_that_cannot_be_meant_is_told_what_is_wrong(stack: Stack, staff: str) -> None:
    for wrong in ({"first": 9, "last": 3, "units": 0}, {"first": 1, "last": 900, "units": 0}):
        refused = stack.call("POST", f"{HERE}/buildings/many", staff, wrong)
        assert (refused.status_code, refused.json()["field"]) == (422, "last")


def test_a_building_registered_anew_changes_by_its_slug_and_tells_so_once(stack: Stack, staff: str) -> None:
    register(stack, staff, "b101", "1单元", "2单元")
    person = Person(stack)
    ok(name_owner(stack, staff, "b101", person, unit="2单元"))
    for _ in range(2):
        register(stack, staff, "b101", "1单元")
    assert [what for what, _ in told(stack, "yueran/b101")] == ["registered", "care-taken", "registered", "care-taken"]


def test_of_two_who_name_an_owner_at_once_one_wins_and_the_others_are_told_who(stack: Stack, staff: str) -> None:
    register(stack, staff, "b102", "1单元")
    people = [Person(stack, name) for name in ("甲一", "乙二", "丙三", "丁四")]
    answers: list[requests.Response] = []

    def press(person: Person) -> None:
        answers.append(name_owner(stack, stack.token(STAFF), "b102", person, unit="1单元"))

    pressing = [threading.Thread(target=press, args=(one,)) for one in people]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    owner = building(stack, staff, "b102")["places"][1]["owner"]
    (winner,) = [name for name, one in zip(("甲一", "乙二", "丙三", "丁四"), people, strict=True) if one.id == owner]
    for lost in (one.json() for one in answers if one.status_code == 409):
        assert lost["code"] == "somebody-cares"
        assert winner in lost["detail"]
    assert [what for what, _ in told(stack, "yueran/b102")] == ["registered", "care-taken"]


def test_a_suspended_owner_leaves_the_gap_open_again_and_leads_no_team(stack: Stack, staff: str) -> None:
    register(stack, staff, "b103", "1单元", "2单元")
    person = Person(stack)
    ok(name_owner(stack, staff, "b103", person, unit="1单元"))
    ok(name_owner(stack, staff, "b103", person, part="deputy"))
    assert building(stack, staff, "b103")["uncovered"] == ["2单元"]
    team = ok(stack.call("POST", f"{HERE}/teams", staff, {"name": "扫雪队", "name_en": "Snow"}))["id"]
    ok(stack.call("POST", f"{HERE}/teams/{team}/members", staff, {"volunteer": person.id}))
    ok(stack.call("POST", f"{HERE}/teams/{team}/leader", staff, {"volunteer": person.id}))
    person.suspend()
    assert building(stack, staff, "b103")["uncovered"] == [None]
    left = [data for what, data in told(stack, "yueran/b103") if what == "care-taken"][-2:]
    assert sorted(map(str, left)) == sorted(
        str({"unit": unit, "owner": None, "deputy": None}) for unit in ("1单元", None)
    )
    assert told(stack, team)[-1] == ("leader-named", {"volunteer": None})
    assert name_owner(stack, staff, "b103", person).json()["code"] == "not-yet-helping"


def test_a_person_sees_their_buildings_and_gives_one_back(stack: Stack, staff: str) -> None:
    register(stack, staff, "b104")
    person, other = Person(stack), Person(stack)
    ok(name_owner(stack, staff, "b104", person))
    assert [one["slug"] for one in ok(stack.call("GET", f"{HERE}/me/buildings", person.token))["items"]] == ["b104"]
    give_back = (f"{HERE}/buildings/b104/care/release", {"volunteer": person.id})
    assert stack.call("POST", give_back[0], other.token, give_back[1]).status_code == 403
    ok(stack.call("POST", give_back[0], person.token, give_back[1]))
    assert stack.call("POST", give_back[0], person.token, give_back[1]).json()["code"] == "not-in-care"
    assert building(stack, staff, "b104")["uncovered"] == [None]


def test_the_page_asks_first_whoever_lives_there(stack: Stack, staff: str) -> None:
    register(stack, staff, "b105")
    Person(stack, "住得远", "15号楼")
    Person(stack, "住在这里", "105号楼2单元")
    page = stack.call("GET", f"{HERE}/buildings", staff, **PAGE).text
    row = page.split("105号楼</a>", 1)[1].split("</li>", 1)[0]
    assert row.index("住在这里（住这里）") < row.index("处）")
    assert "住得远（住这里）" not in row


# teams


def test_a_person_asks_and_the_leader_takes_them_in_but_no_other_member_may(stack: Stack, staff: str) -> None:
    team = ok(stack.call("POST", f"{HERE}/teams", staff, {"name": "小雨滴", "name_en": "Raindrop"}))["id"]
    at = f"{HERE}/teams/{team}"
    leader, member, hopeful = Person(stack), Person(stack), Person(stack, name_shown=True)
    for one in (leader, member):
        ok(stack.call("POST", f"{at}/members", staff, {"volunteer": one.id}))
    ok(stack.call("POST", f"{at}/leader", staff, {"volunteer": leader.id}))
    assert stack.call("POST", f"{at}/members", leader.token, {"volunteer": hopeful.id}).json()["code"] == "not-asking"
    for _ in range(2):
        ok(stack.call("POST", f"{at}/asking", hopeful.token))
    assert stack.call("POST", f"{at}/members", member.token, {"volunteer": hopeful.id}).status_code == 403
    seen = ok(stack.call("GET", at, leader.token))
    assert [one["name"] for one in seen["asking"]] == ["叶知秋"]
    assert [one["name"] for one in seen["members"]] == [None, None], "they did not agree to be named"
    assert ok(stack.call("GET", at, member.token))["members"] is None
    ok(stack.call("POST", f"{at}/members", leader.token, {"volunteer": hopeful.id}))
    ok(stack.call("POST", f"{at}/members/{leader.id}/departure", leader.token))
    assert [what for what, _ in told(stack, team)] == [
        "founded", "member-joined", "member-joined", "leader-named", "member-joined", "leader-named", "member-left",
    ]  # fmt: skip
    assert (
        stack.call("POST", f"{HERE}/teams", staff, {"name": "小雨滴", "name_en": "R"}).json()["code"] == "team-exists"
    )


def test_whoever_does_not_help_yet_joins_no_team(stack: Stack, staff: str) -> None:
    team = ok(stack.call("POST", f"{HERE}/teams", staff, {"name": "消杀队", "name_en": "Spray"}))["id"]
    waiting = Person(stack, approved=False)
    assert stack.call("POST", f"{HERE}/teams/{team}/asking", waiting.token).json()["code"] == "not-yet-helping"


# abilities


def test_abilities_are_told_after_approval_and_at_each_change(stack: Stack, staff: str) -> None:
    person = Person(stack)
    ok(
        stack.call(
            "POST", f"{HERE}/me/abilities", person.token, {"skills": ["medical"], "available": ["weekend-night"]}
        )
    )
    paper = {"skill": "medical", "kind": "护士执业证书", "until": "2030-06-30"}
    ok(stack.call("POST", f"{HERE}/{person.id}/certificates", staff, paper))
    ok(stack.call("POST", f"{HERE}/me/roles", person.token, {"roles": ["guide"]}))
    mine = [one for one in told(stack, person.id) if one[0] in ("abilities-changed", "roles-taken")]
    assert mine == [
        ("abilities-changed", {"skills": [{"skill": "driving", "until": None}], "available": []}),
        ("abilities-changed", {"skills": [{"skill": "medical", "until": None}], "available": ["weekend-night"]}),
        (
            "abilities-changed",
            {"skills": [{"skill": "medical", "until": "2030-06-30"}], "available": ["weekend-night"]},
        ),
        ("roles-taken", {"roles": ["guide"]}),
    ]
    assert stack.call("POST", f"{HERE}/{person.id}/certificates", person.token, paper).status_code == 403


def test_staff_see_which_certificates_end_within_thirty_days(stack: Stack, staff: str) -> None:
    person = Person(stack, "王护士")
    for kind, days in (("快到期", 20), ("已过期", -5), ("还早", 60)):
        until = str((now() + timedelta(days=days)).date())
        ok(
            stack.call(
                "POST", f"{HERE}/{person.id}/certificates", staff, {"skill": "medical", "kind": kind, "until": until}
            )
        )
    listed = ok(stack.call("GET", f"{HERE}/certificates", staff))["items"]
    mine = [(one["kind"], one["over"]) for one in listed if one["volunteer"] == person.id]
    assert mine == [("已过期", True), ("快到期", False)]
    assert "王护士" in stack.call("GET", f"{HERE}/certificates", staff, **PAGE).text


# records


def test_hours_are_credited_from_any_communitys_verified_duty(
    stack: Stack, staff: str, shifts: dict[str, Speaker]
) -> None:
    person = Person(stack)
    who = {"volunteer": person.id}
    day = datetime(2026, 2, 3, 4, 0, tzinfo=UTC)
    for community, minutes in (("yueran", 240), ("biguiyuan", 125)):
        say, shift = shifts[community].say, "gate-2-20260203T1200"
        times = {"starts": day, "ends": day + timedelta(hours=4)}
        say(
            "shifts.post.opened",
            "gate-2",
            {"kind": "gate", "name": f"2号门{community}", "name_en": "Gate 2", "place": "东", "skill": None},
        )
        say("shifts.shift.planned", shift, {"post": "gate-2", **times, "head_count": 1, "skill": None})
        say("shifts.shift.checked-in", shift, {**who, "at": day, "late": 5})
        say("shifts.shift.checked-out", shift, {**who, "at": day, "minutes": minutes})
    shifts["yueran"].say("shifts.shift.missed", "gate-2-20260204T1200", who, at=day + timedelta(days=1))

    def record() -> Any:
        found = ok(stack.call("GET", f"{HERE}/me/record", person.token))
        return found if len(found["duties"]) == 3 else None

    found = eventually(record)
    assert (found["minutes"], found["months"]) == (365, {"2026-02": 365})
    assert [one["missed"] for one in found["duties"]] == [True, False, False]
    assert {one["late"] for one in found["duties"]} == {0, 5}
    page = stack.call("GET", f"{HERE}/{person.id}/record", staff, **PAGE).text
    assert "6 小时 5 分" in page
    assert "2号门biguiyuan" in page


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(served=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 480)), min_size=1, max_size=6), data=st.data())
def test_told_in_any_order_in_any_parts_and_again_hours_are_the_same(
    reader: tuple[Inbox, VolunteersStore], served: list[tuple[str, int]], data: st.DataObject
) -> None:
    inbox, store = reader
    life = new_id()
    events = [
        event for number, one in enumerate(served) for event in duty(f"{life}-{number}", f"{life}-{one[0]}", one[1])
    ]
    order = [*data.draw(st.permutations(events)), *data.draw(st.lists(st.sampled_from(events), max_size=4))]
    while order:
        cut = data.draw(st.integers(1, len(order)))
        inbox.take(
            [Delivery(encode_batch([one]), CONTENT_TYPE, "backbone", one.routing_key, None) for one in order[:cut]]
        )
        order = order[cut:]
    wanted = {f"{life}-{who}": sum(minutes for one, minutes in served if one == who) for who, _ in served}
    assert store.minutes_of(wanted) == wanted
    assert {who: by_month(store.duties_of(who)).total for who in wanted} == wanted


def duty(shift: str, volunteer: str, minutes: int) -> list[Event]:
    """Somebody comes to a shift and goes again."""
    at = "2020-02-04T08:00:00+00:00"
    said = [("checked-in", {"late": 0}), ("checked-out", {"minutes": minutes})]
    return [
        Event(
            id=new_id(),
            type=f"shifts.shift.{what}.v1",
            source="/communities/yueran/shifts",
            subject=shift,
            sequence=number,
            time=datetime(2020, 2, 4, 8, tzinfo=UTC),
            community="yueran",
            data={"volunteer": volunteer, "at": at, **more},
        )
        for number, (what, more) in enumerate(said, start=1)
    ]


@pytest.fixture(scope="module")
def reader(stack: Stack) -> tuple[Inbox, VolunteersStore]:
    """An inbox with volunteers' reactions to duty, on the database of this module's service."""
    store = VolunteersStore(stack.database("volunteers"))
    inbox = Inbox(store, "volunteers", records.REACTIONS, check_users=False)
    inbox.prepare()
    return inbox, store


def test_a_deed_is_put_on_record_and_taken_off_again(stack: Stack, staff: str) -> None:
    person = Person(stack)
    body = {"day": "2020-02-10", "kind": "donated", "what": "口罩 50 只"}
    deed = ok(stack.call("POST", f"{HERE}/{person.id}/deeds", staff, body))["id"]
    assert [one["what"] for one in ok(stack.call("GET", f"{HERE}/me/record", person.token))["deeds"]] == ["口罩 50 只"]
    ok(stack.call("POST", f"{HERE}/{person.id}/deeds/{deed}/withdrawal", staff))
    assert ok(stack.call("GET", f"{HERE}/me/record", person.token))["deeds"] == []


# the desk's list


def found(stack: Stack, staff: str, **asked: str) -> list[str]:
    """Everybody that is found, page by page."""
    ids, after = list[str](), ""
    while after is not None:
        page = ok(stack.call("GET", f"{HERE}/?{urlencode({**asked, 'after': after})}", staff))
        ids += [one["id"] for one in page["items"]]
        after = page["next"]
    return ids


def test_people_are_found_by_name_building_skill_role_team_and_time(stack: Stack, staff: str) -> None:
    person, other = Person(stack, "诸葛(明)", "88号楼1单元"), Person(stack, "诸葛亮", "88号楼2单元")
    ok(
        stack.call(
            "POST", f"{HERE}/me/abilities", person.token, {"skills": ["languages"], "available": ["weekday-night"]}
        )
    )
    ok(stack.call("POST", f"{HERE}/me/roles", person.token, {"roles": ["publicity"]}))
    team = ok(stack.call("POST", f"{HERE}/teams", staff, {"name": "外语队", "name_en": "Tongues"}))["id"]
    ok(stack.call("POST", f"{HERE}/teams/{team}/members", staff, {"volunteer": person.id}))
    assert found(stack, staff, q="诸葛") == found(stack, staff, q="88号楼") == [person.id, other.id]
    assert found(stack, staff, q="诸葛(") == [person.id]
    for asked in ({"skill": "languages"}, {"role": "publicity"}, {"team": team}, {"available": "weekday-night"}):
        assert found(stack, staff, **asked) == [person.id], asked
    assert found(stack, staff, q="诸葛", standing="applied") == found(stack, staff, team="nobody") == []


def test_the_list_pages_on_by_hours_with_nobody_left_out_or_twice(stack: Stack, staff: str) -> None:
    totals = stack.database("volunteers")["totals"]
    people = [Person(stack, "司马懿", "99号楼").id for _ in range(55)]
    totals.insert_many([{"_id": one, "minutes": number % 7 * 60} for number, one in enumerate(people)])
    order = sorted(people, key=lambda one: (-(people.index(one) % 7), one))
    assert found(stack, staff, q="司马懿", sort="hours") == order
    assert found(stack, staff, q="司马懿") == sorted(people)


def test_several_are_approved_at_once_each_on_its_own(stack: Stack, staff: str) -> None:
    waiting = [Person(stack, approved=False) for _ in range(2)]
    decided, gone = Person(stack), new_id()
    asked = {"volunteers": [waiting[0].id, decided.id, gone, waiting[1].id, waiting[0].id]}
    outcomes = ok(stack.call("POST", f"{HERE}/approvals", staff, asked))["items"]
    assert [(one["volunteer"], one["code"]) for one in outcomes] == [
        (waiting[0].id, None), (decided.id, "application-not-waiting"), (gone, "not-found"), (waiting[1].id, None),
    ]  # fmt: skip
    page = stack.call("POST", f"{HERE}/approvals", staff, asked, **PAGE).text
    assert "这份报名已经处理过了。" in page
    assert stack.call("POST", f"{HERE}/approvals", staff, {}).status_code == 422


def test_the_list_tells_no_phone(stack: Stack, staff: str) -> None:
    Person(stack)
    assert (
        "19000000001"
        not in stack.call("GET", f"{HERE}/", staff).text + stack.call("GET", f"{HERE}/", staff, **PAGE).text
    )


@pytest.mark.parametrize(
    "path", ["", "buildings", "buildings/new", "teams", "certificates", "me/abilities", "me/record", "me/buildings"]
)
def test_every_page_speaks_english_too(stack: Stack, path: str) -> None:
    person = Person(stack)
    token = stack.token(STAFF, account=person.account)
    page = stack.call("GET", f"{HERE}/{path}?lang=en", token, **PAGE)
    assert page.status_code == 200
    assert '<html lang="en"' in page.text
