"""What shifts needs beside its store: the searches for rotas, each in a process of its own."""

import logging
from typing import Any

from services.shifts.domain.proposals import Proposal
from services.shifts.solver.process import Solver, SolverDied
from services.shifts.store import ShiftsStore
from services.shifts.usecases import proposals
from shared.jobs.scheduler import Rounds, Scheduling, Task
from shared.kernel.command import Command
from shared.persistence.lease import Lease
from shared.runtime.tenants import stores_in

REST_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Searches:
    """One process's share: a search that was begun, or broken off when its service died, is taken up by whoever holds the lease."""

    def __init__(self, stores: list[ShiftsStore], instance: str) -> None:
        self._leases = {store.source: Lease(store.database, "searches", instance) for store in stores}
        self.rounds = Rounds(
            Task("search-rota", REST_SECONDS, self._search, due=ShiftsStore.searching, eager=True), stores
        )
        self.wake = self.rounds.wake
        self._solver: Solver | None = None

    def stop(self) -> None:
        self.rounds.stop()
        if self._solver is not None:
            self._solver.kill()

    def _search(self, store: ShiftsStore, proposal_id: str) -> bool:
        """Whether there was one to take up; it is followed until its end."""
        lease = self._leases[store.source]
        if not lease.hold():
            return False
        proposal = store.load(Proposal, proposal_id)
        task, made = proposals.task_of(store, proposal, Command())
        self._solver = solver = Solver(task)
        told_to_stop = False
        try:
            for news in solver.news():
                if not lease.hold() or not self._still_wanted(store, proposal.id):
                    solver.kill()
                    return True
                now = proposals.take_news(store, proposal.id, made, news)
                if now.state == "stopping" and not told_to_stop:
                    told_to_stop = True
                    solver.stop()
        except SolverDied:
            if not self.rounds.stopping:
                _log.exception("a search died", extra={"facts": {"proposal": proposal.id}})
                proposals.break_off(store, proposal.id)
        finally:
            self._solver = None
            solver.kill()
            lease.release()
        return True

    def _still_wanted(self, store: ShiftsStore, proposal_id: str) -> bool:
        found = store.get(Proposal, proposal_id)
        return found is not None and found.is_at_work


class Rotas(Scheduling):
    """After a proposal was begun, `self.rotas.wake()` has its search taken up at once."""

    def setup(self) -> None:
        self.searches = Searches(stores_in(self.container).tenants.all(), self.container.config["settings"].instance)
        self.rounds = [self.searches.rounds]

    def stop(self) -> None:
        self.searches.stop()
        super().stop()

    def get_dependency(self, _worker: Any) -> Searches:
        return self.searches
