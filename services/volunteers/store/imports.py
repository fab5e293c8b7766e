"""The questions asked of imports and exports: files, their rows, and who is there already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne

from services.volunteers.domain.imports import Import, person_key
from services.volunteers.domain.profiles import Profile
from services.volunteers.domain.volunteers import Volunteer
from shared.persistence.store import Kind, Store

KEPT_SECONDS = 7 * 24 * 3600  # rows hold what people told us: no longer than a decision and its mending take
RECORD_KEPT_SECONDS = 2 * 366 * 24 * 3600


class Imports(Store):
    kinds = {Import: Kind("imports", "volunteers.import")}
    indexes = {
        "imports": [
            IndexModel([("community", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("at", ASCENDING)], expireAfterSeconds=KEPT_SECONDS),
        ],
        "import_rows": [
            IndexModel([("import", ASCENDING), ("verdict", ASCENDING), ("number", ASCENDING)]),
            IndexModel([("at", ASCENDING)], expireAfterSeconds=KEPT_SECONDS),
        ],
        "importing": [],
        "exports": [
            IndexModel([("community", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("at", ASCENDING)], expireAfterSeconds=RECORD_KEPT_SECONDS),
        ],
    }

    def import_of(self, community: str, id_: str) -> Import:
        """Raises NotFound, also for a file of another community."""
        return self.the(Import, {"_id": id_, "community": community})

    def imports(self, community: str, limit: int) -> list[Import]:
        """The newest first."""
        return self.find(Import, {"community": community}, sort=[("_id", DESCENDING)], limit=limit)

    def keep_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Kept under a fresh id before an import refers to them; what nothing refers to expires."""
        if rows:
            self["import_rows"].insert_many([dict(row) for row in rows])

    def import_rows(
        self, id_: str, verdicts: Sequence[str], after: int, limit: int = 0, *, alike_too: bool = False
    ) -> list[dict[str, Any]]:
        """Rows of a file beyond the row number `after`, in its order."""
        wanted: dict[str, Any] = {"verdict": {"$in": list(verdicts)}}
        if alike_too:
            wanted = {"$or": [wanted, {"twin.by": "name"}]}
        query = {"import": id_, "number": {"$gt": after}, **wanted}
        found = self["import_rows"].find(query, session=self.session, sort=[("number", ASCENDING)], limit=limit)
        return list(found)

    def refuse_rows(self, twins: Mapping[str, Mapping[str, Any]]) -> None:
        """Within a transaction: these rows are about somebody who came meanwhile."""
        if twins:
            change = [
                UpdateOne({"_id": id_}, {"$set": {"verdict": "duplicate", "twin": twin}}) for id_, twin in twins.items()
            ]
            self["import_rows"].bulk_write(change, session=self.session)

    def import_alone(self, community: str) -> None:
        """Within a transaction: two imports into one community, wherever they are at work, do one step after the other."""
        self["importing"].update_one({"_id": community}, {"$inc": {"steps": 1}}, upsert=True, session=self.session)

    def owners_of(self, community: str, phones: Iterable[bytes]) -> dict[bytes, str]:
        """Whose phones these are, of those who are there."""
        query = {"community": community, "phone": {"$in": list(phones)}}
        found = self[Profile].find(query, {"phone": 1}, session=self.session, sort=[("_id", DESCENDING)])
        return {bytes(row["phone"]): row["_id"] for row in found}

    def people(self, community: str, names: Iterable[str] | None = None) -> dict[tuple[str, str], str]:
        """Who is there, by name and building as they are compared; of some `names` as they are written only."""
        query: dict[str, Any] = {"community": community, "standing": {"$ne": "folded"}}
        if names is not None:
            query["display_name"] = {"$in": list(names)}
        found = self[Volunteer].find(query, {"display_name": 1, "home": 1}, session=self.session)
        return {person_key(row["display_name"], row["home"]): row["_id"] for row in found}

    def everybody(self, community: str, standing: str) -> Iterator[tuple[Volunteer, Profile | None]]:
        """All volunteers of the community (or of one standing) in the order they came, with what is kept apart of them."""
        query = {"community": community, "standing": standing or {"$ne": "folded"}}
        found = self.find(Volunteer, query, sort=[("_id", ASCENDING)])
        profiles = {one.id: one for one in self.find(Profile, {"community": community})}
        return ((one, profiles.get(one.id)) for one in found)

    def note_export(self, export: Mapping[str, Any]) -> None:
        """Within a transaction: somebody takes people's particulars out."""
        self["exports"].insert_one(dict(export), session=self.session)

    def exports(self, community: str, limit: int) -> list[dict[str, Any]]:
        """The newest first."""
        found = self["exports"].find({"community": community}, sort=[("_id", DESCENDING)], limit=limit)
        return [{**one, "id": one["_id"]} for one in found]
