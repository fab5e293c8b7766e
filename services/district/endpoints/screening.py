"""How far screening rounds are."""

from services.district.endpoints.looking import look
from services.district.endpoints.office import OFFICE
from services.district.endpoints.pages import all_of
from services.district.read_views.screening import see_rounds
from services.district.schemas.lists import Listed
from services.district.schemas.screening import RoundShape
from shared.projections.rebuilder import Rebuilds
from shared.web import Call, Reply, endpoint


class ScreeningDoors:
    rebuilds: Rebuilds

    @endpoint("GET", "/district/screening", who=OFFICE, query=Listed, out=RoundShape, many=True,
          page="district/screening.html")  # fmt: skip
    def screening(self, call: Call) -> Reply:
        """Every screening round: those that run first, with how many households are still to visit."""
        seen = look(call, self.rebuilds)
        found = see_rounds(seen.store, call.query["community"] or None)
        return all_of(call, seen, found, lambda one: one.round.id)
