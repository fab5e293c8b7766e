"""One community at this moment, or as it was known at another."""

from typing import Any

from services.district.endpoints.looking import look
from services.district.endpoints.office import OFFICE
from services.district.read_views.communities import Place, see_community
from services.district.read_views.reach import NOTICE_WORDS
from services.district.read_views.stock import STOCK_TABLES
from services.district.read_views.volunteers import PEOPLE_TABLES
from services.district.read_views.words import MISSION_TABLES
from services.district.schemas import communities as schemas
from services.district.schemas.overview import KnownAt
from shared.kernel.ids import now
from shared.projections.rebuilder import Rebuilds
from shared.web import Call, Reply, endpoint
from shared.web.live_hub import LiveViewContext, live
from shared.web.templates_env import fragments

TABLES = {**MISSION_TABLES, **STOCK_TABLES, **PEOPLE_TABLES, "notice_words": NOTICE_WORDS}


class CommunityDoors:
    rebuilds: Rebuilds

    @endpoint("GET", "/district/communities/<community>", who=OFFICE, query=KnownAt, out=schemas.PlaceShape,
          page="district/community.html")  # fmt: skip
    def community(self, call: Call, community: str) -> Reply:
        """One community: its people on duty, gaps, gates, screening, supplies, notices, and what happened last; now, or
        (`as-known-at`) as it was known then."""
        seen = look(call, self.rebuilds)
        it = see_community(seen.store, community, seen.at, seen.known_at)
        live_url = f"/district/communities/{community}/live?lang={call.lang}" if seen.known_at is None else None
        return Reply(it, page={"live_url": live_url, **_page(it)})

    @live("/district/communities/<community>/live", who=OFFICE)
    def community_live(self, glance: LiveViewContext, community: str) -> dict[str, str]:
        it = see_community(glance.store, community, now())
        return fragments("district/community_parts.html", glance.lang, {"it": it, **_page(it)})


def _page(it: Place) -> dict[str, Any]:
    return {"known_at": it.known_at, "seen_at": it.outlook.at, **TABLES}
