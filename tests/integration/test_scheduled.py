"""Scheduled work: what fails stops nothing but itself, is on record, and comes again later and later."""

import logging
import secrets
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pymongo import MongoClient
from pymongo.errors import AutoReconnect

from shared.jobs import scheduler
from shared.jobs.scheduler import Rounds, Task
from shared.persistence.job_failures import failing_now
from tests.link import GateStore
from tests.parts import Parts

PLACES = ("yueran", "biguiyuan", "xingfu")


class Clock:
    """Stands until it is moved on."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(scheduler, "time", made)
    return made


@pytest.fixture
def stores(parts: Parts) -> Iterator[list[GateStore]]:
    with MongoClient[Any](parts.mongodb_uri) as client:
        name = f"t{secrets.token_hex(6)}"
        yield [GateStore(client[f"{name}_{place}"], place) for place in PLACES]
        for place in PLACES:
            client.drop_database(f"{name}_{place}")


class Work:
    """Has `due` ids in every tenant; those of (place, id) in `bad` fail with `fault`; `done` tells what was."""

    def __init__(self, stores: Sequence[GateStore], due: Sequence[str], *bad: tuple[str, str]) -> None:
        self.due = {store.community: list(due) for store in stores}
        self.bad = set(bad)
        self.fault: Exception = RuntimeError("broken")
        self.tried: list[tuple[str, str]] = []
        self.done: list[tuple[str, str]] = []
        self.rounds = Rounds(Task(f"test-{secrets.token_hex(4)}", 30, self._do, due=self._due), stores)

    def _due(self, store: GateStore) -> Iterator[str]:
        place = str(store.community)
        if (place, "") in self.bad:
            raise self.fault
        yield from self.due[place]

    def _do(self, store: GateStore, id_: str) -> bool:
        key = (str(store.community), id_)
        self.tried.append(key)
        if key in self.bad:
            raise self.fault
        self.done.append(key)
        return True

    def figure(self, name: str, place: str = "yueran") -> float | None:
        labels = {"service": "shifts", "job": self.rounds.task.name, "community": place}
        return REGISTRY.get_sample_value(f"lianfang_job_{name}", labels)


def test_a_tenant_whose_work_fails_keeps_the_others_from_nothing(stores: list[GateStore]) -> None:
    work = Work(stores, ["a"], ("biguiyuan", "a"))
    work.rounds.round()
    assert work.done == [("yueran", "a"), ("xingfu", "a")]


def test_an_id_that_fails_lets_the_others_of_its_tenant_happen_in_the_same_round(stores: list[GateStore]) -> None:
    work = Work(stores[:1], ["a", "b", "c"], ("yueran", "a"))
    work.rounds.round()
    assert [id_ for _, id_ in work.done] == ["b", "c"]


def test_a_tenant_in_which_nothing_can_be_found_keeps_the_others_from_nothing(stores: list[GateStore]) -> None:
    work = Work(stores, ["a"], ("biguiyuan", ""))
    work.rounds.round()
    assert work.done == [("yueran", "a"), ("xingfu", "a")]
    assert work.figure("failing", "biguiyuan") == 1


def test_a_failure_is_logged_once_with_all_that_says_where(
    stores: list[GateStore], caplog: pytest.LogCaptureFixture
) -> None:
    work = Work(stores, ["a"], ("biguiyuan", "a"))
    with caplog.at_level(logging.INFO):
        work.rounds.round()
    (line,) = caplog.records
    told = {name: line.facts[name] for name in ("service", "job", "community", "id")}  # type: ignore[attr-defined]
    assert told == {"service": "shifts", "job": work.rounds.task.name, "community": "biguiyuan", "id": "a"}
    assert line.exc_info is not None
    assert line.exc_info[1] is work.fault


def test_failures_are_counted_from_nought_and_shown_until_they_are_over(stores: list[GateStore], clock: Clock) -> None:
    work = Work(stores, ["a", "b"], ("yueran", "a"))
    assert (work.figure("failures_total"), work.figure("failing")) == (0, 0)
    work.rounds.round()
    assert (work.figure("failures_total"), work.figure("failing"), work.figure("failing", "xingfu")) == (1, 1, 0)
    (shown,) = failing_now(stores[0].database)
    assert (shown["job"], shown["item"], shown["reason"]) == (work.rounds.task.name, "a", "RuntimeError: broken")
    work.bad.clear()
    clock.at += 5
    work.rounds.round()
    assert (work.figure("failures_total"), work.figure("failing")) == (1, 0)
    assert failing_now(stores[0].database) == []


def test_what_fails_again_and_again_is_tried_less_and_less_often_but_never_given_up(
    stores: list[GateStore], clock: Clock
) -> None:
    work = Work(stores[:1], ["a"], ("yueran", "a"))
    tried = []
    for second in range(1500):
        clock.at = 1000.0 + second
        work.rounds.round()
        tried += [second] * (len(work.tried) - len(tried))
    assert [later - sooner for sooner, later in pairwise(tried)] == [5, 10, 20, 40, 80, 160] + [300] * 3


def test_what_time_asks_for_no_longer_is_forgotten(stores: list[GateStore]) -> None:
    work = Work(stores[:1], ["a"], ("yueran", "a"))
    work.rounds.round()
    work.due["yueran"] = []
    work.rounds.round()
    assert work.figure("failing") == 0
    assert failing_now(stores[0].database) == []


def test_however_many_fail_those_behind_them_have_their_turn(
    stores: list[GateStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "AT_ONCE", 5)
    ids = [f"{number:02}" for number in range(12)]
    work = Work(stores[:1], ids, *(("yueran", id_) for id_ in ids[:11]))
    for _ in range(3):
        work.rounds.round()
    assert work.done == [("yueran", "11")]


def test_a_long_list_of_one_tenant_keeps_no_other_waiting(stores: list[GateStore]) -> None:
    work = Work(stores, ["a"])
    work.due["yueran"] = [f"{number}" for number in range(100)]
    work.rounds.round()
    assert {place for place, _ in work.done[:3]} == set(PLACES)


def test_while_the_database_is_away_the_round_pauses_and_nothing_has_failed(stores: list[GateStore]) -> None:
    work = Work(stores, ["a", "b"], ("biguiyuan", "a"))
    work.fault = AutoReconnect("away")
    with pytest.raises(AutoReconnect):
        work.rounds.round()
    assert (work.figure("failures_total", "biguiyuan"), work.figure("failing", "biguiyuan")) == (0, 0)
    assert work.done == [("yueran", "a")]


@pytest.mark.parametrize("where", ["a", ""])
def test_who_asks_more_of_the_database_than_it_gives_comes_last_in_the_next_round(
    stores: list[GateStore], where: str
) -> None:
    work = Work(stores, ["a"], ("biguiyuan", where))
    work.fault = AutoReconnect("too slow")
    for _ in range(2):
        with pytest.raises(AutoReconnect):
            work.rounds.round()
    assert {place for place, _ in work.done} == {"yueran", "xingfu"}


def test_it_is_late_where_it_was_not_gone_through_and_nowhere_else(stores: list[GateStore], clock: Clock) -> None:
    work = Work(stores, ["a"], ("biguiyuan", ""))
    clock.at += 100
    work.rounds.round()
    clock.at += 40
    assert [work.figure("late_seconds", place) for place in PLACES] == [10, 110, 10]


def test_it_comes_again_at_once_while_something_moves_if_that_is_asked_for(stores: list[GateStore]) -> None:
    left = ["a", "b"]

    def do(_store: Any, id_: str) -> bool:
        left.remove(id_)
        return True

    def due(_store: Any) -> list[str]:
        return left[:1]

    eager = Rounds(Task("eager", 30, do, due=due, eager=True), stores[:1])
    assert [eager.round(), eager.round(), eager.round()] == [True, True, False]
    left += ["a"]
    assert not Rounds(Task("patient", 30, do, due=due), stores[:1]).round()


def test_what_was_handed_on_is_on_record_too_and_takes_nobody_along(stores: list[GateStore]) -> None:
    work = Work(stores[:1], [])

    def fail() -> None:
        raise work.fault

    work.rounds.once(stores[0], "message", fail)
    assert work.figure("failures_total") == 1
    assert [one["item"] for one in failing_now(stores[0].database)] == ["message"]


def test_a_note_that_cannot_be_kept_ends_no_round(stores: list[GateStore], monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise AutoReconnect("away")

    monkeypatch.setattr(scheduler, "note_failing", away)
    work = Work(stores, ["a"], ("yueran", "a"))
    work.rounds.round()
    assert len(work.done) == 2
