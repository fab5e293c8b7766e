"""The store: state and events together, numbered without gaps, once per key."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.events.contracts import Fact
from shared.kernel.command import Command, IdempotentReplay
from shared.kernel.errors import NotFound
from shared.kernel.ids import now
from shared.persistence.store import StaleWrite
from tests.link import CLOSED, Faulty, Gate, GateStore, Link


def test_state_and_events_commit_together_or_not_at_all(link: Link) -> None:
    def fails_at_the_end(tx: GateStore) -> None:
        tx.save(Gate("west", 1), [Fact(CLOSED, {})])
        raise Faulty

    with pytest.raises(Faulty):
        link.gates.transaction(Command(), fails_at_the_end)

    assert link.gates.get(Gate, "west") is None
    assert link.rung() == []


def test_an_aggregates_events_are_numbered_from_one_without_gaps(link: Link) -> None:
    for times in (2, 1, 3):
        link.ring("west", times)
    link.ring("north")

    assert [(one.subject, one.sequence) for one in link.rung()] == [("north", 1)] + [("west", n) for n in range(1, 7)]


def test_writers_at_the_same_instant_leave_no_gap_and_lose_nothing(link: Link) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: link.ring("west"), range(40)))

    assert link.gates.load(Gate, "west").opened == 40
    assert [one.sequence for one in link.rung()] == list(range(1, 41))


def test_the_journal_keeps_an_aggregates_order_when_a_clock_runs_behind(link: Link) -> None:
    def at(moment: object) -> None:
        def do(tx: GateStore) -> None:
            found = tx.get(Gate, "west") or Gate("west")
            tx.save(found, [Fact(CLOSED, {})])

        link.gates.transaction(Command(at=moment), do)  # type: ignore[arg-type]

    at(now())
    at(now() - timedelta(hours=1))
    at(now() - timedelta(minutes=1))

    assert [one.sequence for one in link.gates.journal.unpublished(10)] == [1, 2, 3]


def test_a_document_that_changed_since_it_was_loaded_is_not_overwritten(link: Link) -> None:
    link.ring("west")

    def from_an_old_look(tx: GateStore) -> None:
        gate = tx.load(Gate, "west")
        link.gates[Gate].update_one({"_id": "west"}, {"$inc": {"meta.version": 1}}, session=tx.session)
        tx.save(gate)

    with pytest.raises(StaleWrite):
        link.gates.transaction(Command(), from_an_old_look)


def test_what_is_decided_about_together_is_loaded_in_one_look_and_saved_as_if_loaded_alone(link: Link) -> None:
    for gate in ("west", "north", "south"):
        link.ring(gate)

    def do(tx: GateStore) -> None:
        west, (others, none) = tx.load_with(Gate, "west", (Gate, {"_id": {"$ne": "west"}}), (Gate, {"_id": "nowhere"}))
        assert none == []
        for gate in (west, *others):
            gate.opened += 1
            tx.save(gate, [Fact(CLOSED, {})])

    link.gates.transaction(Command(), do)

    assert [gate.opened for gate in link.gates.find(Gate, {})] == [2, 2, 2]
    assert [one.sequence for one in link.rung()] == [1, 2] * 3
    with pytest.raises(NotFound):
        link.gates.load_with(Gate, "nowhere", (Gate, {}))


def test_an_act_with_a_known_key_is_answered_and_not_done_again(link: Link) -> None:
    def do(tx: GateStore) -> str:
        tx.save(Gate("west", 1), [Fact(CLOSED, {})])
        return "done"

    assert link.gates.transaction(Command(key="k"), do) == "done"
    with pytest.raises(IdempotentReplay) as known:
        link.gates.transaction(Command(key="k"), do)

    assert known.value.result == "done"
    assert len(link.rung()) == 1


def test_the_same_key_sent_twice_at_once_is_done_once(link: Link) -> None:
    def once(_: int) -> str:
        def do(tx: GateStore) -> str:
            gate = tx.get(Gate, "west") or Gate("west")
            gate.opened += 1
            tx.save(gate, [Fact(CLOSED, {})])
            return "done"

        try:
            return link.gates.transaction(Command(key="k"), do)
        except IdempotentReplay as known:
            return str(known.result)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(once, range(8))) == {"done"}

    assert link.gates.load(Gate, "west").opened == 1


def test_what_is_not_there_is_a_named_error(link: Link) -> None:
    with pytest.raises(NotFound):
        link.gates.load(Gate, "nowhere")
