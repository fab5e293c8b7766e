"""Dead-letter administration: lists what a subscriber parked in its own database, and retries or discards it for an operator."""

from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

from shared.kernel.ids import now

SHOWN_AT_ONCE = 200

Document = dict[str, Any]


def parked(database: Database[Document]) -> list[Document]:
    """Parked and waiting events, then raw messages; oldest first, each with its reason."""
    held = database["held"].find({}, {"event": 0}, limit=SHOWN_AT_ONCE).sort("since", ASCENDING)
    raw = database["raw"].find({}, {"body": 0}, limit=SHOWN_AT_ONCE).sort("at", ASCENDING)
    return [*held, *({**one, "state": "raw"} for one in raw)]


def show(database: Database[Document], id_: str) -> Document:
    """One of them, whole. Raises LookupError."""
    found = database["held"].find_one({"_id": id_}) or database["raw"].find_one({"_id": id_})
    if found is None:
        raise LookupError(f"nothing is parked under {id_}")
    return found


def retry(database: Database[Document], id_: str) -> None:
    """Lets the subscriber try a parked event again at once. Raises LookupError."""
    change = {"$set": {"next_try": now()}}
    if database["held"].update_one({"_id": id_, "state": "parked"}, change).matched_count == 0:
        raise LookupError(f"no event is parked under {id_}")


def discard(database: Database[Document], id_: str, *, by: str, reason: str) -> None:
    """Lets the subscriber pass over a parked event without effect; name and reason stay on record. Raises LookupError."""
    record = {"state": "discarded", "discarded_by": by, "discard_reason": reason, "next_try": now()}
    if database["held"].update_one({"_id": id_, "state": "parked"}, {"$set": record}).matched_count == 1:
        return
    raw = database["raw"].find_one({"_id": id_})
    if raw is None:
        raise LookupError(f"nothing is parked under {id_}")
    database["discarded"].replace_one({"_id": id_}, {**raw, **record}, upsert=True)
    database["raw"].delete_one({"_id": id_})


def counts(database: Database[Document]) -> dict[str, int]:
    """How many events are parked, how many wait for an earlier one, and how many messages could not be read at all."""
    grouped = database["held"].aggregate([{"$group": {"_id": "$state", "count": {"$sum": 1}}}])
    states = {one["_id"]: one["count"] for one in grouped}
    return {
        "parked": states.get("parked", 0),
        "waiting": states.get("waiting", 0),
        "raw": database["raw"].count_documents({}),
    }
