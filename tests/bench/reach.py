"""What was wanted of each figure, and where the time goes where it is not reached (docs/adr/0025)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import ge, le

from tests.bench.rows import Row

NAMEKO, FASTSTREAM, CELERY = "nameko event_handler", "FastStream", "Celery, threads"

WHY_CPU = "Half is reading envelope and contract, a quarter the log for rebuilding."
WHY_CONSUMER = "Half of the time the database writes; on an idle machine a peer's round trips are quick."
WHY_GROWTH = "Our own cost stays the same; a million entries fill the database's cache of 1 GB."
WHY_LATENCY = (
    "An event waits until it is on disk in the community's journal, then in a quorum queue, before the district's transaction "
    "begins; a peer's is handed on while neither is."
)
WHY_OVERVIEW = "What was drawn last serves everybody, but a thousand tiles are sent, and squeezed, each time."
WHY_COMMANDS = (
    "As many round trips, but each costs more under eventlet and nameko's workers than under asyncio; one of them asks "
    "whether rights were withdrawn, and ours relays meanwhile."
)


@dataclass(frozen=True)
class Reach:
    """A row's ratio, or, where it is held against nothing, its own figure, and the bound it is to keep."""

    words: str
    scenario: str
    measure: str
    against: str | None
    keeps: Callable[[float, float], bool]
    bound: float
    why: str = ""  # it is missed, where that is known

    def of(self, rows: Sequence[Row]) -> Row | None:
        for row in rows:
            if (row.scenario, row.measure, row.against) == (self.scenario, self.measure, self.against):
                return row
        return None

    def verdict(self, row: Row) -> str:
        figure = row.ratio if row.ratio is not None else row.ours
        if self.keeps(figure, self.bound):
            return f"reached: {figure:g}"
        return " ".join([f"**missed by {abs(figure / self.bound - 1):.0%}**: {figure:g}.", self.why]).strip()


REACH = (
    Reach("consumer ≥ 35 × nameko", "consumer", "events/s", NAMEKO, ge, 35, WHY_CONSUMER),
    Reach("consumer ≥ 50 × FastStream", "consumer", "events/s", FASTSTREAM, ge, 50, WHY_CONSUMER),
    Reach("consumer ≥ 28 × Celery", "consumer", "events/s", CELERY, ge, 28),
    Reach("consumer ≥ 0.5 of the ceiling", "consumer", "events/s", "full transactions of the same writes", ge, 0.5),
    Reach("consumer's CPU ≤ 1/50 of nameko's", "consumer", "CPU an event, µs", NAMEKO, le, 0.02, WHY_CPU),
    Reach("relay ≥ 10 × nameko's Publisher", "relay", "events/s", "nameko Publisher, confirmed", ge, 10),
    Reach("relay ≥ 0.6 of raw batched confirms", "relay", "events/s", "raw batched confirms", ge, 0.6),
    Reach("working ≤ 2 s after kill -9", "restart", "seconds from kill -9 to the next effect", None, le, 2),
    *(
        Reach(f"p99 at 200/s no worse than {peer}", "latency", "p99 at 200 events/s, ms", peer, le, 1, WHY_LATENCY)
        for peer in (NAMEKO, FASTSTREAM, CELERY)
    ),
    Reach(
        "p50 at 200/s ≤ 1.5 × raw",
        "latency",
        "p50 at 200 events/s, ms",
        "raw, a read and a transaction",
        le,
        1.5,
        WHY_LATENCY,
    ),
    Reach("commands ≥ FastAPI's", "command", "requests/s", "FastAPI, pymongo async", ge, 1, WHY_COMMANDS),
    Reach(
        "an event at a million ≤ 1.15 ×",
        "growth",
        "µs an event, at 1,000,000 stored",
        "at 10,000",
        le,
        1.15,
        WHY_GROWTH,
    ),
    Reach("overview at 1,000 ≤ 3 × that at 10", "growth", "overview, 1000 communities, ms", "10", le, 3, WHY_OVERVIEW),
    *(
        Reach(f"memory of {part} flat at the tenfold rush", "rush 3330/s", f"MB, {part}", "at half-time", le, 1.1)
        for part in ("grid", "district", "mongodb", "rabbitmq")
    ),
)
