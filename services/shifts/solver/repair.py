"""The smallest change of a plan that heals it: as few people missing as can be, then the fewest people disturbed, both proven
where the time allows; then, for those people, the fewest changes.
"""

import time
from dataclasses import dataclass, replace
from typing import Any

from ortools.sat.python import cp_model

from services.shifts.rota import greedy
from services.shifts.rota.problem import Evenly, Plan, Problem, lacking
from services.shifts.solver import model as models
from services.shifts.solver.model import Model
from services.shifts.solver.search import WORKERS

A_CHANGE = 10_000_000  # outweighs all that a plan can otherwise cost


@dataclass(frozen=True)
class Repair:
    """`disturbed`: whose plan changes although nothing happened to it. `proven`: with as few missing, nobody does with fewer."""

    plan: Plan
    disturbed: frozenset[str]
    lacks: int
    proven: bool
    seconds: float


class Repairer:
    """One repair of `problem.before`; `stop` may be called from another thread."""

    def __init__(self, problem: Problem, seconds: float) -> None:
        self._problem = problem
        self._began = time.monotonic()
        self._ends = self._began + seconds
        self._solver = cp_model.CpSolver()
        self._stands = frozenset(filter(problem.still_may, problem.before)) | problem.fixed
        self._knew = frozenset(one.person for one in problem.before if not problem.still_may(one))

    def stop(self) -> None:
        self._ends = 0.0
        self._solver.stop_search()

    def run(self) -> Repair:
        problem = self._problem
        model = models.build(replace(problem, evenly=Evenly()))
        best = greedy.fill(problem, self._stands)
        _, disturbed = self._changes(model)
        proven = True
        for aim in (sum(model.short), sum(disturbed.values())):
            healed, least = self._least(model, aim, best)
            best, proven = healed or best, proven and least is not None
            if least is not None:
                model.cp.add(aim <= least)
        best = self._settle(best)
        lacks = sum(heads for _, heads in lacking(problem, best))
        return Repair(best, self._moved(best), lacks, proven, time.monotonic() - self._began)

    def _settle(self, best: Plan) -> Plan:
        """Of all plans that change nobody else's duties, the one with the fewest changes."""
        free = self._moved(best) | self._knew
        others = frozenset(one for one in best if one.person not in free)
        model = models.build(self._problem, [person for person in self._problem.people if person.id in free], others)
        changes, _ = self._changes(model)
        model.cp.add(sum(model.short) <= sum(heads for _, heads in lacking(self._problem, best)))
        settled, _ = self._least(model, A_CHANGE * sum(changes) + sum(model.cost), best - others)
        return best if settled is None else others | settled

    def _least(self, model: Model, aim: Any, start: Plan) -> tuple[Plan | None, int | None]:
        """The plan with the least of this, and how little that is where it is proven."""
        model.start_from(start)
        model.cp.minimize(aim)
        self._solver = solver = cp_model.CpSolver()
        solver.parameters.num_workers = WORKERS
        solver.parameters.max_time_in_seconds = max(self._ends - time.monotonic(), 0.5)
        status = solver.solve(model.cp)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return None, None
        least = round(solver.objective_value) if status == cp_model.OPTIMAL else None
        return model.plan(solver.boolean_value), least

    def _moved(self, plan: Plan) -> frozenset[str]:
        return frozenset(one.person for one in plan ^ self._stands) - self._knew

    def _changes(self, model: Model) -> tuple[list[Any], dict[str, Any]]:
        """Each place taken or given up, and whether that disturbs a person who knew of nothing."""
        changes: list[Any] = []
        disturbed: dict[str, Any] = {}
        for pool in model.pools:
            for person, takes in pool.takes.items():
                change = 1 - takes if any(need.taken_by(person) in self._stands for need in pool.needs) else takes
                changes.append(change)
                if person not in self._knew:
                    if person not in disturbed:
                        disturbed[person] = model.cp.new_bool_var("")
                    model.cp.add(change <= disturbed[person])
        return changes, disturbed
