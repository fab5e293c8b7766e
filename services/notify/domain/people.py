"""Who can be told something: what notify knows of a person, and the groups by which notices find them."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

ANYWHERE = "district"  # stands where a community would for donors, rescue teams and officers, who serve them all
WAYS = ("sms", "email")  # ways that lead to a person's own address; the inbox needs none
_BUILDING = re.compile(r"\s*(\S*?(?:号楼|栋|幢|座))\s*(\S*?单元)?.*", re.DOTALL)  # 3号楼2单元1203室, as people write it
Standing = Literal["applied", "approved", "suspended", "refused"]


@dataclass
class Helping:
    """One community a person helps in; `volunteer` is their id there, `home` where they belong if they are lent."""

    volunteer: str
    community: str
    standing: Standing
    skills: list[str] = field(default_factory=list)
    available: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    name: str | None = None
    home: str | None = None
    stays: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Home:
    """Where a person lives, as far as they said: building and unit, never the flat."""

    community: str
    building: str
    unit: str = ""

    @classmethod
    def said(cls, community: str, building: str, unit: str = "") -> "Home":
        """From what people write, where building, unit and flat often stand in one."""
        known = _BUILDING.fullmatch(building)
        if known is None:
            return cls(community, building.strip(), unit)
        return cls(community, known[1], unit or known[2] or "")


@dataclass(frozen=True)
class Duty:
    """A shift on which this person stands now, at the latest until it ends."""

    shift: str
    community: str
    until: datetime


@dataclass(frozen=True)
class Habits:
    """How a person wants to be told: hours of the night are Shanghai's; `digest` gathers what is not urgent into one a day."""

    lang: Literal["zh", "en"] = "zh"
    quiet_from: int = 22
    quiet_to: int = 7
    digest: bool = False


@dataclass
class Person:
    """`id` is the account's, or the volunteer's where there is none. `addresses` rest sealed, by way; `box` is what came sealed
    to us and was not yet opened. `gave`: the items they have given. `groups` follow from the rest, and are what audiences ask
    for."""

    id: str
    account: str | None = None
    rights: list[str] = field(default_factory=list)
    helping: list[Helping] = field(default_factory=list)
    gave: list[str] = field(default_factory=list)
    home: Home | None = None
    over_60: bool = False
    duties: list[Duty] = field(default_factory=list)
    habits: Habits = field(default_factory=Habits)
    addresses: dict[str, bytes] = field(default_factory=dict)
    box: str | None = None
    box_from: str | None = None
    groups: list[str] = field(default_factory=list)

    def help_in(self, volunteer: str, community: str) -> Helping:
        """What they are there, noted as having applied where it was not known."""
        known = next((one for one in self.helping if one.volunteer == volunteer and one.community == community), None)
        if known is None:
            known = Helping(volunteer, community, "applied")
            self.helping.append(known)
        return known

    def stop_helping(self, volunteer: str, community: str) -> None:
        self.helping = [one for one in self.helping if (one.volunteer, one.community) != (volunteer, community)]

    def name(self, volunteer: str, community: str, name: str | None) -> None:
        """What to call them there; None: no longer by name."""
        for one in self.helping:
            if (one.volunteer, one.community) == (volunteer, community):
                one.name = name

    def arrive(self, duty: Duty) -> None:
        self.leave(duty.shift)
        self.duties.append(duty)

    def leave(self, shift: str) -> None:
        self.duties = [one for one in self.duties if one.shift != shift]

    def regroup(self) -> None:
        """Brings `groups` up to date: to be called after every change."""
        found = set[str]()
        for right in self.rights:
            role, _, scope = right.partition("@")
            if scope.startswith("community:"):
                found |= {group(scope.removeprefix("community:"), one) for one in ("everyone", f"role:{role}")}
        for one in self.helping:
            found |= {group(one.community, name) for name in _names_of(one)}
        if self.home is not None:
            found |= {group(self.home.community, name) for name in ("everyone", f"building:{self.home.building}")}
        if self.over_60:
            found |= {group(place, "over-60") for place in {one.partition("/")[0] for one in found}}
        found |= {group(ANYWHERE, f"gave:{item}") for item in self.gave}
        found |= {group(ANYWHERE, "role:officer")} if f"officer@{ANYWHERE}" in self.rights else set()
        found |= {group(ANYWHERE, f"rescue-{scope}") for scope in _scopes(self.rights) if scope.startswith("team:")}
        self.groups = sorted(found)

    def building_in(self, community: str) -> str:
        return self.home.building if self.home is not None and self.home.community == community else ""

    def name_in(self, community: str) -> str | None:
        """The name they agreed to be shown by."""
        return next((one.name for one in self.helping if one.community == community and one.name), None)

    def take_over(self, other: "Person") -> None:
        """What was known of the same person under another id is theirs."""
        self.helping += other.helping
        self.gave = sorted({*self.gave, *other.gave})
        self.home = self.home or other.home
        self.duties += other.duties
        self.addresses = {**other.addresses, **self.addresses}
        self.box, self.box_from = other.box or self.box, other.box_from or self.box_from


def _scopes(rights: list[str]) -> list[str]:
    return [right.partition("@")[2] for right in rights]


def group(community: str, name: str) -> str:
    return f"{community}/{name}"


def _names_of(one: Helping) -> list[str]:
    if one.standing != "approved":
        return [f"volunteer:{one.volunteer}"]
    return [
        "everyone", "role:volunteer", f"volunteer:{one.volunteer}",
        *(f"role:{role}" for role in one.roles), *(f"team:{team}" for team in one.teams),
    ]  # fmt: skip
