"""Failure records of scheduled work, shown to operators: written by whichever replica met the failure, removed once the work is
done or nobody has met it for a while."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from cattrs import BaseValidationError, transform_error
from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

from shared.kernel.ids import now

SHOWN_AT_ONCE = 200
LONGEST_REASON = 300
UNSEEN_FOR = timedelta(
    minutes=10
)  # after the next try was due: whoever had it in hand is gone, or nothing asks for it any more
INDEXES = [IndexModel([("until", ASCENDING)], expireAfterSeconds=0)]

Document = dict[str, Any]


def note_failing(
    database: Database[Document], job: str, item: str, fault: Exception, next_try: datetime | None
) -> None:
    """`item` "": what is due could not even be found. `next_try` None: it is not tried again by itself."""
    at = now()
    seen = {
        "job": job,
        "item": item,
        "reason": _words(fault)[:LONGEST_REASON],
        "next_try": next_try,
        "until": (next_try or at) + UNSEEN_FOR,
    }
    change = {"$set": seen, "$setOnInsert": {"since": at}, "$inc": {"attempts": 1}}
    database["failing"].update_one({"_id": f"{job} {item}"}, change, upsert=True)


def forget_failing(database: Database[Document], job: str, items: Iterable[str]) -> None:
    database["failing"].delete_many({"_id": {"$in": [f"{job} {item}" for item in items]}})


def failing_now(database: Database[Document]) -> list[Document]:
    """The oldest first; MongoDB itself takes away what is over within a minute."""
    found = database["failing"].find({"until": {"$gt": now()}}, limit=SHOWN_AT_ONCE)
    return list(found.sort("since", ASCENDING))


def _words(fault: Exception) -> str:
    """Of a document that cannot be read: which of its fields."""
    said = "; ".join(transform_error(fault)) if isinstance(fault, BaseValidationError) else str(fault)
    return f"{type(fault).__name__}: {said}"
