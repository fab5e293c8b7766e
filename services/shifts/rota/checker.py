"""An independent judge: counts and compares on the plan itself what the model says in equations, and shares no code with it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from services.shifts.rota import fairness
from services.shifts.rota.problem import WEEK, WEEKEND, Assignment, Person, Plan, Problem


class Breach(NamedTuple):
    """A rule that a person's plan breaks, and where: a day, the first of a week or run, or two assignments too near each other."""

    person: str
    rule: str
    day: int | None = None
    pair: tuple[Assignment, Assignment] | None = None


@dataclass(frozen=True)
class Verdict:
    breaches: list[Breach]
    cost: int


def check(problem: Problem, plan: Plan) -> Verdict:
    """Every rule that the plan breaks beyond what is fixed, and what it costs."""
    breaches = [Breach(one.person, "fixed", one.day) for one in sorted(problem.fixed - plan)]
    for one in sorted(plan - problem.fixed):
        need = problem.need.get(one.place)
        if need is None:
            breaches.append(Breach(one.person, "no-such-need", one.day))
    for person in problem.people:
        breaches += breaches_of(problem, person, frozenset(one for one in plan if one.person == person.id))
    there = Counter(one.place for one in plan)
    stands = Counter(one.place for one in problem.fixed)
    for need in problem.needs:
        if need.too_many is None and there[need.place] > max(need.heads, stands[need.place]):
            breaches.append(Breach("", "too-many-heads", need.day))
    return Verdict(breaches, cost(problem, plan))


def breaches_of(problem: Problem, person: Person, plan: Plan) -> list[Breach]:
    """What is wrong with one person's own assignments."""
    judge = _Judge(problem, person, plan)
    return [*judge.places(), *judge.rest(), *judge.sums(), *judge.runs()]


class _Judge:
    """One person's plan beside what of it is fixed: a rule that the fixed part breaks alone is not the plan's fault."""

    def __init__(self, problem: Problem, person: Person, plan: Plan) -> None:
        self.problem, self.person = problem, person
        self.fixed = frozenset(problem.fixed_of[person.id])
        self.new = sorted(plan - self.fixed)
        self.ours, self.stand = _Life(problem, plan), _Life(problem, self.fixed)

    def places(self) -> Iterator[Breach]:
        """Each place by itself: whether this person can come, and knows what is asked there."""
        for one in self.new:
            if one.cell in self.person.kept_from:
                yield self._broken(self.person.kept_from[one.cell], one.day)
            need = self.problem.need.get(one.place)
            last = one.day + len(self.problem.turn[one.turn].minutes) - 1
            known = [skill for skill in self.person.skills if skill.until is None or last < skill.until]
            if need is not None and need.skill is not None and need.skill not in {skill.name for skill in known}:
                yield self._broken("skill", one.day)

    def rest(self) -> Iterator[Breach]:
        for one, other in self.ours.pairs_too_near():
            if one not in self.fixed or other not in self.fixed:
                yield self._broken("rest", one.day, (one, other))

    def sums(self) -> Iterator[Breach]:
        """What may not become more, or less, in all, in a day or in a week."""
        person, ours, stand = self.person, self.ours, self.stand
        for most in person.most_of:
            if ours.times[most.turn] > max(most.times, stand.times[most.turn]):
                yield self._broken("most-of-kind")
        if ours.minutes < person.least_minutes:
            yield self._broken("least-hours")
        if person.most_minutes is not None and ours.minutes > max(person.most_minutes, stand.minutes):
            yield self._broken("most-hours")
        yield from self._spans("hours-a-day", 1, person.most_minutes_a_day)
        yield from self._spans("hours-a-week", WEEK, person.most_minutes_a_week)
        if person.most_weekends is not None and len(ours.weekends) > max(person.most_weekends, len(stand.weekends)):
            yield self._broken("weekends")

    def runs(self) -> Iterator[Breach]:
        """What may not go on too long, or end too soon; at the ends of the horizon nothing ends too soon."""
        person, ours, stand = self.person, self.ours, self.stand
        yield from self._too_long("nights", ours.nights, stand.nights, person.most_nights_in_a_row)
        yield from self._too_long("longest-run", ours.days, stand.days, person.longest_run)
        yield from self._too_short("shortest-run", ours.days, person.shortest_run)
        yield from self._too_short("shortest-break", set(range(self.problem.days)) - ours.days, person.shortest_break)

    def _spans(self, rule: str, days: int, most: int | None) -> Iterator[Breach]:
        if most is not None:
            stand = self.stand.minutes_by(days)
            for span, minutes in sorted(self.ours.minutes_by(days).items()):
                if minutes > max(most, stand[span]):
                    yield self._broken(rule, span * days)

    def _too_long(self, rule: str, days: set[int], stand: set[int], most: int | None) -> Iterator[Breach]:
        if most is None:
            return
        for run in _runs(days):
            stretches = [run[first : first + most + 1] for first in range(len(run) - most)]
            if any(not stand.issuperset(stretch) for stretch in stretches):
                yield self._broken(rule, run[0])

    def _too_short(self, rule: str, days: set[int], least: int) -> Iterator[Breach]:
        for run in _runs(days):
            if run[0] > 0 and run[-1] < self.problem.days - 1 and len(run) < least:
                yield self._broken(rule, run[0])

    def _broken(self, rule: str, day: int | None = None, pair: tuple[Assignment, Assignment] | None = None) -> Breach:
        return Breach(self.person.id, rule, day, pair)


def cost(problem: Problem, plan: Plan) -> int:
    """What the plan costs by all that is weighed."""
    total = 0
    there = Counter(one.place for one in plan)
    for need in problem.needs:
        more = there[need.place] - need.heads
        total += need.too_few * -more if more < 0 else (need.too_many or 0) * more
    taken = {(one.person, one.day, one.turn) for one in plan}
    for person in problem.people:
        for wish in person.wishes:
            total += wish.weight * (((person.id, wish.day, wish.turn) in taken) != wish.wanted)
    total += problem.keep * len(problem.before - plan)
    offers = {person.id: fairness.offered(problem, person) for person in problem.people}
    for kind, weight in fairness.kinds(problem):
        for person in problem.people:
            carried = kind.of(problem.load(one for one in plan if one.person == person.id))
            steps = -(-carried // kind.step)
            total += sum(fairness.step_costs(problem, kind, weight, offers, person)[:steps])
    return total


class _Life:
    """One person's plan, counted in every way that a rule asks for."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._problem = problem
        self._own = sorted(plan, key=lambda one: (one.day, one.turn, one.post))
        self.times = Counter(one.turn for one in plan)
        self.days = {one.day for one in plan}
        self.minutes = sum(sum(problem.turn[one.turn].minutes) for one in plan)
        self.nights = {one.day + ahead for one in plan for ahead in problem.turn[one.turn].nights}
        self.weekends = {day // WEEK for day in self.days if day % WEEK in WEEKEND}

    def minutes_by(self, days: int) -> Counter[int]:
        spans: Counter[int] = Counter()
        for one in self._own:
            for ahead, minutes in enumerate(self._problem.turn[one.turn].minutes):
                spans[(one.day + ahead) // days] += minutes
        return spans

    def pairs_too_near(self) -> list[tuple[Assignment, Assignment]]:
        """Of each two that overlap or leave no rest between them."""
        return [
            (one, other) for number, one in enumerate(self._own) for other in self._own[number + 1 :]
            if self._bars(one, other) or self._bars(other, one) or one.cell == other.cell
        ]  # fmt: skip

    def _bars(self, one: Assignment, other: Assignment) -> bool:
        ahead = other.day - one.day
        bars = self._problem.turn[one.turn].bars
        return 0 <= ahead < len(bars) and other.turn in bars[ahead]


def _runs(days: set[int]) -> list[list[int]]:
    """Days in a row."""
    numbered = enumerate(sorted(days))
    return [[day for _, day in run] for _, run in groupby(numbered, key=lambda one: one[1] - one[0])]
