"""What a page looks at: the district now, or as it was known at a past moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.district.store import DistrictStore
from services.district.usecases.past import find_past
from shared.kernel.ids import now
from shared.projections.rebuilder import Rebuilds
from shared.web import Call


@dataclass(frozen=True)
class Look:
    """`known_at`: the position in the log that it is looked back from; None: it is now."""

    store: DistrictStore
    at: datetime
    known_at: int | None = None

    @property
    def page(self) -> dict[str, Any]:
        """What every page says of it."""
        return {"known_at": self.known_at, "seen_at": self.at}


def look(call: Call, rebuilds: Rebuilds) -> Look:
    """As `as-known-at` says. Raises NotYet, StillFolding, TooFarBack, TooMany, CannotFold."""
    known_at = call.query["as_known_at"]
    if known_at is None:
        return Look(call.store.shown(), now())
    position, at = find_past(call.store, known_at, call.act.at)
    return Look(rebuilds.look_back(position, call.act), at, position)
