"""How long it takes from a community's commit to the commit of its effect at the district, by the database's own clock."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any

import orjson
from amqp import Message

from tests.bench.consuming import NAMEKO_QUEUE, taken
from tests.bench.ground import Ground, Place
from tests.bench.measuring import alternate, median
from tests.bench.peers.gate import communities, events, paced
from tests.bench.rows import Row
from tests.stack import ROOT, eventually

SECONDS = 5
RATES = (20, 200, 1_000)
PATIENCE_SECONDS = 120
COMMUNITY = "c000"


@dataclass(frozen=True)
class Delay:
    """Milliseconds."""

    p50: float
    p99: float


def latency(ground: Ground) -> Iterator[Row]:
    """Ours counts from its journal's commit; a peer's events are published without one, and count from then."""
    for rate in (200,) if ground.quick else RATES:
        count = rate * SECONDS
        contestants: dict[str, Callable[[], Delay]] = {
            "ours": lambda: ours(ground, rate, count),  # noqa: B023  (called before the next rate)
            "nameko event_handler": lambda: _peer(ground, "with_nameko", (), NAMEKO_QUEUE, rate, count),  # noqa: B023
            "FastStream": lambda: _peer(ground, "with_faststream", (), "gates", rate, count),  # noqa: B023
            "Celery, threads": lambda: _peer(ground, "with_celery", (), None, rate, count),  # noqa: B023
            "raw, a read and a transaction": lambda: _peer(ground, "raw", ("take", "gates"), "gates", rate, count),  # noqa: B023
        }
        samples = alternate(contestants, ground.rounds)
        for measure in ("p50", "p99"):
            of = {name: round(median([getattr(one, measure) for one in found]), 1) for name, found in samples.items()}
            for name in list(contestants)[1:]:
                yield Row("latency", f"{measure} at {rate} events/s, ms", of["ours"], name, of[name])


def ours(ground: Ground, rate: int, count: int) -> Delay:
    with ground.stack([COMMUNITY]) as stack:
        stack.start("district")
        log, journal = stack.database("district")["received"], stack.database("grid", COMMUNITY)["journal"]
        user = stack.passwords[COMMUNITY]
        plan = {
            "mongodb": stack.parts.mongodb_uri,
            "database": journal.database.name,
            "amqp": stack.amqp_uri.replace("://", f"://{COMMUNITY}:{user}@"),
            "user": COMMUNITY,
            "community": COMMUNITY,
            "rate": rate,
            "count": count,
        }
        command = [sys.executable, "-W", "ignore", "-m", "tests.bench.committer", json.dumps(plan)]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as committer:
            eventually(lambda: taken(stack) == 1, seconds=PATIENCE_SECONDS)
            since = datetime.now(UTC)
            committer.communicate(b"\n")
        eventually(lambda: taken(stack) == 1 + count, seconds=PATIENCE_SECONDS)
        begun = _committed(stack.client, journal, since)
        done = _committed(stack.client, log, since)
    return _delay(begun, done, count)


def _peer(ground: Ground, program: str, how: tuple[str, ...], queue: str | None, rate: int, count: int) -> Delay:
    with ground.place() as place:
        handled = place.database["handled"]
        since = datetime.now(UTC)
        if queue is not None:
            with place.broker_login.connect() as line, line.channel() as channel:
                channel.queue_declare(queue, durable=True, auto_delete=False)
        with ground.peer(program, *how, told=place.told):
            _feed(ground, place, queue, 1, 1, seed=1)  # that it is at work before the clock runs
            eventually(handled.estimated_document_count, seconds=60)
            begun = _feed(ground, place, queue, rate, count)
            eventually(lambda: handled.count_documents({}) == count + 1, seconds=PATIENCE_SECONDS)
            done = _committed(place.client, handled, since)
    return _delay(begun, done, count)


def _feed(ground: Ground, place: Place, queue: str | None, rate: int, count: int, seed: int = 7) -> dict[str, float]:
    """Publishes at the pace; tells when each went."""
    if queue is None:
        told = ground.ask("with_celery", "feed", str(rate), str(count), str(seed), told=place.told)
        return {one: float(at) for one, at in told.items()}
    sent = {}
    made = events(count, communities(1), seed=seed)
    with place.broker_login.connect() as line, line.channel() as channel:
        for _ in paced(rate, count):
            event = next(made)
            body = orjson.dumps(event)
            sent[event["id"]] = time.time()
            channel.basic_publish(Message(body, content_type="application/json", delivery_mode=2), "", queue)
    return sent


def _committed(client: Any, collection: Any, since: datetime) -> dict[str, float]:
    """When each event's document was first there, from the replica set's own log."""
    name = f"{collection.database.name}.{collection.name}"
    found: dict[str, float] = {}
    for entry in client["local"]["oplog.rs"].find({"wall": {"$gte": since.replace(tzinfo=None)}}):
        for one in entry["o"].get("applyOps", [{**entry}]):
            if one.get("ns") == name and one["op"] == "i":
                event = one["o"].get("event", {}).get("id") or one["o"]["_id"]
                found.setdefault(event, entry["wall"].replace(tzinfo=UTC).timestamp())
    return found


def _delay(begun: dict[str, float], done: dict[str, float], count: int) -> Delay:
    delays = [1e3 * (done[one] - at) for one, at in begun.items() if one in done]
    assert len(delays) == count, f"{len(delays)} of {count} are known"
    hundredths = quantiles(delays, n=100)
    return Delay(hundredths[49], hundredths[98])


SCENARIOS = {"latency": latency}
