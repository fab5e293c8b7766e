"""Who looks after what, and how they are called, as volunteers tells it."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from services.grid.domain.owners import Carers, carers
from shared.persistence.personal_data import Holding
from shared.persistence.store import Store


class Owners(Store):
    indexes = {"names": [], "carers": []}
    holds: ClassVar[Sequence[Holding]] = (Holding("names", ("name",)),)

    def note_name(self, volunteer: str, name: str) -> None:
        self["names"].replace_one(
            {"_id": volunteer}, {"_id": volunteer, "name": name}, upsert=True, session=self.session
        )

    def forget_name(self, volunteer: str) -> None:
        self["names"].delete_one({"_id": volunteer}, session=self.session)

    def names(self, volunteers: Iterable[str]) -> dict[str, str]:
        """The names of those who agreed to be shown by name."""
        return {row["_id"]: row["name"] for row in self["names"].find({"_id": {"$in": sorted(set(volunteers))}})}

    def note_carer(self, building: str, unit: str | None, owner: str | None, deputy: str | None) -> None:
        place = {"building": building, "unit": unit, "owner": owner, "deputy": deputy}
        self["carers"].replace_one({"_id": f"{building}/{unit or ''}"}, place, upsert=True, session=self.session)

    def carers(self) -> Carers:
        found = self["carers"].find({}, session=self.session)
        return carers((one["building"], one["unit"], one["owner"], one["deputy"]) for one in found)
