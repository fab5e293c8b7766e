"""The consumer alone: a full queue of gate log events, taken exactly once, by us and by what people would use instead."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from shared.messaging.topology import EXCHANGE, BrokerLogin
from shared.persistence.store import POSITION
from tests.bench.ground import Ground, Place, fill
from tests.bench.measuring import Sample, alternate, median, watch
from tests.bench.peers.gate import TYPE, communities, events
from tests.bench.rows import Row
from tests.stack import Stack

TOGETHER = 50  # events in one of our messages, as the relay packs what waits; a peer's message is one event
NAMEKO_QUEUE = "evt-grid-logged--district.logged"


@dataclass(frozen=True)
class Sizes:
    """How many events each contestant gets, so that each is at work for some seconds."""

    ours: int
    peers: int


FULL, QUICK = Sizes(60_000, 4_000), Sizes(20_000, 300)


def consume(ground: Ground) -> Iterator[Row]:
    """One event an entry, as when people pass one by one."""
    sizes = QUICK if ground.quick else FULL
    contestants: dict[str, Callable[[], Sample]] = {
        "ours": lambda: ours(ground, sizes.ours),
        "nameko": lambda: nameko(ground, sizes.peers),
        "faststream": lambda: faststream(ground, sizes.peers),
        "celery": lambda: celery(ground, sizes.peers),
        "ceiling": lambda: ceiling(ground, sizes.ours),
        "drain": lambda: drain(ground, sizes.ours),
        "one a message": lambda: ours(ground, sizes.ours // 2, together=1),
        "100 entries": lambda: ours(ground, sizes.ours // 10, entries=100),
    }
    samples = alternate(contestants, ground.rounds)
    rate = {name: round(median([one.rate for one in found])) for name, found in samples.items()}
    cpu = {name: round(median([one.cpu_each for one in found]), 1) for name, found in samples.items()}
    beside = {
        "nameko": "nameko event_handler",
        "faststream": "FastStream",
        "celery": "Celery, threads",
        "ceiling": "full transactions of the same writes",
        "drain": "py-amqp drains them",
    }
    for name, words in beside.items():
        yield Row("consumer", "events/s", rate["ours"], words, rate[name])
    for name in ("nameko", "faststream", "celery"):
        yield Row("consumer", "CPU an event, µs", cpu["ours"], beside[name], cpu[name])
    yield Row("consumer", "events/s, one a message", rate["one a message"], beside["nameko"], rate["nameko"])
    yield Row("consumer", "entries/s, 100 an event", rate["100 entries"] * 100)


def ours(ground: Ground, count: int, together: int = TOGETHER, entries: int = 1) -> Sample:
    """The district's service, as it is run."""
    with ground.stack(communities(1)) as stack:
        fill_ours(stack, count, together, entries)
        process = stack.spawn("district")
        return watch(lambda: taken(stack), count, process.pid)


def taken(stack: Stack) -> int:
    """How many events have had their effect at the district, committed: a collection's own count knows of open transactions."""
    return int(_position(stack).get("last", 0))


def generation(stack: Stack) -> str:
    """Which one the district shows, once its service has made one."""
    return str(_position(stack)["generation"])


def _position(stack: Stack) -> dict[str, Any]:
    return stack.database("district")["revisions"].find_one({"_id": POSITION}) or {}


def fill_ours(stack: Stack, count: int, together: int, entries: int = 1, seed: int = 7) -> None:
    """As a hundred communities' relays would: events of one community together, up to 64 KiB."""
    made = events(count, communities(100), entries, seed=seed)
    messages = []
    while part := list(islice(made, max(min(together, 50 // entries), 1))):
        messages.append((f"{part[0]['community']}.{TYPE}", orjson.dumps(part)))
    fill(BrokerLogin(stack.admin_amqp_uri, stack.parts.admin_user), EXCHANGE, messages)


def nameko(ground: Ground, count: int) -> Sample:
    return _peer(ground, count, "with_nameko", NAMEKO_QUEUE)


def faststream(ground: Ground, count: int) -> Sample:
    return _peer(ground, count, "with_faststream", "gates")


def celery(ground: Ground, count: int) -> Sample:
    with ground.place() as place:
        ground.ask("with_celery", "fill", str(count), told=place.told)
        return _consumed(ground, place, count, "with_celery")


def ceiling(ground: Ground, count: int) -> Sample:
    """Into the district's own collections with their indexes, which its service has made."""
    with ground.stack(communities(1)) as stack:
        stack.start("district")
        stack.kill("district")
        district = stack.database("district")
        told = {"MONGODB_URI": stack.parts.mongodb_uri, "DATABASE": district.name}
        return Sample(**ground.ask("raw", "ceiling", str(count), generation(stack), told=told))


def drain(ground: Ground, count: int) -> Sample:
    """Our queue with our messages, of so many events each."""
    with ground.stack(communities(1)) as stack:
        fill_ours(stack, count, TOGETHER)
        told = {"AMQP_URI": stack.admin_amqp_uri}
        found = Sample(**ground.ask("raw", "drain", "district", str(count // TOGETHER), told=told))
        return Sample(found.events * TOGETHER, found.seconds)


def _peer(ground: Ground, count: int, program: str, queue: str) -> Sample:
    with ground.place() as place:
        with place.broker_login.connect() as line, line.channel() as channel:
            channel.queue_declare(queue, durable=True, auto_delete=False)
        bodies = [(queue, orjson.dumps(event)) for event in events(count, communities(100))]
        fill(place.broker_login, "", bodies, "application/json")
        return _consumed(ground, place, count, program)


def _consumed(ground: Ground, place: Place, count: int, program: str) -> Sample:
    handled: Any = place.database["handled"]
    with ground.peer(program, told=place.told) as process:
        return watch(handled.estimated_document_count, count, process.pid)


SCENARIOS = {"consumer": consume}
