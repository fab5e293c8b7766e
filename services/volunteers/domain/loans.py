"""Lending: a volunteer helps in another community for some days, once they, their own and the other community agree."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from services.volunteers.domain.abilities import Skill, told
from services.volunteers.domain.volunteers import Volunteer
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import RuleBroken

Party = Literal["volunteer", "home", "borrower"]
State = Literal["offered", "agreed", "running", "declined", "withdrawn", "ended", "lapsed"]

PARTIES: tuple[Party, ...] = ("volunteer", "home", "borrower")
OVER: tuple[State, ...] = ("declined", "withdrawn", "ended", "lapsed")
LONGEST_DAYS = 30  # a person who helps elsewhere for longer belongs there, and should apply there
AHEAD_DAYS = 60  # nobody knows further ahead who will be needed where


@dataclass(frozen=True)
class Agreed:
    volunteer: str
    borrower: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Ended:
    volunteer: str


@dataclass(frozen=True)
class StayBegun:
    volunteer: str
    account: str
    home: str
    starts: datetime
    ends: datetime
    skills: Sequence[Skill]


@dataclass(frozen=True)
class StayIntroduced:
    volunteer: str
    display_name: str


@dataclass(frozen=True)
class StayNameWithdrawn:
    volunteer: str


@dataclass(frozen=True)
class StayEnded:
    volunteer: str
    account: str


LoanEvent = Agreed | Ended
StayEvent = StayBegun | StayIntroduced | StayNameWithdrawn | StayEnded


class NotLendable(RuleBroken):
    code = "only-approved-are-lent"
    says = Text("本社区已通过的志愿者才能去支援。", "Only this community's approved volunteers can help elsewhere.")


class OwnCommunity(RuleBroken):
    code = "own-community"
    says = Text("这就是您自己的社区，直接选班次就行。", "This is your own community: simply take a shift.")


class KnownThere(RuleBroken):
    code = "volunteer-there-already"
    says = Text(
        "在那个社区已有自己的志愿者身份，不用借调。",
        "This person is a volunteer of that community already and need not be lent to it.",
    )


class DaysReversed(RuleBroken):
    code = "days-reversed"
    status = 422
    says = Text("结束日期不能早于开始日期。", "The last day cannot be before the first.")


class DaysPast(RuleBroken):
    code = "days-past"
    status = 422
    says = Text("这些日子已经过去，请另选日期。", "These days are over; please choose others.")


class DaysTooMany(RuleBroken):
    code = "days-too-many"
    status = 422
    says = Text(
        "一次最多支援 {days} 天，到期可以再报。", "Up to {days} days at a time; you can offer again afterwards."
    )


class DaysTooFar(RuleBroken):
    code = "days-too-far"
    status = 422
    says = Text("最早可以提前 {days} 天报名支援。", "You can offer help up to {days} days ahead.")


class LoansOverlap(RuleBroken):
    code = "loans-overlap"
    says = Text(
        "这些日子已报名支援别处；先撤回那一次，或换日期。",
        "Some of these days are offered elsewhere: withdraw that offer first, or choose other days.",
    )


class LoanDecided(RuleBroken):
    code = "loan-decided"
    says = Text("这次支援已有结果，不用再答复。", "This loan is decided; it needs no answer any more.")


class LoanOver(RuleBroken):
    code = "loan-over"
    says = Text("这次支援已经结束。", "This loan is over.")


@dataclass(frozen=True)
class Said:
    """One party's word, for the record; `by` is an account."""

    party: Party
    answer: Literal["yes", "no"]
    at: datetime
    by: str | None
    reason: str | None = None


@dataclass
class Loan:
    """One volunteer's days in another community. `request`: the call for help that they were asked for."""

    id: str
    volunteer: str
    account: str
    home: str
    borrower: str
    starts: datetime
    ends: datetime
    request: str | None = None
    state: State = "offered"
    said: list[Said] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return self.state in OVER

    @property
    def missing(self) -> list[Party]:
        """Those whose yes it still waits for."""
        agreed = {one.party for one in self.said if one.answer == "yes"}
        return [party for party in PARTIES if party not in agreed] if self.state == "offered" else []

    @property
    def reason(self) -> str | None:
        """Why it came to nothing, or ended early."""
        return self.said[-1].reason if self.over and self.said else None

    def part_of(self, community: str) -> Party:
        return "home" if community == self.home else "borrower"

    def check_waits(self, at: datetime) -> None:
        """Raises LoanDecided or DaysPast."""
        if self.state != "offered":
            raise LoanDecided
        if at >= self.ends:
            raise DaysPast

    def agree(self, party: Party, by: str | None, at: datetime) -> list[LoanEvent]:
        """The third yes makes it agreed; saying yes twice is saying it once. Raises LoanDecided or DaysPast."""
        self.check_waits(at)
        if party not in self.missing:
            return []
        self.said.append(Said(party, "yes", at, by))
        if self.missing:
            return []
        self.state = "agreed"
        return [Agreed(self.volunteer, self.borrower, self.starts, self.ends)]

    def stop(self, party: Party, reason: str | None, by: str | None, at: datetime) -> list[LoanEvent]:
        """Any of the three says no to an offer, or ends early what was agreed. Raises LoanOver."""
        if self.over:
            raise LoanOver
        self.said.append(Said(party, "no", at, by, reason))
        offered_it = party == "volunteer" and any(one.party == party and one.answer == "yes" for one in self.said)
        return self._end("withdrawn" if offered_it else "declined")

    def pass_time(self, at: datetime) -> list[LoanEvent]:
        """With its last day a loan is over, and an offer that nobody took up lapses."""
        return self._end("lapsed") if at >= self.ends and not self.over else []

    def lapse(self) -> list[LoanEvent]:
        """An offer that is of no use any more."""
        return self._end("lapsed") if self.state == "offered" else []

    def begin(self, volunteer: Volunteer) -> tuple["Stay", list[StayEvent]] | None:
        """Home has released the days: the stay may begin, unless the loan ended meanwhile."""
        if self.state != "agreed":
            return None
        self.state = "running"
        stay = Stay(self.id, self.volunteer, self.account, self.home, self.borrower)
        skills = told(volunteer.skills, volunteer.certificates)
        begun = StayBegun(self.volunteer, self.account, self.home, self.starts, self.ends, skills)
        return stay, [begun, *(stay.introduce(volunteer.display_name) if volunteer.name_shown else [])]

    def _end(self, unagreed: State) -> list[LoanEvent]:
        agreed = self.state != "offered"
        self.state = "ended" if agreed else unagreed
        return [Ended(self.volunteer)] if agreed else []


@dataclass
class Stay:
    """The same loan as its borrower sees it, from the moment its shifts may be taken."""

    id: str
    volunteer: str
    account: str
    home: str
    borrower: str
    name_told: bool = False
    over: bool = False

    def introduce(self, display_name: str) -> list[StayEvent]:
        self.name_told = True
        return [StayIntroduced(self.volunteer, display_name)]

    def withdraw_name(self) -> list[StayEvent]:
        """Also after the stay: the borrower still has the name."""
        if not self.name_told:
            return []
        self.name_told = False
        return [StayNameWithdrawn(self.volunteer)]

    def end(self) -> list[StayEvent]:
        if self.over:
            return []
        self.over = True
        return [StayEnded(self.volunteer, self.account)]


@dataclass(frozen=True)
class Booked:
    loan: str
    starts: datetime
    ends: datetime


@dataclass
class Away:
    """The days a person (by account) has offered away. Every offer writes here, so that no two slip past each other."""

    id: str
    booked: list[Booked] = field(default_factory=list)

    def book(self, loan: Loan) -> None:
        """Raises LoansOverlap."""
        self.check_free(loan.starts, loan.ends)
        self.booked.append(Booked(loan.id, loan.starts, loan.ends))

    def free(self, loan: str) -> None:
        self.booked = [one for one in self.booked if one.loan != loan]

    def check_free(self, starts: datetime, ends: datetime) -> None:
        """Raises LoansOverlap."""
        if self.is_taken(starts, ends):
            raise LoansOverlap("first_day")

    def is_taken(self, starts: datetime, ends: datetime) -> bool:
        return any(starts < one.ends and one.starts < ends for one in self.booked)


def days(first: date, last: date, at: datetime) -> tuple[datetime, datetime]:
    """The whole days a volunteer may offer. Raises DaysReversed, DaysPast, DaysTooFar or DaysTooMany."""
    today = at.astimezone(SHANGHAI).date()
    if last < first:
        raise DaysReversed("last_day")
    if first < today:
        raise DaysPast("first_day")
    if first > today + timedelta(days=AHEAD_DAYS):
        raise DaysTooFar("first_day", days=AHEAD_DAYS)
    if (last - first).days >= LONGEST_DAYS:
        raise DaysTooMany("last_day", days=LONGEST_DAYS)
    return whole_days(first, last)


def whole_days(first: date, last: date) -> tuple[datetime, datetime]:
    """From the midnight before the first day to the one after the last, by people's clock."""
    return _midnight(first), _midnight(last + timedelta(days=1))


def lend(
    loan_id: str, volunteer: Volunteer, borrower: str, span: tuple[datetime, datetime], there: Volunteer | None
) -> Loan:
    """A loan that waits for everybody's yes. `there`: the same person as a volunteer of the borrower's own, if they are one.

    Raises NotLendable, OwnCommunity or KnownThere.
    """
    if volunteer.standing != "approved":
        raise NotLendable
    if borrower == volunteer.community:
        raise OwnCommunity("borrower")
    if there is not None and there.standing in ("approved", "suspended"):
        raise KnownThere("borrower")
    return Loan(loan_id, volunteer.id, volunteer.account, volunteer.community, borrower, *span)


def offer(loan: Loan, away: Away, by: str | None, at: datetime) -> list[LoanEvent]:
    """The volunteer's own yes, which takes the days. Raises LoanDecided, DaysPast or LoansOverlap."""
    loan.check_waits(at)
    if "volunteer" in loan.missing:
        away.book(loan)
    return loan.agree("volunteer", by, at)


def settle(loan: Loan, away: Away, stay: Stay | None) -> list[StayEvent]:
    """What a loan's end means: the person's days are free again, and the stay is over."""
    if not loan.over:
        return []
    away.free(loan.id)
    return stay.end() if stay else []


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
