"""How many came and went at the gates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.district.domain.gates import GateHour
from services.district.store import DistrictStore

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

FLOW_HOURS = 8  # shown of the gates


@dataclass(frozen=True)
class Passage:
    """How many came and went at a gate (or at all) in the hour that begins at `starts`, and in that hour of the day before;
    `busiest_minute`: of this one."""

    starts: datetime
    gate: str | None
    came: int
    went: int
    came_before: int
    went_before: int
    busiest_minute: int


def see_flow(store: DistrictStore, community: str, at: datetime) -> tuple[list[Passage], list[Passage]]:
    """The last hours at the gates, this one included, newest first: over all of them, and gate by gate."""
    this_hour = at.replace(minute=0, second=0, microsecond=0)
    hours = [this_hour - number * HOUR for number in range(FLOW_HOURS)]
    found = store.flow(community, hours[-1] - DAY, this_hour + HOUR)
    by_gate = {(one.gate, one.hour): one for one in found}
    gates = sorted({one.gate for one in found})
    each = [_passage(by_gate, [gate], gate, hour) for hour in hours for gate in gates]
    return [_passage(by_gate, gates, None, hour) for hour in hours] if found else [], each


def _passage(
    known: Mapping[tuple[str, datetime], GateHour], gates: Sequence[str], gate: str | None, hour: datetime
) -> Passage:
    then, before = ([known[one, when] for one in gates if (one, when) in known] for when in (hour, hour - DAY))
    came, went, came_before, went_before = (
        sum(one.counts.get(way, 0) for one in those) for those in (then, before) for way in ("in", "out")
    )
    busiest = max((one.busiest_minute for one in then), default=0)
    return Passage(hour, gate, came, went, came_before, went_before, busiest)
