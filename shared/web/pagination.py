"""Keyset pagination cursors: the moment and id of a page's last row, as text for the next page's address."""

from datetime import UTC, datetime

from shared.kernel.errors import Malformed


def cursor_of(time: datetime, id_: str) -> str:
    return f"{time.isoformat()}~{id_}"


def place_in(cursor: str) -> tuple[datetime, str] | None:
    """None for the first page. Raises Malformed for a cursor that was not ours."""
    if not cursor:
        return None
    time, _, id_ = cursor.partition("~")
    try:
        place = datetime.fromisoformat(time)
        if place.tzinfo is None:
            raise Malformed(reason="after")
        return place.astimezone(UTC), id_
    except (ValueError, OverflowError) as fault:  # the latter: at the edge of what a clock can show
        raise Malformed(reason="after") from fault
