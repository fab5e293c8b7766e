"""The gate log: who passes a gate, when that truly was, and what cannot have been.

Everything that decides about an entry lies in the entry itself and in the moment it was received, so that it does not matter
how entries are split into uploads, in which order they come, or how often.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from typing import Any

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

DIRECTIONS = ("in", "out")
KINDS = ("person", "vehicle")
LATE_AFTER = timedelta(minutes=10)
SKEWED_FROM = timedelta(minutes=1)
AHEAD = timedelta(minutes=2)  # as far as a measured offset may be wrong
OLDEST = timedelta(days=30)  # who counts entries remembers their ids for 40 (shared/messaging/inbox.py)
LONGEST_OFFSET = timedelta(days=3650)  # a clock that lost its battery stands at its first day
COLDEST, HOTTEST = 32.0, 43.0  # of a living person; what is beyond is a fault of the thermometer
FEVER = 37.3
MOST_IN_EVENT = 100
ID_LENGTH = range(8, 65)
LONGEST_WORDS = 40  # a place, a name, a number plate


class UnreadableEntry(RuleBroken):
    code = "unreadable-entry"
    says = Text("“{what}”缺失或看不懂。", "The field {what} is missing or cannot be read.")


class UnknownGate(RuleBroken):
    code = "unknown-gate"
    says = Text("没有这个门岗：{gate}。", "There is no gate {gate}.")


class FromTheFuture(RuleBroken):
    code = "from-the-future"
    says = Text(
        "校正后的时间还没有到，请检查设备的时钟。",
        "By its corrected time this is yet to come: check the clock.",
    )


class TooOld(RuleBroken):
    code = "too-old"
    says = Text("超过 {days} 天，不再补记。", "More than {days} days ago: too late to be entered.")


class TemperatureOutOfRange(RuleBroken):
    code = "temperature-out-of-range"
    says = Text(
        "体温应在 {coldest} 到 {hottest}°C 之间，请重新测量。",
        "Between {coldest} and {hottest} °C, please: measure again.",
    )


@dataclass(frozen=True)
class Logged:
    """One entry as everybody may know it."""

    id: str
    at: datetime
    direction: str
    kind: str
    flags: list[str]


@dataclass(frozen=True)
class EntriesLogged:
    gate: str
    entries: list[Logged]


@dataclass(frozen=True)
class FeverFound:
    gate: str
    entry: str
    temperature: float
    at: datetime


@dataclass
class Gate:
    """A gate of this community, as its shifts tell."""

    id: str
    name: str
    name_en: str
    is_open: bool = True

    @property
    def title(self) -> Text:
        return Text(self.name, self.name_en)


@dataclass
class GateRules:
    """What a community decides about its gates: from how many °C on it is a fever, and for how many days names and plates stay."""

    id: str = "gates"
    fever: float = FEVER
    keep_days: int = 14


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody passed. `at` is corrected; `said` is what the device's clock showed."""

    id: str
    gate: str
    at: datetime
    said: datetime
    direction: str
    kind: str
    temperature: float | None
    returnee_from: str | None
    name: str | None
    plate: str | None
    flags: tuple[str, ...]

    @property
    def has_fever(self) -> bool:
        return "fever" in self.flags

    def logged(self) -> Logged:
        return Logged(self.id, self.at, self.direction, self.kind, list(self.flags))

    def fever_found(self) -> FeverFound:
        return FeverFound(self.gate, self.id, self.temperature or 0.0, self.at)


@dataclass(frozen=True)
class Refused:
    """Which row of an upload was not taken, and why; `id` as far as it has one."""

    row: int
    id: str | None
    fault: RuleBroken


@dataclass(frozen=True)
class Sorted:
    """An upload, read: each entry once, and what cannot be."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def sort_out(rows: Sequence[Any], received: datetime, gates: Container[str], fever: float) -> Sorted:
    """Reads all rows; one that cannot be costs none of the others."""
    found = Sorted()
    known = set[str]()
    for number, row in enumerate(rows):
        try:
            entry = read(row, received, gates, fever)
        except RuleBroken as fault:
            id_ = row.get("id") if isinstance(row, Mapping) else None
            found.refused.append(Refused(number, id_ if isinstance(id_, str) else None, fault))
        else:
            if entry.id not in known:
                known.add(entry.id)
                found.entries.append(entry)
    return found


def read(row: Any, received: datetime, gates: Container[str], fever: float) -> Entry:
    """One entry as a device tells it: `at` by its own clock, `offset` the seconds by which that clock was found to be behind.

    Without `at` it is now. Raises UnreadableEntry, UnknownGate, FromTheFuture, TooOld, TemperatureOutOfRange.
    """
    if not isinstance(row, Mapping):
        raise UnreadableEntry("entry", what="entry")
    id_ = _text(row, "id", ID_LENGTH.stop - 1)
    if id_ is None or len(id_) not in ID_LENGTH:
        raise UnreadableEntry("id", what="id")
    gate = _text(row, "gate", LONGEST_WORDS)
    if gate is None or gate not in gates:
        raise UnknownGate("gate", gate=gate)
    said, at, offset = _moment(row, received)
    if at > received + AHEAD:
        raise FromTheFuture("at")
    if at < received - OLDEST:
        raise TooOld("at", days=OLDEST.days)
    temperature = _temperature(row)
    returnee_from = _text(row, "returnee_from", LONGEST_WORDS)
    marks = {
        "late": received - at > LATE_AFTER,
        "skewed": abs(offset) >= SKEWED_FROM,
        "returnee": returnee_from is not None,
        "fever": temperature is not None and temperature >= fever,
    }
    return Entry(
        id_,
        gate,
        at,
        said,
        _one_of(row, "direction", DIRECTIONS),
        _one_of(row, "kind", KINDS),
        temperature,
        returnee_from,
        _text(row, "name", LONGEST_WORDS),
        plate_of(_text(row, "plate", LONGEST_WORDS)),
        tuple(mark for mark, is_so in marks.items() if is_so),
    )


def plate_of(written: str | None) -> str | None:
    """A number plate as it is looked up: `京a·12345` and `京A 12345` are one."""
    if written is None:
        return None
    return "".join(letter for letter in written.upper() if letter.isalnum()) or None


def tell(entries: Iterable[Entry]) -> list[EntriesLogged]:
    """What everybody may know of them: in events of up to 100 entries, each of one gate."""
    ordered = sorted(entries, key=lambda one: (one.gate, one.at, one.id))
    told = []
    for gate, passed in groupby(ordered, key=lambda one: one.gate):
        while some := [one.logged() for one in islice(passed, MOST_IN_EVENT)]:
            told.append(EntriesLogged(gate, some))
    return told


def _text(row: Mapping[str, Any], name: str, longest: int) -> str | None:
    """What is written there, None for nothing. Raises UnreadableEntry."""
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise UnreadableEntry(name, what=name)
    return value.strip() or None


def _one_of(row: Mapping[str, Any], name: str, known: Sequence[str]) -> str:
    value = row.get(name)
    if value not in known:
        raise UnreadableEntry(name, what=name)
    return str(value)


def _number(row: Mapping[str, Any], name: str) -> float | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise UnreadableEntry(name, what=name)
    return float(value)


def _moment(row: Mapping[str, Any], received: datetime) -> tuple[datetime, datetime, timedelta]:
    """What the device's clock said, when it was by ours, and the difference. Raises UnreadableEntry."""
    seconds = _number(row, "offset") or 0.0
    if not abs(seconds) <= LONGEST_OFFSET.total_seconds():  # nor is it not-a-number
        raise UnreadableEntry("offset", what="offset")
    offset = timedelta(milliseconds=round(seconds * 1000))
    value = row.get("at")
    if value is None:
        return received, received, timedelta()
    try:
        said = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        if said.tzinfo is None:
            raise UnreadableEntry("at", what="at")
        said = said.replace(microsecond=said.microsecond // 1000 * 1000).astimezone(UTC)
        return said, said + offset, offset
    except (TypeError, ValueError, OverflowError) as fault:
        raise UnreadableEntry("at", what="at") from fault


def _temperature(row: Mapping[str, Any]) -> float | None:
    """To a tenth of a degree. Raises UnreadableEntry, TemperatureOutOfRange."""
    measured = _number(row, "temperature")
    if measured is None:
        return None
    if not COLDEST <= measured <= HOTTEST:
        raise TemperatureOutOfRange("temperature", coldest=COLDEST, hottest=HOTTEST)
    return round(measured, 1)
