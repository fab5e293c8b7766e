"""How good and how quick the rota is: the published benchmark where its files are given, and a community's fortnight."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from services.shifts.rota.checker import check
from services.shifts.rota.problem import Bar, Plan, Problem, lacking
from services.shifts.solver.repair import Repairer
from services.shifts.solver.search import Progress, Search
from tests.bench.published import read
from tests.bench.rows import Row
from tests.bench.sixty import sixty

# Of the benchmark's site; of all three it is proven that nothing is better.
BEST_KNOWN = {"Instance1": 607, "Instance2": 828, "Instance3": 1001}
PUBLISHED_SECONDS = 180
SIXTY_SECONDS = 60
REPAIR_SECONDS = 10


def published() -> Iterator[Row]:
    """Each instance in the folder ROTA_INSTANCES, within ROTA_SECONDS (180) each; none where no folder is given."""
    folder = os.environ.get("ROTA_INSTANCES")
    for path in (
        sorted(Path(folder).glob("Instance*.txt"), key=lambda path: (len(path.name), path.name)) if folder else ()
    ):
        seconds = float(os.environ.get("ROTA_SECONDS", PUBLISHED_SECONDS))
        yield from _solve(path.stem, read(path), seconds, BEST_KNOWN.get(path.stem))[0]


def fortnight() -> Iterator[Row]:
    """Sixty volunteers, three gates, 24 hours, 14 days; then the busiest falls ill, and a gate closes."""
    problem = sixty()
    rows, plan = _solve("sixty-fortnight", problem, SIXTY_SECONDS, None)
    yield from rows
    if plan is None:
        return
    yield Row("sixty-fortnight", "people missing", sum(heads for _, heads in lacking(problem, plan)))
    busiest = max(problem.people, key=lambda person: sum(one.person == person.id for one in plan))
    ill = replace(
        busiest, cannot=tuple(Bar(day, turn.id, "ill") for day in range(problem.days) for turn in problem.turns)
    )
    people = tuple(ill if one is busiest else one for one in problem.people)
    yield from _repair("someone-falls-ill", replace(problem, people=people, before=plan))
    open_ = tuple(need for need in problem.needs if need.post != "gate-1" or need.day not in range(3, 6))
    yield from _repair("a-gate-closes", replace(problem, needs=open_, before=plan))


def _solve(name: str, problem: Problem, seconds: float, best: int | None) -> tuple[list[Row], Plan | None]:
    first: list[float] = []

    def watch(progress: Progress) -> None:
        if progress.plan is not None and not first:
            first.append(progress.seconds)

    result = Search(problem, seconds, watch).run()
    if result.plan is None or result.cost is None:
        return [Row(name, f"no plan: {result.state}", 0)], None
    verdict = check(problem, result.plan)
    wrong = len(verdict.breaches) + (verdict.cost != result.cost)
    against = ("best known", best) if best is not None else ("bound", result.bound)
    return [
        Row(name, "objective", result.cost, *against),
        Row(name, "bound", result.bound),
        Row(name, "gap, %", round(100 * (result.cost - result.bound) / max(result.cost, 1), 2)),
        Row(name, "first plan, seconds", round(first[0], 1) if first else round(result.seconds, 1)),
        Row(name, "seconds", round(result.seconds, 1)),
        Row(name, "faults the checker found", wrong),
    ], result.plan


def _repair(name: str, problem: Problem) -> Iterator[Row]:
    healed = Repairer(problem, REPAIR_SECONDS).run()
    yield Row(name, "people disturbed", len(healed.disturbed))
    yield Row(name, "people missing", healed.lacks)
    yield Row(name, "proven the fewest (1: yes)", int(healed.proven))
    yield Row(name, "seconds", round(healed.seconds, 1))
    yield Row(name, "faults the checker found", len(check(problem, healed.plan).breaches))


SCENARIOS = {"rota-published": published, "rota-fortnight": fortnight}
