"""Background work goes on whatever happens in it, and every loop that a service runs is of a kind that does."""

import ast
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from shared.jobs import loop
from shared.jobs.loop import Background
from shared.messaging.outbox_relay import Relay
from shared.messaging.topology import BrokerLogin
from shared.runtime.event_subscriptions import Consumer

ROOT = Path(__file__).parents[2]
NOWHERE = BrokerLogin("amqp://127.0.0.1:1/", "nobody")

# What runs for as long as a service does, and why nothing but a broken machine ends it.
LOOPS = {
    ("shared/web/live_hub.py", "one.run"): "Background",
    ("shared/web/live_hub.py", "partial(self._follow, store)"): "catches whatever cuts it off; ends when nobody looks",
    ("shared/web/live_hub.py", "partial(reader.write, channel)"): "one reader's, which catches whatever ends it",
    ("shared/runtime/nameko_compat.py", "self.run"): "Server.run, which goes on after what `accept` raises",
    ("shared/jobs/scheduler.py", "one.run"): "Background",
    ("shared/runtime/tenants.py", "relay.run"): "Relay.run",
    ("shared/runtime/event_subscriptions.py", "consumer.run"): "Consumer.run",
    ("services/notify/providers.py", "self._deliver"): "Rounds.once",
    ("services/notify/providers.py", "self._send_code"): "Rounds.once",
    ("services/__main__.py", "container.stop"): "the end",
}


class Unforeseen(Exception):
    pass


@cache
def all_calls() -> list[tuple[str, ast.Call]]:
    """Every call in what services run, with its file."""
    files = [path for folder in ("services", "shared") for path in sorted((ROOT / folder).rglob("*.py"))]
    return [
        (str(path.relative_to(ROOT)), node)
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    ]


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Those of a function or method of such a name."""
    for path, node in all_calls():
        if getattr(node.func, "attr", getattr(node.func, "id", "")) in names:
            yield path, node


def test_every_loop_that_a_service_starts_is_known_and_survives_what_happens_in_it() -> None:
    started = calls("spawn_managed_thread", "spawn", "spawn_n", "spawn_after")
    assert {(path, ast.unparse(call.args[0])) for path, call in started} == set(LOOPS)


def test_nobody_keeps_a_clock_of_their_own() -> None:
    """All scheduled work goes through shared/jobs/scheduler.py, where one failure stops nothing else."""
    named = {
        str(path.relative_to(ROOT))
        for folder in ("services", "shared")
        for path in (ROOT / folder).rglob("*.py")
        if "nameko.timer" in path.read_text()
    }
    assert named == set()
    assert {path for path, _ in calls("Background")} == {"shared/web/live_hub.py", "shared/jobs/scheduler.py"}
    ends_a_worker_that_rests = "shared/worker_pool/__init__.py"
    assert {path for path, _ in calls("Timer", "GreenTimer", "call_later")} == {ends_a_worker_that_rests}


class Failing:
    """Raises at the first few calls, each time something else, then stops what called it."""

    def __init__(self) -> None:
        self.stop: Callable[[], None] = lambda: None
        self.faults: list[Exception] = [AutoReconnect("away"), Unforeseen(), MemoryError(), RecursionError()]

    def __call__(self, *_: Any, **__: Any) -> bool:
        if self.faults:
            raise self.faults.pop()
        self.stop()
        return False


def ends(run: Callable[[], None]) -> bool:
    """Whether it comes back by itself, and soon."""
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(20)
    return not thread.is_alive()


def test_whatever_a_step_raises_the_next_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "LONGEST_PAUSE_SECONDS", 0.01)
    failing = Failing()
    work = Background("test", failing, rest_seconds=0.01)
    failing.stop = work.stop
    assert ends(work.run)
    assert failing.faults == []


def test_the_pause_after_failures_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    failing = Failing()
    work = Background("test", failing, rest_seconds=30)
    failing.stop = work.stop
    monkeypatch.setattr(work, "_rest", waited.append)
    work.run()
    assert waited == [0.1, 0.2, 0.4, 0.8, 30]


class _Journal:
    source = "/district/test"

    def on_commit(self, _listener: Any) -> None:
        return


class _Lease:
    has_rivals = False

    def __init__(self, hold: Callable[[], bool]) -> None:
        self.hold = hold

    def release(self) -> None:
        return


def test_whatever_befalls_a_relay_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.messaging.outbox_relay.LONGEST_PAUSE_SECONDS", 0.01)
    failing = Failing()
    relay = Relay(_Journal(), "test", NOWHERE, _Lease(failing), "/")  # type: ignore[arg-type]
    failing.stop = relay.stop
    assert ends(relay.run)
    assert failing.faults == []


def test_whatever_befalls_a_consumer_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.runtime.event_subscriptions.LONGEST_PAUSE_SECONDS", 0.01)
    consumer = Consumer("test", NOWHERE, None, None, "one")  # type: ignore[arg-type]
    failing = Failing()
    failing.stop = consumer.stop
    monkeypatch.setattr(consumer, "_consume", failing)
    assert ends(consumer.run)
    assert failing.faults == []
