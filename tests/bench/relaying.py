"""The relay: what a journal holds, taken to the broker and confirmed, beside peers that publish without any journal."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from shared.messaging.topology import EXCHANGE
from tests.bench.ground import Ground, Place
from tests.bench.measuring import Sample, alternate, median, watch
from tests.bench.peers.gate import TYPE, events
from tests.bench.rows import Row

AT_ONCE = 5_000
COMMUNITY = "c000"
QUORUM = {"x-queue-type": "quorum"}


def relay(ground: Ground) -> Iterator[Row]:
    """The same events each; peers publish one event a message to one durable queue, and hold nothing for a broker that is away."""
    count = 3_000 if ground.quick else 40_000
    contestants: dict[str, Callable[[], Sample]] = {
        "ours": lambda: ours(ground, count),
        "nameko": lambda: _peer(ground, "publish_nameko", count // 10, {}),
        "faststream": lambda: _peer(ground, "publish_faststream", count // 10, {}),
        "raw": lambda: _peer(ground, "raw", count, QUORUM, "publish"),
    }
    samples = alternate(contestants, ground.rounds)
    rate = {name: round(median([one.rate for one in found])) for name, found in samples.items()}
    yield Row("relay", "events/s", rate["ours"], "nameko Publisher, confirmed", rate["nameko"])
    yield Row("relay", "events/s", rate["ours"], "FastStream publish", rate["faststream"])
    yield Row("relay", "events/s", rate["ours"], "raw batched confirms", rate["raw"])
    yield Row("relay", "CPU an event, µs", round(median([one.cpu_each for one in samples["ours"]]), 1))


def ours(ground: Ground, count: int) -> Sample:
    """A community's grid starts with so much in its journal; what the broker confirmed is marked so."""
    with ground.stack([COMMUNITY]) as stack:
        journal = stack.database("grid", COMMUNITY)["journal"]
        stack.start(f"grid.{COMMUNITY}")
        stack.kill(f"grid.{COMMUNITY}")
        documents = list(_journalled(count))
        for start in range(0, count, AT_ONCE):
            journal.insert_many(documents[start : start + AT_ONCE])

        def sent() -> int:
            oldest = journal.find_one({"unpublished": True}, sort=[("order", 1)], hint="unpublished")
            return oldest["order"] if oldest else count

        return watch(sent, count, stack.spawn(f"grid.{COMMUNITY}").pid)


def _journalled(count: int) -> Iterator[dict[str, Any]]:
    """As `Store.state_alone` appends them."""
    for order, event in enumerate(events(count, [COMMUNITY])):
        yield {
            "_id": event["id"],
            "order": order,
            "aggregate": "grid.gate-log",
            "subject": event["subject"],
            "sequence": 1,
            "type": TYPE,
            "time": datetime.fromisoformat(event["time"]),
            "community": COMMUNITY,
            "actor": event["actor"],
            "traceparent": event["traceparent"],
            "data": event["data"],
            "unpublished": True,
        }


def _peer(ground: Ground, program: str, count: int, arguments: dict[str, Any], *how: str) -> Sample:
    with ground.place() as place:
        _bind(place, arguments)
        return Sample(**ground.ask(program, *how, str(count), told=place.told))


def _bind(place: Place, arguments: dict[str, Any]) -> None:
    """One durable queue takes all, as ours takes all for the district."""
    with place.broker_login.connect() as line, line.channel() as channel:
        channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        channel.queue_declare("gates", durable=True, auto_delete=False, arguments=arguments)
        channel.queue_bind("gates", EXCHANGE, "#")


SCENARIOS = {"relay": relay}
