"""`python -m services.shifts.solver`: reads a task, tells how far it is, line after line, and ends with its result.

It stops at the word `stop`, keeping the best, and dies when its input ends, which is when whoever began it is gone.
"""

import os
import sys
import threading

from services.shifts.rota.problem import Assignment, Plan
from services.shifts.solver.model import impossible
from services.shifts.solver.repair import Repairer
from services.shifts.solver.search import Progress, Search
from services.shifts.solver.wire import STOP, News, Task, wire

NICE = 15  # people at their screens come first


def main() -> None:
    os.nice(NICE)
    task = wire.loads(sys.stdin.buffer.readline(), Task)
    work = (
        Repairer(task.problem, task.seconds)
        if task.kind == "repair"
        else Search(task.problem, task.seconds, _tell_progress, task.seed)
    )
    threading.Thread(target=_listen, args=[work], daemon=True).start()
    if isinstance(work, Repairer):
        healed = work.run()
        _tell(News(
            healed.seconds, plan=_told(healed.plan), ended="optimal" if healed.proven else "feasible",
            disturbed=tuple(sorted(healed.disturbed)),
        ))  # fmt: skip
        return
    result = work.run()
    stuck = impossible(task.problem) if result.state == "infeasible" else []
    named = tuple((person.id, tuple(rules)) for person, rules in stuck)
    _tell(
        News(
            result.seconds,
            result.cost,
            result.bound,
            None if result.plan is None else _told(result.plan),
            result.state,
            stuck=named,
        )
    )


def _listen(work: Repairer | Search) -> None:
    for line in sys.stdin.buffer:
        if line == STOP:
            work.stop()
    os._exit(1)


def _tell_progress(progress: Progress) -> None:
    plan = None if progress.plan is None else _told(progress.plan)
    _tell(News(progress.seconds, progress.cost, progress.bound, plan))


def _told(plan: Plan) -> tuple[Assignment, ...]:
    return tuple(sorted(plan))


def _tell(news: News) -> None:
    sys.stdout.buffer.write(wire.dumps(news) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
    os._exit(0)  # the listener still waits for a word
