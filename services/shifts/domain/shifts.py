"""The rules of duty: who may take which shift, who stands where, what is missing, what is credited."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from services.shifts.domain.refusals import (
    AlreadyThere,
    NotApproved,
    NotCheckedIn,
    NotHeld,
    OnSuspension,
    ShiftCancelled,
    ShiftFull,
    ShiftOver,
    ShiftsOverlap,
    ShiftStarted,
    TooEarly,
    TooLittleRest,
)
from shared.errors import RuleBroken

REST = timedelta(hours=10)  # between two shifts of one person (domain.md, "Rules")
GAP_HORIZON = timedelta(hours=72)  # how far ahead a lack of people is a gap (domain.md, "Coverage")
LATE_CLAIM = timedelta(minutes=15)  # a volunteer may still take a shift that has only just begun
CHECK_IN_OPENS = timedelta(minutes=30)  # before the start, so that the relief is there on time
DUTIES_KEPT = timedelta(days=8)  # a roster forgets duties too old to touch any rule, which look back a week at most


@dataclass(frozen=True)
class Planned:
    post: str
    starts: datetime
    ends: datetime
    head_count: int


@dataclass(frozen=True)
class Cancelled:
    pass


@dataclass(frozen=True)
class Claimed:
    volunteer: str


@dataclass(frozen=True)
class Released:
    volunteer: str


@dataclass(frozen=True)
class CheckedIn:
    volunteer: str
    at: datetime


@dataclass(frozen=True)
class CheckedOut:
    volunteer: str
    at: datetime
    minutes: int


@dataclass(frozen=True)
class GapOpened:
    missing: int


@dataclass(frozen=True)
class GapClosed:
    pass


ShiftEvent = Planned | Cancelled | Claimed | Released | CheckedIn | CheckedOut | GapOpened | GapClosed


@dataclass
class Claim:
    """One person's place in a shift; `minutes` are credited at check-out."""

    volunteer: str
    at: datetime
    checked_in: datetime | None = None
    checked_out: datetime | None = None
    minutes: int | None = None

    @property
    def on_duty(self) -> bool:
        return self.checked_in is not None and self.checked_out is None


@dataclass(frozen=True)
class Duty:
    """A shift as its holder's roster knows it."""

    shift: str
    starts: datetime
    ends: datetime


@dataclass
class Roster:
    """One volunteer's duties; whoever takes or gives up a shift writes here too, so no two claims slip past each other."""

    id: str
    account: str
    standing: Literal["approved", "suspended"] = "approved"
    duties: list[Duty] = field(default_factory=list)

    def check_fit(self, shift: "Shift") -> None:
        """Raises OnSuspension, ShiftsOverlap or TooLittleRest."""
        if self.standing == "suspended":
            raise OnSuspension
        for duty in self.duties:
            if shift.starts < duty.ends and duty.starts < shift.ends:
                raise ShiftsOverlap
            if shift.starts < duty.ends + REST and duty.starts < shift.ends + REST:
                raise TooLittleRest(hours=REST // timedelta(hours=1))

    def take(self, shift: "Shift", at: datetime) -> None:
        recent = [duty for duty in self.duties if duty.ends > at - DUTIES_KEPT]
        self.duties = [*recent, Duty(shift.id, shift.starts, shift.ends)]

    def drop(self, shift_id: str) -> None:
        self.duties = [duty for duty in self.duties if duty.shift != shift_id]

    def ahead(self, at: datetime) -> list[str]:
        """The shifts this person has that are not over."""
        return [duty.shift for duty in self.duties if duty.ends > at]


@dataclass
class Shift:
    """A turn of duty at a post. `gap` is the number of missing people last announced, None when none was."""

    id: str
    post: str
    starts: datetime
    ends: datetime
    head_count: int
    claims: list[Claim] = field(default_factory=list)
    gap: int | None = None
    cancelled: bool = False

    @property
    def missing(self) -> int:
        return 0 if self.cancelled else self.head_count - len(self.claims)

    def claim_of(self, volunteer: str) -> Claim | None:
        return next((claim for claim in self.claims if claim.volunteer == volunteer), None)

    def plan(self, at: datetime) -> list[ShiftEvent]:
        return [Planned(self.post, self.starts, self.ends, self.head_count), *self.watch(at)]

    def watch(self, at: datetime) -> list[ShiftEvent]:
        """Announces the gap if it opened, changed or closed: people missing from a shift of the next 72 h, until its end."""
        matters = at < self.ends and self.starts - at <= GAP_HORIZON
        missing = self.missing if matters else 0
        if missing == (self.gap or 0):
            return []
        self.gap = missing or None
        return [GapOpened(missing) if missing else GapClosed()]

    def check_takes_people(self, at: datetime, *, leading: bool) -> None:
        """Raises ShiftCancelled, ShiftOver, ShiftStarted or ShiftFull; `leading`: staff or a captain assigns."""
        if self.cancelled:
            raise ShiftCancelled
        if at >= self.ends:
            raise ShiftOver
        if at > self.starts + LATE_CLAIM and not leading:
            raise ShiftStarted
        if self.missing <= 0:
            raise ShiftFull

    def check_may_leave(self, volunteer: str, at: datetime, *, leading: bool) -> None:
        """Raises NotHeld, AlreadyThere, ShiftOver or ShiftStarted: after the start a captain marks who did not come."""
        claim = self._held(volunteer)
        if claim.checked_in is not None:
            raise AlreadyThere
        if at >= self.ends:
            raise ShiftOver
        if at >= self.starts and not leading:
            raise ShiftStarted

    def give_back(self, volunteers: Sequence[str], at: datetime) -> list[ShiftEvent]:
        """These people's places are free again, but for those who already stand there."""
        leaving = [claim for claim in self.claims if claim.volunteer in volunteers and claim.checked_in is None]
        self.claims = [claim for claim in self.claims if claim not in leaving]
        return [*(Released(claim.volunteer) for claim in leaving), *self.watch(at)]

    def cancel(self, at: datetime) -> list[ShiftEvent]:
        """Whoever stands there already may still check out and is credited."""
        self.cancelled = True
        released = [Released(claim.volunteer) for claim in self.claims if claim.checked_in is None]
        self.claims = [claim for claim in self.claims if claim.checked_in is not None]
        return [*released, Cancelled(), *self.watch(at)]

    def check_in(self, volunteer: str, at: datetime) -> list[ShiftEvent]:
        """Raises NotHeld, ShiftCancelled, TooEarly or ShiftOver; a second check-in changes nothing."""
        claim = self._held(volunteer)
        if claim.checked_in is not None:
            return []
        if self.cancelled:
            raise ShiftCancelled
        if at < self.starts - CHECK_IN_OPENS:
            raise TooEarly(minutes=CHECK_IN_OPENS // timedelta(minutes=1))
        if at >= self.ends:
            raise ShiftOver
        claim.checked_in = at
        return [CheckedIn(volunteer, at)]

    def check_out(self, volunteer: str, at: datetime) -> list[ShiftEvent]:
        """Credits the whole minutes between start and end that this person was there, once. Raises NotHeld, NotCheckedIn."""
        claim = self._held(volunteer)
        if claim.checked_in is None:
            raise NotCheckedIn
        if claim.checked_out is not None:
            return []
        present = min(at, self.ends) - max(claim.checked_in, self.starts)
        claim.checked_out, claim.minutes = at, max(present // timedelta(minutes=1), 0)
        return [CheckedOut(volunteer, at, claim.minutes)]

    def _held(self, volunteer: str) -> Claim:
        claim = self.claim_of(volunteer)
        if claim is None:
            raise NotHeld
        return claim


def take_shift(shift: Shift, roster: Roster | None, at: datetime, *, leading: bool) -> list[ShiftEvent]:
    """An approved volunteer takes a place that is free and fits; taking it twice is taking it once."""
    if roster is None:
        raise NotApproved
    if shift.claim_of(roster.id) is not None:
        return []
    shift.check_takes_people(at, leading=leading)
    roster.check_fit(shift)
    shift.claims.append(Claim(roster.id, at))
    roster.take(shift, at)
    return [Claimed(roster.id), *shift.watch(at)]


def leave_shift(shift: Shift, roster: Roster, at: datetime, *, leading: bool) -> list[ShiftEvent]:
    """A volunteer gives a place back before the shift begins."""
    shift.check_may_leave(roster.id, at, leading=leading)
    roster.drop(shift.id)
    return shift.give_back([roster.id], at)


def suspend(roster: Roster, shifts: Sequence[Shift], at: datetime) -> list[tuple[Shift, list[ShiftEvent]]]:
    """A suspended volunteer loses the shifts ahead; what this makes happen to each."""
    roster.standing = "suspended"
    lost = [(shift, shift.give_back([roster.id], at)) for shift in shifts]
    for shift, _ in lost:
        if shift.claim_of(roster.id) is None:
            roster.drop(shift.id)
    return lost


def why_not(shift: Shift, roster: Roster, at: datetime, *, leading: bool) -> RuleBroken | None:
    """The rule that keeps this person from taking the shift now, if there is one."""
    try:
        shift.check_takes_people(at, leading=leading)
        roster.check_fit(shift)
    except RuleBroken as rule:
        return rule
    return None
