"""The gate log end to end, the evening's rush hour over the district, and how soon a killed consumer works again."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import requests
from amqp import Channel

from services.grid.domain.gates import Gate
from services.grid.store import GridStore
from shared.kernel.command import Command
from shared.kernel.ids import new_id, now
from shared.messaging.topology import BrokerLogin
from tests.bench.consuming import TOGETHER, fill_ours, generation, taken
from tests.bench.ground import Ground
from tests.bench.measuring import cpu_of, median, memory_of
from tests.bench.peers.gate import communities, paced
from tests.bench.rows import Row
from tests.stack import Stack, eventually

UPLOADS_A_SECOND = 33  # handhelds that come back to the network
SENDERS = 8
RATES = (333, 3_330)  # a tenth of 100 communities' 30,000 entries a day within 15 minutes; and ten times that
SAMPLE_SECONDS = 1.0
PREPARE_SECONDS = 900
DRAIN_SECONDS = 300


@dataclass(frozen=True)
class Moment:
    """What was seen of the whole at one moment of the rush: counts, and megabytes by part."""

    at: float
    sent: int
    counted: int
    journal: int
    queue: int
    memory: dict[str, float]


@dataclass
class District:
    """One process with the communities' grids, one with the district, and people at the gates."""

    stack: Stack
    places: list[str]
    sent: int = 0
    _sending: threading.Lock = field(default_factory=threading.Lock)
    _sessions: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        passwords = ",".join(f"{one}={self.stack.passwords[one]}" for one in self.places)
        told = {"COMMUNITIES": ",".join(self.places), "AMQP_PASSWORDS": passwords}
        self.host = f"grid.{self.places[0]}"
        self.stack.spawn(self.host, **told)
        self.stack.start("district")
        health = f"http://{self.stack.addresses[self.host]}/healthz/ready"
        eventually(lambda: requests.get(health, timeout=60).ok, seconds=PREPARE_SECONDS)
        for place in self.places:
            store = GridStore(self.stack.database("grid", place), place)
            gates = [(Gate(f"gate-{number}", f"{number + 1}号门", f"Gate {number + 1}"), []) for number in range(3)]
            store.transaction(Command(), lambda tx, gates=gates: tx.save_all(gates))
        self.tokens = {one: self.stack.token(f"staff@community:{one}") for one in self.places}

    @property
    def pids(self) -> dict[str, int]:
        running = self.stack.parts.running
        parts = {name: running[name][1].pid for name in ("mongodb", "rabbitmq")}
        ours = {"grid": self.stack.processes[self.host].pid, "district": self.stack.processes["district"].pid}
        return {**ours, **parts}

    def upload(self, place: str, entries: int) -> None:
        """What a handheld kept; a fifth of it are vehicles with plates."""
        at = now().isoformat()
        rows = [
            {
                "id": new_id(),
                "gate": f"gate-{number % 3}",
                "at": at,
                "offset": 0,
                "direction": "in" if number % 2 else "out",
                **({"kind": "vehicle", "plate": f"沪A{number:05}"} if number % 5 == 0 else {"kind": "person"}),
            }
            for number in range(entries)
        ]
        session = self._sessions.__dict__.setdefault("session", requests.Session())
        answer = session.post(
            f"http://{self.stack.addresses[self.host]}/communities/{place}/grid/gate-log/entries",
            json={"entries": rows},
            headers={"Authorization": f"Bearer {self.tokens[place]}"},
            timeout=60,
        )
        assert answer.json()["logged"] == entries, answer.text
        with self._sending:
            self.sent += entries

    def counted(self) -> int:
        """Entries the district shows."""
        district = self.stack.database("district")
        both = {"$add": [{"$ifNull": [f"$counts.{way}", 0]} for way in ("in", "out")]}
        of_all, summed = {"$match": {"community": None}}, {"$group": {"_id": None, "sum": {"$sum": both}}}
        sums = list(district[f"gate_flow.{generation(self.stack)}"].aggregate([of_all, summed]))
        return int(sums[0]["sum"]) if sums else 0

    def journalled(self) -> int:
        waits = ({"unpublished": True}, {"hint": "unpublished"})
        return sum(
            self.stack.database("grid", one)["journal"].count_documents(waits[0], **waits[1]) for one in self.places
        )


def end_to_end(ground: Ground) -> Iterator[Row]:
    """From the first upload to the last entry counted at the district: one community, uploads of ten thousand entries."""
    uploads, entries = (2, 500) if ground.quick else (5, 10_000)
    with ground.stack(communities(1)) as stack:
        district = District(stack, communities(1))
        district.upload("c000", 100)
        eventually(lambda: district.counted() == district.sent)
        before = {name: cpu_of(pid) for name, pid in district.pids.items()}
        began = time.perf_counter()
        for _ in range(uploads):
            district.upload("c000", entries)
        eventually(lambda: district.counted() == district.sent, seconds=DRAIN_SECONDS)
        seconds = time.perf_counter() - began
        total = uploads * entries
        yield Row("end-to-end", "entries/s, upload to read model", round(total / seconds))
        for name, pid in district.pids.items():
            yield Row("end-to-end", f"CPU an entry, µs, {name}", round(1e6 * (cpu_of(pid) - before[name]) / total, 1))


def rush(ground: Ground) -> Iterator[Row]:
    """The evening's peak over all communities, then ten times that; what waits where, second by second, is kept for the plot."""
    places, seconds = (communities(3), 4) if ground.quick else (communities(100), 60)
    told: dict[str, list[dict[str, Any]]] = {}
    with ground.stack(places) as stack:
        district = District(stack, places)
        for rate in RATES:
            moments, cpu, lag = _hour(district, rate, seconds)
            told[str(rate)] = [vars(one) for one in moments]
            name = f"rush {rate}/s"
            took = moments[-1].at
            yield Row(name, "entries/s taken in", round((moments[-1].sent - moments[0].sent) / took))
            yield Row(name, "entries behind, at most", max(one.sent - one.counted for one in moments))
            yield Row(name, "seconds until all is counted", round(lag, 1))
            for part, used in cpu.items():
                yield Row(name, f"cores, {part}", round(used / took, 2))
            middle, last = moments[len(moments) // 2], moments[-1]
            for part in last.memory:
                yield Row(name, f"MB, {part}", round(last.memory[part]), "at half-time", round(middle.memory[part]))
    (ground.home.parents[1] / "rush.json").write_text(json.dumps(told))


def _hour(district: District, rate: int, seconds: int) -> tuple[list[Moment], dict[str, float], float]:
    moments: list[Moment] = []
    over = threading.Event()
    base = district.sent
    began = time.perf_counter()

    def look() -> None:
        at = BrokerLogin(district.stack.admin_amqp_uri, district.stack.parts.admin_user)
        with at.connect() as line, line.channel() as channel:
            while not over.is_set():
                moments.append(_moment(district, channel, began, base))
                line.heartbeat_tick()
                over.wait(SAMPLE_SECONDS)

    before = {name: cpu_of(pid) for name, pid in district.pids.items()}
    looking = threading.Thread(target=look)
    looking.start()
    with ThreadPoolExecutor(SENDERS) as senders:
        sending = [
            senders.submit(district.upload, district.places[number % len(district.places)], rate // UPLOADS_A_SECOND)
            for number in paced(UPLOADS_A_SECOND, UPLOADS_A_SECOND * seconds)
        ]
        for one in sending:
            one.result()
    cpu = {name: cpu_of(pid) - before[name] for name, pid in district.pids.items()}
    over.set()
    looking.join()
    ended = time.perf_counter()
    eventually(lambda: district.counted() == district.sent, seconds=DRAIN_SECONDS)
    return moments, cpu, time.perf_counter() - ended


def _moment(district: District, channel: Channel, began: float, base: int) -> Moment:
    counted = district.counted() - base
    return Moment(
        round(time.perf_counter() - began, 2),
        district.sent - base,
        counted,
        district.journalled(),
        channel.queue_declare("district", passive=True).message_count,
        {name: memory_of(pid) for name, pid in district.pids.items()},
    )


def restart(ground: Ground) -> Iterator[Row]:
    """kill -9 in the middle of a full queue, started again at once: until the next effect; and nothing is lost."""
    count = 3_000 if ground.quick else 40_000
    times = []
    for _ in range(ground.rounds):
        with ground.stack(communities(1)) as stack:
            fill_ours(stack, count, TOGETHER)
            stack.spawn("district")
            eventually(lambda stack=stack: taken(stack), seconds=60)
            stack.kill("district")
            had, began = taken(stack), time.perf_counter()
            stack.spawn("district")
            if had < count:
                while taken(stack) == had:
                    time.sleep(0.01)
                times.append(time.perf_counter() - began)
            eventually(lambda stack=stack: taken(stack) == count, seconds=DRAIN_SECONDS)
            assert stack.database("district")["received"].count_documents({}) == count
    if times:
        yield Row("restart", "seconds from kill -9 to the next effect", round(median(times), 2))


SCENARIOS = {"end-to-end": end_to_end, "rush": rush, "restart": restart}
