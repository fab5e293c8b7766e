"""What somebody looks for."""

from services.district.endpoints.office import OFFICE
from services.district.read_views.search import KIND_WORDS, search
from services.district.schemas import search as schemas
from shared.web import Call, Reply, endpoint


class SearchDoors:
    @endpoint("GET", "/district/search", who=OFFICE, query=schemas.Asked, out=schemas.HitShape, many=True,
          page="district/search.html")  # fmt: skip
    def search(self, call: Call) -> Reply:
        """Volunteers by the name they agreed to, buildings, items, missions by number, communities, public notices."""
        words = " ".join(call.query["q"].split())
        found = search(call.store.shown(), words) if words else []
        return Reply(found, page={"words": words, "kinds": KIND_WORDS, "listing": {"next": None}})
