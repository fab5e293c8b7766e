"""Opening, changing and closing posts, planning their shifts, and taking a closing back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.shifts.domain import claims, closures, patterns
from services.shifts.domain.patterns import Pattern
from services.shifts.domain.posts import Closure, Post
from services.shifts.domain.refusals import BuildingUnknown, MovesNowhere, PostClosed, PostExists, ShiftOver
from services.shifts.domain.rules import Rules
from services.shifts.domain.shifts import Shift
from services.shifts.store import ShiftsStore
from services.shifts.usecases.saving import people_of, publish, save_shifts
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.ids import now


@dataclass(frozen=True)
class PlanResult:
    """How many shifts a plan made, and how many of its turns were there before."""

    planned: int
    existing: int


@dataclass(frozen=True)
class ClosingResult:
    """A closing, and how many shifts it cancelled or moved, and people it concerns."""

    post: Post
    closure: Closure
    shifts: int
    people: int


def open_post(store: ShiftsStore, act: Command, post: Post) -> Post:
    """Raises PostExists, BuildingUnknown."""

    def do(tx: ShiftsStore) -> Post:
        _check_buildings(tx, post.buildings)
        if tx.get(Post, post.id) is not None:
            raise PostExists("id")
        tx.save(post, publish([post.opened()]))
        return post

    return store.transaction(act, do)


def change_post(store: ShiftsStore, act: Command, post_id: str, wanted: Mapping[str, Any]) -> Post:
    """What is planned already stays as it is. Raises NotFound, BuildingUnknown."""

    def do(tx: ShiftsStore) -> Post:
        _check_buildings(tx, wanted["buildings"])
        post = tx.load(Post, post_id)
        tx.save(post, publish(post.change(**wanted)))
        return post

    return store.transaction(act, do)


def plan_shifts(store: ShiftsStore, act: Command, post: str, pattern: Pattern, head_count: int | None) -> PlanResult:
    """Makes a post's shifts by a pattern, with as many people as the post needs then where no number is given; those there stay.

    Raises NotFound, NothingToPlan or PlannedOtherwise.
    """
    wanted = pattern.turns()

    def do(tx: ShiftsStore) -> PlanResult:
        place = tx.load(Post, post)
        there = tx.of_post(post, wanted[0][0], wanted[-1][1]) if wanted else []
        new, existing = patterns.missing_from(there, wanted, place, head_count, act.at)
        # The post is written too, so that a closing or another plan of the same post cannot slip past this one.
        tx.save_all([(place, []), *((shift, publish(shift.plan(act.at))) for shift in new)])
        return PlanResult(len(new), existing)

    return store.transaction(act, do)


def change_need(store: ShiftsStore, act: Command, shift_id: str, head_count: int) -> Shift:
    """More or fewer people in one shift; whoever waits gets a place that this makes. Raises NotFound, ShiftCancelled, ShiftOver."""

    def do(tx: ShiftsStore) -> Shift:
        shift = tx.load(Shift, shift_id)
        changed = shift.change_need(head_count, act.at)
        people = people_of(tx, [shift])
        save_shifts(tx, [(shift, [*changed, *claims.fill(shift, people, tx.rules(), act.at)])], people)
        return shift

    return store.transaction(act, do)


def cancel_shift(store: ShiftsStore, act: Command, shift_id: str) -> Shift:
    """One shift does not take place; its people are free. Raises NotFound, ShiftCancelled, ShiftOver."""

    def do(tx: ShiftsStore) -> Shift:
        shift = tx.load(Shift, shift_id)
        shift.check_ahead(act.at)
        people = people_of(tx, [shift])
        happened = shift.cancel(act.at)
        for roster in people.values():
            if shift.claim_of(roster.id) is None:
                roster.drop(shift.id)
        save_shifts(tx, [(shift, happened)], people)
        return shift

    return store.transaction(act, do)


def restore_shift(store: ShiftsStore, act: Command, shift_id: str) -> Shift:
    """A cancelled shift takes place after all; any other stays as it is. Raises NotFound, ShiftOver, PostClosed."""

    def do(tx: ShiftsStore) -> Shift:
        shift = tx.load(Shift, shift_id)
        if act.at >= shift.ends:
            raise ShiftOver
        if tx.load(Post, shift.post).is_closed(shift.starts, shift.ends):
            raise PostClosed
        if shift.cancelled:
            people = people_of(tx, [shift])
            save_shifts(tx, [(shift, closures.restore_shift(shift, people, tx.rules(), act.at))], people)
        return shift

    return store.transaction(act, do)


def close_post(
    store: ShiftsStore,
    act: Command,
    post_id: str,
    *,
    starts: datetime | None,
    ends: datetime | None,
    move_to: str | None,
) -> ClosingResult:
    """Closes a post now or from a moment on: its duties of that time are cancelled, or done at another post by the same people.

    Raises NotFound, EndsBeforeItBegins, ClosingOverlaps, MovesNowhere.
    """
    return store.transaction(act, lambda tx: close_in(tx, act, post_id, starts=starts, ends=ends, move_to=move_to))


def close_in(
    tx: ShiftsStore, act: Command, post_id: str, *, starts: datetime | None, ends: datetime | None, move_to: str | None
) -> ClosingResult:
    """The same within a transaction."""
    post, closure = tx.load(Post, post_id), Closure(act.id, max(starts or act.at, act.at), ends, move_to)
    happened = post.plan_closing(closure, act.at)
    target = _target(tx, post, closure)
    shifts = tx.to_close(post_id, closure.starts, closure.ends)
    people = people_of(tx, shifts)
    concerned = {claim.volunteer for shift in shifts for claim in shift.claims if claim.checked_out is None}
    closed = closures.close_shifts(shifts, closure, people, act.at)
    # Written too, so that its own closing cannot slip past this one.
    tx.save_all([(post, publish(happened)), *((one, []) for one in target)])
    save_shifts(tx, closed, people)
    return ClosingResult(post, closure, len(shifts), len(concerned))


def take_back_closing(store: ShiftsStore, act: Command, post_id: str, closure_id: str) -> Post:
    """The post opens again, or is not closed at all; its shifts ahead take place with their people as far as they are free.

    Raises NotFound, ClosingOver.
    """

    def do(tx: ShiftsStore) -> Post:
        post = tx.load(Post, post_id)
        closure = post.closure(closure_id, act.at)
        happened = post.take_back(closure)
        shifts = tx.closed_by(closure_id, act.at)
        people = people_of(tx, shifts)
        tx.save(post, publish(happened))
        save_shifts(tx, closures.reopen_shifts(shifts, closure, people, tx.rules(), act.at), people)
        return post

    return store.transaction(act, do)


def keep_calendar(store: ShiftsStore, post_id: str) -> bool:
    """Closes or opens a post when the time for it has come; said once, however many replicas look. Whether it did."""
    act = Command()

    def do(tx: ShiftsStore) -> bool:
        post = tx.load(Post, post_id)
        happened = post.keep_calendar(act.at)
        if happened:
            tx.save(post, publish(happened))
        return bool(happened)

    return store.transaction(act, do)


KEEP_CALENDARS = Task("keep-calendars", every=30, do=keep_calendar, due=lambda store: store.calendars_due(now()))


def change_rules(store: ShiftsStore, act: Command, wanted: Rules) -> Rules:
    """What is claimed already stays."""

    def do(tx: ShiftsStore) -> Rules:
        rules = tx.rules()
        changed = rules.change(wanted)
        if changed:
            tx.save(rules, publish(changed))
        return rules

    return store.transaction(act, do)


def _check_buildings(tx: ShiftsStore, buildings: list[str]) -> None:
    known = tx.building_names()
    for one in buildings:
        if one not in known:
            raise BuildingUnknown("buildings", building=one)


def _target(tx: ShiftsStore, post: Post, closure: Closure) -> list[Post]:
    """The post the duties move to, if they do. Raises MovesNowhere for one that is closed itself in this time."""
    if closure.move_to is None:
        return []
    target = tx.get(Post, closure.move_to)
    forever = closure.ends or datetime.max.replace(tzinfo=closure.starts.tzinfo)
    if target is None or target.id == post.id or target.is_closed(closure.starts, forever):
        raise MovesNowhere("move_to")
    return [target]
