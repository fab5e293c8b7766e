"""The questions asked of the buildings in care."""

from pymongo import ASCENDING, IndexModel

from services.volunteers.domain.buildings import Building, building_id, in_order
from shared.persistence.store import Kind, Store


class Buildings(Store):
    kinds = {Building: Kind("buildings", "volunteers.building")}
    indexes = {"buildings": [IndexModel([("community", ASCENDING)])]}

    def building(self, community: str, slug: str) -> Building:
        """Raises NotFound."""
        return self.load(Building, building_id(community, slug))

    def buildings(self, community: str) -> list[Building]:
        """As people count them."""
        return in_order(self.find(Building, {"community": community}))
