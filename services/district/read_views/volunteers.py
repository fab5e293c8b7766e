"""The people who help, their teams, and the buildings nobody looks after; by name only whoever agreed to be named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.district.domain.volunteers import Building, Team, Volunteer
from services.district.read_views.titles import titles
from services.district.store import DistrictStore
from shared.i18n.domain_labels import ROLE_WORDS, SKILL_WORDS
from shared.i18n.text import Text, counted

STANDING_WORDS = {
    "applied": ("attention", Text("待审核", "To approve")),
    "approved": ("ok", Text("志愿者", "Volunteer")),
    "suspended": ("gap", Text("已暂停", "Suspended")),
    "refused": ("quiet", Text("未通过", "Refused")),
}
PEOPLE_TABLES = {"standing_words": STANDING_WORDS, "role_words": ROLE_WORDS, "skill_words": SKILL_WORDS}


@dataclass(frozen=True)
class VolunteerSeen:
    volunteer: Volunteer
    name: str | None
    place: Text


@dataclass(frozen=True)
class TeamSeen:
    team: Team
    leader: str | None


@dataclass(frozen=True)
class BuildingSeen:
    """One in whose care something is missing: `units` nobody looks after, none: the whole building."""

    building: Building
    place: Text

    @property
    def units(self) -> Sequence[str]:
        return [one for one in self.building.ownerless if one]


def see_volunteers(
    store: DistrictStore, limit: int, standing: str, community: str | None, before: tuple[datetime, str] | None
) -> list[VolunteerSeen]:
    """Whoever came into this standing last first."""
    found = store.volunteers(limit, standing, community, before)
    names, places = store.names(one.id for one in found), titles(store)
    return [VolunteerSeen(one, names.get(one.id), places.of(one.community)) for one in found]


def see_teams(store: DistrictStore, community: str) -> list[TeamSeen]:
    found = store.teams(community)
    names = store.names({one.leader for one in found if one.leader})
    return [TeamSeen(one, names.get(one.leader or "")) for one in found]


def see_ownerless(store: DistrictStore, community: str | None = None) -> list[BuildingSeen]:
    """Buildings of which nobody looks after something, as people count them, community by community."""
    places = titles(store)
    order = {place: number for number, place in enumerate(places.known)}
    lacking = [one for one in store.buildings(community) if one.ownerless]
    lacking.sort(key=lambda one: (order.get(one.community, len(order)), counted(one.name)))
    return [BuildingSeen(one, places.of(one.community)) for one in lacking]
