"""Why a gap is one: who was nearest to filling it, and every rule that stopped each of them."""

from collections import defaultdict
from dataclasses import dataclass

from services.shifts.rota.checker import Breach, breaches_of
from services.shifts.rota.problem import Assignment, Need, Plan, Problem, lacking

NEAREST = 4


@dataclass(frozen=True)
class Near:
    """One person and the rules between them and the gap; none where only the search had no time to find the way."""

    person: str
    stopped_by: tuple[Breach, ...]


@dataclass(frozen=True)
class Gap:
    """`near`: the nearest first. `others`: how many people are farther away."""

    need: Need
    lacks: int
    near: tuple[Near, ...]
    others: int


def gaps(problem: Problem, plan: Plan) -> list[Gap]:
    own: dict[str, set[Assignment]] = defaultdict(set)
    for one in plan:
        own[one.person].add(one)
    return [_gap(problem, need, lacks, own) for need, lacks in lacking(problem, plan)]


def _gap(problem: Problem, need: Need, lacks: int, own: dict[str, set[Assignment]]) -> Gap:
    stopped = []
    for person in problem.people:
        one = need.taken_by(person.id)
        if one not in own[person.id]:
            before = breaches_of(problem, person, frozenset(own[person.id]))
            after = breaches_of(problem, person, frozenset({*own[person.id], one}))
            stopped.append(Near(person.id, tuple(breach for breach in after if breach not in before)))
    stopped.sort(key=lambda near: (len({breach.rule for breach in near.stopped_by}), len(near.stopped_by), near.person))
    return Gap(need, lacks, tuple(stopped[:NEAREST]), max(len(stopped) - NEAREST, 0))
