"""One volunteer's duties, and every rule about who may take one more."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal, Protocol

from services.shifts.domain.refusals import (
    LacksSkill,
    NotApproved,
    NotHereThen,
    OnLoan,
    OnSuspension,
    ShiftsOverlap,
    TooLittleRest,
    TooManyHoursADay,
    TooManyHoursAWeek,
    TooManyNights,
)
from services.shifts.domain.rules import NIGHT, Rules
from shared.i18n.domain_labels import SKILL_WORDS
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import RuleBroken

DAY = timedelta(days=1)
DUTIES_KEPT = timedelta(days=8)  # a roster forgets duties too old to touch any rule, which look back a week at most


class Turn(Protocol):
    """What a roster must know of a shift."""

    @property
    def id(self) -> str: ...
    @property
    def starts(self) -> datetime: ...
    @property
    def ends(self) -> datetime: ...
    @property
    def skill(self) -> str | None: ...


class Span(Protocol):
    @property
    def starts(self) -> datetime: ...
    @property
    def ends(self) -> datetime: ...


@dataclass(frozen=True)
class Duty:
    """A shift as its holder's roster knows it."""

    shift: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Loan:
    """The days in which somebody helps another community, or, in that other one, helps there."""

    id: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class DatesReleased:
    loan: str
    starts: datetime
    ends: datetime


@dataclass
class Roster:
    """One volunteer's duties; whoever takes or gives up a shift writes here too, so no two claims slip past each other.

    `skills`: until when each is good, None for ever. `away`: lent to others. `stays`: lent to us, and only then here.
    """

    id: str
    account: str
    standing: Literal["approved", "suspended", "left"] = "approved"
    duties: list[Duty] = field(default_factory=list)
    skills: dict[str, datetime | None] = field(default_factory=dict)
    available: list[str] = field(default_factory=list)
    away: list[Loan] = field(default_factory=list)
    stays: list[Loan] = field(default_factory=list)

    def check_fit(self, turn: Turn, rules: Rules, *, without: Collection[str] = ()) -> None:
        """Whether this person may take the turn too, beside all duties but those in `without`; each rule that says no is an
        error of its own."""
        self._check_here(turn, rules)
        if turn.skill is not None and not self.is_good_at(turn.skill, turn.ends):
            raise LacksSkill(skill=SKILL_WORDS.get(turn.skill, turn.skill))
        duties = [duty for duty in self.duties if duty.shift not in without]
        for duty in duties:
            if turn.starts < duty.ends and duty.starts < turn.ends:
                raise ShiftsOverlap
        for duty in duties:
            if turn.starts < duty.ends + rules.rest and duty.starts < turn.ends + rules.rest:
                raise TooLittleRest(hours=rules.rest_hours)
        _check_hours([turn, *duties], turn, rules)
        if _nights_in_a_row([turn, *duties], turn) > rules.most_nights_in_a_row:
            raise TooManyNights(nights=rules.most_nights_in_a_row)

    def absent_from(self, turn: Turn, rules: Rules) -> str | None:
        """The code of the rule that keeps this person from being here then at all, whatever duties they have."""
        try:
            self._check_here(turn, rules)
        except RuleBroken as rule:
            return rule.code
        return None

    def is_good_at(self, skill: str, at: datetime) -> bool:
        if skill not in self.skills:
            return False
        until = self.skills[skill]
        return until is None or at <= until

    def take(self, turn: Turn, at: datetime) -> None:
        recent = [duty for duty in self.duties if duty.ends > at - DUTIES_KEPT]
        self.duties = [*recent, Duty(turn.id, turn.starts, turn.ends)]

    def drop(self, *shift_ids: str) -> None:
        self.duties = [duty for duty in self.duties if duty.shift not in shift_ids]

    def ahead(self, at: datetime) -> list[str]:
        """The shifts this person has that are not over."""
        return [duty.shift for duty in self.duties if duty.ends > at]

    def release_dates(self, loan: Loan, rules: Rules, at: datetime) -> tuple[list[DatesReleased], list[str]]:
        """Lend this person: nothing more here in those days; the second are the shifts ahead that this takes from them."""
        if loan in self.away:
            return [], []
        self.away.append(loan)
        between = [duty for duty in self.duties if duty.ends > at and _touches(duty, loan, rules.rest)]
        return [DatesReleased(loan.id, loan.starts, loan.ends)], [duty.shift for duty in between]

    def come_back(self, loan_id: str) -> None:
        self.away = [loan for loan in self.away if loan.id != loan_id]

    def leave(self, loan_id: str, at: datetime) -> list[str]:
        """A stay is over; returns the shifts ahead that lie in no other."""
        self.stays = [stay for stay in self.stays if stay.id != loan_id]
        return [duty.shift for duty in self.duties if duty.ends > at and not self._stays_for(duty)]

    def _check_here(self, turn: Turn, rules: Rules) -> None:
        if self.standing == "suspended":
            raise OnSuspension
        if self.standing == "left":
            raise NotApproved
        if any(_touches(turn, loan, rules.rest) for loan in self.away):
            raise OnLoan
        if self.stays and not self._stays_for(turn):
            raise NotHereThen

    def _stays_for(self, span: Span) -> bool:
        return any(stay.starts <= span.starts and span.ends <= stay.ends for stay in self.stays)


def hours_in_week(spans: Iterable[Span], day: date) -> timedelta:
    """How much of these lies in the week, Monday to Sunday, that the day belongs to."""
    monday = _midnight(day) - day.weekday() * DAY
    return _within(spans, monday, monday + 7 * DAY)


def days_of(span: Span) -> list[date]:
    """The days by the local clock that a span touches."""
    first, last = span.starts.astimezone(SHANGHAI), span.ends.astimezone(SHANGHAI)
    midnights = (_midnight(first.date()) + number * DAY for number in range((last.date() - first.date()).days + 1))
    return [midnight.date() for midnight in midnights if midnight < last]


def _check_hours(spans: Sequence[Span], turn: Turn, rules: Rules) -> None:
    for day in days_of(turn):
        if _within(spans, _midnight(day), _midnight(day) + DAY) > timedelta(hours=rules.most_hours_a_day):
            raise TooManyHoursADay(hours=rules.most_hours_a_day)
        if hours_in_week(spans, day) > timedelta(hours=rules.most_hours_a_week):
            raise TooManyHoursAWeek(hours=rules.most_hours_a_week)


def _nights_in_a_row(spans: Iterable[Span], turn: Turn) -> int:
    """The longest run of nights of duty that the turn would be part of; 0 for a turn by day."""
    own = _nights(turn)
    longest = 0
    run: list[date] = []
    for before, night in pairwise([date.min, *sorted({night for span in spans for night in _nights(span)})]):
        run = [*run, night] if night - before == DAY else [night]
        if own.intersection(run):
            longest = max(longest, len(run))
    return longest


def _nights(span: Span) -> set[date]:
    from_hour, to_hour = NIGHT
    return {
        day
        for day in days_of(span)
        if _within([span], _midnight(day) + timedelta(hours=from_hour), _midnight(day) + timedelta(hours=to_hour))
    }


def _within(spans: Iterable[Span], since: datetime, until: datetime) -> timedelta:
    lengths = (min(span.ends, until) - max(span.starts, since) for span in spans)
    return sum((length for length in lengths if length > timedelta()), timedelta())


def _touches(span: Span, loan: Loan, rest: timedelta) -> bool:
    return span.starts < loan.ends + rest and loan.starts < span.ends + rest


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
