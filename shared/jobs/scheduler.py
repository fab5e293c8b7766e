"""Scheduler of timed work in every tenant: each id runs in a try and transaction of its own, so that one failure stops nothing
else.

A failing id is logged, counted, shown to operators and set aside with growing delay (docs/adr/0029).
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import zip_longest
from typing import Any, TypeVar

from nameko.extensions import DependencyProvider
from pymongo.errors import PyMongoError

from shared.events.envelope import DISTRICT
from shared.jobs.loop import Background
from shared.kernel.ids import now
from shared.observability.metrics import JOB_FAILING, JOB_FAILURES, JOB_LATE
from shared.persistence.job_failures import forget_failing, note_failing
from shared.persistence.store import Store, is_away

FIRST_DELAY_SECONDS = 5.0
LONGEST_DELAY_SECONDS = 300.0
AT_ONCE = 500  # ids of one tenant in one round
MOST_ASIDE = 10_000  # of one tenant, remembered by one process; more are tried in every round
FINDING = ""  # stands for the search for what is due, which may fail itself
STOP_SECONDS = 3.0

T = TypeVar("T")

_log = logging.getLogger(__name__)


def _the_tenant(store: Store) -> list[str]:
    return [store.source]


@dataclass(frozen=True)
class Task:
    """Scheduled work of one kind. `due` finds what it is to be done for now in a tenant, by id, the most urgent first (default: the
    tenant as a whole); `do` does it for one id, in a transaction of its own, and tells whether that moved anything.

    Asked again after `every` seconds, or at once while something moves and it is `eager`.
    """

    name: str
    every: float
    do: Callable[[Any, str], Any]
    due: Callable[[Any], Iterable[str]] = _the_tenant
    eager: bool = False


@dataclass
class _Aside:
    """What failed, and when it is tried again."""

    attempts: int = 0
    next_try: float = 0.0

    @property
    def rests(self) -> bool:
        return time.monotonic() < self.next_try

    def put_off(self) -> float:
        delay: float = min(FIRST_DELAY_SECONDS * 2.0 ** min(self.attempts, 20), LONGEST_DELAY_SECONDS)
        self.attempts += 1
        self.next_try = time.monotonic() + delay
        return delay


class Rounds:
    """One process's rounds of one task through its tenants, which take turns: no tenant waits for another's long list.

    While the database is away the rounds pause; that is no id's failure. An id at which that was met comes last in the next
    round, for it may be the one that asks too much of the database.
    """

    def __init__(self, task: Task, stores: Sequence[Store]) -> None:
        self.task = task
        self._stores = list(stores)
        self._aside: dict[str, dict[str, _Aside]] = {store.source: {} for store in stores}
        self._suspects: set[tuple[str, str]] = set()
        self._gone_through = {store.source: time.monotonic() for store in stores}
        self._work = Background(task.name, self.round, rest_seconds=task.every)
        self.run, self.wake, self.stop, self.wait = self._work.run, self._work.wake, self._work.stop, self._work.wait
        for store in stores:
            labels = _labels(store, task.name)
            JOB_FAILURES.labels(*labels)  # there from the start, or its first failure would be no increase
            JOB_FAILING.labels(*labels).set(0)
            JOB_LATE.labels(*labels).set_function(partial(self._late, store.source))

    @property
    def stopping(self) -> bool:
        return self._work.stopping

    def round(self) -> bool:
        """Everything due once; whether to come again at once. Raises what the database's absence raises."""
        found, away = self._find()
        todo = _in_turns(found)
        left = Counter(store.source for store, _ in todo)
        moved = False
        for store, id_ in sorted(todo, key=lambda one: (one[0].source, one[1]) in self._suspects):
            if self.stopping:
                return False
            moved = bool(self._attempt(store, id_, partial(self.task.do, store, id_))) or moved
            left[store.source] -= 1
            if not left[store.source]:
                self._gone_through[store.source] = time.monotonic()
        if away is not None:
            raise away
        self._suspects.clear()
        there_is_more = any(len(ids) == AT_ONCE for _, ids in found)
        return moved and (self.task.eager or there_is_more)

    def once(self, store: Store, id_: str, do: Callable[[], object]) -> None:
        """Does what the rounds handed on to another greenthread: a failure is on record like any other, not tried again here."""
        try:
            do()
        except Exception as fault:  # noqa: BLE001  (whatever it is)
            if is_away(fault):
                _log.warning("%s of %s was broken off: %r", self.task.name, id_, fault)
            else:
                self.report(store, id_, fault)

    def report(self, store: Store, id_: str, fault: Exception) -> None:
        """Puts on record what failed and was seen to otherwise."""
        self._record(store, id_, fault, None)

    def _find(self) -> tuple[list[tuple[Store, list[str]]], Exception | None]:
        """What is due in each tenant; and what kept us from asking them all."""
        found = list[tuple[Store, list[str]]]()
        for store in sorted(self._stores, key=lambda one: (one.source, FINDING) in self._suspects):
            if self._rests(store, FINDING):
                continue
            try:
                ids = self._attempt(store, FINDING, partial(self._due, store))
            except Exception as fault:  # noqa: BLE001  (only absence comes out of an attempt)
                return found, fault
            if ids is not None:
                found.append((store, ids))
                if not ids:
                    self._gone_through[store.source] = time.monotonic()
        return found, None

    def _due(self, store: Store) -> list[str]:
        """The first of those that are not set aside; and forgets what was, where time asks for it no longer."""
        ids, resting = list[str](), set[str]()
        for id_ in self.task.due(store):
            if self._rests(store, id_):
                resting.add(id_)
            else:
                ids.append(id_)
            if len(ids) == AT_ONCE:
                return ids
        self._forget(store, list(self._aside[store.source].keys() - {FINDING, *ids, *resting}))
        return ids

    def _attempt(self, store: Store, id_: str, do: Callable[[], T]) -> T | None:
        """None: it failed. Raises what the database's absence raises."""
        try:
            done = do()
        except Exception as fault:
            if is_away(fault):
                self._suspects.add((store.source, id_))
                raise
            self._fail(store, id_, fault)
            return None
        if id_ in self._aside[store.source]:
            self._forget(store, [id_])
        return done

    def _rests(self, store: Store, id_: str) -> bool:
        aside = self._aside[store.source].get(id_)
        return aside is not None and aside.rests

    def _fail(self, store: Store, id_: str, fault: Exception) -> None:
        asides = self._aside[store.source]
        aside = asides.get(id_, _Aside())
        delay = aside.put_off()
        if len(asides) < MOST_ASIDE:
            asides[id_] = aside
        JOB_FAILING.labels(*_labels(store, self.task.name)).set(len(asides))
        self._record(store, id_, fault, delay)

    def _forget(self, store: Store, ids: Sequence[str]) -> None:
        if ids:
            asides = self._aside[store.source]
            for id_ in ids:
                del asides[id_]
            JOB_FAILING.labels(*_labels(store, self.task.name)).set(len(asides))
            self._keep_note(lambda: forget_failing(store.database, self.task.name, ids))

    def _record(self, store: Store, id_: str, fault: Exception, delay: float | None) -> None:
        service, job, community = labels = _labels(store, self.task.name)
        JOB_FAILURES.labels(*labels).inc()
        facts = {"service": service, "job": job, "community": community, "id": id_, "again_in_seconds": delay}
        _log.error("scheduled work failed: %s", job, exc_info=fault, extra={"facts": facts})
        next_try = None if delay is None else now() + timedelta(seconds=delay)
        self._keep_note(lambda: note_failing(store.database, job, id_, fault, next_try))

    def _keep_note(self, keep: Callable[[], None]) -> None:
        """For the operators' page. It is in the log and counted all the same."""
        try:
            keep()
        except PyMongoError as fault:
            _log.warning("what fails could not be noted for operators: %r", fault)

    def _late(self, source: str) -> float:
        return max(time.monotonic() - self._gone_through[source] - self.task.every, 0.0)


class Scheduling(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """Runs `rounds`, which a subclass makes in its `setup`, until the service stops."""

    rounds: Sequence[Rounds] = ()

    def start(self) -> None:
        for one in self.rounds:
            self.container.spawn_managed_thread(one.run, identifier=one.task.name)

    def stop(self) -> None:
        """What is under way may come to its end."""
        for one in self.rounds:
            one.stop()
        until = time.monotonic() + STOP_SECONDS
        for one in self.rounds:
            one.wait(max(until - time.monotonic(), 0))


def _labels(store: Store, job: str) -> tuple[str, str, str]:
    return store.service, job, store.community or DISTRICT


def _in_turns(found: Sequence[tuple[Store, Sequence[str]]]) -> list[tuple[Store, str]]:
    """The first of each tenant, then the second of each, and so on."""
    lists = [[(store, id_) for id_ in ids] for store, ids in found]
    return [one for turn in zip_longest(*lists) for one in turn if one is not None]
