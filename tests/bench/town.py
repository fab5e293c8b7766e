"""Communities as their own services would tell of them: registered, with posts, shifts around now, and people at the gates."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson

from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import new_id, now

POSTS, TURNS = 3, 6
TURN = timedelta(hours=4)


def tell_all(places: list[str]) -> Iterator[tuple[str, bytes]]:
    """Routing key and body of messages for the district's queue."""
    at = now()
    midnight = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    for place in places:
        yield told("accounts.community.registered", place, place, 1, at, named(place, place))
        for number in range(POSTS):
            post = f"{place}-post-{number}"
            words = {"kind": "gate", "name": f"{number + 1}号门", "name_en": f"Gate {number + 1}", "place": "岗亭"}
            yield told("shifts.post.opened", place, post, 1, at, {**words, "skill": None})
            for turn in range(TURNS):
                starts = (midnight + turn * TURN).isoformat()
                ends = (midnight + (turn + 1) * TURN).isoformat()
                plan = {"post": post, "starts": starts, "ends": ends, "head_count": 1, "skill": None}
                yield told("shifts.shift.planned", place, f"{post}-{turn}", 1, at, plan)
                if turn % 2:
                    taken = {"volunteer": new_id(), "how": "own"}
                    yield told("shifts.shift.claimed", place, f"{post}-{turn}", 2, at, taken)


def named(name: str, name_en: str) -> dict[str, Any]:
    return {"name": name, "name_en": name_en, "residents": 5_000}


def told(what: str, place: str, subject: str, sequence: int, at: datetime, data: dict[str, Any]) -> tuple[str, bytes]:
    service = what.partition(".")[0]
    source = "/district/accounts" if service == "accounts" else f"/communities/{place}/{service}"
    wire = {
        "specversion": "1.0",
        "id": new_id(),
        "type": f"{what}.v1",
        "source": source,
        "subject": subject,
        "sequence": sequence,
        "time": at,
        "community": place,
        "datacontenttype": "application/json",
        "data": data,
    }
    return f"{place}.{what}.v1", orjson.dumps([wire])
