"""What shifts needs beside its store: the searches for rotas, each in a process of its own."""

import logging
from typing import Any

from nameko.extensions import DependencyProvider

from services.shifts.domain.proposals import Proposal
from services.shifts.solver.process import Solver, SolverDied
from services.shifts.store import ShiftsStore
from services.shifts.usecases import proposals
from shared.acts import Act
from shared.background import Background
from shared.lease import Lease
from shared.stores import stores_in

REST_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Searches:
    """One process's share: a search that was begun, or broken off when its service died, is taken up by whoever holds the lease."""

    def __init__(self, stores: list[ShiftsStore], instance: str) -> None:
        self._tenants = [(store, Lease(store.database, "searches", instance)) for store in stores]
        self._work = Background("a search for a rota", self._step, rest_seconds=REST_SECONDS)
        self.run, self.wake = self._work.run, self._work.wake
        self._solver: Solver | None = None

    def stop(self) -> None:
        self._work.stop()
        if self._solver is not None:
            self._solver.kill()

    def _step(self) -> bool:
        busy = [self._search(store, lease) for store, lease in self._tenants]
        return any(busy)

    def _search(self, store: ShiftsStore, lease: Lease) -> bool:
        """Whether there was one to take up; it is followed until its end."""
        proposal = store.searching()
        if proposal is None or not lease.hold():
            return False
        task, made = proposals.task_of(store, proposal, Act())
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
            if not self._work.stopping:
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


class Rotas(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """After a proposal was begun, `self.rotas.wake()` has its search taken up at once."""

    def setup(self) -> None:
        self.searches = Searches(stores_in(self.container).tenants.all(), self.container.config["settings"].instance)

    def start(self) -> None:
        self.container.spawn_managed_thread(self.searches.run, identifier="searches")

    def stop(self) -> None:
        self.searches.stop()

    def get_dependency(self, _worker: Any) -> Searches:
        return self.searches
