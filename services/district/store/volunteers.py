"""The people who help in all communities, their teams, and the buildings in their care."""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.district.domain.volunteers import Building, Team, Volunteer
from services.district.store.kept import Kept, earlier


class Volunteers(Kept):
    folded = {
        "volunteers": [
            IndexModel([("standing", ASCENDING), ("since", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("community", ASCENDING), ("standing", ASCENDING), ("since", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("account", ASCENDING)]),
        ],
        "teams": [IndexModel([("community", ASCENDING)])],
        "buildings": [IndexModel([("community", ASCENDING)])],
    }

    def volunteers(
        self, limit: int, standing: str, community: str | None, before: tuple[datetime, str] | None
    ) -> list[Volunteer]:
        """In this standing, whoever came into it last first; those before a time and id."""
        query: dict[str, Any] = {"standing": standing, "folded": False}
        if community:
            query["community"] = community
        return self.find_all(
            Volunteer, "volunteers", query | earlier("since", before), [("since", -1), ("_id", -1)], limit
        )

    def volunteers_of(self, accounts: set[str]) -> dict[str, Volunteer]:
        """By account, as far as they help anywhere."""
        found = self.find_all(Volunteer, "volunteers", {"account": {"$in": sorted(accounts)}, "folded": False})
        return {one.account: one for one in found}

    def teams(self, community: str) -> list[Team]:
        """Those that are not dissolved."""
        return self.find_all(Team, "teams", {"community": community, "dissolved": False}, [("_id", 1)])

    def buildings(self, community: str | None = None) -> list[Building]:
        return self.find_all(Building, "buildings", {"community": community} if community else {}, [("_id", 1)])
