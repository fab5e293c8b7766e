"""Dead-letter store in the subscriber's database: parked events with their reason, later ones deferred behind them, and raw
messages that could not be read or trusted."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from pymongo import ASCENDING, IndexModel

from shared.events.envelope import Event, from_wire, to_wire
from shared.kernel.ids import now
from shared.observability.metrics import EVENTS_PARKED
from shared.persistence.store import Store

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
RETRIES_AT_ONCE = 200

_log = logging.getLogger(__name__)


class Deadly(Exception):
    """Whoever tries the event dies of it: it is not tried again until an operator says so."""


class Delivery(NamedTuple):
    """One message as the broker handed it over; `redeliveries` counts how often it was given out before."""

    body: bytes
    content_type: str | None
    exchange: str
    routing_key: str
    user: str | None
    redeliveries: int = 0

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.routing_key.encode() + b"\n" + self.body).hexdigest()


def key_of(event: Event) -> str:
    """Names the aggregate an event belongs to, among all publishers."""
    return f"{event.source}|{event.aggregate}|{event.subject}"


class Parking:
    """The parked, waiting, discarded and raw messages of one queue, in its subscriber's own database."""

    def __init__(self, store: Store, queue: str) -> None:
        self._store = store
        self._queue = queue
        self._may_have_some = True

    def prepare(self) -> None:
        self._store["held"].create_indexes([
            IndexModel([("key", ASCENDING), ("sequence", ASCENDING)], unique=True),
            IndexModel([("next_try", ASCENDING)], sparse=True),
        ])  # fmt: skip

    def raw(self, delivery: Delivery, reason: str) -> None:
        """Sets aside what cannot be read or trusted, as it came; it is never applied by itself."""
        EVENTS_PARKED.labels(self._queue).inc()
        facts = {"queue": self._queue, "routing_key": delivery.routing_key}
        _log.error("message parked raw: %s", reason, extra={"facts": facts})
        kept = {**delivery._asdict(), "reason": reason, "at": now()}
        self._store["raw"].update_one({"_id": delivery.digest}, {"$setOnInsert": kept}, upsert=True)

    def park(self, store: Store, event: Event, fault: Exception) -> bool:
        """Within a transaction: keeps the event with the reason, to be retried later and later. True when new here."""
        reason = f"{type(fault).__name__}: {fault}"
        facts = {"queue": self._queue, "event": event.id, "type": event.type}
        _log.error("event parked: %s", reason, extra={"facts": facts})
        EVENTS_PARKED.labels(self._queue).inc()
        before = store["held"].find_one({"key": key_of(event), "sequence": event.sequence}, session=store.session)
        entry = before or _entry(event)
        self._may_have_some = True
        attempts = max(entry["attempts"], 1)
        deadly = isinstance(fault, Deadly)
        entry |= {
            "state": "parked",
            "reason": reason,
            "attempts": attempts,
            "deadly": deadly,
            "next_try": None if deadly else store.act.at + _delay(attempts),
        }
        store["held"].replace_one({"_id": entry["_id"]}, entry, upsert=True, session=store.session)
        return before is None

    def hold(self, store: Store, events: Sequence[Event]) -> list[Event]:
        """Within a transaction: keeps events that came too early; returns those that were not kept already."""
        if not events:
            return []
        query = {"key": {"$in": [key_of(event) for event in events]}}
        entries = store["held"].find(query, {"key": 1, "sequence": 1}, session=store.session)
        known = {(entry["key"], entry["sequence"]) for entry in entries}
        places = {(key_of(event), event.sequence): event for event in events}
        fresh = [event for place, event in places.items() if place not in known]
        if fresh:
            store["held"].insert_many([_entry(event) for event in fresh], session=store.session)
        return fresh

    def release(self, store: Store, events: Sequence[Event]) -> list[Event]:
        """Within a transaction: those of `events` that were held are so no longer; what was discarded stays on record.

        Returns those that were held.
        """
        ids = {"_id": {"$in": [event.id for event in events]}}
        held = list(store["held"].find(ids, session=store.session))
        discarded = [entry for entry in held if entry["state"] == "discarded"]
        if discarded:
            store["discarded"].insert_many(discarded, session=store.session)
        if held:
            store["held"].delete_many(ids, session=store.session)
        return [_event_of(entry) for entry in held]

    def discarded(self, store: Store, events: Iterable[Event]) -> set[str]:
        """The ids among `events` that an operator decided to pass over."""
        query = {"_id": {"$in": [event.id for event in events]}, "state": "discarded"}
        return {entry["_id"] for entry in store["held"].find(query, {"_id": 1}, session=store.session)}

    def take_due(self) -> Iterator[Event]:
        """Parked events whose time has come. Each is counted as tried before it is handed out, lest one that kills its process
        is tried anew by every successor. Where there were none at the last count it does not look."""
        if not self._may_have_some:
            return
        due = self._store["held"].find({"next_try": {"$lte": now()}}, limit=RETRIES_AT_ONCE)
        for entry in list(due.sort("next_try", ASCENDING)):
            attempts = entry["attempts"] + 1
            later = None if entry.get("deadly") else now() + _delay(attempts)
            self._store["held"].update_one({"_id": entry["_id"]}, {"$set": {"attempts": attempts, "next_try": later}})
            yield _event_of(entry)

    def next_in_line(self, key: str, last: int) -> list[Event]:
        """The events of an aggregate that follow `last` without a gap."""
        entries = self._store["held"].find({"key": key, "sequence": {"$gt": last}}).sort("sequence", ASCENDING)
        events = [_event_of(entry) for entry in entries]
        return [event for place, event in enumerate(events, start=last + 1) if event.sequence == place]

    def look(self) -> None:
        """Whether there are any to be retried; another replica may have parked some."""
        self._may_have_some = self._store["held"].find_one({}, {"_id": 1}) is not None


def _entry(event: Event) -> dict[str, Any]:
    return {
        "_id": event.id,
        "key": key_of(event),
        "sequence": event.sequence,
        "type": event.type,
        "community": event.community,
        "state": "waiting",
        "since": now(),
        "attempts": 0,
        "event": to_wire(event),
    }


def _event_of(entry: dict[str, Any]) -> Event:
    wire = entry["event"]
    return from_wire({**wire, "time": wire["time"].isoformat()})


def _delay(attempts: int) -> timedelta:
    return min(FIRST_RETRY * 2.0 ** min(attempts - 1, 20), LONGEST_RETRY)
