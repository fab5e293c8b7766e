"""Rescue teams: what each can do, when it may be asked, how near it is, and how many missions it has taken on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import RuleBroken

FAR = 1000  # the rank of a community that the team has given none
# What a team must bring, any one of them (disinfection practice: surfaces are wiped or sprayed, open ground is fogged).
NEEDED = {
    "building": frozenset({"sprayer", "fogger"}),
    "stairwell": frozenset({"sprayer", "fogger"}),
    "lift": frozenset({"sprayer", "wipes"}),
    "area": frozenset({"fogger", "vehicle"}),
}


@dataclass(frozen=True)
class _Details:
    name: str
    name_en: str
    capacity: int
    equipment: Sequence[str]
    on_call_from: int
    on_call_until: int
    ranks: Mapping[str, int]
    active: bool


@dataclass(frozen=True)
class TeamRegistered(_Details):
    pass


@dataclass(frozen=True)
class TeamChanged(_Details):
    pass


class TeamExists(RuleBroken):
    code = "team-exists"
    says = Text("已经有这个代号的救援队。", "There is a team of this code already.")


class TeamFull(RuleBroken):
    code = "team-full"
    says = Text(
        "贵队手上已有 {capacity} 个任务，先完成一个再接。",
        "Your team has {capacity} missions in hand; finish one before you take another.",
    )


class TeamStoodDown(RuleBroken):
    code = "team-stood-down"
    says = Text("这支队伍已停用，请联系指挥部。", "This team is stood down; please speak to the district office.")


@dataclass
class Team:
    """`missions`: ids of those it has accepted, or helps with, and not finished: two acceptances of one moment meet here, so
    that `capacity` holds."""

    id: str
    name: str
    name_en: str
    capacity: int
    equipment: list[str]
    on_call_from: int
    on_call_until: int
    ranks: dict[str, int]
    active: bool = True
    missions: list[str] = field(default_factory=list)

    @property
    def called(self) -> Text:
        return Text(self.name, self.name_en)

    def registered(self) -> TeamRegistered:
        return TeamRegistered(**self._details())

    def change(self, told: Mapping[str, object]) -> list[TeamChanged]:
        """What it has in hand stays with it, whatever its capacity is now."""
        before = self._details()
        for name, value in told.items():
            setattr(self, name, value)
        return [TeamChanged(**self._details())] if self._details() != before else []

    def check_free(self) -> None:
        """Raises TeamStoodDown, TeamFull."""
        if not self.active:
            raise TeamStoodDown
        if not self.has_room:
            raise TeamFull(capacity=self.capacity)

    def take(self, mission: str) -> None:
        self.missions.append(mission)

    def let_go(self, mission: str) -> None:
        self.missions = [one for one in self.missions if one != mission]

    @property
    def has_room(self) -> bool:
        return len(self.missions) < self.capacity

    def is_on_call(self, at: datetime) -> bool:
        hour = at.astimezone(SHANGHAI).hour
        if self.on_call_from < self.on_call_until:
            return self.on_call_from <= hour < self.on_call_until
        return hour >= self.on_call_from or hour < self.on_call_until

    def can(self, kind: str) -> bool:
        """Whether it is there at all, and brings what this kind of place needs."""
        return self.active and not NEEDED[kind].isdisjoint(self.equipment)

    def rank(self, community: str) -> tuple[int, float, str]:
        """The nearest first, then who has more hands free, then always the same."""
        return self.ranks.get(community, FAR), len(self.missions) / self.capacity, self.id

    def _details(self) -> dict[str, Any]:
        names = ("name", "name_en", "capacity", "equipment", "on_call_from", "on_call_until", "ranks", "active")
        return {name: getattr(self, name) for name in names}
