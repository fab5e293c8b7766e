"""The grid on real parts: drawn by staff, followed by who needs it."""

from typing import Any

import pytest
import requests

from services.grid import sheets
from services.grid.store import GridStore
from shared.documents import excel_reader as shared_sheets
from shared.documents.excel_reader import Leaf
from shared.i18n.text import Text
from shared.kernel.ids import new_id, now
from shared.persistence.person_search import Keys, Person, search
from shared.persistence.personal_data import overdue
from tests.stack import Stack, eventually

PLACE = "yueran"
HOME = f"/communities/{PLACE}/grid"


@pytest.fixture(scope="module", autouse=True)
def grid(stack: Stack) -> Stack:
    return stack.start("volunteers", f"grid.{PLACE}")


def staff(stack: Stack) -> str:
    return stack.token(f"staff@community:{PLACE}")


def ask(stack: Stack, path: str, token: str | None = None) -> Any:
    answer = stack.call("GET", f"{HOME}{path}", token or staff(stack))
    assert answer.ok, answer.text
    return answer.json()


def do(stack: Stack, path: str, body: Any = None, token: str | None = None) -> Any:
    answer = stack.call("POST", f"{HOME}{path}", token or staff(stack), body or {})
    assert answer.ok, answer.text
    return answer.json()


def test_a_building_on_the_grid_is_on_the_register_of_those_who_look_after_buildings(stack: Stack) -> None:
    cell = do(stack, "/cells", {"name": "第一网格"})
    do(stack, "/buildings", {"name": "3号楼", "cell": cell["id"], "units": ["1单元", "2单元"]})
    (drawn,) = ask(stack, "/")["items"]
    assert (drawn["id"], drawn["cell"], [one["unit"] for one in drawn["units"]]) == (
        "b3",
        cell["id"],
        ["1单元", "2单元"],
    )

    def followed() -> bool:
        known = stack.call("GET", f"/volunteers/{PLACE}/buildings", staff(stack)).json()["items"]
        return [(one["slug"], one["name"], one["units"]) for one in known] == [("b3", "3号楼", ["1单元", "2单元"])]

    eventually(followed)


def upload(stack: Stack, rows: list[dict[str, Any]]) -> Any:
    content = shared_sheets.write(Leaf(Text("住户", "Residents"), sheets.COLUMNS, rows), lang="zh")
    headers = {"Authorization": f"Bearer {staff(stack)}"}
    answer = requests.post(
        stack.url(f"{HOME}/imports"), files={"file": ("residents.xlsx", content)}, headers=headers, timeout=120
    )
    assert answer.ok, answer.text
    return answer.json()


def bring_in(stack: Stack, made: Any) -> None:
    do(stack, f"/imports/{made['id']}/confirmation")
    eventually(lambda: ask(stack, f"/imports/{made['id']}")["job"]["state"] == "done", seconds=60)


def row(door: str, name: str, **more: Any) -> dict[str, Any]:
    return {"building": "5号楼", "unit": "1单元", "door": door, "name": name, **more}


def counts_of(stack: Stack, building: str) -> tuple[int, int, int]:
    one = ask(stack, f"/buildings/{building}")
    return one["households"], one["residents"], one["over_60"]


def volunteer(stack: Stack) -> str:
    return stack.token(f"volunteer@community:{PLACE}", account=OWNER)


OWNER = new_id()
FILE = [
    row("101", "陈安", phone="190 0000 0011", born=1940, flags="独居老人"),
    row("101", "陈宁", born=1990),
    row("102", "周明", phone="19000000012", cell="第二网格"),
    row("102", "周明"),
    row("103", "吴敏", phone="1900"),
    row("104", "郑青", flags="有狗"),
]


def test_a_list_is_looked_through_first_and_brings_in_who_is_sound_once(stack: Stack) -> None:
    made = upload(stack, FILE)
    assert made["counts"] == {"new": 3, "double": 1, "faulty": 2}
    assert made["buildings"] == ["5号楼"]
    assert [one["id"] for one in ask(stack, "/")["items"]] == ["b3"], "looking through changes nothing"
    bring_in(stack, made)
    assert counts_of(stack, "b5") == (2, 3, 1)
    again = upload(stack, FILE)
    assert again["counts"] == {"same": 3, "double": 1, "faulty": 2}
    moved = upload(stack, [row("101", "陈宁", phone="19000000013"), row("105", "陈安", phone="19000000011")])
    assert moved["counts"] == {"changed": 1, "double": 1}, "who is registered elsewhere is not doubled"
    bring_in(stack, moved)
    assert counts_of(stack, "b5") == (2, 3, 1)


def test_names_and_phones_lie_sealed_and_the_backbone_hears_counts(stack: Stack) -> None:
    database = stack.database("grid", PLACE)
    lying = str(
        list(database["households"].find()) + list(database["journal"].find()) + list(database["import_rows"].find())
    )
    assert "19000000011" not in lying
    assert "陈安" not in lying
    told = database["journal"].find_one({"subject": "b5"}, sort=[("sequence", -1)])
    assert told["data"]["units"] == [{"unit": "1单元", "households": 2, "residents": 3, "over_60": 1}]


def of_door(stack: Stack, door: str) -> str:
    found = stack.database("grid", PLACE)["households"].find_one({"door": door})
    return str(found["_id"])


def test_who_lives_there_and_what_to_mind_is_for_those_who_look_after_it_and_every_look_is_on_record(
    stack: Stack,
) -> None:
    home = of_door(stack, "101")
    assert "flags" not in ask(stack, f"/households/{home}", volunteer(stack))
    refused = stack.call("POST", f"{HOME}/households/{home}/look", volunteer(stack), {})
    assert refused.status_code == 403
    assert do(stack, "/care", token=volunteer(stack))["items"] == []
    _give(stack, OWNER)
    looked = do(stack, f"/households/{home}/look", token=volunteer(stack))
    assert (looked["flags"], sorted(one["name"] for one in looked["residents"])) == (["old-alone"], ["陈宁", "陈安"])
    assert [one["door"] for one in do(stack, "/care", token=volunteer(stack))["items"]] == ["101"]
    looks = ask(stack, "/looks")["items"]
    assert [(one["household"], one["by"]) for one in looks] == [(home, OWNER), (home, OWNER)]
    assert stack.call("GET", f"{HOME}/looks", volunteer(stack)).status_code == 403


def _give(stack: Stack, account: str) -> None:
    """As volunteers' events would have it: this account looks after the first unit of building 5."""
    database = stack.database("grid", PLACE)
    database["watchers"].insert_one({"_id": "v1", "account": account, "shifts": []})
    database["carers"].insert_one({"_id": "b5/1单元", "building": "b5", "unit": "1单元", "owner": "v1", "deputy": None})


def entry(home: str, outcome: str, id_: str | None = None, ago: float = 0) -> dict[str, Any]:
    return {"id": id_ or new_id(), "household": home, "outcome": outcome, "seconds_ago": ago}


def test_a_round_from_its_beginning_to_its_end(stack: Stack) -> None:
    begun = do(stack, "/rounds", {})
    at = f"/rounds/{begun['id']}"
    assert stack.call("POST", f"{HOME}/rounds", staff(stack), {}).json()["code"] == "round-under-way"
    first, second = of_door(stack, "101"), of_door(stack, "102")
    seen = entry(first, "not-home", ago=60)
    for _ in range(2):
        assert do(stack, f"{at}/entries", {"entries": [seen]}, volunteer(stack))["taken"] == [seen["id"]]
    later = [
        entry(second, "unwell"),
        entry(first, "visited"),
        entry(first, "refused", ago=120),
        entry("nowhere", "visited"),
    ]
    answer = do(stack, f"{at}/entries", {"entries": later}, volunteer(stack))
    assert [one["code"] for one in answer["refused"]] == ["not-found"]
    whole = ask(stack, at)["whole"]
    assert (whole["households"], whole["visited"], whole["unwell"], whole["refused"], whole["unseen"]) == (
        2,
        1,
        1,
        0,
        0,
    )
    slip = {"id": new_id(), "household": first, "undoes": later[1]["id"]}
    do(stack, f"{at}/entries", {"entries": [slip]}, volunteer(stack))
    assert [one["outcome"] for one in ask(stack, f"{at}/left")["items"]] == ["not-home"]
    assert ask(stack, f"{at}/left?owner=v1")["items"][0]["door"] == "101"
    assert ask(stack, f"{at}/left?owner=nobody")["items"] == []

    def told() -> bool:
        last = stack.database("grid", PLACE)["journal"].find_one({"subject": begun["id"]}, sort=[("sequence", -1)])
        return bool(last["data"].get("owners") and last["data"]["owners"][0] == {
            "of": "v1", "households": 2, "visited": 0, "not_home": 1, "refused": 0, "revisit": 0, "unwell": 1,
        })  # fmt: skip

    eventually(told)
    do(stack, f"{at}/end")
    late = do(stack, f"{at}/entries", {"entries": [entry(first, "visited", ago=50), entry(second, "visited")]})
    assert [one["code"] for one in late["refused"]] == ["round-over"], "what was found before the end still counts"


def test_every_page_draws(stack: Stack) -> None:
    round_ = ask(stack, "/rounds")["items"][0]["id"]
    file = ask(stack, "/imports")["items"][0]["id"]
    home = of_door(stack, "101")
    for path in (
        "/", "/buildings/new", "/buildings/b5", "/owners", "/households/new", f"/households/{home}", "/care", "/looks",
        "/erasure", "/imports", f"/imports/{file}?verdict=double", "/rounds", f"/rounds/{round_}", f"/rounds/{round_}/left",
        f"/rounds/{round_}/doors", f"/rounds/{round_}/doors?building=b5",
    ):  # fmt: skip
        answer = stack.call("GET", f"{HOME}{path}", staff(stack), Accept="text/html")
        assert answer.status_code == 200, (path, answer.text[-600:])


def test_a_person_who_asks_for_it_is_erased_and_only_that_it_was_done_is_left(stack: Stack) -> None:
    (found,) = do(stack, "/erasure/search", {"phone": "190 0000 0011"})["items"]
    assert found["resident"]["name"] == "陈安"
    store = GridStore(stack.database("grid", PLACE), PLACE, stack.field_key("grid", PLACE))
    person, keys = Person(["陈安", "19000000011"]), Keys([store.vault])
    where = {collection for collection, _ in search(store.database, person, keys).found}
    assert where == {"households", "import_rows"}
    do(stack, "/erasure", {"household": found["household"], "resident": found["resident"]["id"]})
    assert do(stack, "/erasure/search", {"name": "陈安"})["items"] == []
    assert counts_of(stack, "b5") == (2, 2, 0)
    (record,) = stack.database("grid", PLACE)["erasures"].find()
    assert record.keys() == {"_id", "at", "by"}
    seen = search(store.database, person, keys)
    assert (seen.found, seen.locked) == ({}, {})
    assert [overdue(store.database, one, now()) for one in store.holds] == [0] * len(store.holds)
