"""The rota on real parts: proposed, changed, locked, asked again, published, healed; also after its service died."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.shifts.domain.posts import Post
from services.shifts.domain.proposals import Proposal
from services.shifts.domain.rosters import Roster
from services.shifts.domain.shifts import Shift
from services.shifts.store import ShiftsStore
from shared.i18n.domain_labels import TIME_WORDS
from shared.i18n.timezone import SHANGHAI
from shared.kernel.command import Command
from shared.kernel.ids import new_id, now
from tests.stack import Stack, eventually

HOME = "/communities/yueran/shifts"
ALL_TIMES = list(TIME_WORDS)
DAYS = 3


@pytest.fixture(scope="module")
def yueran(stack: Stack) -> Stack:
    return stack.start("shifts.yueran")


@pytest.fixture(scope="module")
def store(yueran: Stack) -> ShiftsStore:
    return ShiftsStore(yueran.database("shifts", "yueran"), "yueran")


@pytest.fixture(scope="module")
def captain(yueran: Stack) -> str:
    return yueran.token("captain@community:yueran")


def ask(yueran: Stack, method: str, path: str, token: str, body: Any = None) -> Any:
    answer = yueran.call(method, path, token, body)
    assert answer.ok, answer.text
    return answer.json()


def first_day() -> datetime:
    return datetime.combine(now().astimezone(SHANGHAI).date() + timedelta(days=2), datetime.min.time(), SHANGHAI)


@pytest.fixture
def gate(store: ShiftsStore) -> Iterator[str]:
    """A gate of its own with four turns of six hours a day; taken away again, so that each test has all people to itself."""
    post = f"gate-{new_id()[-6:]}"
    shifts = []
    for number in range(DAYS * 4):
        starts = first_day() + timedelta(hours=6 * number)
        shifts.append(Shift(f"{post}-{number:02}", post, starts, starts + timedelta(hours=6), 1))
    store.transaction(Command(), lambda tx: tx.save(Post(post, "gate", f"{post}门", post, "岗亭")))
    for shift in shifts:
        store.transaction(Command(), lambda tx, one=shift: tx.save(Shift(one.id, post, one.starts, one.ends, 1)))
    yield post
    store["shifts"].delete_many({})
    store["rosters"].delete_many({})
    store["proposals"].delete_many({})


def people(store: ShiftsStore, number: int, **more: Any) -> list[str]:
    ids = [f"v{index}-{new_id()[-8:]}" for index in range(number)]
    for one in ids:
        store.transaction(
            Command(), lambda tx, id_=one: tx.save(Roster(id_, new_id(), **{"available": ALL_TIMES, **more}))
        )
    return ids


def begin(yueran: Stack, captain: str, gate: str, **more: Any) -> str:
    asked = {"first_day": str(first_day().date()), "days": DAYS, "posts": [gate], "seconds": 20, **more}
    return str(ask(yueran, "POST", f"{HOME}/proposals", captain, asked)["id"])


def seen(yueran: Stack, captain: str, proposal: str) -> dict[str, Any]:
    answer: dict[str, Any] = ask(yueran, "GET", f"{HOME}/proposals/{proposal}", captain)
    return answer


def solved(yueran: Stack, captain: str, proposal: str) -> dict[str, Any]:
    eventually(lambda: seen(yueran, captain, proposal)["proposal"]["state"] in {"ready", "broken"}, seconds=60)
    return seen(yueran, captain, proposal)


def test_a_captain_proposes_changes_locks_asks_again_publishes_and_heals(
    yueran: Stack, store: ShiftsStore, captain: str, gate: str
) -> None:
    team = people(store, 6)
    found = solved(yueran, captain, begin(yueran, captain, gate))
    id_ = found["proposal"]["id"]
    assert (found["missing"], found["wanted"], found["proposal"]["state"]) == (0, DAYS * 4, "ready")
    assert all(not one.claims for one in store.find(Shift, {})), "nobody was told"
    spread = sorted(share["carried"]["minutes"] for share in found["shares"])
    assert spread == [720] * 6, "everybody offered the same"

    first = found["proposal"]["places"][0]
    other = next(one for one in team if one != first["volunteer"])
    url = f"{HOME}/proposals/{id_}"
    ask(yueran, "POST", f"{url}/places/removal", captain, {"shift": first["shift"], "volunteer": first["volunteer"]})
    ask(yueran, "POST", f"{url}/places", captain, {"shift": first["shift"], "volunteer": other})
    ask(yueran, "POST", f"{url}/search", captain, {})
    again = solved(yueran, captain, id_)
    assert {"shift": first["shift"], "volunteer": other, "locked": True} in again["proposal"]["places"]
    assert again["missing"] == 0

    done = ask(yueran, "POST", f"{url}/publication", captain, {})
    assert (done["state"], done["refused"]) == ("published", [])
    assert {one.id: [claim.volunteer for claim in one.claims] for one in store.find(Shift, {"post": gate})} == {
        place["shift"]: [place["volunteer"]] for place in again["proposal"]["places"]
    }
    told = store["journal"].count_documents({"type": "shifts.shift.claimed.v1", "data.how": "assigned"})
    assert told == DAYS * 4

    lost = {one["shift"] for one in again["proposal"]["places"] if one["volunteer"] == other}
    ill = {"volunteer": other, "since": now().isoformat(), "until": (first_day() + timedelta(days=9)).isoformat()}
    repair = ask(yueran, "POST", f"{HOME}/proposals/repairs", captain, ill)["id"]
    healed = solved(yueran, captain, repair)["proposal"]
    assert healed["proven"]
    assert {one["shift"] for one in healed["places"]} >= lost
    assert len(healed["disturbed"]) in {1, 2}
    ask(yueran, "POST", f"{HOME}/proposals/{repair}/publication", captain, {})
    holders = {one.id: [claim.volunteer for claim in one.claims] for one in store.find(Shift, {"post": gate})}
    assert all(len(one) == 1 for one in holders.values())
    assert not any(other in one for one in holders.values())


def test_a_gap_says_who_was_near_and_which_rule_stopped_them(
    yueran: Stack, store: ShiftsStore, captain: str, gate: str
) -> None:
    (only,) = people(store, 1)
    people(store, 1, available=[])
    found = solved(yueran, captain, begin(yueran, captain, gate))
    assert found["missing"] == len(found["gaps"]) > 0
    words = " ".join(sentence["en"] for gap in found["gaps"] for sentence in gap["near"])
    assert "rests until" in words
    assert "did not offer this time" in words
    assert {place["volunteer"] for place in found["proposal"]["places"]} == {only}, (
        "nobody is put where they did not offer to be"
    )


def test_a_closing_is_healed_by_those_it_concerns_before_anybody_is_told(
    yueran: Stack, store: ShiftsStore, captain: str, gate: str
) -> None:
    people(store, 6)
    solved_ = solved(yueran, captain, begin(yueran, captain, gate))["proposal"]["id"]
    ask(yueran, "POST", f"{HOME}/proposals/{solved_}/publication", captain, {})
    day = first_day() + timedelta(days=1)
    shut = {"post": gate, "since": day.isoformat(), "until": (day + timedelta(hours=12)).isoformat()}
    repair = ask(yueran, "POST", f"{HOME}/proposals/repairs", captain, shut)["id"]
    assert solved(yueran, captain, repair)["proposal"]["disturbed"] == []
    assert store.find(Shift, {"post": gate, "cancelled": True}) == []
    ask(yueran, "POST", f"{HOME}/proposals/{repair}/publication", captain, {})
    assert len(store.find(Shift, {"post": gate, "cancelled": True})) == 2


def test_a_search_that_its_service_did_not_survive_is_begun_again_and_only_one_is_at_work(
    yueran: Stack, store: ShiftsStore, captain: str, gate: str
) -> None:
    people(store, 6)
    broken = Proposal(new_id(), "plan", now(), first_day().date(), DAYS, [gate], 20)
    yueran.kill("shifts.yueran")
    store.transaction(Command(), lambda tx: tx.save(broken))
    yueran.start("shifts.yueran")
    wanted = {"first_day": str(first_day().date()), "days": DAYS, "posts": [gate]}
    second = eventually(lambda: yueran.call("POST", f"{HOME}/proposals", captain, wanted))
    assert second.status_code == 201 or second.json()["code"] == "already-solving"
    assert solved(yueran, captain, broken.id)["missing"] == 0
