"""Who passed the gates, minute by minute and hour by hour, beside the day before: for one community and for all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.district.domain.gates import GateHour
from services.district.store import DistrictStore
from shared.i18n import dates
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.web.charts import LineChart, Point

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MINUTES = 60
FLOW_HOURS = 8  # shown gate by gate
MARK_MINUTES, MARK_HOURS = 10 * MINUTE, 3 * HOUR  # how often the clock is written below a line


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


@dataclass(frozen=True)
class Step:
    """How many came and went in the step that begins at `starts`, and in that step of the day before. While it is not
    `over` its figures still grow."""

    starts: datetime
    came: int
    went: int
    came_before: int
    went_before: int
    over: bool = True

    @property
    def count(self) -> int:
        return self.came + self.went

    @property
    def before(self) -> int:
        return self.came_before + self.went_before


@dataclass(frozen=True)
class Flow:
    """A row of steps without a hole, oldest first; the clock is written below it each `mark`."""

    steps: list[Step]
    mark: timedelta

    @property
    def latest(self) -> Step:
        """The newest step that is over; the first while none is."""
        return next((one for one in reversed(self.steps) if one.over), self.steps[0])

    @property
    def total(self) -> int:
        return sum(one.count for one in self.steps if one.over)

    @property
    def total_before(self) -> int:
        """Of the steps that are over, to compare with."""
        return sum(one.before for one in self.steps if one.over)

    @property
    def is_empty(self) -> bool:
        return not any(one.count or one.before for one in self.steps)

    @property
    def chart(self) -> LineChart:
        return LineChart([_point(one, self.mark) for one in self.steps])


@dataclass(frozen=True)
class Gates:
    """`by_gate`: the last hours of each gate by its name, of one community only."""

    last_hour: Flow
    today: Flow
    by_gate: list[tuple[Text, list[Passage]]]


def see_gates(store: DistrictStore, at: datetime, community: str | None) -> Gates:
    """Raises NotFound."""
    by_gate = list[tuple[Text, list[Passage]]]()
    if community:
        known = store.the_community(community)
        _, each = see_flow(store, community, at)
        gates = sorted({one.gate or "" for one in each})
        by_gate = [(known.title_of(gate), [one for one in each if one.gate == gate]) for gate in gates]
    today = at.astimezone(SHANGHAI).date()
    return Gates(last_hour(store, at, community), hours_of(store, today, at, community), by_gate)


def last_hour(store: DistrictStore, at: datetime, community: str | None = None) -> Flow:
    """The last 60 whole minutes; of the whole district unless a community is named."""
    end = at.replace(second=0, microsecond=0)
    starts = [end - MINUTE * number for number in range(MINUTES, 0, -1)]
    now, before = (_by_minute(_hours(store, community, since, since + HOUR)) for since in (starts[0], starts[0] - DAY))
    return Flow([_step(moment, now, before) for moment in starts], MARK_MINUTES)


def hours_of(store: DistrictStore, day: date, at: datetime, community: str | None = None) -> Flow:
    """The 24 hours of a day in Shanghai; of the whole district unless a community is named."""
    midnight = datetime.combine(day, time(), SHANGHAI)
    now, before = (_by_hour(_hours(store, community, since, since + DAY)) for since in (midnight, midnight - DAY))
    starts = [midnight + HOUR * number for number in range(24)]
    return Flow([_step(moment, now, before, over=moment + HOUR <= at) for moment in starts], MARK_HOURS)


def _hours(store: DistrictStore, community: str | None, since: datetime, until: datetime) -> list[GateHour]:
    """Those that reach into this span."""
    begins = since.replace(minute=0)
    return store.flow(community, begins, until) if community else store.flow_of_all(begins, until)


Counts = Mapping[datetime, Mapping[str, int]]


def _by_minute(hours: Iterable[GateHour]) -> Counts:
    found = dict[datetime, Counter[str]]()
    for one in hours:
        for minute, counts in one.minutes.items():
            found.setdefault(one.hour + MINUTE * int(minute), Counter()).update(counts)
    return found


def _by_hour(hours: Iterable[GateHour]) -> Counts:
    found = dict[datetime, Counter[str]]()
    for one in hours:
        found.setdefault(one.hour, Counter()).update(one.counts)
    return found


def _step(starts: datetime, now: Counts, before: Counts, *, over: bool = True) -> Step:
    then, earlier = now.get(starts, {}), before.get(starts - DAY, {})
    return Step(starts, then.get("in", 0), then.get("out", 0), earlier.get("in", 0), earlier.get("out", 0), over=over)


def _point(one: Step, mark: timedelta) -> Point:
    clock = one.starts.astimezone(SHANGHAI)
    is_marked = not (clock - clock.replace(hour=0, minute=0)) % mark
    return Point(dates.hm(one.starts), one.count if one.over else None, one.before, is_marked)
