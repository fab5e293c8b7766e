"""The whole district at one moment: now, or as it was known then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from services.district.domain.communities import Outlook, Overview, Shift, Silence, silence
from services.district.domain.missions import Mission
from services.district.read_views.alerts import AlertSeen, open_alerts
from services.district.read_views.flow import Flow, last_hour
from services.district.read_views.lists import Gap, see_gaps
from services.district.read_views.words import Told, tell
from services.district.store import DistrictStore
from shared.i18n.text import Text

NEWEST = 20  # happenings on a page


@dataclass(frozen=True)
class District:
    """`known_at` is the position in the log that it was looked back from; None: this is now."""

    overview: Overview
    gaps: list[Gap]
    happenings: list[Told]
    missions: list[Mission]
    alerts: list[AlertSeen]
    short: int
    flow: Flow
    known_at: int | None = None

    @property
    def waiting(self) -> list[Mission]:
        """Disinfections nobody goes to yet, the longest waiting first."""
        return [one for one in self.missions if one.is_waiting]

    @property
    def waiting_since(self) -> datetime | None:
        return self.waiting[0].since if self.waiting else None

    @property
    def urgent_alerts(self) -> int:
        return sum(one.alert.severity == "urgent" for one in self.alerts)

    @cached_property
    def names(self) -> dict[str, Text]:
        return {one.community.id: one.community.title for one in self.overview.outlooks}

    def place_of(self, mission: Mission) -> Text:
        return self.names.get(mission.community) or Text(mission.community, mission.community)

    def is_late(self, mission: Mission) -> bool:
        """Past its time, or told to the office because nobody takes it."""
        return mission.told or mission.is_late(self.overview.at)


def see_district(store: DistrictStore, at: datetime) -> District:
    shown = store.shown()
    return _see(shown, at, outlooks_now(shown, at), open_alerts(store, at))


def look_back(past: DistrictStore, at: datetime, position: int) -> District:
    """What was known at that moment. Who was silent then is in no log: all are taken as heard; nor is what the district itself
    stated, its alerts."""
    return _see(past, at, outlooks_then(past, at), [], position)


def outlooks_now(store: DistrictStore, at: datetime) -> list[Outlook]:
    """Every community in its place, silent ones as such."""
    pulses = store.pulses()
    return _outlooks(store, at, lambda community: silence(pulses.get(community), at))


def outlooks_then(past: DistrictStore, at: datetime) -> list[Outlook]:
    return _outlooks(past, at, lambda _: None)


def _outlooks(store: DistrictStore, at: datetime, silence_of: Callable[[str], Silence | None]) -> list[Outlook]:
    shifts: dict[str, list[Shift]] = {}
    for shift in store.shifts_now(at):
        shifts.setdefault(shift.community, []).append(shift)
    return [Outlook(one, shifts.get(one.id, []), silence_of(one.id), at) for one in store.communities()]


def _see(
    store: DistrictStore,
    at: datetime,
    outlooks: list[Outlook],
    alerts: list[AlertSeen],
    position: int | None = None,
) -> District:
    told = tell(store, store.happenings(NEWEST), at, {one.community.id: one.community for one in outlooks})
    short, flow = len(store.stocks_short(None)), last_hour(store, at)
    return District(
        Overview(at, outlooks), see_gaps(outlooks, at), told, store.missions(), alerts, short, flow, position
    )
