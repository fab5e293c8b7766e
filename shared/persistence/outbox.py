"""Outbox journal: events are appended in the transaction that made them, and read back in order until the broker has them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared.events.contracts import Fact
from shared.events.envelope import Event, NotAnEvent, is_slug
from shared.kernel.command import Command
from shared.kernel.ids import first_id_at, new_id
from shared.persistence.redaction import redact_journal

Entry = dict[str, Any]  # an event as the journal keeps it
Listener = Callable[[Sequence[Entry] | None], None]

_UNPUBLISHED = {"unpublished": True}


class Journal:
    """All events of one tenant, for good. `order` grows with every event of an aggregate whatever the clocks of replicas say,
    so the unpublished ones, sorted by it, keep each aggregate's order."""

    def __init__(self, database: Database[dict[str, Any]], source: str) -> None:
        self.collection = database["journal"]
        self._marks = self.collection.with_options(write_concern=WriteConcern(w=1))
        self.source = source
        self._listeners: list[Listener] = []

    def prepare(self) -> None:
        if "journal" not in self.collection.database.list_collection_names():
            self.collection.database.create_collection("journal", check_exists=False)
        self.collection.create_indexes([
            IndexModel([("aggregate", ASCENDING), ("subject", ASCENDING), ("sequence", ASCENDING)], unique=True),
            IndexModel([("order", ASCENDING)], name="unpublished", partialFilterExpression=_UNPUBLISHED),
        ])  # fmt: skip

    def entries(
        self,
        facts: Sequence[Fact],
        *,
        aggregate: str,
        subject: str,
        after: int,
        order: int,
        community: str,
        act: Command,
    ) -> list[Entry]:
        """The journal's documents for what happened to one aggregate, numbered on from `after`. Raises NotAnEvent."""
        if not is_slug(community):
            raise NotAnEvent(f"{community!r} cannot be a community; the broker would refuse all that comes with it")
        return [
            {
                "_id": new_id(),
                "order": order + number,
                "aggregate": aggregate,
                "subject": subject,
                "sequence": after + number,
                "type": fact.type,
                "time": act.at,
                "community": community,
                "actor": act.actor,
                "traceparent": act.traceparent,
                "data": fact.data,
                "unpublished": True,
            }
            for number, fact in enumerate(facts, start=1)
        ]

    def append(self, entries: list[Entry], session: ClientSession) -> None:
        if entries:
            self.collection.insert_many(entries, session=session)
            redact_journal(self.collection, entries, session)

    def on_commit(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def committed(self, entries: Sequence[Entry] | None) -> None:
        """Tells who listens what was just committed; None: what is in the journal already is to be sent again."""
        for listener in self._listeners:
            listener(entries)

    def unpublished(self, limit: int, *, except_for: Sequence[str] = ()) -> list[Event]:
        """The oldest events the broker does not have yet, leaving out the subjects in `except_for`."""
        query = {**_UNPUBLISHED, "subject": {"$nin": list(except_for)}} if except_for else _UNPUBLISHED
        cursor = self.collection.find(query).sort("order", ASCENDING).hint("unpublished").limit(limit)
        return [self.event(entry) for entry in cursor]

    def mark_published(self, ids: Sequence[str]) -> None:
        """Not waited for until it is on disk: a mark that is lost has its event sent once more, which hurts nobody."""
        self._marks.update_many({"_id": {"$in": list(ids)}}, {"$unset": {"unpublished": 1}})

    def say_again(self, since: datetime) -> int:
        """Everything from then on goes to the broker once more, in order; who has taken it passes over it. Returns how many."""
        query = {"_id": {"$gte": first_id_at(since)}, "unpublished": {"$exists": False}}
        changed = self.collection.update_many(query, {"$set": {"unpublished": True}})
        self.committed(None)
        return changed.modified_count

    def depth(self, *, at_most: int | None = None) -> tuple[int, datetime | None]:
        """How many events wait for the broker, counted no further than `at_most`, and since when the oldest has."""
        oldest = self.collection.find_one(_UNPUBLISHED, {"time": 1}, sort=[("order", ASCENDING)], hint="unpublished")
        if oldest is None:
            return 0, None
        bound: dict[str, Any] = {} if at_most is None else {"limit": at_most}
        return self.collection.count_documents(_UNPUBLISHED, hint="unpublished", **bound), oldest["time"]

    def event(self, entry: Entry) -> Event:
        return Event(
            id=entry["_id"],
            type=entry["type"],
            source=self.source,
            subject=entry["subject"],
            sequence=entry["sequence"],
            time=entry["time"],
            community=entry["community"],
            data=entry["data"],
            actor=entry["actor"],
            traceparent=entry["traceparent"],
        )
