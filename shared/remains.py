"""What is kept of persons: each store says where, and until when, so that a command can look after it (deploy/remains.py)."""

from dataclasses import dataclass
from typing import Any

from shared.mongo import Store


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


def overdue(store: Store, holding: Holding) -> int:
    """How many documents still say something past their time."""
    if holding.until is None:
        return 0
    query = {**holding.query(), holding.until: {"$lte": store.act.at}}
    return store[holding.collection].count_documents(query)


def held(store: Store, holding: Holding) -> int:
    return store[holding.collection].count_documents(holding.query())
