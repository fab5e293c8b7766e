"""One community at one moment."""

from dataclasses import dataclass
from datetime import datetime

from services.district.domain.communities import Community, Outlook, Post, Shift, silence
from services.district.domain.missions import Mission
from services.district.store import DistrictStore
from services.district.views.flow import Passage, see_flow
from services.district.views.lists import Gap, gap_in
from services.district.views.overview import NEWEST
from services.district.views.words import Told, tell
from shared.words import Text


@dataclass(frozen=True)
class Duty:
    """A shift that runs now, and its people: display name (None where there is no consent) and whether they are there."""

    shift: Shift
    post: Text
    people: list[tuple[str | None, bool]]


@dataclass(frozen=True)
class Place:
    """One community's page; `flow` of the last hours, over all gates and gate by gate."""

    outlook: Outlook
    duties: list[Duty]
    gaps: list[Gap]
    posts: list[tuple[str, Post]]
    missions: list[Mission]
    happenings: list[Told]
    flow: list[Passage]
    flow_by_gate: list[Passage]


def see_community(store: DistrictStore, community: str, at: datetime) -> Place:
    """Raises NotFound."""
    store = store.shown()
    known = store.the_community(community)
    outlook = Outlook(known, store.shifts_of(community, at), silence(store.pulse(community), at), at)
    names = store.names({person for shift in outlook.running for person in (*shift.claimed, *shift.present)})
    return Place(
        outlook,
        [_duty(shift, known, names) for shift in outlook.running],
        [gap_in(shift, outlook, at) for shift in outlook.gaps],
        sorted(known.posts.items(), key=lambda post: (not post[1].is_open, post[0])),
        store.missions(community),
        tell(store, store.happenings(NEWEST, community=community), at, {community: known}),
        *see_flow(store, community, at),
    )


def _duty(shift: Shift, community: Community, names: dict[str, str]) -> Duty:
    absent = [person for person in shift.claimed if person not in shift.present]
    people = [(names.get(person), True) for person in shift.present] + [(names.get(person), False) for person in absent]
    return Duty(shift, community.title_of(shift.post), people)
