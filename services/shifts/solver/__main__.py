"""`python -m services.shifts.solver`: reads a task, tells every second how far it is, and ends with its result.

It stops at the word `stop`, keeping the best, and dies when its input ends, which is when whoever began it is gone.
"""

import os
import sys
import threading
import time

from services.shifts.rota.problem import Assignment, Plan
from services.shifts.solver.model import impossible
from services.shifts.solver.repair import Repairer
from services.shifts.solver.search import Progress, Search, State
from services.shifts.solver.wire import STOP, News, Task, wire

NICE = 15  # people at their screens come first
BEAT_SECONDS = 1.0


class Teller:
    """Says once a second how far the work is, and the best plan where there is a better one than said before."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._best = Progress(0.0, None, 0)
        self._plan: Plan | None = None
        self._speaking = threading.Lock()
        self._ended = False

    def note(self, progress: Progress) -> None:
        self._best = progress
        self._plan = progress.plan or self._plan

    def beat(self) -> None:
        while not self._ended:
            plan, self._plan = self._plan, None
            told = None if plan is None else in_order(plan)
            self.tell(News(time.monotonic() - self._began, self._best.cost, self._best.bound, told))
            time.sleep(BEAT_SECONDS)

    def tell(self, news: News) -> None:
        """Nothing more after the last."""
        with self._speaking:
            if not self._ended:
                self._ended = news.ended is not None
                sys.stdout.buffer.write(wire.dumps(news) + b"\n")
                sys.stdout.buffer.flush()


def main() -> None:
    os.nice(NICE)
    task = wire.loads(sys.stdin.buffer.readline(), Task)
    teller = Teller()
    if task.kind == "repair":
        teller.tell(_repair(Repairer(task.problem, task.seconds), teller))
    else:
        teller.tell(_plan(Search(task.problem, task.seconds, teller.note, task.seed), teller))


def _repair(work: Repairer, teller: Teller) -> News:
    _accompany(work, teller)
    healed = work.run()
    ended: State = "optimal" if healed.proven else "feasible"
    return News(healed.seconds, plan=in_order(healed.plan), ended=ended, disturbed=tuple(sorted(healed.disturbed)))


def _plan(work: Search, teller: Teller) -> News:
    _accompany(work, teller)
    result = work.run()
    stuck = impossible(work.problem) if result.state == "infeasible" else []
    named = tuple((person.id, tuple(rules)) for person, rules in stuck)
    plan = None if result.plan is None else in_order(result.plan)
    return News(result.seconds, result.cost, result.bound, plan, result.state, stuck=named)


def _accompany(work: Repairer | Search, teller: Teller) -> None:
    threading.Thread(target=_listen, args=[work], daemon=True).start()
    threading.Thread(target=teller.beat, daemon=True).start()


def _listen(work: Repairer | Search) -> None:
    for line in sys.stdin.buffer:
        if line == STOP:
            work.stop()
    os._exit(1)


def in_order(plan: Plan) -> tuple[Assignment, ...]:
    return tuple(sorted(plan))


if __name__ == "__main__":
    main()
    os._exit(0)  # the listener still waits for a word
