"""Redaction of events: once a person no longer agrees to be named, events that named them say REDACTED wherever they are kept.

Contracts tell which fields name a person, and which event takes them back (`personal`, `withdraws`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from shared.events.contracts import Contract, Registry, registry
from shared.events.envelope import Event

REDACTED = "＊＊"  # still keeps to the contract, so that the event can be read, replayed and folded as before


def redact_journal(
    journal: Collection[dict[str, Any]], entries: Iterable[dict[str, Any]], session: ClientSession
) -> None:
    """Within the transaction that appends `entries`: at the publisher."""
    for entry in entries:
        if named := registry.withdrawn_by(entry["type"]):
            earlier = {"sequence": {"$lt": entry["sequence"]}, "type": named.type}
            whose = {"aggregate": entry["aggregate"], "subject": entry["subject"], **earlier}
            journal.update_many(whose, _blanked(named, "data"), session=session)


def redact_received(store: Any, events: Sequence[Event], contracts: Registry) -> bool:
    """Within the transaction that takes (or holds) `events`: in all that the subscriber's inbox keeps. Whether there was any.

    What could not be read is cut whole: nobody can tell what it says of whom.
    """
    named = [(event, contract) for event in events if (contract := contracts.withdrawn_by(event.type))]
    for event, contract in named:
        of_it = {"event.source": event.source, "event.subject": event.subject, "event.type": contract.type}
        for kept in ("received", "held", "discarded"):
            earlier = {**of_it, "event.sequence": {"$lt": event.sequence}}
            store[kept].update_many(earlier, _blanked(contract, "event.data"), session=store.session)
        raw = {"routing_key": f"{event.community}.{contract.type}"}
        for one in store["raw"].find(raw, session=store.session):
            if event.subject.encode() in one["body"]:
                store["raw"].update_one({"_id": one["_id"]}, {"$set": {"body": b""}}, session=store.session)
    return bool(named)


def log_indexes(contracts: Registry) -> list[IndexModel]:
    """By which a person's few events are found in a long log."""
    return [
        IndexModel([("event.subject", ASCENDING)], name=one.type, partialFilterExpression={"event.type": one.type})
        for one in contracts.contracts()
        if one.personal
    ]


def _blanked(named: Contract, where: str) -> dict[str, Any]:
    return {"$set": {f"{where}.{field}": REDACTED for field in named.personal}}
