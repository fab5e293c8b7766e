"""One round of scheduled work, as a service's own rounds take it."""

from typing import Any

from shared.jobs.scheduler import Task


def tend(task: Task, store: Any) -> int:
    """Does all that is due in one tenant; returns for how many ids it moved anything."""
    return sum(bool(task.do(store, id_)) for id_ in list(task.due(store)))
