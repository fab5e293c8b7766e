"""G2: what is committed reaches the broker, confirmed and in order, whatever happens to the relay and to its line."""

import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from prometheus_client import REGISTRY

from shared.messaging.outbox_relay import Relay
from shared.persistence.lease import Lease
from shared.runtime.event_subscriptions import Consumer
from tests.faults.conftest import Start, dead, measured, note
from tests.faults.proxy import Proxy
from tests.link import GateStore, Link, Running
from tests.stack import eventually, manage

ANSWERS_TO_A_FIRST_CONFIRM = 7  # start, tune, open-ok, channel open-ok, confirm or consume … and one more
GIVES_UP_SECONDS = 25.0
NO_FRAME = b"\x01\x00\x01\x00\x00\x00\x04\x00\x3c\x00\x00\x00"
UNFINISHED_FRAME = b"HTTP/1.1 400 Bad Request\r\n\r\n"  # announces more than a gigabyte


@pytest.fixture
def wire(link: Link) -> Iterator[Proxy]:
    with closing(Proxy(link.parts.amqp_port)) as proxy:
        yield proxy


def forget_leases(link: Link) -> None:
    """Spares a test the seconds until a dead holder's lease has run out, where these are not what it is about."""
    link.gates["leases"].delete_many({})


def unpublished(link: Link) -> int:
    return link.gates.journal.depth()[0]


def returned() -> float:
    return REGISTRY.get_sample_value("lianfang_events_returned_total", {"source": "/communities/yueran/shifts"}) or 0


def heard(link: Link) -> bool:
    return link.board["heard"].count_documents({}) > 0


@pytest.mark.parametrize("point", ["before publish", "before mark"])
def test_a_relay_killed_between_commit_and_confirm_loses_nothing(link: Link, child: Start, point: str) -> None:
    link.ring("west", 3)
    first = child("relay", dies=point)
    eventually(lambda: dead(first))
    assert unpublished(link) == 3

    forget_leases(link)
    with Running(link.relay("two"), link.consumer()):
        link.ring("west")
        eventually(lambda: link.board.seen("west") == [1, 2, 3, 4])
        eventually(lambda: unpublished(link) == 0)


def test_a_relay_killed_while_the_broker_has_its_events_but_has_not_said_so_sends_them_again(
    link: Link, child: Start, wire: Proxy
) -> None:
    with Running(link.consumer()):
        first = child("relay", port=wire.port)
        eventually(lambda: heard(link))
        wire.hold("down")
        link.ring("west", 3)
        eventually(lambda: link.board.seen("west") == [1, 2, 3])
        assert unpublished(link) == 3
        first.kill()
        forget_leases(link)
        with Running(link.relay("two")):
            eventually(lambda: unpublished(link) == 0)
            link.ring("west")
            eventually(lambda: link.board.seen("west") == [1, 2, 3, 4])


def test_a_confirm_that_never_comes_is_given_up_and_the_events_are_sent_again(link: Link, wire: Proxy) -> None:
    relay = link.relay(at=link.at("yueran", wire.port))
    with Running(relay, link.consumer()):
        eventually(lambda: heard(link))
        wire.black_hole("down")
        link.ring("west", 2)
        eventually(lambda: not relay.connected, seconds=15)
        assert unpublished(link) == 2
        wire.heal()
        eventually(lambda: unpublished(link) == 0, seconds=25)
        eventually(lambda: link.board.seen("west") == [1, 2])


def test_a_broker_that_falls_silent_in_the_middle_of_any_sentence_is_left_and_called_again(link: Link) -> None:
    link.ring("west", 2)
    works: list[Relay | Consumer] = []
    wires: list[Proxy] = []
    with ExitStack() as until_over:
        for answers in range(ANSWERS_TO_A_FIRST_CONFIRM):
            for who in ("yueran", "district"):
                wire = until_over.enter_context(closing(Proxy(link.parts.amqp_port)))
                wire.fall_silent_after(answers)
                at = link.at(who, wire.port)
                lease = Lease(link.gates.database, f"relay after {answers}", "one")
                works.append(
                    Relay(link.gates.journal, "shifts", at, lease, link.gates.source)
                    if who == "yueran"
                    else link.consumer(at=at)
                )
                wires.append(wire)
        with Running(*works), measured("every silent broker left", at_most=GIVES_UP_SECONDS):
            eventually(lambda: all(wire.accepted > 1 for wire in wires), seconds=GIVES_UP_SECONDS)
            for wire in wires:
                wire.heal()
    with Running(link.relay(), link.consumer()):
        eventually(lambda: link.board.seen("west") == [1, 2])


def test_a_broker_that_talks_nonsense_stops_neither_relay_nor_subscriber(link: Link, wire: Proxy) -> None:
    with Running(link.relay(at=link.at("yueran", wire.port)), link.consumer(at=link.at("district", wire.port))):
        for number, nonsense in enumerate((b"", NO_FRAME, UNFINISHED_FRAME), start=1):
            wire.forge(nonsense)
            link.ring("west")
            eventually(lambda last=number: link.board.seen("west") == list(range(1, last + 1)), seconds=35)  # type: ignore[misc]


def test_a_slow_line_that_is_cut_again_and_again_delays_events_and_nothing_else(link: Link, wire: Proxy) -> None:
    with Running(link.relay(at=link.at("yueran", wire.port)), link.consumer(at=link.at("district", wire.port))):
        wire.delay(0.02)
        for number in range(8):
            link.ring("west", 5)
            eventually(lambda number=number: len(link.board.seen("west")) >= number * 4)  # type: ignore[misc]
            wire.cut()
        eventually(lambda: link.board.seen("west") == list(range(1, 41)))
        eventually(lambda: unpublished(link) == 0)


def test_what_leads_nowhere_raises_an_alarm_and_arrives_once_its_binding_is_there(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.messaging.outbox_relay.RETURNED_RETRY_SECONDS", 2.0)
    binding = f"/api/bindings/{link.name}/e/backbone/q/district"
    key = "*.shifts.post.#"
    before = returned()
    manage(link.parts, "DELETE", f"{binding}/{key.replace('#', '%23')}")
    with Running(link.relay(), link.consumer()):
        link.ring("west", 2)
        eventually(lambda: returned() == before + 2)
        assert unpublished(link) == 2
        manage(link.parts, "POST", binding, {"routing_key": key})
        eventually(lambda: link.board.seen("west") == [1, 2], seconds=25)
        eventually(lambda: unpublished(link) == 0)


def test_a_commit_at_another_replica_wakes_the_relay(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = 5.0  # long, so that what does not wait for it is told from what does, on a busy machine too
    monkeypatch.setattr("shared.messaging.outbox_relay.SWEEP_SECONDS", sweep)
    relay = link.relay()
    link.gates = GateStore(link.gates.database, "yueran")  # as in another process: it does not know that relay
    waits: list[float] = []
    with Running(relay, link.consumer()):
        link.ring("warm")
        eventually(lambda: link.board.seen("warm"))
        for number in range(20):
            began = time.monotonic()
            link.ring(f"gate-{number}")
            eventually(lambda number=number: link.board.seen(f"gate-{number}"))  # type: ignore[misc]
            waits.append(time.monotonic() - began)
    note(f"commit elsewhere to effect: median {statistics.median(waits):.2f} s, longest {max(waits):.2f} s")
    assert statistics.median(waits) < sweep / 2


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP])
def test_when_the_relay_at_work_dies_or_sleeps_another_takes_over_within_seconds(
    link: Link, child: Start, fate: signal.Signals
) -> None:
    with Running(link.consumer()):
        first = child("relay")
        link.ring("west", 2)
        eventually(lambda: link.board.seen("west") == [1, 2])
        with Running(link.relay("two")):
            first.send_signal(fate)
            link.ring("west", 2)
            with measured(f"another relay at work after {fate.name}", at_most=15):
                eventually(lambda: link.board.seen("west") == [1, 2, 3, 4])
            first.send_signal(signal.SIGCONT)
            link.ring("west")
            eventually(lambda: link.board.seen("west") == [1, 2, 3, 4, 5])
            eventually(lambda: unpublished(link) == 0)
