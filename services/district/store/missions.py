"""The disinfections of all communities."""

from pymongo import ASCENDING, IndexModel

from services.district.domain.missions import MISSIONS_OVER, Mission
from services.district.store.kept import Kept, read


class Missions(Kept):
    folded = {
        "missions": [IndexModel([("state", ASCENDING), ("since", ASCENDING)])],
    }

    def missions(self, community: str | None = None) -> list[Mission]:
        """Those not over, whatever waits longest first."""
        query = {"state": {"$nin": list(MISSIONS_OVER)}, **({"community": community} if community else {})}
        return [read(Mission, one) for one in self["missions"].find(query, sort=[("since", 1), ("_id", 1)])]
