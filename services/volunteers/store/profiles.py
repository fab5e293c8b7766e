"""What volunteers tell of themselves, who shares a phone, and who stands on the board."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.volunteers.domain.profiles import Profile
from services.volunteers.domain.volunteers import Volunteer
from shared.documents.photos import Pictures
from shared.persistence.store import Kind, Store


class Profiles(Store):
    kinds = {Profile: Kind("profiles", "volunteers.profile")}
    indexes = {
        "profiles": [
            IndexModel([("community", ASCENDING), ("phone", ASCENDING)]),
            IndexModel(
                [("community", ASCENDING), ("_id", ASCENDING)],
                partialFilterExpression={"board_shown": True},
                name="board",
            ),
            IndexModel([("photo", ASCENDING)], partialFilterExpression={"photo": {"$type": "string"}}),
        ],
        "looks": [IndexModel([("volunteer", ASCENDING), ("at", DESCENDING)])],
    }

    @property
    def pictures(self) -> Pictures:
        return Pictures(self.database)

    def prepare(self) -> None:
        super().prepare()
        self.pictures.prepare()

    def profile(self, community: str, volunteer: str) -> Profile:
        """What the volunteer told of themselves; who never did has an empty one. Raises NotFound."""
        return self.get(Profile, self.the(Volunteer, {"_id": volunteer, "community": community}).id) or Profile(
            volunteer, community, None
        )

    def with_phone(self, community: str, phone: str) -> list[str]:
        """Ids of the volunteers here whose phone this is, in E.164; who came first, first."""
        whose = {"community": community, "phone": self.vault.seal_findable(community, phone)}
        return [
            row["_id"] for row in self[Profile].find(whose, {"_id": 1}, session=self.session).sort("_id", ASCENDING)
        ]

    def doubles(self, community: str, volunteers: Sequence[str]) -> dict[str, list[Volunteer]]:
        """For each of them that shares a phone with others here: those others, who came first, first."""
        asked = self[Profile].find({"_id": {"$in": list(volunteers)}, "phone": {"$ne": None}}, {"phone": 1})
        phones = {row["_id"]: row["phone"] for row in asked}
        same: dict[bytes, list[str]] = {}
        for row in self[Profile].find({"community": community, "phone": {"$in": list(phones.values())}}, {"phone": 1}):
            same.setdefault(row["phone"], []).append(row["_id"])
        known = self.by_id([one for ids in same.values() if len(ids) > 1 for one in ids])
        others = {
            one: [known[id_] for id_ in sorted(same[phone]) if id_ != one and id_ in known]
            for one, phone in phones.items()
        }
        return {one: found for one, found in others.items() if found}

    def on_board(self, community: str, after: str, limit: int) -> list[tuple[Volunteer, Profile]]:
        """A page of the approved who agreed to stand on the board, in the order they came, those after the id `after`."""
        agreed = {"community": community, "board_shown": True, "_id": {"$gt": after}}
        rows = self[Profile].aggregate([
            {"$match": agreed},
            {"$sort": {"_id": 1}},
            {"$lookup": {"from": self[Volunteer].name, "localField": "_id", "foreignField": "_id", "as": "who"}},
            {"$match": {"who.standing": "approved"}},
            {"$limit": limit},
            {"$project": {"_id": 1}},
        ])  # fmt: skip
        ids = [row["_id"] for row in rows]
        volunteers = self.by_id(ids)
        profiles = {one.id: one for one in self.find(Profile, {"_id": {"$in": ids}})}
        return [(volunteers[id_], profiles[id_]) for id_ in ids]

    def shown_photo(self, community: str, photo: str) -> bytes:
        """A photo that stands on the board at this moment. Raises NotFound."""
        profile = self.the(Profile, {"community": community, "photo": photo, "board_shown": True})
        self.the(Volunteer, {"_id": profile.id, "standing": "approved"})
        return self.pictures.read(photo)

    def photos_in_use(self, photos: Collection[str]) -> set[str]:
        return {row["photo"] for row in self[Profile].find({"photo": {"$in": list(photos)}}, {"photo": 1})}

    def note_look(self, look: dict[str, Any]) -> None:
        """Somebody of the staff looks at a phone: who, whose, when."""
        self["looks"].insert_one(look)

    def looks_at(self, volunteer: str, limit: int) -> list[datetime]:
        """When staff looked at the volunteer's phone, the latest first."""
        found = self["looks"].find({"volunteer": volunteer}, sort=[("at", DESCENDING)], limit=limit)
        return [row["at"] for row in found]

    def by_id(self, volunteers: Sequence[str]) -> dict[str, Volunteer]:
        return {one.id: one for one in self.find(Volunteer, {"_id": {"$in": list(volunteers)}})}
