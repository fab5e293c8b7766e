"""Fresh ids and the present moment: the two things a pure rule must be handed from outside."""

from datetime import UTC, datetime

import uuid_utils


def new_id() -> str:
    """A UUIDv7: unique anywhere, and ordered roughly by the time it was made."""
    return str(uuid_utils.uuid7())


def first_id_at(moment: datetime) -> str:
    """No id made at that moment or later is smaller (a UUIDv7 begins with its milliseconds)."""
    milliseconds = f"{int(moment.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}"


def now() -> datetime:
    """The present in UTC, to the millisecond, which is all that MongoDB keeps."""
    present = datetime.now(UTC)
    return present.replace(microsecond=present.microsecond // 1000 * 1000)
