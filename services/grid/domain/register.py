"""The grid itself (网格): cells, the buildings in them, and what each of their units counts. Persons are not here."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from shared.i18n.text import Text, counted
from shared.kernel.errors import RuleBroken

MOST_UNITS = 40


class CellTaken(RuleBroken):
    code = "cell-name-taken"
    says = Text("已经有叫这个名字的网格。", "There is a cell of this name already.")


class TooManyUnits(RuleBroken):
    code = "too-many-units"
    says = Text("一栋楼最多 {limit} 个单元。", "A building has {limit} units at most.")


@dataclass(frozen=True)
class CellDrawn:
    name: str


@dataclass(frozen=True)
class Unit:
    """What one unit of a building counts."""

    unit: str
    households: int = 0
    residents: int = 0
    over_60: int = 0

    def plus(self, change: "Unit") -> "Unit":
        return replace(
            self,
            households=self.households + change.households,
            residents=self.residents + change.residents,
            over_60=self.over_60 + change.over_60,
        )


@dataclass(frozen=True)
class BuildingRegistered:
    name: str
    cell: str | None
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class BuildingChanged(BuildingRegistered):
    pass


@dataclass
class Cell:
    """`id` as it stands in addresses; told again when its name changes."""

    id: str
    name: str = ""

    def draw(self, name: str) -> list[CellDrawn]:
        """The same name again changes nothing."""
        if name == self.name:
            return []
        self.name = name
        return [CellDrawn(name)]


@dataclass
class Building:
    """`id` as it stands in addresses (b3); `cell` None: it lies in none yet. `units` in the order people count them."""

    id: str
    name: str
    cell: str | None = None
    units: tuple[Unit, ...] = field(default_factory=tuple)

    @property
    def households(self) -> int:
        return sum(one.households for one in self.units)

    @property
    def residents(self) -> int:
        return sum(one.residents for one in self.units)

    @property
    def over_60(self) -> int:
        return sum(one.over_60 for one in self.units)

    def register(self) -> list[BuildingRegistered]:
        return [BuildingRegistered(self.name, self.cell, self.units)]

    def change(self, *, name: str | None = None, cell: str | None = None) -> list[BuildingChanged]:
        """What is None stays as it is; the same again changes nothing."""
        wanted = (name or self.name, cell or self.cell)
        if wanted == (self.name, self.cell):
            return []
        self.name, self.cell = wanted
        return [self._changed()]

    def count(self, changes: Mapping[str, Unit]) -> list[BuildingChanged]:
        """Households came, went or changed: what that adds to each unit; a unit nobody knew is one more. Raises TooManyUnits."""
        known = {one.unit: one for one in self.units}
        counted = {unit: known.get(unit, Unit(unit)).plus(change) for unit, change in changes.items()}
        units = tuple(in_order({**known, **counted}.values()))
        if len(units) > MOST_UNITS:
            raise TooManyUnits(limit=MOST_UNITS)
        if units == self.units:
            return []
        self.units = units
        return [self._changed()]

    def _changed(self) -> BuildingChanged:
        return BuildingChanged(self.name, self.cell, self.units)


def in_order(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda one: counted(one.unit))


def building_slug(name: str) -> str:
    """How a building of this name stands in addresses: 3号楼 is b3, as volunteers' register has it."""
    numbers = re.findall(r"\d+", name)
    plain = re.fullmatch(r"\d+(?:号楼|号院|栋|幢|座|楼|号|#)?", name)
    return f"b{int(numbers[0])}" if plain else f"b-{_digest(name)}"


def cell_slug(name: str) -> str:
    return f"c-{_digest(name)}"


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:10]
