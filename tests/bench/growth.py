"""Growth: what an event costs when a million are stored, and what a page costs when there are a thousand communities."""

import time
from collections.abc import Callable, Iterator

import requests

from services.district.store import DistrictStore
from shared.kernel.command import Command
from shared.messaging.topology import EXCHANGE, BrokerLogin
from shared.persistence.revision import note_change
from tests.bench.consuming import TOGETHER, fill_ours, generation, taken
from tests.bench.ground import Ground, fill
from tests.bench.measuring import Sample, median, watch
from tests.bench.peers.gate import communities
from tests.bench.rows import Row
from tests.bench.town import tell_all
from tests.stack import Stack, eventually

STEP = 100_000
OVERVIEW = "/district/"
PAGES = {"overview": OVERVIEW, "community page": "/district/communities/c000"}
ANEW = "overview drawn anew"
LOOKS = 15
PATIENCE_SECONDS = 300


def cost(ground: Ground) -> Iterator[Row]:
    """The stored ones are written as the consumer writes them; those measured come through the queue. The median of the rounds."""
    few, many, measured = (2_000, 10_000, 15_000) if ground.quick else (10_000, 1_000_000, 20_000)
    with ground.stack(communities(1)) as stack:
        stack.start("district")
        stack.kill("district")
        found = {}
        for stored in (few, many):
            _store(ground, stack, stored)
            found[stored] = [_consumed(stack, measured) for _ in range(ground.rounds)]
    for measure, digits, figure in (("µs an event", 1, "each"), ("CPU an event, µs", 1, "cpu_each")):
        of = {stored: round(median([getattr(one, figure) for one in runs]), digits) for stored, runs in found.items()}
        yield Row("growth", f"{measure}, at {many:,} stored", of[many], f"at {few:,}", of[few])


def pages(ground: Ground) -> Iterator[Row]:
    """From the request to its last byte, as the office sees it; the district hears of all communities by events. An overview
    is drawn anew for the first who looks after a change, and then serves everybody."""
    sizes = (2, 10) if ground.quick else (10, 100, 1_000)
    with ground.stack(communities(1)) as stack:
        stack.start("district")
        found = {}
        heard, told = 0, 0
        for size in sizes:
            told += _grow(stack, communities(size)[heard:])
            heard = size
            eventually(lambda told=told: taken(stack) == told, seconds=PATIENCE_SECONDS)
            found[size] = {name: _looked(stack, path) for name, path in PAGES.items()}
            found[size][ANEW] = _looked(stack, OVERVIEW, before=lambda: _change(stack))
    for name in (*PAGES, ANEW):
        for size in sizes[1:]:
            yield Row(
                "growth", f"{name}, {size} communities, ms", found[size][name], f"{sizes[0]}", found[sizes[0]][name]
            )


def _store(ground: Ground, stack: Stack, stored: int) -> None:
    district = stack.database("district")
    told = {"MONGODB_URI": stack.parts.mongodb_uri, "DATABASE": district.name}
    while (lack := stored - taken(stack)) > 0:
        part = str(max(min(lack, STEP), 2_000))
        ground.ask("raw", "ceiling", part, generation(stack), str(time.time_ns()), told=told)


def _consumed(stack: Stack, count: int) -> Sample:
    before = taken(stack)
    fill_ours(stack, count, TOGETHER, seed=time.time_ns())
    process = stack.spawn("district")
    try:
        return watch(lambda: taken(stack) - before, count, process.pid)
    finally:
        stack.kill("district")


def _grow(stack: Stack, places: list[str]) -> int:
    messages = list(tell_all(places))
    fill(BrokerLogin(stack.admin_amqp_uri, stack.parts.admin_user), EXCHANGE, messages)
    return len(messages)


def _change(stack: Stack) -> None:
    DistrictStore(stack.database("district")).transaction(Command(), note_change)


def _looked(stack: Stack, path: str, before: Callable[[], None] = lambda: None) -> float:
    headers = {"Authorization": f"Bearer {stack.token('officer@district')}", "Accept": "text/html"}
    times = []
    with requests.Session() as session:
        for _ in range(LOOKS):
            before()
            began = time.perf_counter()
            answer = session.get(stack.url(path), headers=headers, timeout=60)
            times.append(1e3 * (time.perf_counter() - began))
            assert answer.status_code == 200, answer.text
    return round(median(times[LOOKS // 3 :]), 1)


SCENARIOS = {"growth": cost, "growth-pages": pages}
