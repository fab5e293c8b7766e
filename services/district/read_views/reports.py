"""A day of the district: every community's figures, and the flow through the gates by hour."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.district.domain.communities import Community
from services.district.read_views.flow import Flow, hours_of
from services.district.store import DistrictStore
from shared.i18n.timezone import SHANGHAI


@dataclass(frozen=True)
class ReportHour:
    """How many came and went through all gates in one hour of the day."""

    hour: int
    came: int = 0
    went: int = 0


@dataclass(frozen=True)
class ReportRow:
    """A community's figures of a day, by the names in FIGURES, and `in` and `out`."""

    community: Community
    figures: dict[str, int]


@dataclass(frozen=True)
class Report:
    """A day of the district, as far as it was heard at that moment."""

    day: date
    at: datetime
    rows: list[ReportRow]
    hours: list[ReportHour]
    flow: Flow

    @property
    def totals(self) -> dict[str, int]:
        return dict(sum((Counter(row.figures) for row in self.rows), Counter()))

    @property
    def is_today(self) -> bool:
        return self.day == self.at.date()


def see_report(store: DistrictStore, day: date, at: datetime) -> Report:
    """Every community in its place, also where nothing happened; at the end those that were heard before they were registered."""
    store = store.shown()
    counted = {one.community: one.counts for one in store.days(day.isoformat())}
    since = datetime.combine(day, datetime.min.time(), SHANGHAI)
    flow = store.flow_by_community(since, since + timedelta(days=1))
    hours = {hour: ReportHour(hour) for hour in range(24)}
    through: dict[str, Counter[str]] = {}
    for community, one in flow:
        seen = hours[one.hour.astimezone(SHANGHAI).hour]
        came, went = one.counts.get("in", 0), one.counts.get("out", 0)
        hours[seen.hour] = ReportHour(seen.hour, seen.came + came, seen.went + went)
        through.setdefault(community, Counter()).update({"in": came, "out": went})
    known = store.communities()
    unnamed = (counted.keys() | through.keys()) - {one.id for one in known}
    places = [*known, *map(Community, sorted(unnamed))]
    rows = [ReportRow(one, {**counted.get(one.id, {}), **through.get(one.id, {})}) for one in places]
    return Report(day, at.astimezone(SHANGHAI), rows, list(hours.values()), hours_of(store, day, at))
