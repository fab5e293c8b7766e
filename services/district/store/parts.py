"""When each part of the district was heard last, and how it was then."""

from datetime import datetime
from typing import Any

from services.district.domain.communities import Part, Pulse
from services.district.store.kept import Kept
from shared.kernel.ids import now
from shared.messaging.dead_letter_admin import counts


class Parts(Kept):
    def pulses(self) -> dict[str, Pulse]:
        """By community: when its shifts were heard last."""
        heard = self["heard"].find({"_id": {"$regex": "^/communities/[^/]+/shifts$"}})
        return {one["community"]: _pulse(one) for one in heard}

    def pulse(self, community: str) -> Pulse | None:
        heard = self["heard"].find_one({"_id": f"/communities/{community}/shifts"})
        return _pulse(heard) if heard else None

    def parts(self) -> list[Part]:
        """Every part of the district that was ever heard, and this one, by source."""
        return sorted([*self.other_parts(), self._own_part()], key=lambda part: part.source)

    def other_parts(self) -> list[Part]:
        """The same without this one."""
        return [_part(one) for one in self["heard"].find({"home": {"$exists": True}})]

    def _own_part(self) -> Part:
        waiting, oldest = self.journal.depth()
        told = {"waiting": waiting, "oldest": oldest and oldest.isoformat(), "aside": counts(self.database)}
        return _part({"_id": self.source, "at": now(), "home": "/district", **told})


def _pulse(heard: dict[str, Any]) -> Pulse:
    oldest = heard.get("oldest")
    return Pulse(heard["at"], datetime.fromisoformat(oldest) if oldest else None)


def _part(heard: dict[str, Any]) -> Part:
    aside = heard["aside"]
    return Part(
        heard["_id"], heard["home"], _pulse(heard), heard["waiting"], aside["parked"], aside["waiting"], aside["raw"]
    )
