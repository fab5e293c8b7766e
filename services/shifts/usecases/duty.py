"""What people, events and the clock make happen to duty: load, act, save."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.shifts.domain import patterns, posts
from services.shifts.domain import shifts as domain
from services.shifts.domain.posts import Post
from services.shifts.domain.refusals import PostExists
from services.shifts.domain.shifts import Roster, Shift, ShiftEvent
from services.shifts.store import ShiftsStore
from shared.acts import Act
from shared.contracts import registry
from shared.errors import NotAllowed
from shared.events import Event
from shared.zone import SHANGHAI

publish = registry.publisher({
    posts.PostOpened: "shifts.post.opened.v1",
    posts.PostClosing: "shifts.post.closed.v1",
    domain.Planned: "shifts.shift.planned.v1",
    domain.Cancelled: "shifts.shift.cancelled.v1",
    domain.Claimed: "shifts.shift.claimed.v1",
    domain.Released: "shifts.shift.released.v1",
    domain.CheckedIn: "shifts.shift.checked-in.v1",
    domain.CheckedOut: "shifts.shift.checked-out.v1",
    domain.GapOpened: "shifts.shift.gap-opened.v1",
    domain.GapClosed: "shifts.shift.gap-closed.v1",
})  # fmt: skip


@dataclass(frozen=True)
class Asker:
    """Who asks for a shift: `leading` (staff, captains) may act for any volunteer, others for themselves."""

    account: str
    leading: bool


@dataclass(frozen=True)
class PlanResult:
    """How many shifts a plan made, and how many of its turns were there before."""

    planned: int
    existing: int


def open_post(store: ShiftsStore, act: Act, post: Post) -> Post:
    """Raises PostExists."""

    def do(tx: ShiftsStore) -> Post:
        if tx.get(Post, post.id) is not None:
            raise PostExists("id")
        tx.save(post, publish([post.opened()]))
        return post

    return store.transaction(act, do)


def close_post(store: ShiftsStore, act: Act, post_id: str) -> Post:
    """Closes a post and cancels its shifts that are not over; their people's rosters are free again."""

    def do(tx: ShiftsStore) -> Post:
        post = tx.load(Post, post_id)
        closing = publish(post.close())
        if not closing:
            return post
        shifts = tx.unended(post_id, act.at)
        held = {claim.volunteer for shift in shifts for claim in shift.claims}
        cancelled = [(shift, publish(shift.cancel(act.at))) for shift in shifts]
        rosters = tx.rosters(held)
        for roster in rosters:
            for shift in shifts:
                if shift.claim_of(roster.id) is None:
                    roster.drop(shift.id)
        tx.save_all([(post, closing), *cancelled, *((roster, []) for roster in rosters)])
        return post

    return store.transaction(act, do)


def plan_shifts(
    store: ShiftsStore, act: Act, *, post: str, first_day: date, days: int, turn_hours: int, head_count: int,
    from_hour: int, to_hour: int,
) -> PlanResult:  # fmt: skip
    """Makes a post's shifts for a span of days; those already there stay.

    Raises NotFound, PostClosed, NothingToPlan or PlannedOtherwise.
    """
    wanted = patterns.turns(first_day, days, turn_hours, SHANGHAI, from_hour=from_hour, to_hour=to_hour)

    def do(tx: ShiftsStore) -> PlanResult:
        place = tx.load(Post, post)
        place.check_open()
        there = tx.of_post(post, wanted[0][0], wanted[-1][1])
        new, existing = patterns.missing_from(there, wanted, post, head_count, act.at)
        # The post is written too, so that a closing or another plan of the same post cannot slip past this one.
        tx.save_all([(place, []), *((shift, publish(shift.plan(act.at))) for shift in new)])
        return PlanResult(len(new), existing)

    return store.transaction(act, do)


def claim_shift(store: ShiftsStore, act: Act, asker: Asker, shift_id: str, volunteer: str | None) -> Shift:
    """Gives the asker, or the volunteer they assign, a place. Raises NotFound, NotAllowed and the rules of take_shift."""

    def do(tx: ShiftsStore) -> Shift:
        shift = tx.load(Shift, shift_id)
        assigned = volunteer is not None and asker.leading
        roster = tx.get(Roster, volunteer) if assigned and volunteer else tx.roster_of(asker.account)
        if roster is not None and volunteer not in (None, roster.id):
            raise NotAllowed
        happened = domain.take_shift(shift, roster, act.at, leading=asker.leading)
        if happened:
            tx.save_all([(shift, publish(happened)), (roster, [])])
        return shift

    return store.transaction(act, do)


def release_shift(store: ShiftsStore, act: Act, asker: Asker, shift_id: str, volunteer: str) -> Shift:
    """Raises NotFound, NotAllowed and the rules of leave_shift."""

    def do(tx: ShiftsStore) -> Shift:
        shift, roster = tx.load(Shift, shift_id), tx.load(Roster, volunteer)
        if not asker.leading and roster.account != asker.account:
            raise NotAllowed
        happened = domain.leave_shift(shift, roster, act.at, leading=asker.leading)
        tx.save_all([(shift, publish(happened)), (roster, [])])
        return shift

    return store.transaction(act, do)


def check_in(store: ShiftsStore, act: Act, shift_id: str, volunteer: str) -> Shift:
    """Raises NotFound and the rules of Shift.check_in."""

    def do(tx: ShiftsStore) -> Shift:
        shift = tx.load(Shift, shift_id)
        _save_if(tx, shift, shift.check_in(volunteer, act.at))
        return shift

    return store.transaction(act, do)


def check_out(store: ShiftsStore, act: Act, shift_id: str, volunteer: str) -> Shift:
    """Raises NotFound and the rules of Shift.check_out."""

    def do(tx: ShiftsStore) -> Shift:
        shift = tx.load(Shift, shift_id)
        _save_if(tx, shift, shift.check_out(volunteer, act.at))
        return shift

    return store.transaction(act, do)


def watch_gaps(store: ShiftsStore) -> int:
    """Announces gaps that time opened or closed, shift by shift, so that two replicas say each once; returns how many."""
    return sum(_watch(store, shift_id) for shift_id in store.gaps_to_announce(Act().at))


def _watch(store: ShiftsStore, shift_id: str) -> bool:
    act = Act()

    def do(tx: ShiftsStore) -> bool:
        shift = tx.load(Shift, shift_id)
        return _save_if(tx, shift, shift.watch(act.at))

    return store.transaction(act, do)


def admit(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """Approved or reinstated volunteers may take shifts."""
    for event in events:
        roster = _roster(tx, event)
        roster.standing = "approved"
        tx.save(roster)


def suspend(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """Suspended volunteers give up the shifts ahead of them."""
    for event in events:
        roster = _roster(tx, event)
        lost = domain.suspend(roster, tx.shifts(roster.ahead(tx.act.at)), tx.act.at)
        tx.save_all([(roster, []), *((shift, publish(happened)) for shift, happened in lost if happened)])


def note_names(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """Who agreed to be shown by name is."""
    for event in events:
        tx.note_name(event.subject, event.data["display_name"])


def _roster(tx: ShiftsStore, event: Event) -> Roster:
    return tx.get(Roster, event.subject) or Roster(event.subject, event.data["account"])


def _save_if(tx: ShiftsStore, shift: Shift, happened: Iterable[ShiftEvent]) -> bool:
    facts = publish(happened)
    if facts:
        tx.save(shift, facts)
    return bool(facts)


REACTIONS = {
    "volunteers.volunteer.approved.v1": admit,
    "volunteers.volunteer.reinstated.v1": admit,
    "volunteers.volunteer.suspended.v1": suspend,
    "volunteers.volunteer.introduced.v1": note_names,
}
