"""Who gets a place: taking and giving back, waiting for a place and standing by, and what follows for those who wait."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.shifts.domain.facts import ShiftEvent, StoodBy, WaitedFor
from services.shifts.domain.refusals import HeldAlready, NotApproved, ShiftFull, ShiftNotFull, ShiftStarted
from services.shifts.domain.rosters import Roster
from services.shifts.domain.rules import PROMOTED_UNTIL, Rules
from services.shifts.domain.shifts import Shift, Wish
from shared.kernel.errors import RuleBroken

Waiting = Mapping[str, Roster]


def take_shift(
    shift: Shift, roster: Roster | None, rules: Rules, at: datetime, *, leading: bool, how: str = "own"
) -> list[ShiftEvent]:
    """An approved volunteer takes a place that is free and fits; taking it twice is taking it once."""
    if roster is None:
        raise NotApproved
    if shift.claim_of(roster.id) is not None:
        return []
    shift.check_takes_people(at, leading=leading)
    roster.check_fit(shift, rules)
    return [*seat(shift, roster, at, how), *shift.watch(at)]


def leave_shift(
    shift: Shift, roster: Roster, waiting: Waiting, rules: Rules, at: datetime, *, leading: bool
) -> list[ShiftEvent]:
    """A place is given back before the shift begins, by the volunteer until the deadline; whoever waits gets it."""
    shift.check_may_leave(roster.id, rules, at, leading=leading)
    return vacate(shift, [roster], waiting, rules, at, why="captain" if leading else "own")


def vacate(
    shift: Shift, leaving: Sequence[Roster], waiting: Waiting, rules: Rules, at: datetime, *, why: str
) -> list[ShiftEvent]:
    """These people lose their places, but for those who stand there already; whoever waits gets one."""
    happened = shift.unseat([roster.id for roster in leaving], why)
    for roster in leaving:
        if shift.claim_of(roster.id) is None:
            roster.drop(shift.id)
    return [*happened, *fill(shift, waiting, rules, at)]


def fill(shift: Shift, waiting: Waiting, rules: Rules, at: datetime) -> list[ShiftEvent]:
    """Whoever has waited longest and fits now takes a free place, as long as they are sure to hear of it in time."""
    happened: list[ShiftEvent] = []
    if at <= shift.starts - PROMOTED_UNTIL:
        for wish in list(shift.waiting):
            roster = waiting.get(wish.volunteer)
            if roster is not None and why_not(shift, roster, rules, at, leading=False) is None:
                happened += seat(shift, roster, at, "promoted")
    return [*happened, *shift.watch(at)]


def miss_shift(shift: Shift, roster: Roster, at: datetime) -> list[ShiftEvent]:
    """A captain says who did not come; the place is free for somebody who is near."""
    happened = shift.miss(roster.id, at)
    roster.drop(shift.id)
    return [*happened, *shift.watch(at)]


def wait_for_place(shift: Shift, roster: Roster | None, rules: Rules, at: datetime) -> list[ShiftEvent]:
    """Wait for a place in a full shift. Raises ShiftNotFull, HeldAlready and whatever keeps this person from the shift."""
    _check_may_wish(shift, roster, rules, at)
    if shift.missing > 0:
        raise ShiftNotFull
    if roster is None or shift.waits(roster.id):
        return []
    shift.waiting.append(Wish(roster.id, at))
    return [WaitedFor(roster.id)]


def stand_by(shift: Shift, roster: Roster | None, rules: Rules, at: datetime) -> list[ShiftEvent]:
    """Be ready to come if somebody is missing; that binds to nothing else. Raises HeldAlready and whatever keeps them from it."""
    _check_may_wish(shift, roster, rules, at)
    if roster is None or shift.stands_by(roster.id):
        return []
    shift.standby.append(Wish(roster.id, at))
    return [StoodBy(roster.id)]


def suspend(
    roster: Roster, shifts: Sequence[Shift], waiting: Waiting, rules: Rules, at: datetime
) -> list[tuple[Shift, list[ShiftEvent]]]:
    """A suspended volunteer loses the shifts ahead, and waits for none; what this makes happen to each."""
    roster.standing = "suspended"
    return release_all(roster, shifts, waiting, rules, at, why="suspended")


def release_all(
    roster: Roster, shifts: Iterable[Shift], waiting: Waiting, rules: Rules, at: datetime, *, why: str
) -> list[tuple[Shift, list[ShiftEvent]]]:
    """One person gives up these shifts and every wish for them."""
    return [
        (shift, [*shift.forget_wishes(roster.id), *vacate(shift, [roster], waiting, rules, at, why=why)])
        for shift in shifts
    ]


def seat(shift: Shift, roster: Roster, at: datetime, how: str) -> list[ShiftEvent]:
    """The place and the duty, written together; whether they fit has been asked before."""
    claimed = shift.seat(roster.id, at, how)
    roster.take(shift, at)
    return [claimed]


def why_not(shift: Shift, roster: Roster, rules: Rules, at: datetime, *, leading: bool) -> RuleBroken | None:
    """The rule that keeps this person from taking the shift now, if there is one."""
    try:
        shift.check_takes_people(at, leading=leading)
        roster.check_fit(shift, rules)
    except RuleBroken as rule:
        return rule
    return None


def may_wait(shift: Shift, roster: Roster, rules: Rules, at: datetime) -> bool:
    """Whether a full shift would suit this person if a place became free."""
    reason = why_not(shift, roster, rules, at, leading=False)
    if not isinstance(reason, ShiftFull) or shift.claim_of(roster.id) is not None:
        return False
    try:
        roster.check_fit(shift, rules)
    except RuleBroken:
        return False
    return at < shift.starts


def _check_may_wish(shift: Shift, roster: Roster | None, rules: Rules, at: datetime) -> None:
    if roster is None:
        raise NotApproved
    shift.check_ahead(at)
    if at >= shift.starts:
        raise ShiftStarted
    if shift.claim_of(roster.id) is not None:
        raise HeldAlready
    roster.check_fit(shift, rules)
