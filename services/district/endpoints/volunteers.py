"""The people who help, and the buildings nobody looks after."""

from services.district.endpoints.looking import look
from services.district.endpoints.office import OFFICE
from services.district.endpoints.pages import all_of, newest_of
from services.district.read_views import volunteers as views
from services.district.schemas import volunteers as schemas
from services.district.schemas.lists import Listed, VolunteerList
from shared.projections.rebuilder import Rebuilds
from shared.web import Call, Reply, endpoint


class VolunteerDoors:
    rebuilds: Rebuilds

    @endpoint("GET", "/district/volunteers", who=OFFICE, query=VolunteerList, out=schemas.VolunteerShape, many=True,
          page="district/volunteers.html")  # fmt: skip
    def volunteers(self, call: Call) -> Reply:
        """Volunteers in one standing, whoever came into it last first; by name only whoever agreed to be named."""
        seen, community, standing = look(call, self.rebuilds), call.query["community"] or None, call.query["standing"]
        return newest_of(
            call, seen,
            lambda limit, before: views.see_volunteers(seen.store, limit, standing, community, before),
            lambda one: (one.volunteer.since, one.volunteer.id), **views.PEOPLE_TABLES,
        )  # fmt: skip

    @endpoint("GET", "/district/buildings", who=OFFICE, query=Listed, out=schemas.BuildingShape, many=True,
          page="district/buildings.html")  # fmt: skip
    def buildings(self, call: Call) -> Reply:
        """Buildings and units that nobody looks after, community by community."""
        seen = look(call, self.rebuilds)
        found = views.see_ownerless(seen.store, call.query["community"] or None)
        return all_of(call, seen, found, lambda one: one.building.id)
