"""Which moment somebody looks back to."""

from datetime import datetime

from services.district.store import DistrictStore
from shared.i18n.text import Text
from shared.kernel.errors import Fault


class NotYet(Fault):
    """Nobody can look back at what has not been."""

    code = "not-yet"
    status = 422
    says = Text("还没有到那个时候。", "That has not been yet.")


def find_past(store: DistrictStore, known_at: int | datetime, now: datetime) -> tuple[int, datetime]:
    """The position in the log and the moment that `known_at` means, given as either. Raises NotYet."""
    if isinstance(known_at, datetime):
        if known_at > now:
            raise NotYet("as-known-at")
        return store.position_at(known_at), known_at
    received = store.received_at(known_at)
    if received is None:
        raise NotYet("as-known-at")
    return known_at, received
