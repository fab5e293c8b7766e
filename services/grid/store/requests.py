"""Residents' requests as documents, and the volunteers who stand where, as far as requests go."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.grid.domain.requests import Request, Watcher
from shared.persistence import capability_links
from shared.persistence.personal_data import Holding
from shared.persistence.store import Kind, Store

OPEN = ("asked", "taken")
SETTLED_KEPT = timedelta(days=7)  # as long as there may be a question about it
OPEN_KEPT = timedelta(days=30)  # who has waited that long asks again
ASKING_COUNTS = timedelta(hours=1)


class Requests(Store):
    kinds = {Request: Kind("requests", "grid.request"), Watcher: Kind("watchers", "grid.watcher")}
    indexes = {
        "requests": [
            IndexModel([("state", ASCENDING), ("asked", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("settled", DESCENDING), ("_id", DESCENDING)]),
        ],
        "watchers": [IndexModel([("account", ASCENDING)])],
        "request_words": [IndexModel([("expires", ASCENDING)], expireAfterSeconds=0)],
        "asking": [IndexModel([("expires", ASCENDING)], expireAfterSeconds=0)],
        "links": capability_links.INDEXES,
        "revisions": [],
    }

    holds: ClassVar[Sequence[Holding]] = (
        Holding("request_words", ("sealed",), until="expires"),
        Holding("asking", ("who",), until="expires"),
    )

    def watcher_of(self, account: str) -> Watcher | None:
        """The volunteer who signs in with this account."""
        found = self.find(Watcher, {"account": account}, limit=1)
        return found[0] if found else None

    def open_requests(self) -> list[Request]:
        """Those nobody has taken first, the longest waiting first among each."""
        return self.find(Request, {"state": {"$in": list(OPEN)}}, sort=[("state", ASCENDING), ("asked", ASCENDING)])

    def waiting(self) -> list[datetime]:
        """Since when each waits whom nobody has taken, the longest first."""
        found = self["requests"].find({"state": "asked"}, {"asked": 1}, sort=[("asked", ASCENDING)])
        return [one["asked"] for one in found]

    def settled_requests(self, since: datetime, limit: int) -> list[Request]:
        query = {"state": {"$nin": list(OPEN)}, "settled": {"$gte": since}}
        return self.find(Request, query, sort=[("settled", DESCENDING), ("_id", DESCENDING)], limit=limit)

    def waits(self, since: datetime) -> list[tuple[datetime, datetime]]:
        """When each that was taken since then was asked, and taken."""
        found = self["requests"].find({"taken": {"$gte": since}}, {"asked": 1, "taken": 1})
        return [(one["asked"], one["taken"]) for one in found]

    def keep_words(self, request_id: str, sealed: bytes) -> None:
        """Within a transaction."""
        kept = {"_id": request_id, "sealed": sealed, "expires": self.act.at + OPEN_KEPT}
        self["request_words"].insert_one(kept, session=self.session)

    def let_words_go(self, request_id: str) -> None:
        """Within a transaction: the request is settled."""
        expires = {"$set": {"expires": self.act.at + SETTLED_KEPT}}
        self["request_words"].update_one({"_id": request_id}, expires, session=self.session)

    def words(self, request_ids: Iterable[str]) -> dict[str, bytes]:
        """Sealed, as far as they are kept."""
        found = self["request_words"].find({"_id": {"$in": list(request_ids)}})
        return {one["_id"]: one["sealed"] for one in found}

    def all_words(self) -> Iterator[tuple[str, bytes]]:
        """What was said with requests, as far as it is kept, sealed."""
        return ((one["_id"], one["sealed"]) for one in self["request_words"].find({}))

    def erase_words(self, request_ids: Sequence[str], who: bytes | None) -> None:
        """Within a transaction: a person's words, and that they asked."""
        self["request_words"].delete_many({"_id": {"$in": list(request_ids)}}, session=self.session)
        if who is not None:
            self["asking"].delete_many({"who": who}, session=self.session)

    def asked_lately(self, who: bytes | None = None) -> int:
        """How often anybody without an account has asked, or one of them."""
        query = {"expires": {"$gt": self.act.at}, **({"who": who} if who else {})}
        return self["asking"].count_documents(query, session=self.session)

    def note_asking(self, who: bytes) -> None:
        """Within a transaction: somebody asked; `who` is their phone, sealed."""
        asked = {"_id": self.act.id, "who": who, "expires": self.act.at + ASKING_COUNTS}
        self["asking"].insert_one(asked, session=self.session)

    def forget_words(self, at: datetime) -> None:
        """What has been kept long enough goes; MongoDB would do it too, within a minute."""
        for name in ("request_words", "asking"):
            self[name].delete_many({"expires": {"$lte": at}})
