"""G7: a read model is made anew while the system runs, and equals the one it replaces; and it can be seen as it once was."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from services.district.read_views import overview as views
from services.district.store import DistrictStore
from services.district.usecases.following import REACTIONS, follow
from shared.events.contracts import registry
from shared.events.envelope import Event, from_wire
from shared.kernel.command import Command
from shared.kernel.ids import new_id, now
from tests.faults.conftest import note
from tests.speaker import Speaker
from tests.stack import Stack, eventually

HOUR = timedelta(hours=1)
WEEK = 84  # shifts of one post
MANY = 25  # weeks that are in the log before anything is rebuilt


@pytest.fixture(scope="module")
def town(stack: Stack) -> Iterator[SimpleNamespace]:
    """The district's process with some thousand events behind it, and the voices of accounts and one community's shifts."""
    stack.start("district")
    town = SimpleNamespace(
        accounts=Speaker(stack, "accounts"),
        shifts=Speaker(stack, "shifts", "yueran"),
        store=DistrictStore(stack.database("district")),
        officer=stack.token("officer@district"),
        operator=stack.token("operator@district"),
        said=0,
    )
    name = {"name": "悦然馨苑", "name_en": "Yueran", "residents": 5000}
    town.accounts.say("accounts.community.registered", "yueran", name)
    town.shifts.say("shifts.post.opened", "gate", {"kind": "gate", "name": "西门", "name_en": "West gate"})
    town.planned = [shift for _ in range(MANY) for shift in plan_week(town, 100 * HOUR)]
    town.said = 2 + MANY * WEEK
    eventually(lambda: town.store.last_position() == town.said, seconds=60)
    yield town
    town.accounts.stop()
    town.shifts.stop()


def plan_week(town: SimpleNamespace, begins_in: timedelta = -HOUR) -> list[str]:
    """A week of one post in one act."""
    at, week = now(), [new_id() for _ in range(WEEK)]
    facts = []
    for turn, shift in enumerate(week):
        starts = at + begins_in + 2 * turn * HOUR
        data = {"post": "gate", "head_count": 2, "starts": starts, "ends": starts + 2 * HOUR}
        facts.append(("shifts.shift.planned", shift, data))
    town.shifts.say_all(facts, at=at)
    return week


def overview(stack: Stack, town: SimpleNamespace, known_at: str = "") -> Any:
    path = "/district/" + (f"?as-known-at={known_at.replace('+', '%2B')}" if known_at else "")
    answer = stack.call("GET", path, town.officer)
    assert answer.status_code == 200, answer.text
    return answer.json()


def rebuild(stack: Stack, town: SimpleNamespace) -> str:
    """Begins one and returns its generation."""
    begun = stack.call("POST", "/district/rebuilds", town.operator)
    assert begun.status_code == 202, begun.text
    generation: str = begun.json()["generation"]
    return generation


def progress(stack: Stack, town: SimpleNamespace, generation: str) -> Any:
    listed = stack.call("GET", "/district/rebuilds", town.operator).json()["items"]
    return next(one for one in listed if one["generation"] == generation)


def finished(stack: Stack, town: SimpleNamespace, generation: str) -> Any:
    def ended() -> Any:
        one = progress(stack, town, generation)
        return one if one["state"] != "folding" else None

    return eventually(ended, seconds=90)


def log_of(store: DistrictStore, upto: int) -> list[Event]:
    entries = store["received"].find({"_id": {"$lte": upto}}).sort("_id", 1)
    wires = [entry["event"] for entry in entries]
    return [registry.read(from_wire({**wire, "time": wire["time"].isoformat()})) for wire in wires]


@contextmanager
def fresh_fold(store: DistrictStore, upto: int) -> Iterator[DistrictStore]:
    """The log through the district's use case and nothing else, in an empty database."""
    fresh = DistrictStore(store.database.client[f"{store.database.name}_fresh"])
    store.database.client.drop_database(fresh.database.name)
    fresh.prepare()
    events = [event for event in log_of(store, upto) if event.type in REACTIONS]
    for begin_at in range(0, len(events), 777):
        followed = events[begin_at : begin_at + 777]
        fresh.transaction(Command(), lambda tx, followed=followed: follow(tx, followed))  # type: ignore[misc]
    yield fresh
    store.database.client.drop_database(fresh.database.name)


def contents(store: DistrictStore) -> dict[str, list[dict[str, Any]]]:
    return {name: list(store[name].find().sort("_id", 1)) for name in store.folded}


class Readers:
    """Who looks at the overview without a pause; `seen` holds each answer's status, communities shown and seconds."""

    def __init__(self, stack: Stack, town: SimpleNamespace) -> None:
        self._stack, self._town = stack, town
        self._stopping = False
        self._threads = [threading.Thread(target=self._read) for _ in range(2)]
        self.seen: list[tuple[int, int, float]] = []

    def _read(self) -> None:
        while not self._stopping:
            began = time.monotonic()
            answer = self._stack.call("GET", "/district/", self._town.officer)
            shown = len(answer.json().get("communities", []))
            self.seen.append((answer.status_code, shown, time.monotonic() - began))

    def slowest(self) -> float:
        return max(seconds for *_, seconds in self.seen)

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        for thread in self._threads:
            thread.join()


class Claims:
    """Somebody claims, arrives and leaves without a pause, in shift after shift; `events` counts what was said."""

    def __init__(self, town: SimpleNamespace) -> None:
        self._town = town
        self._stopping = False
        self._thread = threading.Thread(target=self._claim)
        self.events = 0

    def _claim(self) -> None:
        who = {"volunteer": new_id()}
        for shift in self._town.planned:
            if self._stopping:
                return
            for what, more in [("claimed", {}), ("checked-in", {"at": now()})]:
                self._town.shifts.say(f"shifts.shift.{what}", shift, who | more)
                self.events += 1

    def __enter__(self) -> "Claims":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._thread.join()
        self._town.said += self.events


def test_g7_a_rebuild_under_load_equals_what_it_replaces_and_nobody_notices(
    stack: Stack, town: SimpleNamespace
) -> None:
    """G7."""
    before = town.store.generation
    folded = list[int]()
    with Claims(town) as claims, Readers(stack, town) as readers:
        eventually(lambda: claims.events > 20 and len(readers.seen) > 20)
        begun, calm = claims.events, readers.slowest()
        generation = rebuild(stack, town)
        assert rebuild(stack, town) == generation, "asked for twice, it is one rebuild"
        while (one := progress(stack, town, generation))["state"] == "folding":
            folded.append(one["folded"])
        during = claims.events - begun
        after = len(readers.seen)
        eventually(lambda: len(readers.seen) > after + 5)
    assert one["state"] == "shown", one
    assert one["differing"] == 0, one["differences"]
    assert one["folded"] >= town.said - claims.events
    assert folded == sorted(folded)
    assert len({0 < place < town.said for place in folded}) > 0
    assert town.store.generation == generation != before
    assert during > 0
    assert {(status, shown) for status, shown, _ in readers.seen} == {(200, 1)}
    figures = f"slowest reader {readers.slowest():.2f} s, before it {calm:.2f} s"
    note(f"rebuild of {one['folded']} events, {during} said meanwhile: {figures}")
    eventually(lambda: town.store.last_position() == town.said, seconds=60)
    with fresh_fold(town.store, town.said) as fresh:
        assert contents(town.store) == contents(fresh)


def test_g7_a_rebuild_whose_process_is_killed_goes_on_with_the_next(stack: Stack, town: SimpleNamespace) -> None:
    """G7."""
    generation = rebuild(stack, town)
    eventually(lambda: progress(stack, town, generation)["folded"] > 0)
    stack.kill("district")
    left = town.store.generation_where({"_id": generation})
    assert left is not None
    assert left.state == "folding", "it was killed too late to tell anything"
    stack.start("district")
    one = finished(stack, town, generation)
    assert (one["state"], one["differing"]) == ("shown", 0), one
    again = rebuild(stack, town)
    assert again != generation
    assert finished(stack, town, again)["differing"] == 0


def test_g7_a_rebuild_says_what_it_mended(stack: Stack, town: SimpleNamespace) -> None:
    """G7."""
    lost, bent = town.planned[-1], "yueran"
    town.store["shifts_seen"].delete_one({"_id": f"yueran/{lost}"})
    town.store["communities"].update_one({"_id": bent}, {"$set": {"residents": 1}})
    one = finished(stack, town, rebuild(stack, town))
    assert one["state"] == "shown"
    assert one["differences"] == ["communities yueran", f"shifts_seen yueran/{lost}"]
    assert overview(stack, town)["communities"][0]["residents"] == 5000
    page = stack.call("GET", "/district/rebuilds", town.operator, Accept="text/html").text
    assert "与原来有 2 处不同" in page


def test_g7_as_known_at_a_moment_is_what_the_page_showed_then(stack: Stack, town: SimpleNamespace) -> None:
    """G7."""
    eventually(lambda: overview(stack, town)["silent"] == 0)
    then = overview(stack, town)
    position = town.store.last_position()
    town.shifts.say("shifts.shift.claimed", plan_week(town)[0], {"volunteer": new_id()})
    town.said += WEEK + 1
    eventually(lambda: town.store.last_position() == town.said)
    past = eventually(lambda: overview(stack, town, then["at"]))
    assert past | {"known_at": None} == then
    assert past["known_at"] == position
    assert overview(stack, town)["gaps"] != then["gaps"]
    page = stack.call("GET", f"/district/?as-known-at={position}", town.officer, Accept="text/html").text
    assert "回看" in page
    assert "data-live" not in page


def test_g7_as_known_at_a_position_is_what_a_fresh_fold_gives(stack: Stack, town: SimpleNamespace) -> None:
    """G7."""
    plan_week(town)
    town.said += WEEK
    eventually(lambda: town.store.last_position() == town.said)
    position = town.said - WEEK // 2
    past = eventually(lambda: overview(stack, town, str(position)))  # what is folded again is asked for again
    at = datetime.fromisoformat(past["at"])
    assert at == town.store.received_at(position)
    with fresh_fold(town.store, position) as fresh:
        seen = views.look_back(fresh, at, position)
    assert len(past["gaps"]) == len(seen.gaps) > 0
    assert [one["shift"] for one in past["gaps"]] == [one.shift.id for one in seen.gaps]
    assert [one["id"] for one in past["happenings"]] == [one.happening.id for one in seen.happenings]
    assert past["missing_ahead"] == seen.overview.missing_ahead
    assert overview(stack, town, "2020-01-23T10:00+08:00")["communities"] == []


@pytest.mark.parametrize("known_at", ["2999-01-01T00:00Z", "123456789", "0", "yesterday", "0001-01-01T00:00+08:00"])
def test_g7_what_has_not_been_cannot_be_looked_back_at(stack: Stack, town: SimpleNamespace, known_at: str) -> None:
    """G7."""
    path = f"/district/?as-known-at={known_at.replace('+', '%2B')}"
    assert stack.call("GET", path, town.officer).status_code == 422
