"""The inbox: once, in order, parked with a reason, and nothing lost whatever comes."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import MongoClient

from shared.events.envelope import Event, encode_batch
from shared.kernel.ids import new_id, now
from shared.messaging import dead_letter_admin
from shared.messaging.inbox import Inbox
from shared.persistence.store import Store
from tests.lengths import examples
from tests.link import BoardStore, Link, board_inbox, delivery_of

ENDED = "accounts.revocation.tokens-ended.v1"


def held(link: Link) -> list[tuple[int, str]]:
    return [(one["sequence"], one["state"]) for one in link.board["held"].find().sort("sequence", 1)]


def make_due(link: Link) -> None:
    link.board["held"].update_many(
        {"next_try": {"$exists": True}}, {"$set": {"next_try": now() - timedelta(seconds=1)}}
    )


def test_an_event_delivered_twice_takes_effect_once(link: Link) -> None:
    link.ring("west", 2)
    link.take(link.rung(), link.rung())
    link.take(link.rung())

    assert link.board.seen("west") == [1, 2]


def test_events_mixed_up_on_the_way_take_effect_in_order(link: Link) -> None:
    link.ring("west", 4)
    first, second, third, fourth = link.rung()
    link.take([fourth])
    link.take([second], [third])
    assert link.board.seen("west") == []

    link.take([first])
    assert link.board.seen("west") == [1, 2, 3, 4]
    assert held(link) == []


def test_a_poison_event_is_parked_its_aggregate_waits_and_others_flow(link: Link) -> None:
    link.ring("west", 3)
    link.ring("north", 2)
    poison = next(one for one in link.rung() if one.subject == "west" and one.sequence == 2)
    link.fail_on.add(poison.id)
    link.take(link.rung())

    assert link.board.seen("north") == [1, 2]
    assert link.board.seen("west") == [1]
    assert held(link) == [(2, "parked"), (3, "waiting")]
    (parked,) = [one for one in dead_letter_admin.parked(link.board.database) if one["state"] == "parked"]
    assert parked["reason"] == f"Faulty: {poison.id}"


def test_a_parked_event_is_retried_with_growing_delay_and_heals_in_order(link: Link) -> None:
    link.ring("west", 3)
    link.fail_on.add("west")
    link.take(link.rung())
    delays = []
    for _ in range(3):
        entry = link.board["held"].find_one({"state": "parked"})
        assert entry
        delays.append(entry["next_try"] - now())
        make_due(link)
        link.inbox.retry_due()
    assert delays == sorted(delays)
    assert delays[-1] > delays[0]

    link.fail_on.clear()
    make_due(link)
    link.inbox.retry_due()
    assert link.board.seen("west") == [1, 2, 3]
    assert held(link) == []


def test_an_operator_may_discard_a_parked_event_and_the_next_ones_move_on(link: Link) -> None:
    link.ring("west", 3)
    poison = link.rung()[1]
    link.fail_on.add(poison.id)
    link.take(link.rung())
    dead_letter_admin.discard(link.board.database, poison.id, by="王站长", reason="重复上报")
    link.inbox.retry_due()

    assert link.board.seen("west") == [1, 3]
    (record,) = link.board["discarded"].find()
    assert (record["discarded_by"], record["discard_reason"]) == ("王站长", "重复上报")
    assert held(link) == []


def test_an_operator_may_have_a_parked_event_tried_at_once(link: Link) -> None:
    link.ring("west")
    link.fail_on.add("west")
    link.take(link.rung())
    link.fail_on.clear()
    dead_letter_admin.retry(link.board.database, link.rung()[0].id)
    link.inbox.retry_due()

    assert link.board.seen("west") == [1]


def test_an_event_that_breaks_its_contract_is_parked_and_a_repeat_of_it_changes_nothing(link: Link) -> None:
    link.ring("west", 2)
    broken = replace(link.rung()[0], type="shifts.post.opened.v1", data={"kind": "no such kind"})
    link.take([broken], [link.rung()[1]], [broken])

    assert link.board.seen("west") == []
    assert held(link) == [(1, "parked"), (2, "waiting")]


def test_a_crash_between_two_halves_of_a_batch_is_made_good_by_its_redelivery(link: Link) -> None:
    link.ring("west", 2)
    link.take([link.rung()[0]])
    link.take(link.rung())

    assert link.board.seen("west") == [1, 2]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("garbage bytes", {"body": b"\x00\xff garbage"}),
        ("an empty batch", {"body": b"[]"}),
        ("a wrong content type", {"content_type": "application/json"}),
        ("a forged user", {"user": "biguiyuan"}),
        ("no user", {"user": None}),
        ("a forged routing key", {"routing_key": "biguiyuan.shifts.post.closed.v1"}),
    ],
)
def test_what_cannot_be_read_or_trusted_is_parked_raw_and_never_applied(
    link: Link, name: str, change: dict[str, object]
) -> None:
    link.ring("west")
    forged = delivery_of(link.rung(), **change)
    link.inbox.take([forged, forged])

    assert link.board.seen("west") == []
    (raw,) = link.board["raw"].find()
    assert raw["body"] == forged.body
    assert raw["reason"]


def test_an_event_in_anothers_name_is_parked_raw(link: Link) -> None:
    link.ring("west")
    (event,) = link.rung()
    forged = replace(event, source="/communities/biguiyuan/shifts", community="biguiyuan")
    link.inbox.take([delivery_of([forged], user="yueran")])

    assert link.board["seen"].count_documents({}) == 0
    assert link.board["raw"].count_documents({}) == 1


def test_an_event_that_keeps_killing_its_process_is_parked_and_those_beside_it_flow(link: Link) -> None:
    link.ring("west", 2)
    link.ring("north")
    north, deadly, after = link.rung()
    # as if two processes had died while they handled it alone
    link.board["suspects"].insert_one({"_id": deadly.id, "lives": ["one", "two"]})
    message = delivery_of([deadly, after, north], redeliveries=3)
    link.board["suspects"].insert_one({"_id": message.digest, "lives": ["one", "two"]})
    link.inbox.take([message, message])

    assert link.board.seen("north") == [1]
    assert link.board.seen("west") == []
    assert held(link) == [(1, "parked"), (2, "waiting")]
    link.inbox.retry_due()
    assert link.board.seen("west") == []
    dead_letter_admin.retry(link.board.database, deadly.id)
    link.inbox.retry_due()
    assert link.board.seen("west") == [1, 2]


def test_an_event_that_waits_and_comes_again_in_the_same_batch_as_those_before_it_waits_no_longer(link: Link) -> None:
    link.ring("west", 4)
    first, second, third, fourth = link.rung()
    link.take([third, fourth, second, first, third, second, fourth])

    assert link.board.seen("west") == [1, 2, 3, 4]
    assert held(link) == []


def test_a_message_given_out_often_for_no_fault_of_its_own_still_takes_effect(link: Link) -> None:
    link.ring("west")
    link.inbox.take([delivery_of(link.rung(), redeliveries=9)])

    assert link.board.seen("west") == [1]
    assert link.board["suspects"].count_documents({}) == 0


def test_a_message_given_out_often_is_taken_whole_as_long_as_nobody_died_of_it(link: Link) -> None:
    link.ring("west", 50)
    link.inbox.take([delivery_of(link.rung(), redeliveries=9)])

    assert link.board.seen("west") == list(range(1, 51))
    assert len(link.board["received"].distinct("at")) == 1


def test_what_was_received_is_logged_in_the_order_it_took_effect(link: Link) -> None:
    link.ring("west", 3)
    first, second, third = link.rung()
    link.take([second], [first])
    link.take([third])

    log = link.board["received"].find().sort("_id", 1)
    assert [(one["_id"], one["event"]["sequence"]) for one in log] == [(1, 1), (2, 2), (3, 3)]


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), repeats=st.integers(1, 3), cut=st.integers(1, 7), poison=st.booleans())
def test_any_order_repetition_and_batching_of_the_same_events_comes_to_the_same(
    link: Link, seed: int, repeats: int, cut: int, poison: bool
) -> None:
    chance = random.Random(seed)
    gates = [f"{seed}-{repeats}-{cut}-{poison}-{name}-{chance.random()}" for name in ("west", "north", "south")]
    for gate in gates:
        link.ring(gate, chance.randint(1, 5))
    events = [one for one in link.rung() if one.subject in gates]
    expected = {gate: [one.sequence for one in events if one.subject == gate] for gate in gates}
    mixed = events * repeats
    chance.shuffle(mixed)
    if poison:
        link.fail_on.add(gates[0])
    for place in range(0, len(mixed), cut):
        link.inbox.take([delivery_of([one]) for one in mixed[place : place + cut]])
    if poison:
        link.fail_on.clear()
        make_due(link)
        link.inbox.retry_due()

    assert {gate: link.board.seen(gate) for gate in gates} == expected
    assert held(link) == []


@pytest.mark.parametrize("keep_log", [True, False])
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), repeats=st.integers(1, 3), cut=st.integers(1, 7))
def test_events_alone_in_their_aggregates_take_effect_once_however_often_they_come(
    link: Link, keep_log: bool, seed: int, repeats: int, cut: int
) -> None:
    chance = random.Random(seed)

    def note(store: Store, events: Sequence[Event]) -> None:
        done = [{"_id": f"{event.id} {new_id()}", "event": event.id} for event in events]
        store["effects"].insert_many(done, session=store.session)

    inbox = Inbox(link.board, "district", {ENDED: note}, check_users=False, keep_log=keep_log)
    inbox.prepare()
    events = [ended() for _ in range(chance.randint(1, 9))]
    mixed = events * repeats
    chance.shuffle(mixed)
    for place in range(0, len(mixed), cut):
        inbox.take([delivery_of([one]) for one in mixed[place : place + cut]])

    ids = [event.id for event in events]
    effects = [one["event"] for one in link.board["effects"].find({"event": {"$in": ids}})]
    assert sorted(effects) == sorted(ids)


def ended() -> Event:
    """Tokens of an account that is met nowhere else."""
    data = {"account": new_id(), "valid_from": now()}
    return Event(
        id=new_id(),
        type=ENDED,
        source="/district/accounts",
        subject=new_id(),
        sequence=1,
        time=now(),
        community="district",
        data=data,
    )


def test_an_inbox_is_prepared_however_long_that_takes(link: Link) -> None:
    hurried: MongoClient[dict[str, Any]] = MongoClient(link.parts.mongodb_uri, timeoutMS=1)
    with hurried:
        store = BoardStore(hurried[f"{link.board.database.name}_slow"])
        board_inbox(store, lambda _event: None).prepare()
    made = link.client[store.database.name]["received"].index_information()
    link.client.drop_database(store.database.name)
    assert made["event.id_1"]["unique"]


def test_a_batch_of_several_aggregates_in_one_message_is_read_whole(link: Link) -> None:
    link.ring("west", 2)
    link.ring("north")
    link.inbox.take([delivery_of(link.rung(), body=encode_batch(link.rung()))])

    assert link.board.seen("west") == [1, 2]
    assert link.board.seen("north") == [1]
