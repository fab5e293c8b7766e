"""The people who help as the office sees them, their teams, and the buildings in their care. Never a name: those lie apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.district.domain.communities import Standing
from shared.i18n.text import Text

STANDING_AFTER: dict[str, Standing] = {
    "applied": "applied",
    "approved": "approved",
    "refused": "refused",
    "suspended": "suspended",
    "reinstated": "approved",
}


@dataclass
class Volunteer:
    """`folded`: the application was about somebody who is there already. `since`: in this standing."""

    id: str
    community: str
    standing: Standing
    since: datetime
    account: str
    skills: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    folded: bool = False

    def hear(self, type_: str, said: Mapping[str, Any], at: datetime) -> None:
        step = type_.split(".")[2]
        standing = STANDING_AFTER.get(step)
        if standing is not None and standing != self.standing:
            self.standing, self.since = standing, at
        self.account = said.get("account", self.account)
        if step == "abilities-changed":
            self.skills = [one["skill"] for one in said["skills"]]
        elif step == "approved":
            self.skills = list(said["skills"])
        elif step == "roles-taken":
            self.roles = list(said["roles"])
        elif step == "folded":
            self.folded = True


@dataclass
class Team:
    id: str
    community: str
    name: str
    name_en: str
    members: list[str] = field(default_factory=list)
    leader: str | None = None
    dissolved: bool = False

    @property
    def title(self) -> Text:
        return Text(self.name, self.name_en)

    def hear(self, type_: str, said: Mapping[str, Any], _at: datetime) -> None:
        step = type_.split(".")[2]
        if step == "member-joined" and said["volunteer"] not in self.members:
            self.members.append(said["volunteer"])
        elif step == "member-left":
            self.members = [one for one in self.members if one != said["volunteer"]]
        elif step == "leader-named":
            self.leader = said["volunteer"]
        elif step == "dissolved":
            self.dissolved = True


def building_key(community: str, slug: str) -> str:
    """What tells a building apart in the whole district."""
    return f"{community}/{slug}"


@dataclass
class Building:
    """One building as its grid and those who care for it told, each in their own words and whichever came first.

    `units` by name with the people each counts, `owners` by unit (`""`: of the whole building).
    """

    id: str
    community: str
    name: str = ""
    cell: str | None = None
    units: list[str] = field(default_factory=list)
    households: int = 0
    residents: int = 0
    over_60: int = 0
    cared_for: bool = False
    owners: dict[str, str] = field(default_factory=dict)

    def hear(self, type_: str, said: Mapping[str, Any], _at: datetime) -> None:
        if type_.startswith("grid."):
            self._count(said)
        elif type_ == "volunteers.building.registered.v1":
            self._register(said)
        else:
            self._care(said)

    def _count(self, said: Mapping[str, Any]) -> None:
        """As the grid told it: whom it holds."""
        self.cell = said["cell"]
        if not self.cared_for:
            self.name = said["name"]
        for count in ("households", "residents", "over_60"):
            setattr(self, count, sum(unit[count] for unit in said["units"]))

    def _register(self, said: Mapping[str, Any]) -> None:
        """As those who care told it: only then has it an owner, or lacks one."""
        self.name, self.units, self.cared_for = said["name"], list(said["units"]), True

    def _care(self, said: Mapping[str, Any]) -> None:
        unit = said["unit"] or ""
        if said["owner"] is None:
            self.owners.pop(unit, None)
        else:
            self.owners[unit] = said["owner"]

    @property
    def ownerless(self) -> list[str]:
        """The units nobody looks after; `[""]` where the whole building has neither an owner nor units."""
        if "" in self.owners or not self.cared_for:
            return []
        return [unit for unit in self.units or [""] if unit not in self.owners]
