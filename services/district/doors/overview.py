"""The whole district at this moment, or as it was known at another."""

from services.district.doors.office import OFFICE
from services.district.schemas import overview as schemas
from services.district.usecases.past import find_past
from services.district.views import overview as views
from services.district.views.words import MISSION_TABLES
from shared.ids import now
from shared.live import Glance, live
from shared.rebuild import Rebuilds
from shared.vocabulary import KIND_WORDS
from shared.web import Call, Reply, door
from shared.web.pages import fragments

TABLES = {**MISSION_TABLES, "kinds": KIND_WORDS}


class OverviewDoors:
    rebuilds: Rebuilds

    @door("GET", "/district/", who=OFFICE, query=schemas.KnownAt, out=schemas.DistrictShape,
          page="district/overview.html")  # fmt: skip
    def overview(self, call: Call) -> Reply:
        """Every community at this moment: what is missing, who is on duty, who is silent, and what happened last.

        `as-known-at` looks back: what had been received by then, or up to that position, as it would have been shown then. The
        page shows `only` the communities that need somebody, and with `wall` it is one for a large screen.
        """
        if call.query["as_known_at"] is not None:
            position, at = find_past(call.store, call.query["as_known_at"], call.act.at)
            return Reply(views.look_back(self.rebuilds.look_back(position, call.act), at, position), page=TABLES)
        return Reply(
            views.see_district(call.store, now()), page={"live_url": f"/district/live?lang={call.lang}", **TABLES}
        )

    @live("/district/live", who=OFFICE)
    def overview_live(self, glance: Glance) -> dict[str, str]:
        it = views.see_district(glance.store, now())
        return fragments("district/overview_parts.html", glance.lang, {"it": it, **TABLES})
