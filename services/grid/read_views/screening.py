"""Rounds as people look at them: how far each cell, building and owner is, what is left, what comes next at the door."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.grid.domain import screening as domain
from services.grid.domain.screening import Answer, Outcome, Round, Tally
from services.grid.store import GridStore
from services.grid.store.households import DoorRow
from services.grid.usecases.screening import places_of, progress_of

NOBODY = "nobody"


@dataclass(frozen=True)
class RoundView:
    id: str
    begun: datetime
    ended: datetime | None
    cells: tuple[str, ...]
    whole: Tally
    by_cell: tuple[Tally, ...]
    by_owner: tuple[Tally, ...]


@dataclass(frozen=True)
class Door:
    """A household of a round; `outcome` None: nobody has been there."""

    household: str
    building: str
    unit: str
    door: str
    owner: str | None
    outcome: Outcome | None


def round_view(store: GridStore, found: Round) -> RoundView:
    """As it is now; one that ended, as it was last told."""
    progress = found.told if found.ended and found.told else progress_of(store, found)
    order = [one.id for one in store.cells()]
    by_cell = sorted(progress.cells, key=lambda one: order.index(one.of) if one.of in order else len(order))
    return RoundView(found.id, found.begun, found.ended, found.cells, progress.whole, tuple(by_cell), progress.owners)


def by_building(store: GridStore, found: Round) -> dict[str, Tally]:
    """How far each building is."""
    places = [replace(one, cell=one.building) for one in places_of(store, found)]
    return {one.of: one for one in domain.progress(places, store.found(found.id)).cells if one.of}


def doors(
    store: GridStore, found: Round, *, owner: str | None = None, building: str = "", unit: str = ""
) -> list[Door]:
    """The households of the round, as one walks by them; `owner` a volunteer's id or NOBODY."""
    places = {(one.building, one.unit): one.owner for one in places_of(store, found)}
    wanted = {
        place: whose
        for place, whose in places.items()
        if (not owner or whose == (None if owner == NOBODY else owner))
        and building in ("", place[0])
        and unit in ("", place[1])
    }
    return _doors(store, found, wanted)


def own_doors(store: GridStore, found: Round, volunteer: str | None) -> list[Door]:
    """The households that this volunteer looks after, as owner or deputy."""
    carers = store.carers()
    places = places_of(store, found)
    mine = {(one.building, one.unit): one.owner for one in places if carers.may_mind(volunteer, one.building, one.unit)}
    return _doors(store, found, mine)


def latest_by(store: GridStore, found: Round, account: str) -> Answer | None:
    """The last door at which this account made an entry that still counts."""
    return store.latest_answer_by(found.id, account)


def _doors(store: GridStore, found: Round, wanted: dict[tuple[str, str], str | None]) -> list[Door]:
    buildings = sorted({building for building, _ in wanted})
    outcomes = store.outcomes(found.id, buildings)
    rows: list[DoorRow] = [one for one in store.door_rows(buildings) if (one.building, one.unit) in wanted]
    return [
        Door(one.id, one.building, one.unit, one.door, wanted[one.building, one.unit], outcomes.get(one.id))
        for one in rows
    ]
