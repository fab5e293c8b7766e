"""The questions asked of households, of who looked at them, and of files of residents."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.grid.domain.households import Household
from services.grid.domain.imports import Import
from shared.i18n.text import counted
from shared.persistence.personal_data import Holding
from shared.persistence.store import Kind, Store

FOUND_AT_ONCE = 1000


@dataclass(frozen=True)
class DoorRow:
    """A household without its people."""

    id: str
    building: str
    unit: str
    door: str
    residents: int


class Households(Store):
    kinds = {Household: Kind("households", "grid.household"), Import: Kind("imports", "grid.import")}
    indexes = {
        "households": [
            IndexModel([("building", ASCENDING), ("unit", ASCENDING)]),
            IndexModel(
                [("residents.phone", ASCENDING)], partialFilterExpression={"residents.phone": {"$type": "binData"}}
            ),
            IndexModel([("care.flag", ASCENDING)], partialFilterExpression={"care.flag": {"$type": "string"}}),
        ],
        "looks": [IndexModel([("household", ASCENDING), ("_id", DESCENDING)])],
        "import_rows": [
            IndexModel([("import", ASCENDING), ("number", ASCENDING)]),
            IndexModel([("expires", ASCENDING)], expireAfterSeconds=0),
        ],
        "exports": [],
        "erasures": [],
    }
    holds: ClassVar[Sequence[Holding]] = (
        Holding("households", ("residents", "care")),
        Holding("import_rows", ("resident", "typed"), until="expires"),
    )

    def households(self, buildings: Iterable[str], unit: str | None = None) -> list[Household]:
        """Of these buildings (or of one unit in them), as people count them."""
        query: dict[str, Any] = {"building": {"$in": sorted(set(buildings))}, **({"unit": unit} if unit else {})}
        found = self.find(Household, query)
        return sorted(found, key=lambda one: (counted(one.building), counted(one.unit), counted(one.door)))

    def door_rows(self, buildings: Iterable[str]) -> list[DoorRow]:
        """The doors of these buildings, as one walks by them; quick also for thousands."""
        found = self[Household].aggregate([
            {"$match": {"building": {"$in": sorted(set(buildings))}}},
            {"$project": {"building": 1, "unit": 1, "door": 1, "residents": {"$size": "$residents"}}},
        ])  # fmt: skip
        rows = [DoorRow(one["_id"], one["building"], one["unit"], one["door"], one["residents"]) for one in found]
        return sorted(rows, key=lambda one: (counted(one.building), counted(one.unit), counted(one.door)))

    def by_ids(self, ids: Iterable[str]) -> dict[str, Household]:
        return {one.id: one for one in self.find(Household, {"_id": {"$in": sorted(set(ids))}})}

    def to_mind(self) -> list[Household]:
        """Those with something to mind."""
        found = self.find(Household, {"care.flag": {"$type": "string"}})
        return sorted(found, key=lambda one: (counted(one.building), counted(one.unit), counted(one.door)))

    def with_phones(self, phones: Sequence[bytes]) -> list[Household]:
        """Households in which somebody has one of these phones, sealed as they are kept."""
        found = list[Household]()
        for start in range(0, len(phones), FOUND_AT_ONCE):
            found += self.find(Household, {"residents.phone": {"$in": list(phones[start : start + FOUND_AT_ONCE])}})
        return found

    def every_household(self) -> Iterator[Household]:
        return (self._structure(Household, one) for one in self[Household].find(sort=[("_id", ASCENDING)]))

    def remove(self, household: Household) -> None:
        """Within a transaction."""
        self[Household].delete_one({"_id": household.id}, session=self.session)

    def note_looks(self, looks: Sequence[Mapping[str, Any]]) -> None:
        if looks:
            self["looks"].insert_many([dict(one) for one in looks])

    def looks(self, limit: int, before: str = "", household: str | None = None) -> list[dict[str, Any]]:
        """The latest first; `before` pages on."""
        query: dict[str, Any] = {"household": household} if household else {}
        if before:
            query["_id"] = {"$lt": before}
        return list(self["looks"].find(query, sort=[("_id", DESCENDING)], limit=limit))

    def imports(self, limit: int) -> list[Import]:
        """The newest first."""
        return self.find(Import, {}, sort=[("_id", DESCENDING)], limit=limit)

    def keep_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for start in range(0, len(rows), FOUND_AT_ONCE):
            self["import_rows"].insert_many([dict(one) for one in rows[start : start + FOUND_AT_ONCE]], ordered=False)

    def import_rows(self, id_: str, verdicts: Sequence[str], after: int, limit: int = 0) -> list[dict[str, Any]]:
        """Rows of a file beyond the row number `after`, in its order."""
        query = {"import": id_, "number": {"$gt": after}, "verdict": {"$in": list(verdicts)}}
        return list(self["import_rows"].find(query, session=self.session, sort=[("number", ASCENDING)], limit=limit))

    def typed_rows(self) -> Iterator[tuple[str, bytes]]:
        """What stood in rows that were not taken, sealed."""
        found = self["import_rows"].find({"typed": {"$ne": None}}, {"typed": 1})
        return ((one["_id"], one["typed"]) for one in found)

    def forget_rows(self, resident: str, rows: Sequence[str]) -> None:
        """Within a transaction: what files of residents say of this person."""
        theirs = {"$or": [{"person": resident}, {"_id": {"$in": list(rows)}}]}
        self["import_rows"].update_many(theirs, {"$set": {"resident": None, "typed": None}}, session=self.session)

    def note_export(self, export: Mapping[str, Any]) -> None:
        """Within a transaction: somebody takes residents' particulars out."""
        self["exports"].insert_one(dict(export), session=self.session)

    def exports(self, limit: int) -> list[dict[str, Any]]:
        """The newest first."""
        found = self["exports"].find({}, sort=[("_id", DESCENDING)], limit=limit)
        return [{**one, "id": one["_id"]} for one in found]

    def note_erasure(self, erasure: Mapping[str, Any]) -> None:
        """Within a transaction: somebody's data was erased; whose is not said."""
        self["erasures"].insert_one(dict(erasure), session=self.session)

    def erasures(self, limit: int) -> list[dict[str, Any]]:
        found = self["erasures"].find({}, sort=[("_id", DESCENDING)], limit=limit)
        return [{**one, "id": one["_id"]} for one in found]
