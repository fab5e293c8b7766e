"""Looks for the best plan within a time: first the whole model, then large neighbourhoods around the best plan found and, once
those bring nothing more, the whole model again, to prove that nothing is better.

Whoever watches is told of every better plan and bound, and may stop the search at any moment, keeping the best.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ortools.sat.python import cp_model

from services.shifts.rota import greedy
from services.shifts.rota.checker import check
from services.shifts.rota.problem import Plan, Problem
from services.shifts.solver import model as models
from services.shifts.solver.model import Model

WORKERS = 2
WHOLE = 0.5  # of the time goes to the whole model at first
FRUITLESS = (
    10  # neighbourhoods in a row without a better plan: what is left is more likely to be proof than improvement
)
ROUND_SECONDS = 4.0
CROWD = 12  # people set free at once, to begin with
PROVES = "objective_lb_search_max_lp"  # proves the most of all sub-solvers on the published benchmark

State = Literal["optimal", "feasible", "infeasible", "unknown"]


@dataclass(frozen=True)
class Progress:
    """The best so far after some seconds; `plan` None: none yet, or the same as told before."""

    seconds: float
    cost: int | None
    bound: int
    plan: Plan | None = None

    @property
    def gap(self) -> float | None:
        """How much of the cost may still be saved at most."""
        return None if self.cost is None else (self.cost - self.bound) / max(abs(self.cost), 1)


@dataclass(frozen=True)
class Result:
    state: State
    plan: Plan | None
    cost: int | None
    bound: int
    seconds: float


class Search:
    """One search; `stop` may be called from another thread."""

    def __init__(self, problem: Problem, seconds: float, report: Callable[[Progress], None], seed: int = 0) -> None:
        self.problem, self.report = problem, report
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311  (no secret)
        self._began = time.monotonic()
        self._ends = self._began + seconds
        self._stopping = threading.Event()
        self._solver: cp_model.CpSolver | None = None
        self.best: Plan | None = None
        self.cost: int | None = None
        self.bound = 0

    def stop(self) -> None:
        self._stopping.set()
        if self._solver is not None:
            self._solver.stop_search()

    def run(self) -> Result:
        first = greedy.fill(
            self.problem, self.problem.fixed | frozenset(filter(self.problem.still_may, self.problem.before))
        )
        verdict = check(self.problem, first)
        if not verdict.breaches:
            self._note_plan(first, verdict.cost)
        model = models.build(self.problem)
        model.start_from(first)
        state = self._whole(model, WHOLE)
        if state == "feasible":
            self._neighbourhoods()
            if self.best is not None and not self._is_done:
                model.start_from(self.best)
                model.costs_at_least(self.bound)
                state = self._whole(model, 1)
            if self._is_proven:
                state = "optimal"
        return Result(state, self.best, self.cost, self.bound, self._seconds)

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._began

    @property
    def _is_proven(self) -> bool:
        return self.cost is not None and self.cost <= self.bound

    @property
    def _is_done(self) -> bool:
        return self._is_proven or self._stopping.is_set() or time.monotonic() >= self._ends

    def _whole(self, model: Model, share: float) -> State:
        solver = self._new_solver((self._ends - time.monotonic()) * share)
        solver.parameters.extra_subsolvers.append(PROVES)
        solver.best_bound_callback = self._note_bound
        status = solver.solve(model.cp, _Watcher(self._note_plan, model))
        if status == cp_model.INFEASIBLE:
            return "infeasible"
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return "unknown" if self.best is None else "feasible"
        self._note_bound(solver.best_objective_bound)
        return "optimal" if status == cp_model.OPTIMAL else "feasible"

    def _neighbourhoods(self) -> None:
        """Most of the best plan stands and some people are planned anew; more of them as long as that is quickly done."""
        crowd = min(CROWD, len(self.problem.people))
        fruitless = 0
        while self.best is not None and not self._is_done and fruitless < FRUITLESS:
            before = self.cost
            people = self._random.sample(self.problem.people, crowd)
            own = {person.id for person in people}
            others = frozenset(one for one in self.best if one.person not in own)
            near = models.build(self.problem, people, others)
            near.start_from(self.best - others)
            solver = self._new_solver(min(ROUND_SECONDS, self._ends - time.monotonic()))
            status = solver.solve(near.cp)
            if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
                plan = others | near.plan(solver.boolean_value)
                self._note_plan(plan, check(self.problem, plan).cost)
            fruitless = 0 if self.cost != before else fruitless + 1
            wider = status == cp_model.OPTIMAL and solver.wall_time < ROUND_SECONDS / 4
            crowd = min(crowd + 1, len(self.problem.people)) if wider else max(crowd - 1, 2)

    def _new_solver(self, seconds: float) -> cp_model.CpSolver:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = WORKERS
        solver.parameters.max_time_in_seconds = max(seconds, 0.05)
        solver.parameters.random_seed = self._seed
        self._solver = solver
        if self._stopping.is_set():
            solver.parameters.max_time_in_seconds = 0.05
        return solver

    def _note_plan(self, plan: Plan, cost: int) -> None:
        if self.cost is None or cost < self.cost:
            self.best, self.cost = plan, cost
            self.report(Progress(self._seconds, cost, self.bound, plan))

    def _note_bound(self, bound: float) -> None:
        whole = int(-(-(bound - 1e-6) // 1))
        if whole > self.bound:
            self.bound = whole
            self.report(Progress(self._seconds, self.cost, whole))


class _Watcher(cp_model.CpSolverSolutionCallback):
    def __init__(self, note: Callable[[Plan, int], None], model: Model) -> None:
        super().__init__()
        self._note, self._model = note, model

    def on_solution_callback(self) -> None:
        self._note(self._model.plan(self.boolean_value), round(self.objective_value))
