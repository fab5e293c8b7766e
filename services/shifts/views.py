"""What people look at: shifts with their posts and the names of those who agreed to be named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.shifts.domain.posts import Post
from services.shifts.domain.refusals import NotApproved
from services.shifts.domain.shifts import CHECK_IN_OPENS, Claim, Roster, Shift, why_not
from services.shifts.store import ShiftsStore
from shared.errors import RuleBroken
from shared.words import Text
from shared.zone import SHANGHAI

DAYS_SHOWN = 7
PAST_SHOWN = 30
CODE_LENGTH = 4  # what is shown of the id of someone who gave no name


@dataclass(frozen=True)
class Person:
    """Someone's place in a shift; `name` only with their consent."""

    volunteer: str
    name: str | None
    at: datetime
    checked_in: datetime | None
    checked_out: datetime | None
    minutes: int | None

    @property
    def called(self) -> Text:
        return called(self.volunteer, self.name)


@dataclass(frozen=True)
class ShiftView:
    """`mine`: the caller's own place in it; `refusal`: the rule that keeps the caller from taking it."""

    id: str
    post: str
    where: Post
    starts: datetime
    ends: datetime
    head_count: int
    missing: int
    cancelled: bool
    claims: list[Person]
    mine: Person | None
    refusal: RuleBroken | None
    check_in_open: bool

    @property
    def day(self) -> date:
        return self.starts.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class DayView:
    """One day of the board; `missing` people in all its shifts that are not over."""

    day: date
    missing: int
    shifts: list[ShiftView]


@dataclass(frozen=True)
class PostCover:
    """A post at this moment: `now` under way, `next` beginning so soon that check-in is open."""

    post: str
    where: Post
    now: list[ShiftView]
    next: list[ShiftView]

    @property
    def missing(self) -> int:
        return sum(shift.missing for shift in self.now)


@dataclass(frozen=True)
class Coverage:
    at: datetime
    posts: list[PostCover]
    gaps: list[ShiftView]
    unfinished: list[ShiftView]


@dataclass(frozen=True)
class MyDuty:
    """One volunteer's shifts, ahead and behind, and all minutes credited; `volunteer` None while not approved here."""

    volunteer: str | None
    ahead: list[ShiftView]
    behind: list[ShiftView]
    minutes: int


class Viewer:
    """Looks at one community's shifts as one caller at one moment."""

    def __init__(self, store: ShiftsStore, account: str, at: datetime) -> None:
        self.at = at
        self._store = store
        self._posts = {post.id: post for post in store.posts()}
        self.roster: Roster | None = store.roster_of(account)

    def shift(self, shift_id: str) -> ShiftView:
        """Raises NotFound."""
        return self._seen([self._store.load(Shift, shift_id)])[0]

    def days(self, day: date) -> list[DayView]:
        """The week that `day` falls in, counted from today."""
        today = self.at.astimezone(SHANGHAI).date()
        first = today + (day - today) // timedelta(days=DAYS_SHOWN) * timedelta(days=DAYS_SHOWN)
        midnight = datetime.combine(first, time(), SHANGHAI)
        found = self._store.starting(midnight, midnight + timedelta(days=DAYS_SHOWN))
        seen = self._seen([shift for shift in found if not shift.cancelled])
        days = [first + timedelta(days=number) for number in range(DAYS_SHOWN)]
        return [self._day(day, [shift for shift in seen if shift.day == day]) for day in days]

    def coverage(self) -> Coverage:
        running = self._seen(self._store.running(self.at, CHECK_IN_OPENS))
        posts = [
            PostCover(
                post.id,
                post,
                now=[one for one in running if one.post == post.id and one.starts <= self.at],
                next=[one for one in running if one.post == post.id and one.starts > self.at],
            )
            for post in self._posts.values()
            if post.open
        ]
        gaps = self._seen(self._store.lacking(self.at))
        return Coverage(self.at, posts, gaps, self._seen(self._store.unfinished(self.at)))

    def mine(self) -> MyDuty:
        if self.roster is None:
            return MyDuty(None, [], [], 0)
        me = self.roster.id
        held = self._seen(self._store.held_by(me, self.at))
        ahead = [one for one in held if one.mine is not None and one.mine.checked_out is None]
        left = [one for one in held if one not in ahead]
        served = self._seen(self._store.served_by(me, self.at, PAST_SHOWN))
        return MyDuty(me, ahead, [*left, *served], self._store.minutes_of(me))

    def who_can_take(self, shift_id: str) -> list[tuple[str, Text]]:
        """The volunteers who may be assigned to a shift, by id and what they are called."""
        shift = self._store.load(Shift, shift_id)
        free = [one.id for one in self._store.approved() if why_not(shift, one, self.at, leading=True) is None]
        names = self._store.names(free)
        return [(one, called(one, names.get(one))) for one in sorted(free, key=lambda one: (one not in names, one))]

    def _day(self, day: date, shifts: list[ShiftView]) -> DayView:
        return DayView(day, sum(shift.missing for shift in shifts if shift.ends > self.at), shifts)

    def _seen(self, shifts: Sequence[Shift]) -> list[ShiftView]:
        names = self._store.names([claim.volunteer for shift in shifts for claim in shift.claims])
        return [self._view(shift, names) for shift in shifts]

    def _view(self, shift: Shift, names: dict[str, str]) -> ShiftView:
        people = [_person(claim, names) for claim in shift.claims]
        me = self.roster.id if self.roster else None
        return ShiftView(
            id=shift.id,
            post=shift.post,
            where=self._posts[shift.post],
            starts=shift.starts,
            ends=shift.ends,
            head_count=shift.head_count,
            missing=shift.missing,
            cancelled=shift.cancelled,
            claims=people,
            mine=next((person for person in people if person.volunteer == me), None),
            refusal=why_not(shift, self.roster, self.at, leading=False) if self.roster else NotApproved(),
            check_in_open=shift.starts - CHECK_IN_OPENS <= self.at < shift.ends and not shift.cancelled,
        )


def called(volunteer: str, name: str | None) -> Text:
    """Someone's name, or their code where they did not agree to be named."""
    code = volunteer[-CODE_LENGTH:]
    return Text(name, name) if name else Text(f"志愿者 {code}", f"Volunteer {code}")


def _person(claim: Claim, names: dict[str, str]) -> Person:
    name = names.get(claim.volunteer)
    return Person(claim.volunteer, name, claim.at, claim.checked_in, claim.checked_out, claim.minutes)
