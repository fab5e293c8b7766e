"""Command context: who acts, when, in which trace and under which idempotency key; made by the endpoint, stamped on every event
it causes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.kernel.ids import new_id, now


@dataclass(frozen=True, kw_only=True)
class Command:
    """`id` is fresh and names what the act creates. `key` is the caller's Idempotency-Key (with caller, route and body);
    `present` turns the use case's result into the JSON kept under it."""

    actor: str | None = None
    at: datetime = field(default_factory=now)
    id: str = field(default_factory=new_id)
    traceparent: str | None = None
    key: str | None = None
    present: Callable[[Any], Any] = lambda result: result


class IdempotentReplay(Exception):
    """The act was done before under the same Idempotency-Key; `result` is what it answered then."""

    def __init__(self, result: Any) -> None:
        super().__init__("already done")
        self.result = result
