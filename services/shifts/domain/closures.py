"""What closing a post means for its duties: they are cancelled or done elsewhere, and can be taken back."""

from collections.abc import Sequence
from datetime import datetime

from services.shifts.domain.claims import Waiting, fill, seat, why_not
from services.shifts.domain.facts import ShiftEvent
from services.shifts.domain.posts import Closure
from services.shifts.domain.rules import Rules
from services.shifts.domain.shifts import Shift

Happened = list[tuple[Shift, list[ShiftEvent]]]


def close_shifts(shifts: Sequence[Shift], closure: Closure, people: Waiting, at: datetime) -> Happened:
    """The post's shifts of that time: moved with their people where there is another post, else cancelled and their people free."""
    if closure.move_to is not None:
        return [(shift, shift.move(closure.move_to, closure.id)) for shift in shifts]
    cancelled = [(shift, shift.cancel(at, closure.id)) for shift in shifts]
    for roster in people.values():
        roster.drop(*(shift.id for shift in shifts if shift.claim_of(roster.id) is None))
    return cancelled


def reopen_shifts(shifts: Sequence[Shift], closure: Closure, people: Waiting, rules: Rules, at: datetime) -> Happened:
    """What a closing did to shifts that are not over, undone."""
    return [(shift, _reopen(shift, closure, people, rules, at)) for shift in shifts]


def restore_shift(shift: Shift, people: Waiting, rules: Rules, at: datetime) -> list[ShiftEvent]:
    """A cancelled shift takes place after all, with those who had it and have nothing else by now."""
    lost = shift.lost
    happened = shift.restore()
    for volunteer in lost:
        roster = people.get(volunteer)
        if roster is not None and why_not(shift, roster, rules, at, leading=True) is None:
            happened += seat(shift, roster, at, "restored")
    return [*happened, *fill(shift, people, rules, at)]


def _reopen(shift: Shift, closure: Closure, people: Waiting, rules: Rules, at: datetime) -> list[ShiftEvent]:
    moved = shift.move_back(closure.id)
    return [*moved, *restore_shift(shift, people, rules, at)] if shift.cancelled_by == closure.id else moved
