"""A community's own shifts, rosters and rules as a problem: an assignment there is a volunteer in a shift here."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from services.shifts.domain.cover import PARTS, WEEKEND
from services.shifts.domain.proposals import Away, Proposal, Shut
from services.shifts.domain.rosters import Duty, Roster, Span, days_of
from services.shifts.domain.rules import NIGHT, PROMOTED_UNTIL, Rules
from services.shifts.domain.shifts import Shift
from services.shifts.rota.problem import (
    WEEK,
    Assignment,
    Bar,
    Cell,
    Evenly,
    Load,
    Need,
    Person,
    Plan,
    Problem,
    Skill,
    Turn,
)
from shared.i18n.timezone import SHANGHAI

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SERVED_DAYS = 28  # what is longer ago is forgiven
FAIR = Evenly(minutes=4, nights=20, weekends=10)
MISSING = 1_000_000  # somebody missing weighs more than any unfairness
ELSEWHERE = "-"  # a skill nobody has: duties outside the rota are nobody else's


@dataclass(frozen=True)
class Scene:
    """What a rota is made from. `shifts`: all that people may have duties in or be put into; `chosen`: those to be filled."""

    shifts: Mapping[str, Shift]
    chosen: frozenset[str]
    people: Mapping[str, Roster]
    rules: Rules
    served: Mapping[str, Load]
    monday: datetime
    days: int


@dataclass(frozen=True)
class Made:
    """The problem, its assignments as shifts and volunteers, and what people have already (`had`)."""

    problem: Problem
    at: Mapping[str, Need]
    had: Plan

    def plan(self, places: Iterable[tuple[str, str]]) -> Plan:
        """Assignments of (shift, volunteer); shifts that are no longer there are left out."""
        return frozenset(self.at[shift].taken_by(volunteer) for shift, volunteer in places if shift in self.at)


def horizon(first_day: date, days: int, rules: Rules) -> tuple[datetime, int]:
    """Whole weeks around the span, so far that no rule looks beyond: its first midnight, a Monday's, and its days."""
    margin = rules.most_nights_in_a_row + 2
    start = first_day - timedelta(days=margin)
    monday = start - timedelta(days=start.weekday())
    last = first_day + timedelta(days=days + margin)
    weeks = -(-(last - monday).days // WEEK)
    return datetime.combine(monday, time(), SHANGHAI), weeks * WEEK


def may_be_filled(shift: Shift, proposal: Proposal, at: datetime) -> bool:
    """Of the span and its posts, and so far ahead that whoever is put there hears of it in time."""
    since, until = proposal.span
    in_time = shift.starts >= at + PROMOTED_UNTIL
    return not shift.cancelled and since <= shift.starts < until and shift.post in proposal.posts and in_time


def plan_problem(scene: Scene, locked: Collection[tuple[str, str]] = ()) -> Made:
    """Fill what is open; who has a place keeps it, and so does who is locked into one."""
    at = _needs(scene, without=frozenset())
    had = _had(scene, at)
    locks = {(shift, who) for shift, who in locked if shift in scene.chosen and who in scene.people}
    fixed = had | frozenset(at[shift].taken_by(who) for shift, who in locks)
    return Made(_problem(scene, at, fixed, None), at, had)


def repair_problem(scene: Scene, proposal: Proposal) -> Made:
    """Heal what is published: who has a place ahead keeps it if that can be, and nobody is put where the post is closed."""
    closed = {
        id_ for id_ in scene.chosen
        if proposal.shut and scene.shifts[id_].post == proposal.shut.post and _touches(scene.shifts[id_], proposal.shut)
    }  # fmt: skip
    at, everything = _needs(scene, without=closed), _needs(scene, without=frozenset())
    had = _had(scene, everything)
    free = frozenset(
        one for one in had
        if one.post in scene.chosen and scene.shifts[one.post].held_by(one.person).is_awaited
    )  # fmt: skip
    problem = _problem(scene, at, had - free, proposal.away)
    return Made(replace(problem, before=free), everything, had)


def _had(scene: Scene, at: Mapping[str, Need]) -> Plan:
    return frozenset(
        at[duty.shift].taken_by(one.id) for one in scene.people.values() for duty in one.duties if duty.shift in at
    )


def _needs(scene: Scene, without: Collection[str]) -> dict[str, Need]:
    """By shift. Places of people whom the rota does not know are taken off; a shift that is not to be filled needs nobody more."""
    needs = {}
    for shift in scene.shifts.values():
        day, turn = _cell(scene, shift)
        if shift.id in scene.chosen and shift.id not in without:
            strangers = sum(1 for claim in shift.claims if claim.volunteer not in scene.people)
            heads = max(shift.head_count - strangers, 0)
            needs[shift.id] = Need(day, turn, shift.id, heads, shift.skill, MISSING)
        elif shift.id not in without:
            needs[shift.id] = Need(day, turn, shift.id, 0, ELSEWHERE)
    return needs


def _problem(scene: Scene, at: Mapping[str, Need], fixed: Plan, away: Away | None) -> Problem:
    spans = {need.cell: scene.shifts[id_] for id_, need in at.items()}
    wanted = {need.cell for id_, need in at.items() if id_ in scene.chosen}
    wished: dict[str, set[Cell]] = defaultdict(set)
    for id_, need in at.items():
        for wish in (*scene.shifts[id_].waiting, *scene.shifts[id_].standby):
            wished[wish.volunteer].add(need.cell)
    people = tuple(
        _person(scene, roster, {cell: spans[cell] for cell in wanted}, wished[roster.id], away)
        for roster in scene.people.values()
    )
    return Problem(scene.days, _turns(spans, scene.rules), people, tuple(at.values()), fixed, evenly=FAIR)


def _person(scene: Scene, roster: Roster, cells: Mapping[Cell, Shift], wished: set[Cell], away: Away | None) -> Person:
    rules = scene.rules
    cannot = []
    for cell, shift in sorted(cells.items()):
        gone = away is not None and away.volunteer == roster.id and _touches(shift, away)
        why = "away" if gone else roster.absent_from(shift, rules)
        if why is None and cell not in wished and not _offers(roster, shift):
            why = "not-offered"
        if why is not None:
            cannot.append(Bar(*cell, why))
    return Person(
        roster.id,
        skills=tuple(Skill(name, _until(scene, until)) for name, until in sorted(roster.skills.items())),
        cannot=tuple(cannot),
        most_minutes_a_day=rules.most_hours_a_day * 60,
        most_minutes_a_week=rules.most_hours_a_week * 60,
        most_nights_in_a_row=rules.most_nights_in_a_row,
        served=scene.served.get(roster.id, Load()),
    )


def _offers(roster: Roster, shift: Shift) -> bool:
    """Whether this person's word covers all of the turn: the parts of the week they have, or the days they are lent for."""
    return bool(roster.stays) or all(part in roster.available for part in _parts(shift))


def _parts(span: Span) -> set[str]:
    """Each part of the week that a turn touches, hour by hour, as people offer them."""
    parts, hour = set(), span.starts.astimezone(SHANGHAI)
    while hour < span.ends:
        kind = "weekend" if hour.weekday() >= WEEKEND else "weekday"
        parts.add(f"{kind}-{next(part for ends, part in PARTS if hour.hour < ends)}")
        hour = (hour + timedelta(hours=1)).replace(minute=0)
    return parts


def _until(scene: Scene, until: datetime | None) -> int | None:
    """The first day on which a skill is no longer good the whole day."""
    return None if until is None else (until.astimezone(SHANGHAI) + timedelta(seconds=1) - scene.monday) // DAY


def _cell(scene: Scene, shift: Shift) -> Cell:
    starts = shift.starts.astimezone(SHANGHAI)
    return (starts - scene.monday) // DAY, f"{starts:%H%M}+{(shift.ends - shift.starts) // MINUTE}"


def _turns(spans: Mapping[Cell, Shift], rules: Rules) -> tuple[Turn, ...]:
    """The turns there are, each with its minutes by day, its nights, and what leaves no rest beside it."""
    examples = {turn: shift for (_, turn), shift in spans.items()}
    clock = {turn: _clock(shift) for turn, shift in examples.items()}
    rest = rules.rest // MINUTE
    return tuple(
        Turn(turn, _minutes(shift), _nights(shift), _bars(turn, clock, rest))
        for turn, shift in sorted(examples.items())
    )


def _clock(span: Span) -> tuple[int, int]:
    """Minutes after its day's midnight at which a turn begins and ends."""
    starts = span.starts.astimezone(SHANGHAI)
    begins = starts.hour * 60 + starts.minute
    return begins, begins + (span.ends - span.starts) // MINUTE


def _minutes(span: Span) -> tuple[int, ...]:
    begins, ends = _clock(span)
    day = DAY // MINUTE
    return tuple(min(ends, (number + 1) * day) - max(begins, number * day) for number in range(len(days_of(span))))


def _nights(span: Span) -> tuple[int, ...]:
    begins, ends = _clock(span)
    first, last = (hour * 60 for hour in NIGHT)
    day = DAY // MINUTE
    return tuple(
        number for number in range(len(days_of(span))) if begins < number * day + last and number * day + first < ends
    )


def _bars(turn: str, clock: Mapping[str, tuple[int, int]], rest: int) -> tuple[tuple[str, ...], ...]:
    begins, ends = clock[turn]
    bars: list[tuple[str, ...]] = []
    for ahead in range(4):  # a turn and a rest of 24 hours each reach into the third day
        shifted = {
            other: (at + ahead * DAY // MINUTE, end + ahead * DAY // MINUTE) for other, (at, end) in clock.items()
        }
        bars.append(tuple(
            other for other, (at, end) in sorted(shifted.items()) if at < ends + rest and begins < end + rest
        ))  # fmt: skip
    return tuple(bars)


def _touches(shift: Shift | Duty, other: Away | Shut) -> bool:
    return shift.starts < other.until and other.since < shift.ends


def load_of(spans: Sequence[Span]) -> Load:
    """What somebody served: minutes, turns that touched a night, days at a weekend."""
    days = {span.starts.astimezone(SHANGHAI).date() for span in spans}
    minutes = sum((span.ends - span.starts) // MINUTE for span in spans)
    return Load(minutes, sum(1 for span in spans if _nights(span)), sum(1 for day in days if day.weekday() >= WEEKEND))


def as_places(plan: Iterable[Assignment]) -> list[tuple[str, str]]:
    """(shift, volunteer); a need's post is its shift."""
    return [(one.post, one.person) for one in plan]
