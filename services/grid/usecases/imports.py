"""Taking residents in from a file: looked through first, decided by staff, then brought in by a job."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from services.grid.domain import imports as domain
from services.grid.domain import register
from services.grid.domain.households import Flag, Household, Resident, household_id
from services.grid.domain.imports import Door, Import, Judged, Line
from services.grid.domain.register import Building, Cell
from services.grid.store import GridStore
from services.grid.usecases import households
from services.grid.usecases.households import Particulars
from services.grid.usecases.register import publish
from shared.i18n.text import Text
from shared.jobs import long_jobs
from shared.jobs.long_jobs import Job
from shared.kernel.command import Command
from shared.kernel.cooperative import yielding
from shared.persistence.store import converter

KIND = "grid-import"
AT_ONCE = 400  # people in one step: a few tenths of a second, between which everybody else is served
KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Told:
    """What one row says, or what is wrong with it; `typed` is what stood in its cells."""

    number: int
    typed: Mapping[str, str]
    faults: Mapping[str, Text]
    cell: str | None = None
    building: str = ""
    unit: str = ""
    door: str = ""
    person: Particulars | None = None
    flags: tuple[Flag, ...] = ()


def look_through(store: GridStore, act: Command, file: str, rows: Sequence[Told]) -> Import:
    """Keeps the rows, sealed, with their verdicts; nobody is taken in yet."""
    lines = [_line(store, one) for one in yielding(rows)]
    known = {one.id: one.name for one in store.buildings()}
    wanted = {line.at.building: line.at.building_name for line in lines if line.at}
    there = {one.id: one for one in store.households(wanted)}
    judged = domain.judge(lines, there, _elsewhere(store, rows, lines))
    new = tuple(name for id_, name in sorted(wanted.items()) if id_ not in known)
    store.keep_rows([_row(store, act, *one) for one in yielding(zip(rows, lines, judged, strict=True))])
    made = Import(act.id, act.actor or "", act.at, file, domain.counts(judged), new)

    def do(tx: GridStore) -> Import:
        tx.save(made)
        return made

    return store.transaction(act, do)


def confirm(store: GridStore, act: Command, import_id: str) -> Import:
    """The job begins, once however often this is said. Raises NotFound, ImportDecided, NothingNew."""

    def do(tx: GridStore) -> Import:
        decided = tx.load(Import, import_id)
        if decided.confirm():
            tx.save(decided)
            long_jobs.begin(tx, KIND, decided.id, total=decided.total, task={"after": 0}, community=tx.community)
        return decided

    return store.transaction(act, do)


def cancel(store: GridStore, act: Command, import_id: str) -> Import:
    """Before it is confirmed nobody comes in; later whoever is in stays. Raises NotFound, ImportDecided, NotAtWork."""

    def do(tx: GridStore) -> Import:
        found = tx.load(Import, import_id)
        if found.state == "confirmed":
            long_jobs.cancel(tx, long_jobs.job_of(tx, import_id, KIND, tx.community))
        else:
            found.discard()
            tx.save(found)
        return found

    return store.transaction(act, do)


def job_of(store: GridStore, found: Import) -> Job | None:
    """None before it is confirmed."""
    return long_jobs.job_of(store, found.id, KIND, store.community) if found.state == "confirmed" else None


def bring_in(tx: GridStore, job: Job) -> None:
    """A step of the job: the next people, with the cells, buildings and doors that are named for the first time."""
    rows = tx.import_rows(job.id, domain.TAKEN, job.task["after"], AT_ONCE)
    if not rows:  # a job that lay for a week: the rows have expired
        job.done = job.total
        return
    told = [row for row in rows if row["resident"] is not None]  # None: erased meanwhile
    doors = {row["number"]: converter.structure(row["at"], Door) for row in told}
    _draw(tx, doors.values())
    there = tx.by_ids(one.household for one in doors.values())
    changed = dict[str, Household]()
    for row in told:
        at = doors[row["number"]]
        household = there.setdefault(at.household, Household(at.household, at.building, at.unit, at.door))
        moved = household.take_in(converter.structure(row["resident"], Resident))
        minded = household.mind([*household.flags, *row["flags"]], tx.act.at, job.by)
        if moved or minded:
            changed[household.id] = household
    households.keep(tx, list(changed.values()))
    job.task["after"] = rows[-1]["number"]
    job.done = min(job.total, job.done + len(rows))
    job.faults += len(rows) - len(told)


STEPS = {KIND: bring_in}


def returned(store: GridStore, found: Import) -> list[tuple[dict[str, Any], dict[str, str]]]:
    """Each row that is not taken, and what stood in its cells."""
    rows = store.import_rows(found.id, ["faulty", "double"], 0)
    return [(row, orjson.loads(store.vault.open(row["typed"])) if row["typed"] else {}) for row in yielding(rows)]


def _draw(tx: GridStore, doors: Iterable[Door]) -> None:
    """Cells and buildings that nobody drew yet, and the cell of a building that lay in none."""
    cells = {one.name: one for one in tx.cells()}
    buildings = {one.id: one for one in tx.buildings()}
    for at in {one.building: one for one in doors}.values():
        if at.cell and at.cell not in cells:
            cells[at.cell] = Cell(register.cell_slug(at.cell))
            tx.save(cells[at.cell], publish(cells[at.cell].draw(at.cell)))
        cell = cells[at.cell].id if at.cell else None
        building = buildings.get(at.building)
        if building is None:
            building = Building(at.building, at.building_name, cell)
            tx.save(building, publish(building.register()))
        elif building.cell is None and cell:
            tx.save(building, publish(building.change(cell=cell)))


def _line(store: GridStore, told: Told) -> Line:
    if told.person is None:
        return Line(told.number, None, None, faults=told.faults)
    slug = register.building_slug(told.building)
    at = Door(told.cell, slug, told.building, told.unit, told.door, household_id(slug, told.unit, told.door))
    return Line(told.number, at, households.seal(store, at.household, told.person), told.flags)


def _elsewhere(store: GridStore, rows: Sequence[Told], lines: Sequence[Line]) -> dict[int, str]:
    """Rows whose name and phone are registered in another household, by number; and which."""
    phones = {line.number: line.resident.phone for line in lines if line.resident and line.resident.phone}
    homes = dict[bytes, set[str]]()
    residents = set[str]()
    for home in store.with_phones(list(set(phones.values()))):
        residents.update(one.id for one in home.residents)
        for one in home.residents:
            homes.setdefault(one.phone or b"", set()).add(home.id)
    return {
        row.number: home
        for row, line in zip(rows, lines, strict=True)
        if row.person and line.at and row.number in phones
        for home in homes.get(phones[row.number], set()) - {line.at.household}
        if households.resident_id(store, home, row.person.name) in residents
    }


def _row(store: GridStore, act: Command, told: Told, line: Line, judged: Judged) -> dict[str, Any]:
    """What is taken in is kept as it will stand; what is not, sealed as it was typed, to be given back."""
    taken = judged.verdict in domain.TAKEN
    typed = None if taken or judged.verdict == "same" else store.vault.seal(
        str(store.community), orjson.dumps(dict(told.typed)).decode()
    )  # fmt: skip
    return {
        "_id": f"{act.id}/{told.number}", "import": act.id, "number": told.number, "expires": act.at + KEPT_FOR,
        "verdict": judged.verdict, "row": judged.row, "household": judged.household,
        "at": converter.unstructure(line.at) if line.at else None,
        "person": line.resident.id if line.resident else None,
        "resident": converter.unstructure(line.resident) if line.resident and taken else None,
        "flags": list(line.flags), "typed": typed,
        "faults": {name: {"zh": said.zh, "en": said.en} for name, said in told.faults.items()},
    }  # fmt: skip
