"""One community at this moment."""

from services.district.doors.office import OFFICE
from services.district.schemas import communities as schemas
from services.district.views.communities import see_community
from services.district.views.words import MISSION_TABLES
from shared.ids import now
from shared.live import Glance, live
from shared.web import Call, Reply, door
from shared.web.pages import fragments


class CommunityDoors:
    @door("GET", "/district/communities/<community>", who=OFFICE, out=schemas.PlaceShape,
          page="district/community.html")  # fmt: skip
    def community(self, call: Call, community: str) -> Reply:
        """One community at this moment: its people on duty, gaps, posts, and what happened last."""
        it = see_community(call.store, community, now())
        page = {"live_url": f"/district/communities/{community}/live?lang={call.lang}", **MISSION_TABLES}
        return Reply(it, page=page)

    @live("/district/communities/<community>/live", who=OFFICE)
    def community_live(self, glance: Glance, community: str) -> dict[str, str]:
        it = see_community(glance.store, community, now())
        return fragments("district/community_parts.html", glance.lang, {"it": it, **MISSION_TABLES})
