"""G3: every event takes effect exactly once and in order, whoever dies or sleeps, however often, late or mixed up it comes."""

import random
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from shared.events.envelope import CONTENT_TYPE, Event, encode_batch
from shared.messaging.topology import Outgoing, Publisher
from shared.persistence.store import connect
from shared.runtime.event_subscriptions import Consumer
from tests.faults.conftest import Child, Start, dead, measured
from tests.lengths import by_length
from tests.link import BoardStore, Link, Running, board_inbox
from tests.stack import eventually

GATES = [f"gate-{number}" for number in range(5)]


def rung(link: Link, *gates: str) -> dict[str, list[int]]:
    """What each gate's sequence must come to at the subscriber."""
    events = link.rung()
    return {gate: [one.sequence for one in events if one.subject == gate] for gate in gates or GATES}


def seen(link: Link, *gates: str) -> dict[str, list[int]]:
    return {gate: link.board.seen(gate) for gate in gates or GATES}


@contextmanager
def ringing(link: Link) -> Iterator[None]:
    """All gates ring, fifty events a second or so, for the length of the block."""
    enough = threading.Event()

    def ring() -> None:
        while not enough.wait(0.1):
            for gate in GATES:
                link.ring(gate, 2)

    bells = threading.Thread(target=ring)
    bells.start()
    try:
        yield
    finally:
        enough.set()
        bells.join()


def received(link: Link) -> int:
    """How many events took effect, by the subscriber's own log."""
    return link.board["received"].count_documents({})


def test_a_subscriber_killed_again_and_again_at_work_takes_every_event_once(link: Link, child: Start) -> None:
    with Running(link.relay()):
        with ringing(link):
            for _ in range(by_length(2, 3)):
                before = received(link)
                reader = child("subscriber")
                eventually(lambda before=before: received(link) > before)  # type: ignore[misc]
                end(reader)
        child("subscriber")
        eventually(lambda: received(link) == link.gates.journal.collection.count_documents({}), seconds=60)

    assert seen(link) == rung(link)


def test_a_subscriber_killed_between_effect_and_acknowledgement_does_not_do_it_twice(link: Link, child: Start) -> None:
    with Running(link.relay()):
        link.ring("west", 3)
        first = child("subscriber", dies="before ack")
        eventually(lambda: dead(first))
        assert link.board.seen("west") == [1, 2, 3]
        with Running(link.consumer("two")):
            link.ring("west")
            eventually(lambda: link.board.seen("west") == [1, 2, 3, 4])


def test_a_subscriber_killed_in_its_transaction_does_not_hold_up_its_successor(link: Link, child: Start) -> None:
    """MongoDB would keep the dead one's transaction, and all it touched, for ten seconds (a minute elsewhere)."""
    with Running(link.relay()):
        link.ring("west", 3)
        link.ring("north")
        link.ring("last")
        first = child("subscriber", dies_at="last")
        eventually(lambda: dead(first))
        with Running(link.consumer("two")), measured("working again after a death in a transaction", at_most=5):
            eventually(lambda: seen(link, "west", "north", "last") == {"west": [1, 2, 3], "north": [1], "last": [1]})


def test_a_sleeping_subscriber_is_replaced_within_seconds_and_does_nothing_twice_when_it_wakes(
    link: Link, child: Start
) -> None:
    with Running(link.relay()):
        sleeper = child("subscriber")
        with ringing(link):
            eventually(lambda: received(link) > 0)
            with Running(link.consumer("two")):
                sleeper.send_signal(signal.SIGSTOP)
                asleep = received(link)
                with measured("another subscriber at work after SIGSTOP", at_most=20):
                    eventually(lambda: received(link) > asleep, seconds=25)
                sleeper.send_signal(signal.SIGCONT)
                awake = received(link)
                eventually(lambda: received(link) > awake + 50)
        eventually(lambda: received(link) == link.gates.journal.collection.count_documents({}), seconds=30)

    assert seen(link) == rung(link)


def test_messages_that_come_twice_late_and_mixed_up_from_the_broker_take_effect_once_and_in_order(link: Link) -> None:
    for gate in GATES:
        link.ring(gate, 6)
    chance = random.Random(7)
    events = link.rung() * 3
    chance.shuffle(events)
    cuts = sorted(chance.sample(range(1, len(events)), 30))
    with closing(Publisher(link.at("yueran"))) as publisher, Running(link.consumer()):
        for begin, end_ in zip([0, *cuts], [*cuts, len(events)], strict=True):
            part = events[begin:end_]
            publisher.publish([Outgoing(part[0].routing_key, encode_batch(part), CONTENT_TYPE)])
        eventually(lambda: seen(link) == rung(link))
        publisher.publish([Outgoing(one.routing_key, encode_batch([one]), CONTENT_TYPE) for one in events[:10]])
        link.ring("after")
        with Running(link.relay()):
            eventually(lambda: link.board.seen("after") == [1])

    assert seen(link) == rung(link)


def test_a_batch_that_takes_longer_than_a_transaction_may_is_taken_in_parts(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.persistence.store.PATIENCE_MS", 1_000)
    never = threading.Event()
    board = BoardStore(connect(link.parts.mongodb_uri, "slow")[link.board.database.name])

    def take_time(_: Event) -> None:
        never.wait(0.005)

    inbox = board_inbox(board, take_time)
    link.ring("west", 400)
    with Running(link.relay(), Consumer("district", link.at("district"), inbox, board, "slow")):
        eventually(lambda: link.board.seen("west") == list(range(1, 401)), seconds=35)


def end(process: Child) -> None:
    process.kill()
    process.wait()
