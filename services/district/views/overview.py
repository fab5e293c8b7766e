"""The whole district at one moment: now, or as it was known then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.district.domain.communities import Outlook, Overview, Shift, Silence, silence
from services.district.domain.missions import Mission
from services.district.store import DistrictStore
from services.district.views.lists import Gap, see_gaps
from services.district.views.words import Told, tell

NEWEST = 20  # happenings on a page


@dataclass(frozen=True)
class District:
    """`known_at` is the position in the log that it was looked back from; None: this is now."""

    overview: Overview
    gaps: list[Gap]
    happenings: list[Told]
    missions: list[Mission]
    known_at: int | None = None

    @property
    def missions_for_office(self) -> int:
        """Disinfections that nobody takes, or that are late."""
        return sum(one.told or one.is_late(self.overview.at) for one in self.missions)


def see_district(store: DistrictStore, at: datetime) -> District:
    shown = store.shown()
    pulses = shown.pulses()
    return _see(shown, at, lambda community: silence(pulses.get(community), at))


def look_back(past: DistrictStore, at: datetime, position: int) -> District:
    """What was known at that moment. Who was silent then is in no log: all are taken as heard."""
    return _see(past, at, lambda _: None, position)


def _see(
    store: DistrictStore, at: datetime, silence_of: Callable[[str], Silence | None], position: int | None = None
) -> District:
    communities = store.communities()
    shifts: dict[str, list[Shift]] = {}
    for shift in store.shifts_now(at):
        shifts.setdefault(shift.community, []).append(shift)
    outlooks = [Outlook(one, shifts.get(one.id, []), silence_of(one.id), at) for one in communities]
    told = tell(store, store.happenings(NEWEST), at, {one.id: one for one in communities})
    return District(Overview(at, outlooks), see_gaps(outlooks, at), told, store.missions(), position)
