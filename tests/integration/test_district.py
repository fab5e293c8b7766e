"""The district sees what its communities say, at its doors, with real facts from real journals."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from services.district.store import DistrictStore
from services.district.usecases import alerts
from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import new_id, now
from tests.rounds import tend
from tests.speaker import Speaker
from tests.stack import Stack, eventually

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def town(stack: Stack) -> Iterator[SimpleNamespace]:
    """The district's process, and the voices of accounts, volunteers and one community's shifts."""
    stack.start("district")
    town = SimpleNamespace(
        accounts=Speaker(stack, "accounts"),
        volunteers=Speaker(stack, "volunteers"),
        shifts=Speaker(stack, "shifts", "yueran"),
        officer=stack.token("officer@district"),
    )
    for slug, name, name_en in [("yueran", "悦然馨苑", "Yueran"), ("biguiyuan", "碧桂园", "Biguiyuan")]:
        town.accounts.say("accounts.community.registered", slug, {"name": name, "name_en": name_en, "residents": 5000})
    eventually(lambda: len(overview(stack, town)["communities"]) == 2)
    yield town
    for one in (town.accounts, town.volunteers, town.shifts):
        one.stop()


def overview(stack: Stack, town: SimpleNamespace) -> Any:
    return stack.call("GET", "/district/", town.officer).json()


def of(stack: Stack, town: SimpleNamespace, community: str = "yueran") -> Any:
    return stack.call("GET", f"/district/communities/{community}", town.officer).json()


def open_post(town: SimpleNamespace, name: str = "西门") -> str:
    post = new_id()
    town.shifts.say("shifts.post.opened", post, {"kind": "gate", "name": name, "name_en": "West gate"})
    return post


def plan(town: SimpleNamespace, post: str, head_count: int = 2, *, begins_in: timedelta = -HOUR) -> str:
    shift, starts = new_id(), now() + begins_in
    times = {"starts": starts, "ends": starts + 4 * HOUR}
    town.shifts.say("shifts.shift.planned", shift, {"post": post, "head_count": head_count, **times})
    return shift


def person(town: SimpleNamespace, name: str | None = None) -> str:
    volunteer = new_id()
    town.volunteers.say("volunteers.volunteer.applied", volunteer, {"account": "a"}, community="yueran")
    town.volunteers.say("volunteers.volunteer.approved", volunteer, {"account": "a", "skills": []}, community="yueran")
    if name:
        town.volunteers.say("volunteers.volunteer.introduced", volunteer, {"display_name": name}, community="yueran")
    return volunteer


def gap_of(stack: Stack, town: SimpleNamespace, shift: str) -> Any:
    return next((gap for gap in of(stack, town)["gaps"] if gap["shift"] == shift), None)


def test_a_shift_without_people_is_a_gap_until_it_is_claimed(stack: Stack, town: SimpleNamespace) -> None:
    shift, one, other = plan(town, open_post(town)), new_id(), new_id()
    assert eventually(lambda: gap_of(stack, town, shift))["missing"] == 2
    town.shifts.say("shifts.shift.claimed", shift, {"volunteer": one})
    eventually(lambda: gap_of(stack, town, shift)["missing"] == 1)
    town.shifts.say("shifts.shift.claimed", shift, {"volunteer": other})
    eventually(lambda: gap_of(stack, town, shift) is None)
    town.shifts.say("shifts.shift.released", shift, {"volunteer": other})
    assert eventually(lambda: gap_of(stack, town, shift))["post"] == {"zh": "西门", "en": "West gate"}


def test_only_who_has_checked_in_is_on_duty(stack: Stack, town: SimpleNamespace) -> None:
    shift, who = plan(town, open_post(town, "巡逻")), person(town, "罗见山")
    before = overview(stack, town)["on_duty"]
    town.shifts.say("shifts.shift.claimed", shift, {"volunteer": who})
    town.shifts.say("shifts.shift.checked-in", shift, {"volunteer": who, "at": now()})
    eventually(lambda: overview(stack, town)["on_duty"] == before + 1)
    page = stack.call("GET", "/district/communities/yueran", town.officer, Accept="text/html").text
    assert "罗见山" in page
    assert "罗见山到岗：巡逻" in page
    town.shifts.say("shifts.shift.checked-out", shift, {"volunteer": who, "at": now(), "minutes": 60})
    eventually(lambda: overview(stack, town)["on_duty"] == before)


def test_volunteers_are_counted_by_their_standing(stack: Stack, town: SimpleNamespace) -> None:
    who = person(town)
    counted = eventually(lambda: of(stack, town)["community"]["volunteers"])
    town.volunteers.say("volunteers.volunteer.suspended", who, {"account": "a"}, community="yueran")
    eventually(
        lambda: of(stack, town)["community"]["volunteers"].get("suspended", 0) == counted.get("suspended", 0) + 1
    )


def test_two_communities_may_name_their_shifts_alike(stack: Stack, town: SimpleNamespace) -> None:
    shift = plan(town, open_post(town, "巡逻"))
    elsewhere = Speaker(stack, "shifts", "biguiyuan")
    plan_there = {"post": "patrol", "head_count": 3, "starts": now() - HOUR, "ends": now() + HOUR}
    elsewhere.say("shifts.shift.planned", shift, plan_there)
    eventually(lambda: [gap["missing"] for gap in of(stack, town, "biguiyuan")["gaps"]] == [3])
    elsewhere.say("shifts.shift.claimed", shift, {"volunteer": new_id()})
    eventually(lambda: [gap["missing"] for gap in of(stack, town, "biguiyuan")["gaps"]] == [2])
    assert gap_of(stack, town, shift)["missing"] == 2
    elsewhere.say("shifts.shift.cancelled", shift)
    elsewhere.stop()
    stack.database("district")["heard"].delete_one({"_id": "/communities/biguiyuan/shifts"})


def test_a_closed_post_stays_on_the_list_as_closed(stack: Stack, town: SimpleNamespace) -> None:
    post = open_post(town, "北门")
    town.shifts.say("shifts.post.closed", post)
    eventually(lambda: (post, False) in [(one["id"], one["is_open"]) for one in of(stack, town)["posts"]])


def test_what_is_unknown_is_no_failure(stack: Stack, town: SimpleNamespace) -> None:
    shift = plan(town, "a-post-nobody-told-of")
    town.shifts.say("shifts.post.closed", "another-post-nobody-told-of")
    assert eventually(lambda: gap_of(stack, town, shift))["post"]["zh"] == "岗位"
    assert stack.database("district")["held"].count_documents({}) == 0


def test_a_week_planned_in_one_act_is_one_happening(stack: Stack, town: SimpleNamespace) -> None:
    post, at = open_post(town), now()
    data = {"post": post, "head_count": 1, "starts": at + 100 * HOUR, "ends": at + 102 * HOUR}
    town.shifts.say_all([("shifts.shift.planned", new_id(), data) for _ in range(84)], at=at)
    told = eventually(lambda: [one for one in of(stack, town)["happenings"] if one["count"] == 84])
    assert told[0]["words"]["zh"] == "排出84个班次"


def test_two_peoples_acts_of_the_same_moment_are_two_happenings(stack: Stack, town: SimpleNamespace) -> None:
    post, at = open_post(town), now()
    data = {"post": post, "head_count": 1, "starts": at + 100 * HOUR, "ends": at + 102 * HOUR}
    for actor in ("one", "another"):
        facts = [("shifts.shift.planned", new_id(), data) for _ in range(7)]
        town.shifts.say_all(facts, at=at, actor=actor)
    eventually(lambda: [one["count"] for one in of(stack, town)["happenings"]].count(7) == 2)


def test_what_happened_another_day_tells_the_day(stack: Stack, town: SimpleNamespace) -> None:
    yesterday = {"kind": "gate", "name": "旧门", "name_en": "Old gate"}
    town.shifts.say("shifts.post.opened", new_id(), yesterday, at=now() - timedelta(days=1))
    eventually(lambda: "旧门" in str(of(stack, town)["posts"]))
    page = stack.call("GET", "/district/happenings", town.officer, Accept="text/html").text
    assert "昨天，悦然馨苑" in page


def test_a_community_that_is_not_heard_is_silent_and_in_no_sum(stack: Stack, town: SimpleNamespace) -> None:
    plan(town, open_post(town))
    known = eventually(lambda: overview(stack, town))
    states = {one["id"]: one["silence"] for one in known["communities"]}
    assert states["biguiyuan"] == {"why": "silent", "since": None}, "it was never heard"
    eventually(lambda: overview(stack, town)["missing_now"] > 0)
    town.shifts.stop()
    long_ago = now() - timedelta(minutes=16)
    heard = stack.database("district")["heard"]

    def seen_silent() -> Any:
        """However late its last pulse came."""
        heard.update_one({"_id": "/communities/yueran/shifts"}, {"$set": {"at": long_ago}})
        shown = overview(stack, town)
        return shown if shown["missing_now"] == shown["on_duty"] == 0 else None

    silent = eventually(seen_silent)
    assert {one["state"] for one in silent["communities"]} == {"silent"}
    assert "失联" in stack.call("GET", "/district/communities/yueran", town.officer, Accept="text/html").text
    town.shifts = Speaker(stack, "shifts", "yueran")
    eventually(lambda: of(stack, town)["community"]["silence"] is None)


def test_gaps_and_happenings_can_be_paged_to_their_end(stack: Stack, town: SimpleNamespace) -> None:
    post, at = open_post(town), now()
    data = {"post": post, "head_count": 1, "starts": at + HOUR, "ends": at + 2 * HOUR}
    made = {new_id() for _ in range(120)}
    for shift in made:
        town.shifts.say("shifts.shift.planned", shift, data)
    eventually(lambda: made <= {gap["shift"] for gap in overview(stack, town)["gaps"]})
    assert made <= {gap["shift"] for gap in pages(stack, town, "/district/gaps")}
    assert made <= {one["subject"] for one in pages(stack, town, "/district/happenings?community=yueran")}
    assert stack.call("GET", "/district/gaps?after=nonsense", town.officer).status_code == 400


def pages(stack: Stack, town: SimpleNamespace, path: str) -> list[Any]:
    found: list[Any] = []
    after = ""
    while True:
        answer = stack.call(
            "GET", f"{path}{'&' if '?' in path else '?'}after={after.replace('+', '%2B')}", town.officer
        )
        found += answer.json()["items"]
        after = answer.json()["next"]
        if after is None:
            return found


def test_an_unknown_community_is_not_found(stack: Stack, town: SimpleNamespace) -> None:
    assert stack.call("GET", "/district/communities/nowhere", town.officer).status_code == 404


LISTS = [
    "duty",
    "gaps",
    "silent",
    "missions",
    "shortages",
    "needs",
    "transfers",
    "screening",
    "volunteers",
    "buildings",
    "notices",
]


@pytest.mark.parametrize(
    "path",
    [
        "/district/", "/district/communities/yueran", "/district/happenings", "/district/search", "/district/flow",
        "/district/events", "/district/alerts", "/district/alerts/rules", "/district/alerts/rules/fever-cluster",
        "/district/help", "/district/help/asked", *(f"/district/{name}" for name in LISTS),
    ],
)  # fmt: skip
def test_pages_are_drawn_in_both_languages(stack: Stack, town: SimpleNamespace, path: str) -> None:
    for lang in ("zh", "en"):
        answer = stack.call("GET", f"{path}?lang={lang}", town.officer, Accept="text/html")
        assert answer.status_code == 200, stack.log("district")
        assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in answer.text


def test_the_days_report_counts_what_happened_that_day_however_late_it_is_heard(
    stack: Stack, town: SimpleNamespace
) -> None:
    day = (now() - 3 * 24 * HOUR).astimezone(SHANGHAI)
    noon = day.replace(hour=12, minute=0)
    for _ in range(2):
        volunteer = new_id()
        town.volunteers.say("volunteers.volunteer.applied", volunteer, {"account": "a"}, community="biguiyuan", at=noon)
    post, shift = open_post(town), new_id()
    times = {"starts": noon, "ends": noon + 4 * HOUR}
    town.shifts.say("shifts.shift.planned", shift, {"post": post, "head_count": 2, **times}, at=noon)
    left = {"volunteer": new_id(), "at": noon + 4 * HOUR, "minutes": 240}
    town.shifts.say("shifts.shift.checked-out", shift, left, at=noon + 4 * HOUR)
    where = f"/district/report?day={day.date().isoformat()}"

    def figures() -> Any:
        rows = stack.call("GET", where, town.officer).json()["rows"]
        return {row["community"]: row["figures"] for row in rows if row["community"] in ("yueran", "biguiyuan")}

    eventually(lambda: figures() == {"yueran": {"minutes": 240}, "biguiyuan": {"applied": 2}})
    assert "240" in stack.call("GET", where, town.officer, Accept="text/html").text
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(stack.call("GET", where.replace("?", "/workbook?"), town.officer).content)
    )
    assert book.get_sheet_by_index(0).to_python()[-1][:2] == ["合计", 2]
    sheet = PdfReader(io.BytesIO(stack.call("GET", where.replace("?", "/paper?"), town.officer).content))
    assert "碧桂园" in sheet.pages[0].extract_text()


def test_there_is_no_report_of_a_day_to_come(stack: Stack, town: SimpleNamespace) -> None:
    tomorrow = (now() + 24 * HOUR).astimezone(SHANGHAI).date().isoformat()
    refused = stack.call("GET", f"/district/report?day={tomorrow}", town.officer)
    assert (refused.status_code, refused.json()["code"]) == (422, "not-yet")


def alert_of(stack: Stack, town: SimpleNamespace, subject: str, state: str = "open") -> Any:
    found = stack.call("GET", f"/district/alerts?state={state}&community=yueran", town.officer).json()["items"]
    return next((one for one in found if one["subject"] == subject), None)


def act_on(stack: Stack, town: SimpleNamespace, alert: str, **body: str) -> Any:
    door = "closing" if "result" in body else "acknowledgement"
    return stack.call("POST", f"/district/alerts/{alert}/{door}", town.officer, body)


def test_an_empty_gate_raises_one_alert_however_many_look_and_clears_once_somebody_came(
    stack: Stack, town: SimpleNamespace
) -> None:
    calm = {"severity": "urgent", "raise_at": 10, "clear_minutes": 0, "on": True}
    assert stack.call("POST", "/district/alerts/rules/uncovered-gate", town.officer, calm).status_code == 200
    gate = open_post(town, "南门")
    shift, who = plan(town, gate), new_id()
    store = DistrictStore(stack.database("district"))
    eventually(lambda: gap_of(stack, town, shift))
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda _: tend(alerts.WATCH, store), range(8)))
    alert = eventually(lambda: alert_of(stack, town, gate))
    assert alert["words"] == {"zh": "南门没有人值守", "en": "Nobody is at West gate"}
    assert store.journal.collection.count_documents({"type": "district.alert.raised.v1", "data.subject": gate}) == 1
    taken = act_on(stack, town, alert["id"], note="已请楼长过去")
    assert [(step["what"], step["by"]) for step in taken.json()["steps"]] == [
        ("raised", None),
        ("acknowledged", "test"),
    ]
    assert act_on(stack, town, alert["id"], note="").json()["code"] == "alert-already-acknowledged"
    town.shifts.say("shifts.shift.claimed", shift, {"volunteer": who})
    town.shifts.say("shifts.shift.checked-in", shift, {"volunteer": who, "at": now()})
    over = eventually(lambda: alert_of(stack, town, gate, "past"))
    assert (over["state"], over["steps"][-1]["what"]) == ("cleared", "cleared")
    assert act_on(stack, town, alert["id"], result="有人了").json()["code"] == "alert-over"


def test_a_cluster_of_fevers_is_closed_by_name_and_not_raised_again_while_it_lasts(
    stack: Stack, town: SimpleNamespace
) -> None:
    grid = Speaker(stack, "grid", "yueran")
    for _ in range(3):
        fever = {"gate": "west", "entry": new_id(), "temperature": 37.9, "at": now()}
        grid.say("grid.gate-log.fever-found", fever["entry"], fever)
    alert = eventually(lambda: alert_of(stack, town, "gates"))
    assert alert["words"]["zh"] == "1 小时内报告 3 例发热"
    assert act_on(stack, town, alert["id"], result="").status_code == 422
    closed = act_on(stack, town, alert["id"], result="三人都已送发热门诊").json()
    assert (closed["state"], closed["steps"][-1]["note"]) == ("closed", "三人都已送发热门诊")
    tend(alerts.WATCH, DistrictStore(stack.database("district")))
    assert alert_of(stack, town, "gates") is None
    page = stack.call("GET", f"/district/alerts/{alert['id']}", town.officer, Accept="text/html").text
    assert "三人都已送发热门诊" in page
    grid.stop()


def test_only_officers_act_on_alerts_and_a_rule_keeps_its_distance(stack: Stack, town: SimpleNamespace) -> None:
    operator = stack.token("operator@district")
    assert stack.call("GET", "/district/alerts", operator).status_code == 200
    rule, crossed = "/district/alerts/rules/fever-cluster", {"severity": "urgent", "raise_at": 3, "clear_minutes": 5}
    assert stack.call("POST", rule, operator, crossed).status_code == 403
    refused = stack.call("POST", rule, town.officer, {**crossed, "clear_below": 4})
    assert (refused.status_code, refused.json()["code"]) == (422, "thresholds-crossed")
    assert stack.call("POST", "/district/alerts/rules/none", town.officer, crossed).status_code == 404


def test_a_neighbour_with_goods_to_spare_is_asked_once_and_its_answer_is_followed_to_its_end(
    stack: Stack, town: SimpleNamespace
) -> None:
    supplies, item = Speaker(stack, "supplies"), new_id()
    words = {"name": "口罩", "name_en": "Masks", "unit": "只", "unit_en": "pieces", "dangerous_ml": 0, "pack": 1}
    supplies.say("supplies.item.registered", item, words, community="district")
    at_giver = {
        "place": "biguiyuan", "item": item, "kind": "received", "quantity": 280, "code": "", "expires": None,
        "number": 1, "balance": 280, "days_left": 28,
    }  # fmt: skip
    supplies.say("supplies.stock.moved", f"biguiyuan:{item}", at_giver, community="biguiyuan")
    short = {"place": "yueran", "item": item, "balance": 12, "days_left": 1}
    supplies.say("supplies.stock.shortage-raised", f"yueran:{item}", short, community="yueran")

    def lack() -> Any:
        goods = stack.call("GET", "/district/help", town.officer).json()["goods"]
        return next((one for one in goods if one["item"] == item and one["givers"]), None)

    (giver,) = eventually(lack)["givers"]
    assert (giver["community"], giver["spare"], giver["ask_for"], giver["help"]) == ("biguiyuan", 140, 70, None)
    question = {"giver": "biguiyuan", "receiver": "yueran", "item": item, "quantity": 70}
    asked = stack.call("POST", "/district/help/goods", town.officer, question).json()
    assert asked["words"]["zh"] == "等对方答复"
    again = stack.call("POST", "/district/help/goods", town.officer, question)
    assert (again.status_code, again.json()["code"]) == (409, "asked-already")
    way = {"sender": "biguiyuan", "receiver": "yueran", "item": item, "quantity": 60}
    supplies.say("supplies.transfer.offered", asked["id"], way, community="biguiyuan")
    eventually(lambda: lack()["givers"][0]["help"]["words"]["zh"] == "愿意给，等收方同意")
    for step, more in (("agreed", {}), ("sent", way), ("received", {**way, "lost": 0, "on_the_way": 0})):
        supplies.say(f"supplies.transfer.{step}", asked["id"], more, community="biguiyuan")
    eventually(lambda: lack()["givers"][0]["help"]["state"] == "ok")
    page = stack.call("GET", "/district/help/asked", town.officer, Accept="text/html").text
    assert "口罩，60 只" in page
    supplies.stop()


def test_a_neighbour_with_people_to_spare_is_asked_for_a_shift_and_its_promise_is_shown(
    stack: Stack, town: SimpleNamespace
) -> None:
    shift = plan(town, open_post(town, "夜岗"), begins_in=timedelta(minutes=1))
    elsewhere = Speaker(stack, "shifts", "biguiyuan")
    for _ in range(3):
        volunteer = new_id()
        for step in ("applied", "approved"):
            skills = {"skills": []} if step == "approved" else {}
            town.volunteers.say(
                f"volunteers.volunteer.{step}", volunteer, {"account": "b", **skills}, community="biguiyuan"
            )
    eventually(lambda: of(stack, town, "biguiyuan")["community"]["silence"] is None)
    eventually(lambda: gap_of(stack, town, shift))

    def givers() -> Any:
        found, after = [], ""
        while after is not None:
            page = stack.call("GET", f"/district/help?after={after.replace('+', '%2B')}", town.officer)
            found += page.json()["people"]
            after = None if any(one["gap"]["shift"] == shift for one in found) else page.json().get("next")
        return next((one["givers"] for one in found if one["gap"]["shift"] == shift), None)

    eventually(lambda: [one["spare"] >= 3 for one in givers() or ()] == [True])
    question = {"giver": "biguiyuan", "receiver": "yueran", "shift": shift, "people": 2}
    answer = stack.call("POST", "/district/help/people", town.officer, question)
    assert answer.status_code == 201, answer.text
    own = {**question, "giver": "yueran"}
    assert stack.call("POST", "/district/help/people", town.officer, own).json()["code"] == "same-community"
    said = {"shift": shift, "who": "biguiyuan", "answer": "yes", "people": 2}
    town.volunteers.say("volunteers.help.answered", f"yueran.{shift}", said, community="yueran")

    def told() -> Any:
        helps = stack.call("GET", "/district/help/asked", town.officer).json()["items"]
        return next(one["words"]["zh"] for one in helps if one["id"] == answer.json()["id"])

    eventually(lambda: told() == "答应派 2 人")
    elsewhere.stop()
    stack.database("district")["heard"].delete_one({"_id": "/communities/biguiyuan/shifts"})


def page(stack: Stack, town: SimpleNamespace, path: str) -> str:
    answer = stack.call("GET", path, town.officer, Accept="text/html")
    assert answer.status_code == 200, f"{path}: {answer.text}\n{stack.log('district')}"
    text: str = answer.text
    return text


def items(stack: Stack, town: SimpleNamespace, path: str) -> list[Any]:
    answer = stack.call("GET", path, town.officer)
    assert answer.status_code == 200, f"{path}: {answer.text}"
    found: list[Any] = answer.json()["items"]
    return found


@pytest.fixture(scope="module")
def heard(stack: Stack, town: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """A community of which everything is heard: goods, a round, a notice with posters, a building, a mission."""
    told = SimpleNamespace(volunteer=person(town, "沈小满"), mission=new_id(), notice=new_id(), round=new_id())
    supplies, grid, notify = Speaker(stack, "supplies"), Speaker(stack, "grid", "yueran"), Speaker(stack, "notify")
    item = {"name": "口罩", "name_en": "Masks", "unit": "只", "unit_en": "pieces", "dangerous_ml": 0, "pack": 1}
    supplies.say("supplies.item.registered", "mask", item)
    short = {"place": "yueran", "item": "mask", "balance": 12, "days_left": 1}
    supplies.say("supplies.stock.shortage-raised", "yueran:mask", short, community="yueran")
    need = {"place": "yueran", "item": "mask", "quantity": None, "urgency": "now"}
    supplies.say("supplies.need.raised", new_id(), need, community="yueran")
    way = {"sender": "yueran", "receiver": "biguiyuan", "item": "mask", "quantity": 5}
    supplies.say("supplies.transfer.offered", new_id(), way, community="yueran")
    grid.say("grid.cell.drawn", "c1", {"name": "第一网格"})
    grid.say("grid.round.begun", told.round, {"cells": [], "households": 24})
    found = {"of": "c1", "households": 24, "visited": 9, "not_home": 3, "refused": 0, "revisit": 1, "unwell": 0}
    grid.say("grid.round.progressed", told.round, {"cells": [found], "owners": []})
    counts = {"unit": "1单元", "households": 12, "residents": 30, "over_60": 6}
    grid.say("grid.building.registered", "b3", {"name": "3号楼", "cell": "c1", "units": [counts]})
    town.volunteers.say(
        "volunteers.building.registered", "yueran/b3", {"name": "3号楼", "units": ["1单元"]}, community="yueran"
    )
    job = {
        "place": "3号楼电梯",
        "building": "b3",
        "kind": "lift",
        "why": "有病例",
        "urgency": "today",
        "due": now() + HOUR,
    }
    grid.say("grid.disinfection.asked", told.mission, job)
    said = {"kind": "important", "public": True, "corrects": None, "title": "西门改道", "title_en": "West gate moved"}
    notify.say("notify.notice.published", told.notice, said, community="yueran")
    poster = {"notice": told.notice, "building": "3号楼", "unit": "1单元", "owner": None}
    notify.say("notify.poster.asked", f"{told.notice}.b3.1单元", poster, community="yueran")
    at = now() - timedelta(minutes=2)
    entry = {"id": new_id(), "at": at, "direction": "in", "kind": "person", "flags": []}
    grid.say("grid.gate-log.entries-logged", new_id(), {"gate": "gate-2", "entries": [entry]})

    def all_is_heard() -> bool:
        """What each speaker said last."""
        it = of(stack, town)
        is_short = "yueran:mask" in [one["id"] for one in it["shortages"]]
        return bool(it["last_hour"]["total"] == 1 and it["notices"] and is_short and it["ownerless"])

    eventually(all_is_heard)
    yield told
    for one in (supplies, grid, notify):
        one.stop()


def test_a_communitys_page_says_what_is_missing_of_everything(
    stack: Stack, town: SimpleNamespace, heard: SimpleNamespace
) -> None:
    it = of(stack, town)
    assert ("yueran:mask", "口罩", 1) in [(one["id"], one["name"]["zh"], one["days_left"]) for one in it["shortages"]]
    assert it["round"]["whole"]["left"] == 15
    assert (it["round"]["whole"]["unseen"], it["round"]["cells"][0]["name"]["zh"]) == (11, "第一网格")
    assert [(one["name"], one["units"]) for one in it["ownerless"]] == [("3号楼", ["1单元"])]
    assert (it["notices"][0]["title"]["zh"], it["notices"][0]["to_place"], it["notices"][0]["ownerless"]) == (
        "西门改道",
        1,
        1,
    )
    text = page(stack, town, "/district/communities/yueran")
    for words in ("还有 15 户", "还够1天", "差 1 处没贴", "1 个单元没人包", "数量待定", "<polyline"):
        assert words in text, words


@pytest.mark.parametrize("name", LISTS)
def test_every_list_leads_to_the_events_behind_it(
    stack: Stack, town: SimpleNamespace, heard: SimpleNamespace, name: str
) -> None:
    path = f"/district/{name}" + ("?community=yueran" if name != "silent" else "")
    found = items(stack, town, path)
    text = page(stack, town, path)
    if found and name != "silent":
        assert "/district/events?about=" in text
    assert stack.call("GET", f"/district/{name}?after=nonsense", town.officer).status_code == 400


def test_what_happened_to_one_thing_is_told_with_time_who_and_where(
    stack: Stack, town: SimpleNamespace, heard: SimpleNamespace
) -> None:
    told = items(stack, town, f"/district/events?about={heard.notice}")
    assert [one["words"]["zh"] for one in told] == ["要张贴", "发出通知"], "what lies within it is told with it"
    assert {one["place"]["zh"] for one in told} == {"悦然馨苑"}
    assert [one["type"] for one in items(stack, town, "/district/events?about=yueran/b3")] == [
        "volunteers.building.registered.v1", "grid.building.registered.v1",
    ]  # fmt: skip
    assert "消杀" in page(stack, town, f"/district/events?about={heard.mission}")
    only = items(stack, town, "/district/events?community=yueran&type=grid.round")
    assert [one["sequence"] for one in only] == [2, 1]


def test_a_name_that_was_taken_back_is_in_no_event_and_in_no_search(
    stack: Stack, town: SimpleNamespace, heard: SimpleNamespace
) -> None:
    who = person(town, "于秋分")
    eventually(lambda: items(stack, town, "/district/search?q=于秋"))
    town.volunteers.say("volunteers.volunteer.name-withdrawn", who, {}, community="yueran")
    eventually(lambda: not items(stack, town, "/district/search?q=于秋"))
    assert "于秋分" not in page(stack, town, f"/district/events?about={who}")


def test_whoever_looks_finds(stack: Stack, town: SimpleNamespace, heard: SimpleNamespace) -> None:
    (mission,) = [one for one in items(stack, town, "/district/missions") if one["id"] == heard.mission]
    for words, kind in [
        ("沈小满", "people"), ("3号楼", "buildings"), ("悦然 3号", "buildings"), ("口罩", "items"), ("mask", "items"),
        ("西门改", "notices"), ("碧桂", "communities"), (mission["number"], "missions"), (".*", None),
    ]:  # fmt: skip
        found = {one["kind"] for one in items(stack, town, f"/district/search?q={words}")}
        assert kind in found if kind else not found, words
        page(stack, town, f"/district/search?q={words}")


def test_a_community_and_its_lists_can_be_looked_back_at(
    stack: Stack, town: SimpleNamespace, heard: SimpleNamespace
) -> None:
    newest = items(stack, town, "/district/events")[0]["position"]
    for path in ("communities/yueran", "shortages", "events", "flow", "gaps"):
        text = page(stack, town, f"/district/{path}?as-known-at={newest}")
        assert "回看" in text, path
    early = items(stack, town, "/district/events?as-known-at=3")
    assert [one["position"] for one in early] == [3, 2, 1]
