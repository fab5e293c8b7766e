"""How each part of the district runs."""

from dataclasses import dataclass
from datetime import datetime

from services.district.domain.communities import Part
from services.district.store import DistrictStore


@dataclass(frozen=True)
class PartSeen:
    """A part of the district and how it is."""

    part: Part
    state: str


def see_parts(store: DistrictStore, at: datetime) -> list[PartSeen]:
    """What needs somebody first, then by source."""
    seen = [PartSeen(part, part.state_at(at)) for part in store.parts()]
    return sorted(seen, key=lambda one: (one.state == "ok", one.part.source))
