"""How the read models are kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pymongo import ReplaceOne

from shared.persistence.store import converter
from shared.projections.versions import FoldedStore

T = TypeVar("T")


class Kept(FoldedStore):
    def by_id(self, cls: type[T], collection: str, ids: Iterable[str]) -> dict[str, T]:
        """Asks nothing where there are none to ask for, as in most batches."""
        wanted = sorted(ids)
        if not wanted:
            return {}
        found = self[collection].find({"_id": {"$in": wanted}}, session=self.session)
        return {document["_id"]: read(cls, document) for document in found}

    def find_all(
        self,
        cls: type[T],
        collection: str,
        query: Mapping[str, Any],
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
    ) -> list[T]:
        found = self[collection].find(query, sort=list(sort) or None, limit=limit)
        return [read(cls, document) for document in found]

    def keep_all(self, collection: str, kept: Mapping[str, object]) -> None:
        """Each under its key, with one write for all."""
        self.write(collection, [replacing(key, one) for key, one in kept.items()])

    def write(self, collection: str, writes: list[Any]) -> None:
        if writes:
            self[collection].bulk_write(writes, ordered=False, session=self.session)


def earlier(field: str, place: tuple[datetime, str] | None) -> dict[str, Any]:
    """The part of a query that asks for what stands before a time and id, where the newest come first."""
    if place is None:
        return {}
    time, id_ = place
    return {"$or": [{field: {"$lt": time}}, {field: time, "_id": {"$lt": id_}}]}


def read(cls: type[T], document: dict[str, Any]) -> T:
    return converter.structure({"id": document["_id"], **document}, cls)


def replacing(key: str, kept: object, **derived: int) -> ReplaceOne[dict[str, Any]]:
    document = {**converter.unstructure(kept), **derived, "_id": key}
    return ReplaceOne({"_id": key}, document, upsert=True)
