"""Screening rounds: begun, worked through door by door, told of, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.grid.domain import screening as domain
from services.grid.domain.households import Household
from services.grid.domain.register import Cell
from services.grid.domain.screening import Answer, Entry, Outcome, Place, Progress, Round, RoundOver
from services.grid.store import GridStore
from shared.events.contracts import registry
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.errors import Fault, NotFound
from shared.kernel.ids import now

publish = registry.publisher({
    domain.RoundBegun: "grid.round.begun.v1",
    domain.RoundProgressed: "grid.round.progressed.v1",
    domain.RoundEnded: "grid.round.ended.v1",
})  # fmt: skip


@dataclass(frozen=True)
class Said:
    """An entry as a phone sends it: `seconds_ago` by the phone's own clock, so that a wrong one does no harm."""

    id: str
    household: str
    outcome: Outcome | None = None
    undoes: str | None = None
    seconds_ago: float = 0


@dataclass(frozen=True)
class Refused:
    id: str
    fault: Fault


@dataclass(frozen=True)
class Taken:
    """Which entries count now (or did before), and which are not taken and why: a phone may forget both."""

    taken: list[str]
    refused: list[Refused]


def begin_round(store: GridStore, act: Command, cells: Sequence[str]) -> Round:
    """In these cells, or (none) in the whole community. Raises NotFound, RoundUnderWay, NothingToScreen."""

    def do(tx: GridStore) -> Round:
        for cell in cells:
            tx.load(Cell, cell)
        begun = Round(act.id, act.at, act.actor or "", tuple(sorted(set(cells))))
        tx.note_round_begun()
        tx.save(begun, publish(begun.begin(tx.running_rounds(), progress_of(tx, begun))))
        return begun

    return store.transaction(act, do)


def take_entries(store: GridStore, act: Command, round_: str, said: Sequence[Said]) -> Taken:
    """What was found at doors, in any order and as often as it comes. Raises NotFound for a round that never was."""
    entries = [(one, _entry(act, one)) for one in said]

    def do(tx: GridStore) -> Taken:
        found = tx.load(Round, round_)
        homes = tx.by_ids(one.household for one in said)
        answers = tx.answers(round_, homes)
        refused, touched = list[Refused](), dict[str, Answer]()
        for one, entry in entries:
            try:
                found.check_takes(entry)
                home = _home(homes, one.household)
            except (NotFound, RoundOver) as fault:
                refused.append(Refused(one.id, fault))
                continue
            answer = answers.setdefault(home.id, _blank(round_, home))
            if answer.take(entry):
                touched[home.id] = answer
        tx.save_all([(one, []) for one in touched.values()])
        lost = {one.id for one in refused}
        return Taken([one.id for one in said if one.id not in lost], refused)

    return store.transaction(act, do)


def end_round(store: GridStore, act: Command, round_: str) -> Round:
    """Raises NotFound, RoundOver."""

    def do(tx: GridStore) -> Round:
        found = tx.load(Round, round_)
        tx.save(found, publish(found.end(progress_of(tx, found), act.at)))
        return found

    return store.transaction(act, do)


def tell_progress(store: GridStore, round_: str) -> bool:
    """How far a round is, now and then and not with every door; whether that changed since it was last told."""

    def do(tx: GridStore) -> bool:
        found = tx.load(Round, round_)
        told = found.tell(progress_of(tx, found))
        if told:
            tx.save(found, publish(told))
        return bool(told)

    return store.transaction(Command(), do)


LATE_FOR = timedelta(days=3)  # so long after its end entries may still come
TELL_PROGRESS = Task("tell-progress", every=5, do=tell_progress, due=lambda store: store.told_of(now() - LATE_FOR))


def progress_of(store: GridStore, round_: Round) -> Progress:
    return domain.progress(places_of(store, round_), store.found(round_.id))


def places_of(store: GridStore, round_: Round) -> list[Place]:
    """The units of the round with who looks after them, as people count them."""
    carers = store.carers()
    return [
        Place(building.id, one.unit, building.cell, carers.of(building.id, one.unit).owner, one.households)
        for building in store.buildings()
        if round_.covers(building.cell)
        for one in building.units
    ]


def _entry(act: Command, said: Said) -> Entry:
    return Entry(said.id, act.at - timedelta(seconds=said.seconds_ago), act.actor or "", said.outcome, said.undoes)


def _home(homes: dict[str, Household], id_: str) -> Household:
    if id_ not in homes:
        raise NotFound
    return homes[id_]


def _blank(round_: str, home: Household) -> Answer:
    return Answer(f"{round_}/{home.id}", round_, home.id, home.building, home.unit)
