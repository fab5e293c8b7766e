"""Personal-data inventory: each store names the fields that hold something of a person, and until when (checked by
deploy/remains.py)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.database import Database


@dataclass(frozen=True)
class Holding:
    """Documents of a collection that say something of a person, in `fields` (dotted, through lists too).

    `until`: the field with the moment after which these are to be empty or the document gone; None: until it is asked for.
    A store names its own: `holds = (Holding("gate_entries", ("name", "plate"), until="expires"),)`.
    """

    collection: str
    fields: tuple[str, ...]
    until: str | None = None

    def query(self) -> dict[str, Any]:
        return {"$or": [{field: {"$nin": [None, [], ""]}} for field in self.fields]}


def overdue(database: Database[dict[str, Any]], holding: Holding, at: datetime) -> int:
    """How many documents still say something past their time."""
    if holding.until is None:
        return 0
    query = {**holding.query(), holding.until: {"$lte": at}}
    return database[holding.collection].count_documents(query)


def held(database: Database[dict[str, Any]], holding: Holding) -> int:
    return database[holding.collection].count_documents(holding.query())
