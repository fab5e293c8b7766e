"""Who passed the communities' gates, counted by gate, hour and minute."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Passed(NamedTuple):
    """Somebody passed a gate, as its community told: `marks` are the direction and the entry's flags."""

    community: str
    gate: str
    at: datetime
    marks: tuple[str, ...]


Hourly = tuple[str | None, str, datetime]  # community (None: the whole district), gate, and the hour by its beginning
ALL_GATES = ""


def tally(passed: Iterable[Passed]) -> dict[Hourly, Counter[str]]:
    """How often each mark occurs by gate and hour (`in`, `fever`), and each direction by the minute (`minutes.07.in`).

    Sums only, so that it does not matter in which order or in which batches entries come."""
    tallies = dict[Hourly, Counter[str]]()
    for one in passed:
        hour = one.at.replace(minute=0, second=0, microsecond=0)
        counts = tallies.setdefault((one.community, one.gate, hour), Counter())
        counts.update((*one.marks, f"minutes.{one.at.minute:02}.{one.marks[0]}"))
    return tallies


def sum_up(tallies: Mapping[Hourly, Counter[str]]) -> dict[Hourly, Counter[str]]:
    """The same over all gates of the district."""
    of_all = dict[Hourly, Counter[str]]()
    for (_, _, hour), counts in tallies.items():
        of_all.setdefault((None, ALL_GATES, hour), Counter()).update(counts)
    return of_all


@dataclass
class GateHour:
    """What passed one gate in one hour; `minutes`: by minute and direction."""

    gate: str
    hour: datetime
    counts: dict[str, int] = field(default_factory=dict)
    minutes: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def busiest_minute(self) -> int:
        return max((sum(directions.values()) for directions in self.minutes.values()), default=0)
