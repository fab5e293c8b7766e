"""Who looks after which building or unit (包楼包户), as volunteers tells it, and what follows for the grid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.grid.domain.register import Building

WHOLE = ""  # the key under which the care for a building as a whole is kept


@dataclass(frozen=True)
class Carer:
    """Volunteer ids."""

    owner: str | None = None
    deputy: str | None = None


@dataclass(frozen=True)
class Carers:
    """By building, and by unit within it."""

    known: Mapping[str, Mapping[str, Carer]]

    def of(self, building: str, unit: str) -> Carer:
        """Whoever has this unit, else whoever has the whole building."""
        here = self.known.get(building, {})
        own, whole = here.get(unit, Carer()), here.get(WHOLE, Carer())
        return Carer(own.owner or whole.owner, own.deputy or whole.deputy)

    def may_mind(self, volunteer: str | None, building: str, unit: str) -> bool:
        """Whether this person looks after the unit, as its owner or deputy, and so needs to know."""
        here = self.known.get(building, {})
        held = {one for at in (unit, WHOLE) for one in (here.get(at, Carer()).owner, here.get(at, Carer()).deputy)}
        return volunteer is not None and volunteer in held

    def uncovered(self, building: Building) -> list[str]:
        """Its units without an owner; a building without units is [""] where it has none."""
        units = [one.unit for one in building.units] or [WHOLE]
        return [unit for unit in units if self.of(building.id, unit).owner is None]


def carers(rows: Iterable[tuple[str, str | None, str | None, str | None]]) -> Carers:
    """From building, unit (None: the whole), owner and deputy of each place."""
    known = dict[str, dict[str, Carer]]()
    for building, unit, owner, deputy in rows:
        known.setdefault(building, {})[unit or WHOLE] = Carer(owner, deputy)
    return Carers(known)
