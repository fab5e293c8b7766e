"""The screening rounds of all communities, and their cells."""

from pymongo import ASCENDING, IndexModel

from services.district.domain.screening import Cell, Round
from services.district.store.kept import Kept


class Rounds(Kept):
    folded = {
        "cells": [IndexModel([("community", ASCENDING)])],
        "rounds": [IndexModel([("community", ASCENDING), ("begun", ASCENDING)])],
    }

    def cells(self, community: str) -> dict[str, Cell]:
        return {one.id.rpartition("/")[2]: one for one in self.find_all(Cell, "cells", {"community": community})}

    def rounds(self, community: str | None = None) -> list[Round]:
        """Newest first."""
        query = {"community": community} if community else {}
        return self.find_all(Round, "rounds", query, [("begun", -1), ("_id", -1)])

    def rounds_open(self) -> list[Round]:
        return self.find_all(Round, "rounds", {"ended": None})
