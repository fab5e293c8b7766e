"""The disinfections of all communities."""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.district.domain.missions import MISSIONS_OVER, Mission
from services.district.store.kept import Kept, earlier


class Missions(Kept):
    folded = {
        "missions": [IndexModel([("state", ASCENDING), ("since", ASCENDING)]), IndexModel([("number", ASCENDING)])],
    }

    def missions(self, community: str | None = None) -> list[Mission]:
        """Those not over, whatever waits longest first."""
        query = {"state": {"$nin": list(MISSIONS_OVER)}, **({"community": community} if community else {})}
        return self.find_all(Mission, "missions", query, [("since", 1), ("_id", 1)])

    def missions_over(self, limit: int, community: str | None, before: tuple[datetime, str] | None) -> list[Mission]:
        """Whichever was over last first, those before a time and id."""
        query: dict[str, Any] = {
            "state": {"$in": list(MISSIONS_OVER)},
            **({"community": community} if community else {}),
        }
        return self.find_all(Mission, "missions", query | earlier("since", before), [("since", -1), ("_id", -1)], limit)
