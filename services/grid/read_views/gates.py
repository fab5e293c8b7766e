"""The gates as their people see them: who passed today, hour by hour, and what an entry says to whoever may read it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.grid.domain.gates import Gate
from services.grid.store import GridStore
from services.grid.store.gates import LogRow
from shared.crypto.field_encryption import SealLost
from shared.i18n.timezone import SHANGHAI

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Flow = Counter[tuple[str, datetime, str]]


@dataclass(frozen=True)
class GateToday:
    """A gate, and how many passed it today; `late` and `fevers` of them."""

    gate: Gate
    came: int
    went: int
    late: int
    fevers: int


@dataclass(frozen=True)
class Hour:
    """How many came and went in an hour, and in the same hour of the day before."""

    starts: datetime
    came: int
    went: int
    fevers: int
    came_before: int
    went_before: int

    @property
    def most(self) -> int:
        return max(self.came, self.went, self.came_before, self.went_before)


@dataclass(frozen=True)
class Seen:
    """An entry with its name and plate, as long as they are kept."""

    row: LogRow
    name: str | None
    plate: str | None


def day_span(day: date) -> tuple[datetime, datetime]:
    """From midnight to midnight by the clock people live by."""
    start = datetime.combine(day, time(), SHANGHAI)
    return start, start + DAY


def gates_today(store: GridStore, day: date) -> list[GateToday]:
    """Open gates first."""
    flow = store.flow(*day_span(day))
    counts = Counter[tuple[str, str]]()
    for (gate, _, what), number in flow.items():
        counts[gate, what] += number
    gates = sorted(store.gates().values(), key=lambda gate: (not gate.is_open, gate.id))
    return [
        GateToday(
            gate, counts[gate.id, "in"], counts[gate.id, "out"], counts[gate.id, "late"], counts[gate.id, "fever"]
        )
        for gate in gates
    ]


def hours(store: GridStore, day: date, gate: str | None) -> list[Hour]:
    """The day's 24 hours, of one gate or all, beside those of the day before."""
    starts, ends = day_span(day)
    counts = Counter[tuple[datetime, str]]()
    for (_, hour, what), number in store.flow(starts - DAY, ends, gate).items():
        counts[hour, what] += number
    return [
        Hour(
            hour,
            counts[hour, "in"],
            counts[hour, "out"],
            counts[hour, "fever"],
            counts[hour - DAY, "in"],
            counts[hour - DAY, "out"],
        )
        for hour in (starts + number * HOUR for number in range(24))
    ]


def seen(store: GridStore, rows: Iterable[LogRow]) -> list[Seen]:
    return [
        Seen(row, *(_opened(store, one) for one in (row.passer.name, row.passer.plate)))
        if row.passer
        else Seen(row, None, None)
        for row in rows
    ]


def _opened(store: GridStore, sealed: bytes | None) -> str | None:
    """None also where the key is gone."""
    try:
        return store.vault.open(sealed) if sealed else None
    except SealLost:
        return None
