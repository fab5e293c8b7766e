"""How the read models are kept."""

from collections.abc import Iterable
from typing import Any, TypeVar

from pymongo import ReplaceOne

from shared.generations import FoldedStore
from shared.mongo import converter

T = TypeVar("T")


class Kept(FoldedStore):
    def by_id(self, cls: type[T], collection: str, ids: Iterable[str]) -> dict[str, T]:
        found = self[collection].find({"_id": {"$in": sorted(ids)}}, session=self.session)
        return {document["_id"]: read(cls, document) for document in found}

    def write(self, collection: str, writes: list[Any]) -> None:
        if writes:
            self[collection].bulk_write(writes, ordered=False, session=self.session)


def read(cls: type[T], document: dict[str, Any]) -> T:
    return converter.structure({"id": document["_id"], **document}, cls)


def replacing(key: str, kept: object, **derived: int) -> ReplaceOne[dict[str, Any]]:
    document = {**converter.unstructure(kept), **derived, "_id": key}
    return ReplaceOne({"_id": key}, document, upsert=True)
