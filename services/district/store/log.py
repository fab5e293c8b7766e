"""What was received, event by event, and by whom it was done; the log that every read model is folded from."""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.district.domain.accounts import Account
from services.district.store.kept import Kept
from shared.events.contracts import BreaksContract, registry
from shared.events.envelope import Event, from_wire


@dataclass(frozen=True)
class Received:
    """One event, at its position in the log and when it came there. `passed_over`: an operator decided that it has no effect.
    `raw`: it breaks its contract, so that its data is what came and nothing can be relied on in it."""

    position: int
    at: datetime
    event: Event
    passed_over: bool = False
    raw: bool = False


class Log(Kept):
    folded = {"accounts": []}
    log_indexes = [
        IndexModel([(f"event.{name}", ASCENDING), ("_id", DESCENDING)], name=f"by {name}")
        for name in ("subject", "community", "type")
    ]

    def received(
        self, limit: int, *, about: str = "", community: str = "", types: Sequence[str] = (), before: int | None = None
    ) -> list[Received]:
        """The newest first, before a position. `about` one thing: with what lies within it, as posters do in a notice."""
        asked: list[dict[str, Any]] = [{} if before is None else {"_id": {"$lt": before}}]
        if about:
            asked.append({"$or": _subjects(about)})
        if community:
            asked.append({"event.community": community})
        if types:
            asked.append({"event.type": {"$in": list(types)}})
        found = list(self["received"].find({"$and": asked}, sort=[("_id", DESCENDING)], limit=limit))
        ids = {"_id": {"$in": [entry["event"]["id"] for entry in found]}}
        passed_over = {entry["_id"] for entry in self["discarded"].find(ids, {"_id": 1})}
        return [_read(entry, passed_over) for entry in found]

    def accounts(self, ids: Iterable[str]) -> dict[str, Account]:
        return self.by_id(Account, "accounts", ids)


def _subjects(about: str) -> list[dict[str, Any]]:
    """A building is `yueran/b3` to those who care for it, and `b3` to its own grid."""
    community, _, slug = about.partition("/")
    within = {"event.subject": {"$regex": f"^{re.escape(about)}[.]"}}
    by_its_own = [{"event.subject": slug, "event.community": community}] if slug else []
    return [{"event.subject": about}, within, *by_its_own]


def _read(entry: dict[str, Any], passed_over: Container[str]) -> Received:
    wire = entry["event"]
    event = from_wire({**wire, "time": wire["time"].isoformat()})
    is_passed_over = event.id in passed_over
    try:
        return Received(entry["_id"], entry["at"], registry.read(event), is_passed_over)
    except BreaksContract:
        return Received(entry["_id"], entry["at"], event, is_passed_over, raw=True)
