"""Requests for disinfection as documents, the places they are about, and the community's own team."""

from collections.abc import Collection
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.grid.domain.disinfection import OVER, Arrangement, Disinfection, OwnTeam, Place
from shared.documents.photos import Pictures
from shared.persistence.store import Kind, Store


class Disinfections(Store):
    kinds = {
        Disinfection: Kind("disinfections", "grid.disinfection"),
        Place: Kind("disinfected", "grid.disinfected"),
        OwnTeam: Kind("own_teams", "grid.own-team"),
        Arrangement: Kind("arrangements", "grid.arrangement"),
    }
    indexes = {
        "disinfections": [
            IndexModel([("state", ASCENDING), ("since", ASCENDING)]),
            IndexModel([("proofs.photo", ASCENDING)], partialFilterExpression={"proofs.photo": {"$type": "string"}}),
        ],
        "disinfected": [IndexModel([("next_due", ASCENDING)])],
        "items": [],
    }

    @property
    def pictures(self) -> Pictures:
        return Pictures(self.database)

    def _prepare(self) -> None:
        super()._prepare()
        self.pictures.prepare()

    def open_disinfections(self) -> list[Disinfection]:
        """Those not over, what waits longest first."""
        query = {"state": {"$nin": list(OVER)}}
        return self.find(Disinfection, query, sort=[("since", ASCENDING), ("_id", ASCENDING)])

    def closed_disinfections(self, before: str, limit: int) -> list[Disinfection]:
        query = {"state": {"$in": list(OVER)}, **({"_id": {"$lt": before}} if before else {})}
        return self.find(Disinfection, query, sort=[("_id", DESCENDING)], limit=limit)

    def disinfected_places(self) -> list[Place]:
        """Whatever is due first, first."""
        return self.find(Place, {}, sort=[("next_due", ASCENDING), ("_id", ASCENDING)])

    def own_teams_late(self, at: datetime) -> list[str]:
        """Ids of the requests whose time with the own team is up."""
        silent = {"state": "asked", "own_until": {"$lte": at}}
        unfinished = {"state": "taken", "due": {"$lte": at}}
        return [row["_id"] for row in self[Disinfection].find({"$or": [silent, unfinished]}, {"_id": 1})]

    def arrangement(self) -> Arrangement:
        return self.get(Arrangement, "disinfection") or Arrangement()

    def own_team(self) -> OwnTeam | None:
        """The team that disinfects here; None where none is named, or it is no more."""
        named = self.arrangement().team
        team = self.get(OwnTeam, named) if named else None
        return team if team and not team.dissolved else None

    def own_teams(self) -> list[OwnTeam]:
        return self.find(OwnTeam, {"dissolved": False}, sort=[("name", ASCENDING)])

    def volunteer_of(self, account: str) -> str | None:
        """The volunteer here who signs in with this account."""
        found = self["watchers"].find_one({"account": account}, {"_id": 1}, session=self.session)
        return found["_id"] if found else None

    def photo_of_disinfection(self, photo: str) -> bytes:
        """Raises NotFound for one that no proof shows."""
        self.the(Disinfection, {"proofs.photo": photo})
        return self.pictures.read(photo)

    def photos_in_use(self, photos: Collection[str]) -> set[str]:
        found = self[Disinfection].find({"proofs.photo": {"$in": list(photos)}}, {"proofs.photo": 1})
        return {proof["photo"] for row in found for proof in row["proofs"] if proof["photo"]}
