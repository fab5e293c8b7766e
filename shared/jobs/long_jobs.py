"""Long-running jobs that people wait for, such as an import or a report: done in steps in the background, with visible
progress.

Every step is one transaction that begins where the last one ended, so it does not matter which replica takes it, nor how
often it is broken off. `begin` and `cancel` belong into a use case's own transaction.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pymongo import ASCENDING, IndexModel

from shared.i18n.text import Text
from shared.jobs.scheduler import Rounds, Scheduling, Task
from shared.kernel.command import Command
from shared.kernel.errors import NotFound, RuleBroken
from shared.persistence.lease import Lease
from shared.persistence.revision import note_change
from shared.persistence.store import Store, converter, is_away
from shared.runtime.tenants import stores_in

REST_SECONDS = 2.0
KEPT_SECONDS = 30 * 24 * 3600  # after it came to its end

_log = logging.getLogger(__name__)


@dataclass
class Job:
    """`done` of `total` parts are done, `faults` of them in vain. `task` is what it was told, `result` what it has to tell.

    `stepped`: when it was last brought forward, so that jobs take turns.
    """

    id: str
    kind: str
    community: str | None
    by: str | None
    asked: datetime
    stepped: datetime
    total: int
    task: dict[str, Any]
    traceparent: str | None = None
    done: int = 0
    faults: int = 0
    state: Literal["working", "done", "cancelled", "failed"] = "working"
    result: dict[str, Any] = field(default_factory=dict)
    finished: datetime | None = None


# Does a job's next part within the transaction of the store it is given, from `done` on, and moves `done`.
Step = Callable[[Any, Job], None]


class NotAtWork(RuleBroken):
    code = "job-not-at-work"
    says = Text("这项任务已经结束了。", "This is over already.")


class StandsStill(Exception):
    """A step that brings nothing forward would be taken for ever."""


def begin(
    tx: Store, kind: str, id_: str, *, total: int, task: Mapping[str, Any] | None = None, community: str | None = None
) -> Job:
    """Within a transaction: a job under a fresh id; it is taken up once this commits."""
    act = tx.act
    job = Job(id_, kind, community, act.actor, act.at, act.at, total, dict(task or {}), act.traceparent)
    _keep(tx, job)
    return job


def job_of(store: Store, id_: str, kind: str, community: str | None = None) -> Job:
    """Raises NotFound, also for a job of another kind or community."""
    job = _find(store, {"_id": id_, "kind": kind, "community": community})
    if job is None:
        raise NotFound
    return job


def cancel(tx: Store, job: Job) -> None:
    """Within the transaction it was loaded in: no further step is taken; what is done stays. Raises NotAtWork."""
    if job.state != "working":
        raise NotAtWork
    _end(tx, job, "cancelled", tx.act.at)


class Worker:
    """One process's share in its tenants' jobs. One process works at a time, so far as a lease can tell."""

    def __init__(self, stores: list[Store], steps: Mapping[str, Step], instance: str) -> None:
        self._steps = steps
        self._stores = stores
        self._leases = {store.source: Lease(store.database, "jobs", instance) for store in stores}
        self.rounds = Rounds(Task("jobs", REST_SECONDS, self._step, due=self._at_work, eager=True), stores)
        self.run, self.wake, self.stop = self.rounds.run, self.rounds.wake, self.rounds.stop

    def prepare(self) -> None:
        for store in self._stores:
            if "jobs" not in store.database.list_collection_names():
                store.database.create_collection("jobs", check_exists=False)
            store["jobs"].create_indexes([
                IndexModel([("stepped", ASCENDING)], partialFilterExpression={"state": "working"}),
                IndexModel([("finished", ASCENDING)], expireAfterSeconds=KEPT_SECONDS),
            ])  # fmt: skip

    def _at_work(self, store: Store) -> Iterable[str]:
        """Ids of the jobs under way, what waited longest first; none where another process is at them."""
        query = {"state": "working", "kind": {"$in": list(self._steps)}}
        found = [row["_id"] for row in store["jobs"].find(query, {"_id": 1}, sort=[("stepped", ASCENDING)])]
        return found if found and self._leases[store.source].hold() else []

    def _step(self, store: Store, id_: str) -> bool:
        """Whether there was a step to take."""
        job = _find(store, {"_id": id_, "state": "working"})
        if job is None or not self._leases[store.source].hold():
            return False
        act = Command(actor=job.by, traceparent=job.traceparent)
        try:
            store.transaction(act, lambda tx: self._bring_forward(tx, job.id))
        except Exception as fault:
            if is_away(fault):
                raise
            _log.exception("a job failed", extra={"facts": {"job": job.id, "kind": job.kind}})
            store.transaction(act, lambda tx: _give_up(tx, job.id))
        return True

    def _bring_forward(self, tx: Store, id_: str) -> None:
        job = _find(tx, {"_id": id_, "state": "working"})
        if job is None:
            return
        before = job.done
        if before < job.total:
            self._steps[job.kind](tx, job)
        if job.done >= job.total:
            _end(tx, job, "done", tx.act.at)
        elif job.done == before:
            raise StandsStill
        else:
            job.stepped = tx.act.at
            _keep(tx, job)


class Jobs(Scheduling):
    """What a service's long work is done by: `jobs = Jobs({"import": import_next_rows})`; its methods are given the Worker.

    After a use case began a job, `self.jobs.wake()` has it taken up at once.
    """

    def __init__(self, steps: Mapping[str, Step]) -> None:
        super().__init__()
        self.steps = steps

    def setup(self) -> None:
        stores = stores_in(self.container).tenants.all()
        self.worker = Worker(stores, self.steps, self.container.config["settings"].instance)
        self.worker.prepare()
        self.rounds = [self.worker.rounds]

    def get_dependency(self, _worker: Any) -> Worker:
        return self.worker


def _find(store: Store, query: Mapping[str, Any]) -> Job | None:
    """The one that answers to the query and waited longest."""
    found = store["jobs"].find_one(query, sort=[("stepped", ASCENDING)], session=store.session)
    return converter.structure({**found, "id": found["_id"]}, Job) if found else None


def _keep(tx: Store, job: Job) -> None:
    document = converter.unstructure(job)
    document["_id"] = document.pop("id")
    tx["jobs"].replace_one({"_id": job.id}, document, upsert=True, session=tx.session)
    note_change(tx)


def _give_up(tx: Store, id_: str) -> None:
    if job := _find(tx, {"_id": id_, "state": "working"}):
        _end(tx, job, "failed", tx.act.at)


def _end(tx: Store, job: Job, state: Literal["done", "cancelled", "failed"], at: datetime) -> None:
    job.state, job.finished = state, at
    _keep(tx, job)
