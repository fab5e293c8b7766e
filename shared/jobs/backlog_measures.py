"""Backlog measures: how much waits in each tenant and since when, measured every few seconds by every replica, with or without
a broker.

It feeds the alarms that ring while all else stands still (docs/adr/0029).
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from shared.jobs.scheduler import Task
from shared.kernel.ids import now
from shared.messaging.dead_letter_admin import counts
from shared.observability.metrics import DATABASE_SILENT, HELD_NOW, JOURNAL_AGE, JOURNAL_DEPTH
from shared.persistence.store import Store

EVERY_SECONDS = 10.0
COUNTED_MOST = 10_000  # events of one journal; counting them all takes longer the worse it is


class Measures:
    """The gauges of one process. An age goes on growing between two measurements, also where there can be none."""

    def __init__(self, stores: Sequence[Store], queues: Mapping[str, str]) -> None:
        """`queues`: by source, the queue its tenant reads."""
        self._queues = queues
        self._oldest: dict[str, datetime | None] = {}
        self._answered = time.monotonic()
        self.task = Task("measure", EVERY_SECONDS, self.take)
        DATABASE_SILENT.set_function(lambda: time.monotonic() - self._answered)
        for store in stores:
            JOURNAL_AGE.labels(store.source).set_function(partial(self._age, store.source))

    def take(self, store: Store, _id: str) -> None:
        waiting, self._oldest[store.source] = store.journal.depth(at_most=COUNTED_MOST)
        self._answered = time.monotonic()
        JOURNAL_DEPTH.labels(store.source).set(waiting)
        for state, count in counts(store.database).items():
            HELD_NOW.labels(self._queues[store.source], state).set(count)

    def _age(self, source: str) -> float:
        oldest = self._oldest.get(source)
        return max((now() - oldest).total_seconds(), 0.0) if oldest else 0.0
