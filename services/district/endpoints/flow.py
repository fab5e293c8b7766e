"""Who passed the gates: by the minute, by the hour, gate by gate."""

from services.district.endpoints.looking import look
from services.district.endpoints.office import OFFICE
from services.district.read_views.flow import see_gates
from services.district.read_views.titles import titles
from services.district.schemas.flow import FlowAsked, GatesShape
from shared.projections.rebuilder import Rebuilds
from shared.web import Call, Reply, endpoint


class FlowDoors:
    rebuilds: Rebuilds

    @endpoint("GET", "/district/flow", who=OFFICE, query=FlowAsked, out=GatesShape, page="district/flow.html")
    def flow(self, call: Call) -> Reply:
        """Who passed the gates of the district, or of one community: the last 60 minutes, the day by the hour, and the last
        hours gate by gate, beside the day before."""
        seen = look(call, self.rebuilds)
        it = see_gates(seen.store, seen.at, call.query["community"] or None)
        return Reply(it, page={**seen.page, "asked": call.query, "places": titles(seen.store)})
