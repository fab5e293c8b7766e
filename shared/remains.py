"""What is kept of persons: each store says where, and until when, so that a command can look after it (deploy/remains.py)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bson import Binary

from shared.mongo import Store
from shared.vault import SealLost

SEALED = 6  # MongoDB's own mark of an encrypted value


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


def find_words(store: Store, words: list[str]) -> Iterator[tuple[str, str, int]]:
    """Every collection and field of the whole database in which any of the words stands, sealed or plain, with how often.

    Nothing is left out because nobody thought of it: all documents are read, and all that is sealed is opened.
    """
    for name in sorted(store.database.list_collection_names()):
        counts = dict[str, int]()
        for document in store.database[name].find({}):
            for path, value in _leaves(document):
                said = _opened(store, value)
                if any(word in said for word in words):
                    counts[path] = counts.get(path, 0) + 1
        yield from ((name, path, count) for path, count in sorted(counts.items()))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(key, f"{path}.*")
            yield from _leaves(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, path)
    elif isinstance(value, (str, bytes)):
        yield path, value


def _opened(store: Store, value: str | bytes) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Binary) and value.subtype == SEALED:
        try:
            return store.vault.open(value)
        except SealLost:
            return ""
    return value.decode(errors="replace")
