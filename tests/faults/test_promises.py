"""The promises G1 to G4, each shown once on real parts and real processes."""

import json
import os
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import kombu
import pytest
import requests

from shared.broker import Outgoing, Publisher
from shared.events import CONTENT_TYPE, Event, decode_batch, encode_batch
from tests.link import Link, Running
from tests.parts import Parts
from tests.stack import ROOT, Stack, eventually, manage

APPLICATION = {"display_name": "林晓雨", "home": "3号楼"}
APPLY = "/volunteers/yueran/applications"
DEAD_BROKER = "amqp://127.0.0.1:9/nowhere"


def apply(stack: Stack) -> bool:
    """Sends one application; whether it was answered."""
    try:
        return stack.call("POST", APPLY, stack.token(), APPLICATION).status_code == 201
    except requests.RequestException:
        return False


def test_g1_state_and_events_commit_together_though_the_service_is_killed_at_work(stack: Stack) -> None:
    """G1."""
    answered: list[bool] = []
    for _ in range(3):
        stack.spawn("volunteers", AMQP_URI=DEAD_BROKER)
        eventually(lambda: requests.get(f"http://{stack.addresses['volunteers']}/healthz/live", timeout=5).ok)
        senders = [threading.Thread(target=lambda: answered.extend(apply(stack) for _ in range(30))) for _ in range(4)]
        for sender in senders:
            sender.start()
        target = answered.count(True) + 20
        eventually(lambda target=target: answered.count(True) >= target)  # type: ignore[misc]
        stack.kill("volunteers")
        for sender in senders:
            sender.join()

    database = stack.database("volunteers")
    states = {one["_id"]: one["meta"]["sequence"] for one in database["volunteers"].find()}
    events: dict[str, list[int]] = defaultdict(list)
    for entry in database["journal"].find().sort("sequence", 1):
        events[entry["subject"]].append(entry["sequence"])
    assert len(states) >= answered.count(True) >= 60
    assert events == {subject: list(range(1, last + 1)) for subject, last in states.items()}


def test_g2_every_committed_event_reaches_the_broker_in_order_after_an_outage_and_a_kill(stack: Stack) -> None:
    """G2."""
    manage(stack.parts, "PUT", f"/api/queues/{stack.name}/probe", {"durable": True})
    manage(stack.parts, "POST", f"/api/bindings/{stack.name}/e/backbone/q/probe", {"routing_key": "#"})
    journal = stack.database("volunteers")["journal"]
    staff = stack.token("staff@community:yueran")
    stack.spawn("volunteers", AMQP_URI=DEAD_BROKER)
    eventually(lambda: requests.get(f"http://{stack.addresses['volunteers']}/healthz/live", timeout=5).ok)
    for _ in range(20):
        made = stack.call("POST", APPLY, stack.token(), APPLICATION).json()
        assert stack.call("POST", f"/volunteers/yueran/{made['id']}/approval", staff).ok
    stack.kill("volunteers")
    committed = journal.count_documents({})
    assert journal.count_documents({"unpublished": True}) == committed

    stack.start("volunteers")
    eventually(lambda: journal.count_documents({"unpublished": True}) == 0)
    arrived = fetch(stack, "probe")
    places = defaultdict(list)
    for event in arrived:
        places[event.subject].append(event.sequence)
    assert len(arrived) >= committed
    assert all(sorted(set(sequences)) == list(range(1, max(sequences) + 1)) for sequences in places.values())
    assert all(sequences == sorted(sequences) for sequences in places.values())


def fetch(stack: Stack, queue: str) -> list[Event]:
    events: list[Event] = []
    with kombu.Connection(stack.admin_amqp_uri) as connection:
        channel = connection.channel()
        while message := channel.basic_get(queue, no_ack=True):
            events += [event for event in decode_batch(message.body) if not event.aggregate.endswith(".pulse")]
    return events


@contextmanager
def reader(link: Link, parts: Parts) -> Iterator[subprocess.Popen[bytes]]:
    words = {
        "mongodb_uri": parts.mongodb_uri,
        "database": link.board.database.name,
        "amqp_uri": link.at("district").uri,
    }
    process = subprocess.Popen([sys.executable, "-m", "tests.faults.reader", json.dumps(words)], cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_g3_every_event_takes_effect_once_and_in_order_though_the_subscriber_is_killed_again_and_again(
    link: Link, parts: Parts
) -> None:
    """G3."""
    gates = [f"gate-{number}" for number in range(5)]
    enough = threading.Event()

    def ring() -> None:
        while not enough.is_set():
            for gate in gates:
                link.ring(gate, 2)

    ringing = threading.Thread(target=ring)
    with Running(link.relay()):
        ringing.start()
        for _ in range(4):
            before = link.board["received"].count_documents({})
            with reader(link, parts):
                eventually(lambda before=before: link.board["received"].count_documents({}) > before)  # type: ignore[misc]
        enough.set()
        ringing.join()
        rung = {gate: [one.sequence for one in link.rung() if one.subject == gate] for gate in gates}
        with reader(link, parts):
            eventually(lambda: all(len(link.board.seen(gate)) >= len(rung[gate]) for gate in gates), seconds=60)

    assert {gate: link.board.seen(gate) for gate in gates} == rung


def test_g4_no_event_is_dropped_what_fails_is_parked_with_its_reason_and_answered_by_an_operator(link: Link) -> None:
    """G4."""
    link.ring("west", 3)
    poison = link.rung()[1]
    link.fail_on.add(poison.id)
    garbage = Outgoing("yueran.shifts.post.closed.v1", b"\x00 not an event", CONTENT_TYPE)
    publisher = Publisher(link.at("yueran"))
    publisher.publish([garbage])
    publisher.close()
    with Running(link.relay(), link.consumer()):
        link.ring("north", 2)
        eventually(lambda: link.board.seen("north") == [1, 2] and link.board.seen("west") == [1])
        eventually(lambda: link.board["raw"].count_documents({}) == 1)
        listed = operate(link, "parked")
        assert f"Faulty: {poison.id}" in listed
        assert '"state": "raw"' in listed
        operate(link, "discard", poison.id, "--by", "王站长", "--reason", "误报")
        eventually(lambda: link.board.seen("west") == [1, 3])


def operate(link: Link, *words: str) -> str:
    """An operator's command, as an operator types it."""
    done = subprocess.run(
        [sys.executable, "-m", "shared.operate", "--database", link.board.database.name, *words],
        env={**os.environ, "MONGODB_URI": link.parts.mongodb_uri},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_queue_has_no_delivery_limit_of_the_brokers_own(link: Link) -> None:
    """Else the broker would drop, by itself, what we promise to keep."""
    queue = manage(link.parts, "GET", f"/api/queues/{link.name}/district")
    assert queue["arguments"] == {"x-queue-type": "quorum", "x-single-active-consumer": True}
    assert "delivery-limit" not in (queue.get("effective_policy_definition") or {})


@pytest.mark.parametrize("place", ["another community", "another service"])
def test_the_broker_itself_refuses_to_let_a_community_speak_for_others(link: Link, place: str) -> None:
    link.ring("west")
    (event,) = link.rung()
    key = {"another community": "biguiyuan.shifts.post.closed.v1", "another service": "yueran.volunteers.x.y.v1"}[place]
    publisher = Publisher(link.at("yueran"))
    with pytest.raises(Exception, match=r"ACCESS_REFUSED"):
        publisher.publish([Outgoing(key, encode_batch([event]), CONTENT_TYPE)])
    publisher.close()
