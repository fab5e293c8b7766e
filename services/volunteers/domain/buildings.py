"""Buildings in care (包楼包户): an owner and a deputy for each building or each of its units, and where there is none."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.volunteers.domain.volunteers import Volunteer
from shared.i18n.text import Text, counted
from shared.kernel.errors import RuleBroken

Part = Literal["owner", "deputy"]
WHOLE = ""  # the key under which the care for a building as a whole is kept


@dataclass(frozen=True)
class Registered:
    name: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class CareTaken:
    """`unit` None: the whole building."""

    unit: str | None
    owner: str | None
    deputy: str | None


class SomebodyCares(RuleBroken):
    code = "somebody-cares"
    says = Text("已经由{who}负责，没有改动。", "{who} already looks after it; nothing was changed.")


class NoSuchUnit(RuleBroken):
    code = "no-such-unit"
    says = Text("这栋楼没有这个单元。", "The building has no such unit.")


class OwnerAlready(RuleBroken):
    code = "owner-already"
    says = Text("这个人已经是负责人，请另选一人做副手。", "This person is its owner already; choose another as deputy.")


class NotInCare(RuleBroken):
    code = "not-in-care"
    says = Text(
        "这里现在不由这个人负责，可能已经换人。", "This person does not look after it now; it may have changed hands."
    )


@dataclass(frozen=True)
class Care:
    """Who looks after one place: the owner, and the deputy who stands in."""

    owner: str | None = None
    deputy: str | None = None

    def held_by(self, volunteer: str) -> bool:
        return volunteer in (self.owner, self.deputy)


@dataclass(frozen=True)
class Place:
    """A unit, or (None) the whole building, and who looks after it."""

    unit: str | None
    owner: str | None
    deputy: str | None


@dataclass
class Building:
    """`care` by unit, and under "" for the whole."""

    id: str
    community: str
    name: str
    units: tuple[str, ...] = ()
    care: dict[str, Care] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.id.removeprefix(f"{self.community}/")

    def registered(self) -> Registered:
        return Registered(self.name, self.units)

    def change(self, name: str, units: tuple[str, ...]) -> list[Registered | CareTaken]:
        """Another name, other units; who looked after a unit that is no more is free of it. The same again changes nothing."""
        if (name, units) == (self.name, self.units):
            return []
        self.name, self.units = name, units
        gone = [unit for unit in self.care if unit not in (WHOLE, *units)]
        for unit in gone:
            del self.care[unit]
        return [self.registered(), *(CareTaken(unit, None, None) for unit in gone)]

    def care_for(self, unit: str | None) -> Care:
        return self.care.get(unit or WHOLE, Care())

    def name_carer(
        self, unit: str | None, part: Part, volunteer: str, instead_of: str | None = None
    ) -> list[CareTaken]:
        """Gives the place to this person if it is free, theirs already, or held by whom they are to follow (`instead_of`).

        Raises NoSuchUnit, SomebodyCares (`who`: their id), OwnerAlready.
        """
        if unit is not None and unit not in self.units:
            raise NoSuchUnit("unit")
        care = self.care_for(unit)
        holder = care.owner if part == "owner" else care.deputy
        if holder == volunteer:
            return []
        if holder not in (None, instead_of):
            raise SomebodyCares(who=holder)
        if part == "deputy":
            if care.owner == volunteer:
                raise OwnerAlready
            return self._take(unit, Care(care.owner, volunteer))
        return self._take(unit, Care(volunteer, None if care.deputy == volunteer else care.deputy))

    def release(self, unit: str | None, volunteer: str) -> list[CareTaken]:
        """The person gives the place up, or loses it. Raises NotInCare."""
        care = self.care_for(unit)
        if not care.held_by(volunteer):
            raise NotInCare
        return self._take(unit, _without(care, volunteer))

    def step_back(self, volunteer: str) -> list[CareTaken]:
        """The person no longer looks after anything here."""
        held = [unit for unit, care in self.care.items() if care.held_by(volunteer)]
        return [event for unit in held for event in self.release(unit or None, volunteer)]

    @property
    def places(self) -> list[Place]:
        """The whole building first, then unit by unit, with who looks after each."""
        held = [(unit, self.care_for(unit)) for unit in (None, *self.units)]
        return [Place(unit, care.owner, care.deputy) for unit, care in held]

    @property
    def uncovered(self) -> list[str | None]:
        """The units without an owner, where the whole has none either; [None] when the whole building has nobody at all."""
        if self.care_for(None).owner is not None:
            return []
        open_units = [unit for unit in self.units if self.care_for(unit).owner is None]
        return list(open_units) if len(open_units) < len(self.units) else [None]

    def carried_by(self, volunteer: str) -> list[tuple[str | None, Part]]:
        """What this person has here: the whole first, then by unit."""
        return [
            (place.unit, "owner" if place.owner == volunteer else "deputy")
            for place in self.places
            if volunteer in (place.owner, place.deputy)
        ]

    def is_home_of(self, home: str, unit: str | None = None) -> bool:
        """Whether somebody who wrote `home` lives here: 3号楼 is in 3号楼2单元, but not in 13号楼."""
        here = re.search(rf"(?<!\d){re.escape(self.name)}(?P<rest>.*)", home)
        return here is not None and (unit is None or re.search(rf"(?<!\d){re.escape(unit)}", here["rest"]) is not None)

    def _take(self, unit: str | None, care: Care) -> list[CareTaken]:
        if care == Care():
            self.care.pop(unit or WHOLE, None)
        else:
            self.care[unit or WHOLE] = care
        return [CareTaken(unit, care.owner, care.deputy)]


def building_id(community: str, slug: str) -> str:
    """Each community numbers its own."""
    return f"{community}/{slug}"


def in_order(buildings: Iterable[Building]) -> list[Building]:
    return sorted(buildings, key=lambda one: counted(one.name))


def loads(buildings: Iterable[Building]) -> dict[str, int]:
    """How many places each person owns; who owns none is not in it."""
    owners = [care.owner for building in buildings for care in building.care.values() if care.owner is not None]
    return {owner: owners.count(owner) for owner in owners}


def ranked(
    building: Building, unit: str | None, people: Iterable[Volunteer], load: Mapping[str, int]
) -> list[Volunteer]:
    """Whom to ask first: who lives in the unit, then in the building, and of those whoever has the least to look after."""

    def rank(one: Volunteer) -> tuple[bool, bool, int, str]:
        near = not building.is_home_of(one.home, unit), not building.is_home_of(one.home)
        return *near, load.get(one.id, 0), one.id

    return sorted(people, key=rank)


def _without(care: Care, volunteer: str) -> Care:
    return Care(*(None if holder == volunteer else holder for holder in (care.owner, care.deputy)))
