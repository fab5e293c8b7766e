"""Rebuilder of projections while the system runs: a new live version, or a point-in-time view as known at a past position."""

import time
from collections.abc import Mapping
from typing import Any

from shared.i18n.text import Text
from shared.jobs.scheduler import Rounds, Scheduling, Task
from shared.kernel.command import Command
from shared.kernel.errors import Fault, Malformed, TooMany, Unavailable
from shared.kernel.ids import new_id
from shared.messaging.inbox import Reaction
from shared.persistence.lease import Lease
from shared.projections.rebuild_steps import Folding
from shared.projections.versions import FoldedStore, Generation, generation_in
from shared.runtime.tenants import stores_in

LONGEST_LOOK_BACK = 1_000_000  # events
LOOK_BACKS_AT_ONCE = 3
PATIENCE_SECONDS = 4.0
LOOK_SECONDS = 0.05
TICK_SECONDS = 1.0
SWEEP_SECONDS = 10.0


class StillFolding(Unavailable):
    """The past asked for is being made; ask again."""

    code = "still-folding"
    says = Text(
        "正在重现当时的情况：已读 {folded} 条，共 {total} 条。请几秒后刷新。",
        "Making it as it was: {folded} of {total} events read. Please reload in a few seconds.",
    )


class TooFarBack(Malformed):
    """More events would have to be folded than we do for one look."""

    code = "too-much-to-fold"
    status = 422
    says = Text(
        "到那时已有 {asked} 条消息，最多能重现 {limit} 条。",
        "By then {asked} events had come; we can look back over {limit} at most.",
    )


class CannotFold(Fault):
    """The log cannot be folded up to there; why is on record."""

    code = "cannot-fold"
    says = Text("那时的情况无法重现，原因已记录。", "It cannot be made as it was then; the reason is on record.")


class Rebuilder:
    """One process's share in the work, and where it is asked for. One process works at a time, so far as a lease can tell."""

    def __init__(self, store: FoldedStore, reactions: Mapping[str, Reaction], instance: str) -> None:
        self._store = store
        self._folding = Folding(store, reactions)
        self._lease = Lease(store.database, "folding", instance)
        self._swept = 0.0
        self.rounds = Rounds(Task("fold", TICK_SECONDS, self._step, due=self._due, eager=True), [store])

    def begin(self, act: Command) -> Generation:
        """Asks for a rebuild; where one is under way, that one is meant."""

        def do(tx: FoldedStore) -> Generation:
            running = tx.generation_where({"state": "folding", "purpose": "show"})
            if running is None:
                running = Generation(act.id, "show", act.at, act.actor, total=tx.last_position())
                tx.keep(running)
            return running

        begun = self._store.transaction(act, do)
        self.rounds.wake()
        return begun

    def look_back(self, position: int, act: Command) -> Any:
        """The store as its reactions left it at that position of the log; kept for a while.

        Raises StillFolding, TooFarBack, TooMany, CannotFold.
        """
        one = self._asked(position, act)
        self.rounds.wake()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while one.state == "folding" and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
            one = self._store.generation_where({"_id": one.id}) or one
        if one.state == "failed":
            raise CannotFold
        if one.state == "folding":
            raise StillFolding(folded=one.folded, total=one.total)
        return self._store.at(one.id)

    def _due(self, _store: FoldedStore) -> list[str]:
        if not self._lease.hold():
            return []
        return ["fold", "sweep"] if time.monotonic() - self._swept > SWEEP_SECONDS else ["fold"]

    def _step(self, _store: FoldedStore, what: str) -> bool:
        if what == "fold":
            return self._folding.step()
        self._folding.sweep()
        self._swept = time.monotonic()
        return False

    def _asked(self, position: int, act: Command) -> Generation:
        if position > LONGEST_LOOK_BACK:
            raise TooFarBack(asked=position, limit=LONGEST_LOOK_BACK)
        generations = self._store["generations"]
        wanted = {"purpose": "look-back", "total": position}
        known = generations.find_one_and_update(wanted, {"$set": {"asked": act.at}}, return_document=True)
        if known is not None:
            return generation_in(known)
        if generations.count_documents({"purpose": "look-back", "state": "folding"}) >= LOOK_BACKS_AT_ONCE:
            raise TooMany(retry_after=10)
        fresh = {"_id": new_id(), "started": act.at, "by": act.actor, "folded": 0, "state": "folding"}
        change = {"$set": {"asked": act.at}, "$setOnInsert": fresh}
        made = generations.find_one_and_update(wanted, change, upsert=True, return_document=True)
        return generation_in(made or {**wanted, **fresh})


class Rebuilds(Scheduling):
    """What a district-wide service's read model is folded with: `rebuilds = Rebuilds({"shifts.shift.claimed.v1": follow, …})`.

    Its methods are given a Rebuilder; the service's event door must keep a log.
    """

    def __init__(self, reactions: Mapping[str, Reaction]) -> None:
        super().__init__()
        self.reactions = reactions

    def setup(self) -> None:
        store: FoldedStore = stores_in(self.container).tenants.one
        self.rebuilder = Rebuilder(store, self.reactions, self.container.config["settings"].instance)
        self.rounds = [self.rebuilder.rounds]

    def get_dependency(self, _worker: Any) -> Rebuilder:
        return self.rebuilder
