"""Whatever has a name that somebody may look for."""

import re
from typing import Any, TypeVar

from services.district.domain.communities import Community
from services.district.domain.missions import Mission
from services.district.domain.reach import Notice
from services.district.domain.stock import Item
from services.district.domain.volunteers import Building, Volunteer
from services.district.store.kept import Kept

T = TypeVar("T")


class Search(Kept):
    def communities_called(self, words: str, limit: int) -> list[Community]:
        return self.find_all(Community, "communities", _called(words, "name", "name_en", "_id"), [("_id", 1)], limit)

    def people_called(self, words: str, limit: int) -> list[tuple[Volunteer, str]]:
        """Of those who agreed to be named."""
        names = {one["_id"]: one["name"] for one in self["people"].find(_called(words, "name"), limit=limit)}
        known = self.by_id(Volunteer, "volunteers", names)
        return [(known[id_], name) for id_, name in names.items() if id_ in known]

    def buildings_called(self, words: str, limit: int, communities: list[str]) -> list[Building]:
        """By the building's name; where `communities` are called so as well, in those only (`悦然 3号楼`)."""
        within = {"community": {"$in": communities}} if communities else {}
        return self.find_all(Building, "buildings", _called(words, "name") | within, [("_id", 1)], limit)

    def items_called(self, words: str, limit: int) -> list[Item]:
        return self.find_all(Item, "items", _called(words, "name", "name_en", "_id"), [("_id", 1)], limit)

    def notices_called(self, words: str, limit: int) -> list[Notice]:
        """Newest first."""
        return self.find_all(Notice, "notices", _called(words, "title_zh", "title_en"), [("published", -1)], limit)

    def missions_numbered(self, number: str, limit: int) -> list[Mission]:
        """Newest first."""
        return self.find_all(Mission, "missions", {"number": number}, [("since", -1), ("_id", -1)], limit)


def _called(words: str, *fields: str) -> dict[str, Any]:
    part = {"$regex": re.escape(words), "$options": "i"}
    return {"$or": [{field: part} for field in fields]}
