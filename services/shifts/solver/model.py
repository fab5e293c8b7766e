"""The problem as a CP-SAT model: what each person may take and by which rules, what every need lacks, and what all of it costs."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

from services.shifts.rota import fairness
from services.shifts.rota.problem import WEEK, WEEKEND, Assignment, Cell, Load, Person, Plan, Problem
from services.shifts.solver.pools import Pool, deal, pools_of
from services.shifts.solver.rules import RULES, Linear, Rules, cliques


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
            dealt |= deal(self.problem, pool, [person for person, takes in pool.takes.items() if value(takes)])
        return frozenset(dealt)

    def start_from(self, plan: Plan) -> None:
        self.cp.clear_hints()
        for pool in self.pools:
            for person, takes in pool.takes.items():
                self.cp.add_hint(takes, any(need.taken_by(person) in plan for need in pool.needs))

    def costs_at_least(self, bound: int) -> None:
        """What is proven already need not be proven again."""
        self.cp.add(sum(self.cost) >= bound)


def build(problem: Problem, people: Sequence[Person] | None = None, others: Plan = frozenset()) -> Model:
    """Every rule, every need, and what it costs; with `people`, for them alone, while what `others` have stands."""
    model = Model(problem, pools_of(problem, others))
    patterns = cliques(problem)
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


def allowed(problem: Problem, person: Person, rules: Collection[str]) -> bool:
    """Whether this person alone has any plan that keeps these rules; others never keep one from a plan, for needs only cost."""
    model = Model(problem, pools_of(problem, frozenset()))
    cells = _cells_of(model, person)
    checked = Rules(model.cp, problem, person, cells)
    patterns = cliques(problem)
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
