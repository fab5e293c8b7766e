"""Searching for people for a shift that lacks them: begun by a captain or by itself, carried on by the clock and by answers."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from services.shifts.domain.cover import Answer, Cover, OutsideAnswer
from services.shifts.domain.posts import Post
from services.shifts.domain.refusals import NotAsked
from services.shifts.domain.rosters import Roster
from services.shifts.domain.shifts import Shift
from services.shifts.store import ShiftsStore
from services.shifts.usecases.saving import publish, save_shifts
from shared.events.envelope import Event
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.errors import RuleBroken
from shared.kernel.ids import now


@dataclass(frozen=True)
class AnswerResult:
    """What became of an answer: `refusal` is the rule that kept a yes from taking a place."""

    shift: Shift
    answer: Answer
    refusal: RuleBroken | None


def start_cover(store: ShiftsStore, act: Command, shift_id: str) -> Cover:
    """Begins the search at its lowest step and takes the first one at once; a search that runs goes on as it is.

    Raises NotFound, NobodyMissing, ShiftCancelled, ShiftOver.
    """

    def do(tx: ShiftsStore) -> Cover:
        shift = tx.load(Shift, shift_id)
        cover = tx.get(Cover, shift_id) or Cover(shift_id, act.at, ended=act.at)
        if not cover.is_running:
            happened = cover.start(shift, act.at)
            happened += cover.advance(shift, tx.load(Post, shift.post), tx.approved(), tx.rules(), act.at)
            tx.save(cover, publish(happened))
        return cover

    return store.transaction(act, do)


def answer_cover(store: ShiftsStore, act: Command, account: str, shift_id: str, answer: Answer) -> AnswerResult:
    """Whoever was asked says yes, and has the place if every rule agrees, or no; either is on record. Raises NotFound, NotAsked."""
    return store.transaction(act, lambda tx: _answer(tx, tx.roster_of(account), shift_id, answer))


def to_tend(store: ShiftsStore) -> list[str]:
    """Ids of the shifts that are searched for, and of those whose gap is near."""
    running = store.searched_for()
    near = store.to_search_for(now(), timedelta(hours=store.rules().ladder_hours))
    return [*running, *(one for one in near if one not in running)]


def tend_cover(store: ShiftsStore, shift_id: str) -> bool:
    """Begins the search for a shift, or takes the running one as far as the moment asks; whether it went any further."""
    cover = store.get(Cover, shift_id)
    if cover is not None and cover.is_running:
        return _advance(store, shift_id)
    with suppress(RuleBroken):  # nobody is missing any more, or it is over: somebody was quicker
        start_cover(store, Command(), shift_id)
    return True


def hear_help(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """A neighbouring community or the district office answered."""
    for event in events:
        cover = tx.get(Cover, event.data["shift"])
        if cover is not None:
            cover.hear(OutsideAnswer(event.data["who"], event.data["answer"], event.data["people"], event.time))
            tx.save(cover)


def hear_answers(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """Whoever answered by the link they were sent has answered; that somebody came first, or nobody asks any more, is no fault."""
    for event in events:
        said = event.data
        if said["about"] == "cover" and tx.get(Cover, said["subject"]) is not None:
            with suppress(NotAsked):
                _answer(tx, tx.get(Roster, said["volunteer"] or ""), said["subject"], said["answer"])


def _advance(store: ShiftsStore, shift_id: str) -> bool:
    act = Command()

    def do(tx: ShiftsStore) -> bool:
        cover, shift = tx.load(Cover, shift_id), tx.load(Shift, shift_id)
        happened = cover.advance(shift, tx.load(Post, shift.post), tx.approved(), tx.rules(), act.at)
        if happened:
            tx.save(cover, publish(happened))
        return bool(happened)

    return store.transaction(act, do)


def _answer(tx: ShiftsStore, roster: Roster | None, shift_id: str, answer: Answer) -> AnswerResult:
    cover, shift = tx.load(Cover, shift_id), tx.load(Shift, shift_id)
    if roster is None:
        raise NotAsked
    happened, taken, refusal = cover.answer(shift, roster, answer, tx.rules(), tx.act.at)
    tx.save(cover, publish(happened))
    save_shifts(tx, [(shift, taken)], {roster.id: roster})
    return AnswerResult(shift, answer, refusal)


TEND_COVERS = Task("tend-covers", every=30, do=tend_cover, due=to_tend)
REACTIONS = {"volunteers.help.answered.v1": hear_help, "notify.answer.given.v1": hear_answers}
