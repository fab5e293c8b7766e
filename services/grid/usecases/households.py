"""Households and their people: registered, looked at (each look on record), minded, removed; and the list to take along."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.grid.domain import households as domain
from services.grid.domain.households import Flag, Household, Resident, household_id
from services.grid.domain.register import Building, Unit, building_slug
from services.grid.store import GridStore
from services.grid.usecases.register import publish
from shared.crypto.field_encryption import SealLost
from shared.i18n.timezone import SHANGHAI
from shared.kernel.command import Command
from shared.kernel.cooperative import yielding
from shared.kernel.errors import NotAllowed, NotFound


@dataclass(frozen=True)
class Particulars:
    """What is said of a person, `phone` in E.164."""

    name: str
    phone: str | None = None
    born: int | None = None


@dataclass(frozen=True)
class Asker:
    """Who wants to look: staff, or a volunteer, who may where they look after the building or unit."""

    account: str
    name: str
    staff: bool


@dataclass(frozen=True)
class Opened:
    """A resident with what is sealed of them opened; None where its key is lost."""

    id: str
    name: str | None
    phone: str | None
    born: int | None


def resident_id(store: GridStore, household: str, name: str) -> str:
    """Follows from both, so that the same person is known again; without the community's key nobody can make it."""
    sealed = store.vault.seal_findable(str(store.community), f"{household}/{plain(name)}")
    return hashlib.sha256(sealed).hexdigest()[:20]


def seal(store: GridStore, household: str, told: Particulars) -> Resident:
    """Outside a transaction."""
    community = str(store.community)
    return Resident(
        resident_id(store, household, told.name),
        store.vault.seal(community, told.name),
        store.vault.seal_findable(community, told.phone) if told.phone else None,
        told.born,
    )


def add_resident(
    store: GridStore, act: Command, building: str, unit: str, door: str, told: Particulars
) -> Household:  # fmt: skip
    """The household is made where there was none. Raises NotFound, LivesThere, HouseholdFull, TooManyUnits."""
    id_ = household_id(building_slug(building), unit, door)
    resident = seal(store, id_, told)

    def do(tx: GridStore) -> Household:
        tx.load(Building, building_slug(building))
        household = tx.get(Household, id_) or Household(id_, building_slug(building), unit, door)
        household.check_new(resident.id)
        household.take_in(resident)
        keep(tx, [household])
        return household

    return store.transaction(act, do)


def remove_resident(store: GridStore, act: Command, household: str, resident: str) -> Household:
    """Raises NotFound."""

    def do(tx: GridStore) -> Household:
        found = tx.load(Household, household)
        if not found.part_with(resident):
            raise NotFound
        keep(tx, [found])
        return found

    return store.transaction(act, do)


def remove_household(store: GridStore, act: Command, household: str) -> Household:
    """A door that is none. Raises NotFound, StillLivedIn."""

    def do(tx: GridStore) -> Household:
        found = tx.load(Household, household)
        building = tx.load(Building, found.building)
        tx.save(building, publish(building.count({found.unit: found.close()})))
        tx.remove(found)
        tx.forget_answers(found.id)
        return found

    return store.transaction(act, do)


def mind(store: GridStore, act: Command, household: str, flags: Sequence[Flag]) -> Household:
    """Say what is to be minded at this door, and nothing else. Raises NotFound."""

    def do(tx: GridStore) -> Household:
        found = tx.load(Household, household)
        if found.mind(flags, act.at, act.actor):
            tx.save(found)
        return found

    return store.transaction(act, do)


def look(store: GridStore, act: Command, asker: Asker, household: str) -> tuple[Household, list[Opened]]:
    """Who lives there and what is to be minded; that it was looked at is on record before. Raises NotFound, NotAllowed."""
    found = store.load(Household, household)
    if not may_look(store, asker, [found]):
        raise NotAllowed
    note_looks(store, act, asker, [found])
    return found, [opened(store, one) for one in found.residents]


def look_at_care(store: GridStore, act: Command, asker: Asker) -> list[Household]:
    """All that the asker has to mind: everything for staff, else where they look after the building or unit; on record."""
    found = may_look(store, asker, store.to_mind())
    note_looks(store, act, asker, found)
    return found


def may_look(store: GridStore, asker: Asker, households: Iterable[Household]) -> list[Household]:
    """Those of them that the asker needs to know of."""
    if asker.staff:
        return list(households)
    me, carers = store.volunteer_of(asker.account), store.carers()
    return [one for one in households if carers.may_mind(me, one.building, one.unit)]


def everybody(store: GridStore) -> Iterator[tuple[Household, Opened]]:
    """For the list to take along."""
    for at in yielding(store.every_household()):
        for one in at.residents:
            yield at, opened(store, one)


def export(store: GridStore, act: Command, asker: Asker) -> dict[str, Any]:
    """Puts on record who takes the residents' particulars out, before they do."""

    def do(tx: GridStore) -> dict[str, Any]:
        people = sum(one.residents for one in tx.buildings())
        made = {"by": act.actor, "by_name": asker.name, "at": act.at, "people": people}
        tx.note_export({"_id": act.id, **made})
        return {"id": act.id, **made}

    return store.transaction(act, do)


def keep(tx: GridStore, households: Sequence[Household]) -> None:
    """Within a transaction: saves them, and tells what their buildings count now."""
    year = year_of(tx.act.at)
    changes = dict[str, list[Unit]]()
    for one in households:
        changes.setdefault(one.building, []).append(one.count(year))
    buildings = [tx.load(Building, id_) for id_ in sorted(changes)]
    told = [(one, publish(one.count(domain.summed(changes[one.id])))) for one in buildings]
    tx.save_all([*((one, facts) for one, facts in told if facts), *((one, []) for one in households)])


def year_of(at: datetime) -> int:
    return at.astimezone(SHANGHAI).year


def plain(name: str) -> str:
    """A name as it is compared."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()


def opened(store: GridStore, resident: Resident) -> Opened:
    name = phone = None
    with suppress(SealLost):
        name = store.vault.open(resident.name)
        phone = store.vault.open(resident.phone) if resident.phone else None
    return Opened(resident.id, name, phone, resident.born)


def note_looks(store: GridStore, act: Command, asker: Asker, households: Sequence[Household]) -> None:
    volunteer = store.volunteer_of(asker.account)
    store.note_looks([
        {
            "_id": f"{act.id}/{one.id}", "household": one.id, "at": act.at, "by": asker.account, "by_name": asker.name,
            "volunteer": volunteer,
        }
        for one in {one.id: one for one in households}.values()
    ])  # fmt: skip
