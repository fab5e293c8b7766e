"""Shifts with their posts and the names of those who agreed to be named: the board, one's own duty, who is on duty now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.shifts.domain.claims import may_wait, why_not
from services.shifts.domain.cover import Cover
from services.shifts.domain.posts import Post
from services.shifts.domain.refusals import NotApproved
from services.shifts.domain.rosters import Roster
from services.shifts.domain.rules import CHECK_IN_OPENS
from services.shifts.domain.shifts import Claim, Shift
from services.shifts.store import ShiftsStore
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import RuleBroken

DAYS_SHOWN = 7
PAST_SHOWN = 30
LATE_AFTER = 10  # minutes; who comes later than that is shown as late
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
    said_there: datetime | None
    late: int

    @property
    def called(self) -> Text:
        return called(self.volunteer, self.name)

    @property
    def on_duty(self) -> bool:
        return self.checked_in is not None and self.checked_out is None

    @property
    def is_to_confirm(self) -> bool:
        return self.checked_in is None and self.said_there is not None


@dataclass(frozen=True)
class ShiftView:
    """`mine`: the caller's own place in it; `refusal`: the rule that keeps the caller from taking it; `may_wait`: it is full, and
    would suit the caller; `may_leave`: the caller may still give it up. `waiting`, `standby`, `missed`: what those are called."""

    id: str
    post: str
    where: Post
    starts: datetime
    ends: datetime
    head_count: int
    skill: str | None
    missing: int
    cancelled: bool
    moved: bool
    claims: list[Person]
    mine: Person | None
    refusal: RuleBroken | None
    may_wait: bool
    may_leave: bool
    waits: bool
    stands_by: bool
    waiting: list[Text]
    standby: list[Text]
    missed: list[Text]
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
class Gap:
    """A shift that lacks people, and how far the search for them is."""

    shift: ShiftView
    cover: Cover | None


@dataclass(frozen=True)
class Coverage:
    """`unfinished`: shifts that are over while somebody has not checked out or waits to be confirmed."""

    at: datetime
    posts: list[PostCover]
    gaps: list[Gap]
    unfinished: list[ShiftView]


@dataclass(frozen=True)
class MyDuty:
    """One volunteer's shifts, ahead and behind, and all minutes credited; `volunteer` None while not approved here.

    `asked`: shifts this person is asked to come to. `wished`: those they wait for or stand by.
    """

    volunteer: str | None
    ahead: list[ShiftView]
    behind: list[ShiftView]
    minutes: int
    asked: list[ShiftView]
    wished: list[ShiftView]


class Viewer:
    """Looks at one community's shifts as one caller at one moment."""

    def __init__(self, store: ShiftsStore, account: str, at: datetime) -> None:
        self.at = at
        self.store = store
        self.rules = store.rules()
        self.roster: Roster | None = store.roster_of(account)
        self._posts = {post.id: post for post in store.posts()}

    def shift(self, shift_id: str) -> ShiftView:
        """Raises NotFound."""
        return self.seen([self.store.load(Shift, shift_id)])[0]

    def days(self, day: date) -> list[DayView]:
        """The week that `day` falls in, counted from today."""
        today = self.at.astimezone(SHANGHAI).date()
        first = today + (day - today) // timedelta(days=DAYS_SHOWN) * timedelta(days=DAYS_SHOWN)
        return self.span(first, DAYS_SHOWN)

    def span(self, first: date, number: int) -> list[DayView]:
        """So many days from the first on, each with the shifts that begin on it."""
        midnight = datetime.combine(first, time(), SHANGHAI)
        found = self.store.starting(midnight, midnight + timedelta(days=number))
        seen = self.seen([shift for shift in found if not shift.cancelled])
        days = [first + timedelta(days=ahead) for ahead in range(number)]
        return [self._day(day, [shift for shift in seen if shift.day == day]) for day in days]

    def coverage(self) -> Coverage:
        running = self.seen(self.store.running(self.at, CHECK_IN_OPENS))
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
        lacking = [
            *(one for one in running if one.starts <= self.at and one.missing),
            *self.seen(self.store.lacking(self.at)),
        ]
        covers = self.store.covers(one.id for one in lacking)
        gaps = [Gap(one, covers.get(one.id)) for one in lacking]
        return Coverage(self.at, posts, gaps, self.seen(self.store.unfinished(self.at)))

    def mine(self) -> MyDuty:
        if self.roster is None:
            return MyDuty(None, [], [], 0, [], [])
        me = self.roster.id
        held = self.seen(self.store.held_by(me, self.at))
        ahead = [one for one in held if one.mine is not None and one.mine.checked_out is None]
        left = [one for one in held if one not in ahead]
        served = self.seen(self.store.served_by(me, self.at, PAST_SHOWN))
        asking = [cover.id for cover in self.store.running_covers() if me in cover.open_questions]
        asked = [one for one in self.seen(self.store.shifts(asking)) if one.mine is None and one.missing]
        wished = self.seen(self.store.wished_for(me, self.at))
        return MyDuty(me, ahead, [*left, *served], self.store.minutes_of(me), asked, wished)

    def who_can_take(self, shift_id: str) -> list[tuple[str, Text]]:
        """The volunteers who may be assigned to a shift, by id and what they are called."""
        shift = self.store.load(Shift, shift_id)
        return self.called([
            one.id for one in self.store.approved() if why_not(shift, one, self.rules, self.at, leading=True) is None
        ])  # fmt: skip

    def called(self, volunteers: Sequence[str]) -> list[tuple[str, Text]]:
        """Volunteers by id and what they are called, those with a name first."""
        names = self.store.names(volunteers)
        ordered = sorted(volunteers, key=lambda one: (one not in names, names.get(one, one)))
        return [(one, called(one, names.get(one))) for one in ordered]

    def seen(self, shifts: Sequence[Shift]) -> list[ShiftView]:
        """These shifts as the caller may see them."""
        people = {claim.volunteer for shift in shifts for claim in shift.claims}
        people |= {wish.volunteer for shift in shifts for wish in (*shift.waiting, *shift.standby)}
        names = self.store.names([*people, *(one for shift in shifts for one in shift.missed)])
        return [self._view(shift, names) for shift in shifts]

    def _day(self, day: date, shifts: list[ShiftView]) -> DayView:
        return DayView(day, sum(shift.missing for shift in shifts if shift.ends > self.at), shifts)

    def _view(self, shift: Shift, names: dict[str, str]) -> ShiftView:
        people = [_person(shift, claim, names) for claim in shift.claims]
        me = self.roster.id if self.roster else ""
        return ShiftView(
            id=shift.id,
            post=shift.post,
            where=self._posts[shift.post],
            starts=shift.starts,
            ends=shift.ends,
            head_count=shift.head_count,
            skill=shift.skill,
            missing=shift.missing,
            cancelled=shift.cancelled,
            moved=bool(shift.moves),
            claims=people,
            mine=next((person for person in people if person.volunteer == me), None),
            refusal=self._refusal(shift),
            may_wait=self.roster is not None and may_wait(shift, self.roster, self.rules, self.at),
            may_leave=self._may_leave(shift, me),
            waits=shift.waits(me),
            stands_by=shift.stands_by(me),
            waiting=[called(wish.volunteer, names.get(wish.volunteer)) for wish in shift.waiting],
            standby=[called(wish.volunteer, names.get(wish.volunteer)) for wish in shift.standby],
            missed=[called(one, names.get(one)) for one in shift.missed],
            check_in_open=shift.starts - CHECK_IN_OPENS <= self.at < shift.ends and not shift.cancelled,
        )

    def _refusal(self, shift: Shift) -> RuleBroken | None:
        if self.roster is None:
            return NotApproved()
        return why_not(shift, self.roster, self.rules, self.at, leading=False)

    def _may_leave(self, shift: Shift, volunteer: str) -> bool:
        try:
            shift.check_may_leave(volunteer, self.rules, self.at, leading=False)
        except RuleBroken:
            return False
        return True


def called(volunteer: str, name: str | None) -> Text:
    """Someone's name, or their code where they did not agree to be named."""
    code = volunteer[-CODE_LENGTH:]
    return Text(name, name) if name else Text(f"志愿者 {code}", f"Volunteer {code}")


def _person(shift: Shift, claim: Claim, names: dict[str, str]) -> Person:
    came = claim.checked_in or claim.said_there
    late = (came - max(shift.starts, claim.at)) // timedelta(minutes=1) if came else 0
    return Person(
        claim.volunteer, names.get(claim.volunteer), claim.at, claim.checked_in, claim.checked_out, claim.minutes,
        claim.said_there, late if late > LATE_AFTER else 0,
    )  # fmt: skip
