"""A shift: a turn of duty at a post, who has it, who is there, who waits for it, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.shifts.domain.facts import (
    Cancelled,
    CheckedIn,
    CheckedOut,
    Claimed,
    GapClosed,
    GapOpened,
    Missed,
    Moved,
    NeedChanged,
    Planned,
    Released,
    ReminderDue,
    Restored,
    ShiftEvent,
    StandByEnded,
    WaitEnded,
)
from services.shifts.domain.refusals import (
    AlreadyThere,
    NotCheckedIn,
    NotHeld,
    NothingToConfirm,
    NotStarted,
    ShiftCancelled,
    ShiftFull,
    ShiftOver,
    ShiftStarted,
    TooEarly,
    TooLateToLeave,
)
from services.shifts.domain.rules import CHECK_IN_OPENS, GAP_HORIZON, LATE_CLAIM, REMINDERS, Rules

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass
class Claim:
    """One person's place in a shift; `minutes` are credited at check-out.

    `said_there`: when a printed code was scanned, which counts once a captain confirms. `windows`: the rotating codes used.
    `reminded`: the hours before the start that are no longer to be reminded of.
    """

    volunteer: str
    at: datetime
    checked_in: datetime | None = None
    checked_out: datetime | None = None
    minutes: int | None = None
    said_there: datetime | None = None
    windows: list[int] = field(default_factory=list)
    reminded: list[int] = field(default_factory=list)

    @property
    def on_duty(self) -> bool:
        return self.checked_in is not None and self.checked_out is None

    @property
    def is_awaited(self) -> bool:
        """Nobody has seen this person at the post, nor have they said that they are there."""
        return self.checked_in is None and self.said_there is None


@dataclass(frozen=True)
class Wish:
    """Somebody waits for a place, or stands by."""

    volunteer: str
    at: datetime


@dataclass(frozen=True)
class Move:
    """A closing of the post `before` made the shift take place elsewhere."""

    closure: str
    before: str


@dataclass
class Shift:
    """A turn of duty at a post. `gap` is the number of missing people last announced, None when none was.

    `cancelled_by`: the closing that cancelled it, if one did; `lost`: the people who had it then. `missed`: who had a place and
    did not come.
    """

    id: str
    post: str
    starts: datetime
    ends: datetime
    head_count: int
    skill: str | None = None
    claims: list[Claim] = field(default_factory=list)
    waiting: list[Wish] = field(default_factory=list)
    standby: list[Wish] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    gap: int | None = None
    cancelled: bool = False
    cancelled_by: str | None = None
    lost: list[str] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    @property
    def missing(self) -> int:
        return 0 if self.cancelled else max(self.head_count - len(self.claims), 0)

    def claim_of(self, volunteer: str) -> Claim | None:
        return next((claim for claim in self.claims if claim.volunteer == volunteer), None)

    def held_by(self, volunteer: str) -> Claim:
        """Raises NotHeld."""
        claim = self.claim_of(volunteer)
        if claim is None:
            raise NotHeld
        return claim

    def waits(self, volunteer: str) -> bool:
        return any(wish.volunteer == volunteer for wish in self.waiting)

    def stands_by(self, volunteer: str) -> bool:
        return any(wish.volunteer == volunteer for wish in self.standby)

    def plan(self, at: datetime) -> list[ShiftEvent]:
        return [Planned(self.post, self.starts, self.ends, self.head_count, self.skill), *self.watch(at)]

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
        self.check_ahead(at)
        if at > self.starts + LATE_CLAIM and not leading:
            raise ShiftStarted
        if self.missing <= 0:
            raise ShiftFull

    def check_ahead(self, at: datetime) -> None:
        """Raises ShiftCancelled or ShiftOver."""
        if self.cancelled:
            raise ShiftCancelled
        if at >= self.ends:
            raise ShiftOver

    def check_may_leave(self, volunteer: str, rules: Rules, at: datetime, *, leading: bool) -> None:
        """Raises NotHeld, AlreadyThere, ShiftOver, ShiftStarted or TooLateToLeave."""
        self.check_may_change_hands(volunteer, at)
        if not leading and at > self.starts - rules.release_hours * HOUR:
            raise TooLateToLeave(hours=rules.release_hours)

    def check_may_change_hands(self, volunteer: str, at: datetime) -> None:
        """Raises NotHeld, AlreadyThere, ShiftOver or ShiftStarted: after the start a captain marks who did not come."""
        claim = self.held_by(volunteer)
        if not claim.is_awaited:
            raise AlreadyThere
        if at >= self.ends:
            raise ShiftOver
        if at >= self.starts:
            raise ShiftStarted

    def seat(self, volunteer: str, at: datetime, how: str) -> Claimed:
        """Whoever has a place waits no longer and does not stand by."""
        self.waiting = [wish for wish in self.waiting if wish.volunteer != volunteer]
        self.standby = [wish for wish in self.standby if wish.volunteer != volunteer]
        self.missed = [one for one in self.missed if one != volunteer]
        past = [
            hours for hours in REMINDERS if at > self.starts - hours * HOUR
        ]  # who takes it so late needs no reminder
        self.claims.append(Claim(volunteer, at, reminded=past))
        return Claimed(volunteer, how)

    def unseat(self, volunteers: Sequence[str], why: str) -> list[ShiftEvent]:
        """These people's places are free again, but for those who already stand there."""
        leaving = [claim for claim in self.claims if claim.volunteer in volunteers and claim.is_awaited]
        self.claims = [claim for claim in self.claims if claim not in leaving]
        return [Released(claim.volunteer, why) for claim in leaving]

    def forget_wishes(self, volunteer: str) -> list[ShiftEvent]:
        """Somebody neither waits nor stands by any more."""
        happened: list[ShiftEvent] = []
        if self.waits(volunteer):
            self.waiting = [wish for wish in self.waiting if wish.volunteer != volunteer]
            happened.append(WaitEnded(volunteer))
        if self.stands_by(volunteer):
            self.standby = [wish for wish in self.standby if wish.volunteer != volunteer]
            happened.append(StandByEnded(volunteer))
        return happened

    def cancel(self, at: datetime, closure: str | None = None) -> list[ShiftEvent]:
        """Whoever stands there already may still check out and is credited; the others are remembered, should it be taken back."""
        self.cancelled, self.cancelled_by = True, closure
        self.lost = [claim.volunteer for claim in self.claims if claim.is_awaited]
        released = self.unseat(self.lost, "closure" if closure else "cancelled")
        return [*released, Cancelled(closure), *self.watch(at)]

    def restore(self) -> list[ShiftEvent]:
        """It takes place after all, without anybody yet."""
        self.cancelled, self.cancelled_by, self.lost = False, None, []
        return [Restored()]

    def move(self, post: str, closure: str) -> list[ShiftEvent]:
        """The same people at the same hours stand somewhere else."""
        self.moves.append(Move(closure, self.post))
        self.post = post
        return [Moved(post)]

    def move_back(self, closure: str) -> list[ShiftEvent]:
        """As if this closing had never been; where another has moved it on since, it stays there."""
        place = next((number for number, move in enumerate(self.moves) if move.closure == closure), None)
        if place is None:
            return []
        undone = self.moves.pop(place)
        if place < len(self.moves):
            self.moves[place] = Move(self.moves[place].closure, undone.before)
            return []
        self.post = undone.before
        return [Moved(self.post)]

    def change_need(self, head_count: int, at: datetime) -> list[ShiftEvent]:
        """People who have a place keep it, also when fewer are needed. Raises ShiftCancelled, ShiftOver."""
        self.check_ahead(at)
        if head_count == self.head_count:
            return []
        self.head_count = head_count
        return [NeedChanged(head_count)]

    def remind(self, at: datetime) -> list[ShiftEvent]:
        """Who has to be reminded now; once, also where several moments for it have passed."""
        happened: list[ShiftEvent] = []
        if self.cancelled or at >= self.starts:
            return happened
        for claim in self.claims:
            if claim.checked_in is not None:
                continue
            due = [hours for hours in REMINDERS if at >= self.starts - hours * HOUR and hours not in claim.reminded]
            if not due:
                continue
            claim.reminded = [*claim.reminded, *due]
            happened.append(ReminderDue(claim.volunteer, min(due)))
        return happened

    def check_in(self, volunteer: str, at: datetime) -> list[ShiftEvent]:
        """Raises NotHeld, ShiftCancelled, TooEarly or ShiftOver; a second check-in changes nothing."""
        claim = self.held_by(volunteer)
        if claim.checked_in is not None:
            return []
        self._check_in_open(at)
        return self._arrive(claim, at)

    def say_there(self, volunteer: str, at: datetime) -> list[ShiftEvent]:
        """A printed code was scanned; nothing has happened until a captain says so. Raises what check_in does."""
        claim = self.held_by(volunteer)
        if claim.is_awaited:
            self._check_in_open(at)
            claim.said_there = at
        return []

    def confirm(self, volunteer: str) -> list[ShiftEvent]:
        """A captain saw who said to be there: since then. Raises NotHeld, NothingToConfirm."""
        claim = self.held_by(volunteer)
        if claim.checked_in is not None:
            return []
        if claim.said_there is None:
            raise NothingToConfirm
        return self._arrive(claim, claim.said_there)

    def check_out(self, volunteer: str, at: datetime) -> list[ShiftEvent]:
        """Credits the whole minutes between start and end that this person was there, once. Raises NotHeld, NotCheckedIn."""
        claim = self.held_by(volunteer)
        if claim.checked_in is None:
            raise NotCheckedIn
        if claim.checked_out is not None:
            return []
        present = min(at, self.ends) - max(claim.checked_in, self.starts)
        claim.checked_out, claim.minutes = at, max(present // MINUTE, 0)
        return [CheckedOut(volunteer, at, claim.minutes)]

    def miss(self, volunteer: str, at: datetime) -> list[ShiftEvent]:
        """A captain says who did not come: the place is free. Raises NotHeld, NotStarted, AlreadyThere."""
        claim = self.held_by(volunteer)
        if at < self.starts:
            raise NotStarted
        if claim.checked_in is not None:
            raise AlreadyThere
        self._strike(claim)
        return [Missed(volunteer)]

    def finish(self, at: datetime) -> list[ShiftEvent]:
        """When it is over, whoever was never seen has missed it."""
        if at < self.ends or self.cancelled:
            return []
        absent = [claim for claim in self.claims if claim.is_awaited]
        for claim in absent:
            self._strike(claim)
        return [*(Missed(claim.volunteer) for claim in absent), *self.watch(at)]

    def _check_in_open(self, at: datetime) -> None:
        if self.cancelled:
            raise ShiftCancelled
        if at < self.starts - CHECK_IN_OPENS:
            raise TooEarly(minutes=CHECK_IN_OPENS // MINUTE)
        if at >= self.ends:
            raise ShiftOver

    def _arrive(self, claim: Claim, at: datetime) -> list[ShiftEvent]:
        claim.checked_in = at
        return [CheckedIn(claim.volunteer, at, max((at - max(self.starts, claim.at)) // MINUTE, 0))]

    def _strike(self, claim: Claim) -> None:
        self.claims.remove(claim)
        self.missed.append(claim.volunteer)
