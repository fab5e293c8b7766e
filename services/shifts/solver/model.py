"""The problem as a CP-SAT model. Rules over runs and hours are sums over windows of days: automata and flows were slower here."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

from services.shifts.rota import fairness
from services.shifts.rota.problem import WEEK, WEEKEND, Assignment, Cell, Load, Need, Person, Plan, Problem

Linear = Any  # a variable, a sum of them or a number: OR-Tools' own types for these are many


@dataclass(eq=False)
class Pool:
    """Needs that are alike but for their posts: the model asks only how many come, and who stands where is dealt out after.

    `taken`: by others, whom the model does not plan, at each post.
    """

    needs: list[Need] = field(default_factory=list)
    takes: dict[str, Any] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)

    @property
    def heads(self) -> int:
        return sum(need.heads for need in self.needs)


@dataclass
class Model:
    """`pools[…].takes`: whether a person takes a place there. `cost`: what is to be least; `short`: who lack, by pool."""

    problem: Problem
    pools: list[Pool]
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    cost: list[Linear] = field(default_factory=list)
    short: list[Any] = field(default_factory=list)

    def plan(self, value: Callable[[Any], bool]) -> Plan:
        """What the variables' values mean."""
        dealt: set[Assignment] = set()
        for pool in self.pools:
            dealt |= _deal(self.problem, pool, [person for person, takes in pool.takes.items() if value(takes)])
        return frozenset(dealt)

    def start_from(self, plan: Plan) -> None:
        self.cp.clear_hints()
        for pool in self.pools:
            for person, takes in pool.takes.items():
                self.cp.add_hint(takes, any(need.taken_by(person) in plan for need in pool.needs))


def build(problem: Problem, people: Sequence[Person] | None = None, others: Plan = frozenset()) -> Model:
    """Every rule, every need, and what it costs; with `people`, for them alone, while what `others` have stands."""
    model = Model(problem, _pools(problem, others))
    patterns = _cliques(problem)
    offers = {person.id: fairness.offered(problem, person) for person in problem.people}
    weighed = fairness.kinds(problem)
    for person in problem.people if people is None else people:
        cells = _cells_of(model, person)
        rules = Rules(model.cp, problem, person, cells)
        for name in RULES:
            rules.add(name, patterns)
        _wishes(model, person, cells)
        _evenly(model, person, rules, offers, weighed)
    for pool in model.pools:
        _heads(model, pool)
    if problem.keep:
        model.cost += [problem.keep * (1 - takes) for takes in _kept(model)]
    model.cp.minimize(sum(model.cost))
    return model


RULES = (
    "rest", "most-of-kind", "least-hours", "most-hours", "hours-a-day", "hours-a-week", "nights", "longest-run",
    "shortest-run", "shortest-break", "weekends",
)  # fmt: skip


class Rules:
    """One person's rules over the cells they may take."""

    def __init__(self, cp: cp_model.CpModel, problem: Problem, person: Person, cells: Mapping[Cell, Linear]) -> None:
        self.cp, self.problem, self.person, self.cells = cp, problem, person, cells
        self.fixed = {one.cell for one in problem.fixed_of[person.id]}
        self.of_day: dict[int, list[Linear]] = defaultdict(list)
        for (day, _), takes in cells.items():
            self.of_day[day].append(takes)
        self._works: dict[int, Linear] | None = None

    def add(self, name: str, patterns: Mapping[str, list[list[tuple[int, str]]]]) -> None:
        if name == "rest":
            self._rest(patterns)
        else:
            getattr(self, "_" + name.replace("-", "_"))()

    @property
    def works(self) -> dict[int, Linear]:
        """Whether this person works, day by day."""
        if self._works is None:
            one_a_day = all(
                set(turn.bars[0] if turn.bars else ()) >= self.problem.turn.keys() for turn in self.problem.turns
            )
            self._works = {day: self._any(self.of_day[day], one_a_day) for day in range(self.problem.days)}
        return self._works

    def _any(self, takes: list[Linear], one_a_day: bool) -> Linear:  # noqa: FBT001
        if one_a_day or len(takes) <= 1:
            return sum(takes)
        there = self.cp.new_bool_var("")
        self.cp.add_max_equality(there, takes)
        return there

    def _rest(self, patterns: Mapping[str, list[list[tuple[int, str]]]]) -> None:
        for day, turn in self.cells:
            for pattern in patterns[turn]:
                at_once = [cell for ahead, other in pattern if (cell := (day + ahead, other)) in self.cells]
                free = [cell for cell in at_once if cell not in self.fixed]
                if len(free) == len(at_once) and len(at_once) > 1:
                    self.cp.add(sum(self.cells[cell] for cell in at_once) <= 1)
                elif free and len(at_once) > 1:  # one of them is fixed
                    self.cp.add(sum(self.cells[cell] for cell in free) == 0)

    def _most_of_kind(self) -> None:
        for most in self.person.most_of:
            cells = [cell for cell in self.cells if cell[1] == most.turn]
            self._at_most(most.times, dict.fromkeys(cells, 1))

    def _least_hours(self) -> None:
        if self.person.least_minutes:
            self.cp.add(self._minutes() >= self.person.least_minutes)

    def _most_hours(self) -> None:
        if self.person.most_minutes is not None:
            self._at_most(self.person.most_minutes, {cell: self.problem.turn[cell[1]].length for cell in self.cells})

    def _hours_a_day(self) -> None:
        if self.person.most_minutes_a_day is not None:
            for minutes in self._minutes_by(1).values():
                self._at_most(self.person.most_minutes_a_day, minutes)

    def _hours_a_week(self) -> None:
        if self.person.most_minutes_a_week is not None:
            for minutes in self._minutes_by(WEEK).values():
                self._at_most(self.person.most_minutes_a_week, minutes)

    def _nights(self) -> None:
        most = self.person.most_nights_in_a_row
        if most is None:
            return
        nights: dict[int, list[Cell]] = defaultdict(list)
        for day, turn in self.cells:
            for ahead in self.problem.turn[turn].nights:
                nights[day + ahead].append((day, turn))
        works = {
            night: 1
            if self.fixed.intersection(cells)
            else self._any([self.cells[cell] for cell in cells], one_a_day=False)
            for night, cells in nights.items()
        }
        for first in works:
            run = [works.get(first + ahead, 0) for ahead in range(most + 1)]
            if not all(isinstance(night, int) for night in run):
                self.cp.add(sum(run) <= most)

    def _longest_run(self) -> None:
        most = self.person.longest_run
        if most is not None:
            days = self._fixed_days()
            for first in range(self.problem.days - most):
                if not days.issuperset(range(first, first + most + 1)):
                    self.cp.add(sum(self.works[first + ahead] for ahead in range(most + 1)) <= most)

    def _shortest_run(self) -> None:
        for length in range(1, self.person.shortest_run):
            for before in range(self.problem.days - length - 1):
                run = sum(self.works[before + ahead] for ahead in range(1, length + 1))
                self.cp.add(run - self.works[before] - self.works[before + length + 1] <= length - 1)

    def _shortest_break(self) -> None:
        for length in range(1, self.person.shortest_break):
            for before in range(self.problem.days - length - 1):
                run = sum(self.works[before + ahead] for ahead in range(1, length + 1))
                self.cp.add(self.works[before] + self.works[before + length + 1] - run <= 1)

    def _weekends(self) -> None:
        most = self.person.most_weekends
        if most is None:
            return
        days = self._fixed_days()
        worked = []
        for saturday in range(WEEKEND[0], self.problem.days, WEEK):
            weekend = [day for day in (saturday, saturday + 1) if day < self.problem.days]
            worked.append(
                (self._any([self.works[day] for day in weekend], one_a_day=False), days.intersection(weekend))
            )
        self.cp.add(sum(takes for takes, _ in worked) <= max(most, sum(1 for _, fixed in worked if fixed)))

    def _fixed_days(self) -> set[int]:
        return {day for day, _ in self.fixed}

    def _minutes(self) -> Linear:
        return sum(self.problem.turn[turn].length * takes for (_, turn), takes in self.cells.items())

    def _minutes_by(self, days: int) -> dict[int, dict[Cell, int]]:
        """How many minutes each cell has in each span of so many days."""
        spans: dict[int, dict[Cell, int]] = defaultdict(lambda: defaultdict(int))
        for day, turn in self.cells:
            for ahead, minutes in enumerate(self.problem.turn[turn].minutes):
                if minutes:
                    spans[(day + ahead) // days][day, turn] += minutes
        return spans

    def _at_most(self, most: int, parts: Mapping[Cell, int]) -> None:
        stands = sum(part for cell, part in parts.items() if cell in self.fixed)
        self.cp.add(sum(part * self.cells[cell] for cell, part in parts.items()) <= max(most, stands))


def _pools(problem: Problem, others: Plan) -> list[Pool]:
    """A post where more people stand than are needed is a pool of its own, for some of them may have to leave it."""
    stood = Counter(one.place for one in problem.fixed | problem.before)
    taken = Counter(one.place for one in others)
    pools: dict[tuple[object, ...], Pool] = defaultdict(Pool)
    for need in problem.needs:
        apart = stood[need.place] > need.heads
        pool = pools[need.cell, need.skill, need.too_few, need.too_many, need.post if apart else None]
        pool.needs.append(need)
        pool.taken[need.post] += taken[need.place]
    return list(pools.values())


def _deal(problem: Problem, pool: Pool, people: list[str]) -> set[Assignment]:
    """Who stands where: those who are fixed or were there before stay, the others fill what is open, post after post."""
    at = {person: [need.taken_by(person) for need in pool.needs] for person in people}
    dealt = {one for person in people for one in at[person] if one in problem.fixed}
    dealt |= {
        one for person in people for one in at[person] if one in problem.before and not dealt.intersection(at[person])
    }
    there = pool.taken + Counter(one.post for one in dealt)
    for person in people:
        if not dealt.intersection(at[person]):
            need = next((need for need in pool.needs if there[need.post] < need.heads), pool.needs[0])
            dealt.add(need.taken_by(person))
            there[need.post] += 1
    return dealt


def _cells_of(model: Model, person: Person) -> dict[Cell, Linear]:
    """The choices of a person: each pool they may take from, one at a time."""
    problem = model.problem
    fixed = {one.place for one in problem.fixed_of[person.id]}
    cells: dict[Cell, list[Any]] = defaultdict(list)
    for pool in model.pools:
        stands = any(need.place in fixed for need in pool.needs)
        if stands or problem.may(person, pool.needs[0]):
            takes = pool.takes[person.id] = model.cp.new_bool_var("")
            cells[pool.needs[0].cell].append(takes)
            if stands:
                model.cp.add(takes == 1)
    for there in cells.values():
        if len(there) > 1:
            model.cp.add_at_most_one(there)
    return {cell: sum(there) for cell, there in cells.items()}


def _heads(model: Model, pool: Pool) -> None:
    one, taken = pool.needs[0], pool.taken.total()
    there = sum(pool.takes.values()) + taken
    if pool.heads and (pool.takes or taken < pool.heads):
        lack = model.cp.new_int_var(0, pool.heads, "")
        model.cp.add(lack + there >= pool.heads)
        model.short.append(lack)
        model.cost.append(one.too_few * lack)
    if one.too_many is None:
        places = {need.place for need in pool.needs}
        fixed = sum(1 for other in model.problem.fixed if other.place in places)
        model.cp.add(there <= max(pool.heads, fixed))
    elif pool.takes:
        beyond = model.cp.new_int_var(0, max(len(pool.takes) + taken - pool.heads, 0), "")
        model.cp.add(there - beyond <= pool.heads)
        model.cost.append(one.too_many * beyond)


def _kept(model: Model) -> list[Linear]:
    """For each assignment of the plan before, whether it is kept; 0 where it cannot be, or they are fixed to a post beside it."""
    pool_of = {need.place: pool for pool in model.pools for need in pool.needs}
    cells = {(one.person, one.cell) for one in model.problem.fixed}
    return [
        pool_of[one.place].takes.get(one.person, 0)
        if one.place in pool_of and (one in model.problem.fixed or (one.person, one.cell) not in cells)
        else 0
        for one in sorted(model.problem.before)
    ]


def _wishes(model: Model, person: Person, cells: Mapping[Cell, Linear]) -> None:
    for wish in person.wishes:
        takes = cells.get((wish.day, wish.turn), 0)
        model.cost.append(wish.weight * ((1 - takes) if wish.wanted else takes))


def _evenly(
    model: Model, person: Person, rules: Rules, offers: dict[str, Load],
    weighed: Iterable[tuple[fairness.Kind, int]],
) -> None:  # fmt: skip
    problem = model.problem
    for kind, weight in weighed:
        costs = fairness.step_costs(problem, kind, weight, offers, person)
        steps = [model.cp.new_bool_var("") for _ in costs]
        for lower, higher in pairwise(steps):
            model.cp.add_implication(higher, lower)
        carried: Linear
        if kind.name == "minutes":
            carried = sum(problem.turn[turn].length * takes for (_, turn), takes in rules.cells.items())
        elif kind.name == "nights":
            carried = sum(takes for (_, turn), takes in rules.cells.items() if problem.turn[turn].nights)
        else:
            carried = sum(rules.works[day] for day in range(problem.days) if day % WEEK in WEEKEND)
        model.cp.add(kind.step * sum(steps) >= carried)
        model.cost += [cost * step for cost, step in zip(costs, steps, strict=True)]


def _cliques(problem: Problem) -> dict[str, list[list[tuple[int, str]]]]:
    """For each turn, sets of turns around it (days ahead, turn) of which nobody may take two; together they hold every bar."""
    pairs = {
        (turn.id, ahead, other) for turn in problem.turns for ahead, others in enumerate(turn.bars) for other in others
    }

    def barred(one: tuple[int, str], other: tuple[int, str]) -> bool:
        (day, turn), (later_day, later) = sorted([one, other], key=lambda at: at[0])
        ahead = later_day - day
        return (turn, ahead, later) in pairs or (ahead == 0 and (later, 0, turn) in pairs)

    patterns: dict[str, list[list[tuple[int, str]]]] = {}
    for turn in problem.turns:
        cliques: list[list[tuple[int, str]]] = []
        around = [
            (ahead, other)
            for ahead, others in enumerate(turn.bars)
            for other in others
            if (ahead, other) != (0, turn.id)
        ]
        for one in around:
            fits = next((clique for clique in cliques if all(barred(one, other) for other in clique)), None)
            if fits is None:
                cliques.append([one])
            else:
                fits.append(one)
        patterns[turn.id] = [[(0, turn.id), *clique] for clique in cliques]
    return patterns


def allowed(problem: Problem, person: Person, rules: Collection[str]) -> bool:
    """Whether this person alone has any plan that keeps these rules; others never keep one from a plan, for needs only cost."""
    model = Model(problem, _pools(problem, frozenset()))
    cells = _cells_of(model, person)
    checked = Rules(model.cp, problem, person, cells)
    patterns = _cliques(problem)
    for name in RULES:
        if name in rules:
            checked.add(name, patterns)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return bool(solver.solve(model.cp) in (cp_model.OPTIMAL, cp_model.FEASIBLE))


def impossible(problem: Problem) -> list[tuple[Person, list[str]]]:
    """Everybody who has no plan at all, and a least set of their rules that exclude each other."""
    found = []
    for person in problem.people:
        if not allowed(problem, person, RULES):
            rules = list(RULES)
            for name in RULES:
                fewer = [rule for rule in rules if rule != name]
                if not allowed(problem, person, fewer):
                    rules = fewer
            found.append((person, rules))
    return found
