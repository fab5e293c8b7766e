"""Teams and missions as documents of the whole district, and the questions asked of them."""

from collections.abc import Collection, Iterable
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.rescue.domain.missions import OVER, UNDER_WAY, Mission
from services.rescue.domain.teams import Team
from shared.documents.photos import Pictures
from shared.persistence.store import Kind, Store

LONGEST_WAIT_FIRST = [("searching", ASCENDING), ("_id", ASCENDING)]
NEWEST_FIRST = [("_id", DESCENDING)]


class RescueStore(Store):
    service = "rescue"
    kinds = {Team: Kind("teams", "rescue.team"), Mission: Kind("missions", "rescue.mission")}
    indexes = {
        "missions": [
            IndexModel([("state", ASCENDING), ("searching", ASCENDING)]),
            IndexModel([("offers.team", ASCENDING), ("state", ASCENDING)]),
            IndexModel([("team", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("second", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("community", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("proofs.photo", ASCENDING)]),
        ],
        "items": [],
        "revisions": [],
    }

    @property
    def pictures(self) -> Pictures:
        return Pictures(self.database)

    def prepare(self) -> None:
        super().prepare()
        self.pictures.prepare()

    def teams(self) -> list[Team]:
        return self.find(Team, {}, sort=[("_id", ASCENDING)])

    def some_teams(self, ids: Iterable[str]) -> list[Team]:
        return self.find(Team, {"_id": {"$in": list(ids)}}, sort=[("_id", ASCENDING)])

    def open_missions(self) -> list[Mission]:
        """Those not over, whoever waits longest first."""
        return self.find(Mission, {"state": {"$nin": list(OVER)}}, sort=LONGEST_WAIT_FIRST)

    def closed_missions(self, before: str, limit: int) -> list[Mission]:
        """The newest first; those before the id `before`."""
        query = {"state": {"$in": list(OVER)}, **({"_id": {"$lt": before}} if before else {})}
        return self.find(Mission, query, sort=NEWEST_FIRST, limit=limit)

    def offered_to(self, team: str) -> list[Mission]:
        asked = {"$elemMatch": {"team": team, "answer": "waiting"}}
        return self.find(Mission, {"state": "open", "offers": asked}, sort=LONGEST_WAIT_FIRST)

    def in_hand(self, team: str) -> list[Mission]:
        return self.find(Mission, {**_of(team), "state": {"$in": list(UNDER_WAY)}}, sort=LONGEST_WAIT_FIRST)

    def done_by(self, team: str, limit: int) -> list[Mission]:
        return self.find(Mission, {**_of(team), "state": {"$in": list(OVER)}}, sort=NEWEST_FIRST, limit=limit)

    def to_advance(self, at: datetime) -> list[str]:
        """Ids of the missions that time may ask something of."""
        late = {"state": {"$in": list(UNDER_WAY)}, "late": False, "due": {"$lte": at}}
        searching = {"state": "open", "stage": {"$ne": "district"}}
        return [row["_id"] for row in self[Mission].find({"$or": [late, searching]}, {"_id": 1})]

    def mission_of_photo(self, photo: str) -> str | None:
        found = self[Mission].find_one({"proofs.photo": photo}, {"_id": 1})
        return found["_id"] if found else None

    def photos_in_use(self, photos: Collection[str]) -> set[str]:
        query = {"proofs.photo": {"$in": list(photos)}}
        return {proof["photo"] for row in self[Mission].find(query, {"proofs.photo": 1}) for proof in row["proofs"]}


def _of(team: str) -> dict[str, object]:
    return {"$or": [{"team": team}, {"second": team}]}
