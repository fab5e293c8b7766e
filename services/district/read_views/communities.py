"""One community at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.district.domain.communities import Community, Outlook, Post, Shift, silence
from services.district.domain.missions import Mission
from services.district.read_views.flow import Flow, Passage, hours_of, last_hour, see_flow
from services.district.read_views.lists import Gap, gap_in
from services.district.read_views.overview import NEWEST
from services.district.read_views.reach import NoticeSeen, see_notices
from services.district.read_views.screening import RoundSeen, see_rounds
from services.district.read_views.stock import Moving, Shortage, Wanted, needs, shortages, transfers
from services.district.read_views.volunteers import BuildingSeen, TeamSeen, see_ownerless, see_teams
from services.district.read_views.words import Told, tell
from services.district.store import DistrictStore
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI

NOTICES = 5  # newest, on a community's page


@dataclass(frozen=True)
class Duty:
    """A shift that runs now, and its people: display name (None where there is no consent) and whether they are there."""

    shift: Shift
    place: Text
    post: Text
    people: list[tuple[str | None, bool]]


@dataclass(frozen=True)
class Place:
    """One community's page. `round`: the screening that runs, or ran last; `last_hour` and `today` at its gates, `flow` of the
    last hours, over all gates and gate by gate. `known_at`: the position in the log that it was looked back from."""

    outlook: Outlook
    duties: list[Duty]
    gaps: list[Gap]
    posts: list[tuple[str, Post]]
    missions: list[Mission]
    happenings: list[Told]
    round: RoundSeen | None
    shortages: list[Shortage]
    needs: list[Wanted]
    transfers: list[Moving]
    notices: list[NoticeSeen]
    teams: list[TeamSeen]
    ownerless: list[BuildingSeen]
    last_hour: Flow
    today: Flow
    flow: list[Passage]
    flow_by_gate: list[Passage]
    known_at: int | None = None


def see_community(store: DistrictStore, community: str, at: datetime, known_at: int | None = None) -> Place:
    """Raises NotFound. Who was silent at a past moment is in no log: all are taken as heard."""
    store = store.shown()
    known = store.the_community(community)
    quiet = silence(store.pulse(community), at) if known_at is None else None
    outlook = Outlook(known, store.shifts_of(community, at), quiet, at)
    flow, flow_by_gate = see_flow(store, community, at)
    return Place(
        outlook,
        see_duties(store, [outlook]),
        [gap_in(shift, outlook, at) for shift in outlook.gaps],
        sorted(known.posts.items(), key=lambda post: (not post[1].is_open, post[0])),
        store.missions(community),
        tell(store, store.happenings(NEWEST, community=community), at, {community: known}),
        next(iter(see_rounds(store, community)), None),
        shortages(store, community),
        needs(store, community),
        transfers(store, community),
        see_notices(store, NOTICES, community),
        see_teams(store, community),
        see_ownerless(store, community),
        last_hour(store, at, community),
        hours_of(store, at.astimezone(SHANGHAI).date(), at, community),
        flow,
        flow_by_gate,
        known_at,
    )


def see_duties(store: DistrictStore, outlooks: Sequence[Outlook]) -> list[Duty]:
    """Every shift that runs, or that somebody has not left yet, with its people by name where they agreed to be named."""
    running = [(one.community, shift) for one in outlooks for shift in one.running]
    names = store.names({person for _, shift in running for person in (*shift.claimed, *shift.present)})
    return [_duty(shift, community, names) for community, shift in running]


def _duty(shift: Shift, community: Community, names: dict[str, str]) -> Duty:
    absent = [person for person in shift.claimed if person not in shift.present]
    people = [(names.get(person), True) for person in shift.present] + [(names.get(person), False) for person in absent]
    return Duty(shift, community.title, community.title_of(shift.post), people)
