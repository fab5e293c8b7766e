"""The gate log and residents' requests on real parts: uploads of any kind count once, and the district counts with them."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

from shared.kernel.ids import new_id, now
from tests.speaker import Speaker
from tests.stack import Stack, eventually

PLACE = "yueran"
HOME = f"/communities/{PLACE}/grid"
MANY = 10_000


@pytest.fixture(scope="module")
def town(stack: Stack) -> Iterator[SimpleNamespace]:
    """A community's grid, the district, and the voices of shifts and volunteers."""
    stack.start(f"grid.{PLACE}", "district")
    town = SimpleNamespace(
        shifts=Speaker(stack, "shifts", PLACE),
        volunteers=Speaker(stack, "volunteers"),
        staff=stack.token(f"staff@community:{PLACE}"),
        guard=stack.token(f"volunteer@community:{PLACE}", account="lin"),
        other=stack.token(f"volunteer@community:{PLACE}", account="wang"),
        officer=stack.token("officer@district"),
    )
    for gate in ("west", "north", "empty", "busy"):
        town.shifts.say("shifts.post.opened", gate, {"kind": "gate", "name": "西门", "name_en": "West gate"})
    for who in ("lin", "wang"):
        approved = {"account": who, "skills": []}
        town.volunteers.say("volunteers.volunteer.approved", f"v-{who}", approved, community=PLACE)
    eventually(lambda: len(ask(stack, "/gates/", town.guard)["items"]) == 4)
    yield town
    for one in (town.shifts, town.volunteers):
        one.stop()


def ask(stack: Stack, path: str, token: str) -> Any:
    answer = stack.call("GET", f"{HOME}{path}", token)
    assert answer.ok, answer.text
    return answer.json()


def post(stack: Stack, path: str, body: Any, token: str | None) -> Any:
    answer = stack.call("POST", f"{HOME}{path}", token, body)
    assert answer.ok, answer.text
    return answer.json()


def upload(stack: Stack, town: SimpleNamespace, rows: list[Any]) -> Any:
    return post(stack, "/gate-log/entries", {"entries": rows}, town.guard)


def row(gate: str, ago: float = 1, **told: Any) -> dict[str, Any]:
    at = (now() - timedelta(seconds=ago)).isoformat()
    return {"id": new_id(), "gate": gate, "at": at, "direction": "in", "kind": "person", **told}


def journalled(stack: Stack, type_: str, gate: str) -> list[Any]:
    journal = stack.database("grid", PLACE)["journal"]
    return list(journal.find({"type": type_, "data.gate": gate}))


def hours_of(stack: Stack, town: SimpleNamespace, gate: str) -> int:
    """How many came through this gate, as the district counts them."""
    flow = stack.call("GET", f"/district/communities/{PLACE}", town.officer).json().get("flow_by_gate", [])
    return sum(one["came"] + one["went"] for one in flow if one["gate"] == gate)


def test_ten_thousand_entries_in_one_upload_are_in_the_log_and_in_the_districts_count(
    stack: Stack, town: SimpleNamespace
) -> None:
    chance = random.Random(1)
    rows = [row("busy", chance.uniform(0, 3600), direction=chance.choice(["in", "out"])) for _ in range(MANY)]
    began = monotonic()
    answer = upload(stack, town, rows)
    answered = monotonic()
    assert (answer["logged"], answer["known"], answer["refused"]) == (MANY, 0, [])
    eventually(lambda: hours_of(stack, town, "busy") == MANY, seconds=60)
    print(
        f"measured: an upload of {MANY} entries was answered in {answered - began:.1f} s, "
        f"and counted in the district {monotonic() - answered:.1f} s later"
    )
    events = journalled(stack, "grid.gate-log.entries-logged.v1", "busy")
    assert len(events) == MANY // 100
    assert len({entry["id"] for event in events for entry in event["data"]["entries"]}) == MANY

    again = upload(stack, town, rows[: MANY // 2])
    assert (again["logged"], again["known"]) == (0, MANY // 2)
    rebuilt = stack.call("POST", "/district/rebuilds", stack.token("operator@district")).json()["generation"]

    def shown() -> Any:
        listed = stack.call("GET", "/district/rebuilds", stack.token("operator@district")).json()["items"]
        return next(one for one in listed if one["generation"] == rebuilt and one["state"] == "shown")

    def is_shown() -> bool:
        try:
            return bool(shown())
        except StopIteration:
            return False

    eventually(is_shown, seconds=60)
    assert (shown()["differing"], shown()["differences"]) == (0, [])
    assert hours_of(stack, town, "busy") == MANY


def test_the_same_upload_from_many_at_once_counts_once(stack: Stack, town: SimpleNamespace) -> None:
    rows = [
        row("north", number, plate=f"京A{number:05}", temperature=38.5 if number == 7 else 36.5)
        for number in range(300)
    ]
    with ThreadPoolExecutor(4) as pool:
        shuffled = [random.Random(seed).sample(rows, len(rows)) for seed in range(4)]
        answers = list(pool.map(lambda some: upload(stack, town, some), shuffled))
    assert sum(one["logged"] for one in answers) == 300
    assert sum(len(one["fevers"]) for one in answers) == 1
    assert sum(one["logged"] + one["known"] for one in answers) == 4 * 300
    assert len(journalled(stack, "grid.gate-log.fever-found.v1", "north")) == 1
    eventually(lambda: hours_of(stack, town, "north") == 300)


def test_late_and_skewed_entries_stand_at_their_true_time_and_impossible_ones_cost_nothing(
    stack: Stack, town: SimpleNamespace
) -> None:
    slow = {"at": (now() - timedelta(hours=5)).isoformat(), "offset": 4 * 3600}
    rows = [
        row("west", 3600),
        row("west", **slow),
        row("west", -3600),
        row("west", 40 * 86_400),
        row("west", temperature=99.9),
        row("nowhere"),
        row("west", name="a\0b"),
        "nonsense",
        row("west"),
    ]
    answer = upload(stack, town, rows)
    assert (answer["logged"], answer["late"], answer["skewed"]) == (3, 2, 1)
    assert [(one["row"], one["code"]) for one in answer["refused"]] == [
        (2, "from-the-future"),
        (3, "too-old"),
        (4, "temperature-out-of-range"),
        (5, "unknown-gate"),
        (6, "unreadable-entry"),
        (7, "unreadable-entry"),
    ]
    kept = stack.database("grid", PLACE)["gate_entries"].find_one({"_id": rows[1]["id"]})
    assert kept["flags"] == ["late", "skewed"]
    assert kept["at"] - kept["said"] == timedelta(hours=4)


def test_one_entry_twice_is_one_and_its_fever_is_told_at_once_and_once(stack: Stack, town: SimpleNamespace) -> None:
    entry = {"id": new_id(), "way": "person-in", "temperature": 37.3, "returnee_from": "外省"}
    for _ in range(2):
        answer = post(stack, "/gates/empty/entries", entry, town.guard)
        assert (answer["id"], answer["flags"]) == (entry["id"], ["returnee", "fever"])
    (fever,) = journalled(stack, "grid.gate-log.fever-found.v1", "empty")
    assert (fever["data"]["entry"], fever["data"]["temperature"]) == (entry["id"], 37.3)

    def told() -> bool:
        happened = stack.call("GET", f"/district/communities/{PLACE}", town.officer).json()["happenings"]
        return any(one["type"] == "grid.gate-log.fever-found.v1" and one["subject"] == "empty" for one in happened)

    eventually(told)
    (returned,) = ask(stack, "/gate-log/?gate=empty&flag=returnee", town.staff)["items"]
    assert (returned["id"], returned["returnee_from"]) == (entry["id"], "外省")
    refused = stack.call("POST", f"{HOME}/gates/empty/entries", town.guard, {"way": "person-in", "temperature": 20})
    assert (refused.status_code, refused.json()["code"]) == (409, "temperature-out-of-range")
    assert stack.call("GET", f"{HOME}/gate-log/", town.guard).status_code == 403


def test_names_and_plates_are_sealed_go_by_age_and_on_request(stack: Stack, town: SimpleNamespace) -> None:
    rows = [row("north", 60, kind="vehicle", plate="京b·777", name="周某"), row("north", 3 * 86_400, plate="京B 777")]
    assert upload(stack, town, rows)["logged"] == 2
    (seen,) = ask(stack, "/gate-log/?gate=north&way=vehicle-in", town.staff)["items"]
    assert (seen["plate"], seen["name"]) == ("京B777", "周某")
    database = stack.database("grid", PLACE)
    kept = repr([list(database[name].find()) for name in ("gate_entries", "gate_passers", "journal")])
    assert "周某" not in kept
    assert "777" not in [one for one in kept.split("'") if "京" in one]

    def passers() -> set[str]:
        ids = [one["id"] for one in rows]
        return {one["_id"] for one in database["gate_passers"].find({"_id": {"$in": ids}})}

    assert passers() == {one["id"] for one in rows}
    post(stack, "/gate-log/rules", {"fever": 37.3, "keep_days": 2}, town.staff)
    assert passers() == {rows[0]["id"]}
    assert post(stack, "/gate-log/erasure", {"plate": "京B777"}, town.staff) == {"entries": 1}
    assert passers() == set()
    assert upload(stack, town, rows)["known"] == 2


def test_a_log_is_read_page_by_page_to_its_end(stack: Stack, town: SimpleNamespace) -> None:
    rows = [row("west", 10, kind="vehicle", direction="out") for _ in range(120)]
    upload(stack, town, rows)
    asked, seen = "?gate=west&way=vehicle-out", []
    while True:
        shown = ask(stack, f"/gate-log/{asked}", town.staff)
        seen += [one["id"] for one in shown["items"]]
        if shown["next"] is None:
            break
        asked = f"?gate=west&way=vehicle-out&after={shown['next'].replace('+', '%2B')}"
    assert sorted(seen) == sorted(one["id"] for one in rows)
    hours = ask(stack, "/gate-log/flow?gate=west", town.guard)["items"]
    assert len(hours) == 24
    assert sum(one["went"] for one in hours) == 120


def asking(**told: Any) -> dict[str, Any]:
    return {"kind": "luggage", "gate": "west", "who": "赵奶奶", "phone": "19000000009", "where": "3号楼501", **told}


def test_a_resident_asks_without_an_account_and_somebody_on_duty_does_it(stack: Stack, town: SimpleNamespace) -> None:
    asked = post(stack, "/requests/", asking(what="两箱菜"), None)
    id_, link = asked["request"]["id"], asked["link"].removeprefix(stack.origin)
    (listed,) = ask(stack, "/requests/", town.guard)["items"]
    assert (listed["words"]["where"], listed["words"]["phone"]) == ("3号楼501", "+8619000000009")
    database = stack.database("grid", PLACE)
    assert "赵奶奶" not in repr([list(database[name].find()) for name in database.list_collection_names()])

    refused = stack.call("POST", f"{HOME}/requests/{id_}/taking", town.guard)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-on-duty")
    for who in ("lin", "wang"):
        there = {"volunteer": f"v-{who}", "at": now().isoformat()}
        town.shifts.say("shifts.shift.checked-in", f"s-{who}", {**there, "at": now(), "late": 0})

    def taken() -> bool:
        return stack.call("POST", f"{HOME}/requests/{id_}/taking", town.guard).ok

    eventually(taken)
    eventually(lambda: database["watchers"].find_one({"_id": "v-wang", "shifts.s-wang": {"$exists": True}}) is not None)
    assert stack.call("POST", f"{HOME}/requests/{id_}/taking", town.other).json()["code"] == "taken-already"
    assert stack.call("GET", link).json()["request"]["state"] == "taken"
    assert stack.call("POST", f"{HOME}/requests/{id_}/completion", town.other).json()["code"] == "not-yours"
    post(stack, f"/requests/{id_}/handing-back", {}, town.guard)
    post(stack, f"/requests/{id_}/taking", {}, town.other)
    post(stack, f"/requests/{id_}/completion", {}, town.staff)
    assert stack.call("POST", f"{link}/withdrawal").json()["code"] == "request-settled"
    types = [one["type"] for one in database["journal"].find({"subject": id_}, sort=[("sequence", 1)])]
    assert types == [f"grid.request.{what}.v1" for what in ("asked", "taken", "handed-back", "taken", "done")]


def test_two_take_at_once_and_one_has_it(stack: Stack, town: SimpleNamespace) -> None:
    for who in ("lin", "wang"):
        town.shifts.say("shifts.shift.checked-in", f"t-{who}", {"volunteer": f"v-{who}", "at": now(), "late": 0})
    database = stack.database("grid", PLACE)
    eventually(
        lambda: (
            database["watchers"].count_documents(
                {"$or": [{f"shifts.t-{who}": {"$exists": True}} for who in ("lin", "wang")]}
            )
            == 2
        )
    )
    id_ = post(stack, "/requests/", asking(phone="19000000010"), town.staff)["request"]["id"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda token: stack.call("POST", f"{HOME}/requests/{id_}/taking", token).status_code,
                (town.guard, town.other),
            )
        )
    assert sorted(answers) == [200, 409]


def test_who_asks_twice_by_one_form_asked_once_and_who_asks_too_often_is_told(
    stack: Stack, town: SimpleNamespace
) -> None:
    form = asking(phone="19000000011", token="x" * 22)
    first, second = (post(stack, "/requests/", form, None)["request"]["id"] for _ in range(2))
    assert first == second
    link = f"{HOME}/requests/mine/{'x' * 22}"
    assert stack.call("POST", f"{link}/withdrawal").json()["state"] == "withdrawn"
    for _ in range(4):
        post(stack, "/requests/", asking(phone="19000000011"), None)
    refused = stack.call("POST", f"{HOME}/requests/", None, asking(phone="190 0000 0011"))
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many")
    assert stack.call("POST", f"{HOME}/requests/", town.staff, asking(phone="19000000011")).ok
