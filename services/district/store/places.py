"""The communities and the people who agreed to be shown."""

from collections.abc import Iterable, Mapping

from pymongo import DeleteOne, UpdateOne

from services.district.domain.communities import Community
from services.district.store.kept import Kept, read, replacing
from shared.kernel.errors import NotFound


class Places(Kept):
    folded = {
        "communities": [],
        "people": [],
    }

    def communities(self) -> list[Community]:
        """All of them, in the order they were registered, so that each keeps its place."""
        known = [read(Community, document) for document in self["communities"].find()]
        return sorted(known, key=lambda one: (one.registered is None, one.registered, one.id))

    def the_community(self, community: str) -> Community:
        """Raises NotFound."""
        document = self["communities"].find_one({"_id": community})
        if document is None:
            raise NotFound
        return read(Community, document)

    def communities_by_id(self, ids: Iterable[str]) -> dict[str, Community]:
        return self.by_id(Community, "communities", ids)

    def keep_communities(self, communities: Iterable[Community]) -> None:
        self.write("communities", [replacing(community.id, community) for community in communities])

    def names(self, volunteers: Iterable[str]) -> dict[str, str]:
        """The display names of those who agreed to be shown."""
        found = self["people"].find({"_id": {"$in": sorted(volunteers)}})
        return {person["_id"]: person["name"] for person in found}

    def keep_names(self, names: Mapping[str, str | None]) -> None:
        """`names` maps volunteer ids to display names, None: no longer shown."""
        self.write("people", [_name(id_, names[id_]) for id_ in names])


def _name(volunteer: str, name: str | None) -> DeleteOne | UpdateOne:
    if name is None:
        return DeleteOne({"_id": volunteer})
    return UpdateOne({"_id": volunteer}, {"$set": {"name": name}}, upsert=True)
