"""Notices, their posters and answers, as documents, and the questions asked of them; other subjects have modules of their own."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.notify.domain.alerts import TakenAlert
from services.notify.domain.answers import Ask, ask_id
from services.notify.domain.notices import Notice
from services.notify.domain.posters import Poster
from services.notify.store.people import People
from services.notify.store.rules import Rules
from services.notify.store.sending import Sending
from shared.i18n.text import counted
from shared.persistence import capability_links
from shared.persistence.store import Kind


class NotifyStore(People, Sending, Rules):
    service = "notify"
    kinds = {
        Notice: Kind("notices", "notify.notice"),
        Poster: Kind("posters", "notify.poster"),
        Ask: Kind("asks", "notify.answer"),
        TakenAlert: Kind("alerts", "notify.alert"),
        **People.kinds,
        **Sending.kinds,
        **Rules.kinds,
    }
    indexes = {
        "notices": [
            IndexModel([("community", ASCENDING), ("standing", ASCENDING), ("written", DESCENDING)]),
            IndexModel([("bulletin", ASCENDING)]),
            IndexModel([("send_at", ASCENDING)], partialFilterExpression={"standing": "scheduled"}),
            IndexModel([("published", ASCENDING)], partialFilterExpression={"spreading": True}),
            IndexModel(
                [("origin.subject", ASCENDING)], partialFilterExpression={"origin.subject": {"$type": "string"}}
            ),
        ],
        "posters": [
            IndexModel([("notice", ASCENDING)]),
            IndexModel([("community", ASCENDING), ("placed", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("community", ASCENDING), ("dropped", ASCENDING), ("taken_down", ASCENDING)]),
        ],
        "asks": [IndexModel([("notice", ASCENDING)])],
        "links": list(capability_links.INDEXES),
        **People.indexes,
        **Sending.indexes,
        **Rules.indexes,
    }

    def notice(self, community: str, notice: str) -> Notice:
        """Raises NotFound, also for a notice of another community."""
        return self.the(Notice, {"_id": notice, "community": community})

    def notices(self, community: str, standing: str | None, after: str, limit: int) -> list[Notice]:
        query: dict[str, Any] = {"community": community, **({"standing": standing} if standing else {})}
        if after:
            query["_id"] = {"$lt": after}
        return self.find(Notice, query, sort=[("_id", DESCENDING)], limit=limit)

    def shown(self, community: str, after: str, limit: int) -> list[Notice]:
        """What residents read, the newest first; what was corrected has made room for the correction."""
        query: dict[str, Any] = {"community": community, "standing": "published", "public": True, "corrected_by": None}
        if after:
            query["_id"] = {"$lt": after}
        return self.find(Notice, query, sort=[("_id", DESCENDING)], limit=limit)

    def count_by_standing(self, community: str) -> dict[str, int]:
        pipeline: list[dict[str, Any]] = [
            {"$match": {"community": community}},
            {"$group": {"_id": "$standing", "count": {"$sum": 1}}},
        ]
        return {row["_id"]: row["count"] for row in self[Notice].aggregate(pipeline)}

    def of_bulletin(self, bulletin: str) -> list[Notice]:
        return self.find(Notice, {"bulletin": bulletin}, sort=[("community", ASCENDING)])

    def bulletins(self, after: str, limit: int) -> list[Notice]:
        """The newest bulletins, each by one of its notices."""
        match: dict[str, Any] = {"bulletin": {"$type": "string", **({"$lt": after} if after else {})}}
        pipeline: list[dict[str, Any]] = [
            {"$match": match}, {"$sort": {"bulletin": -1, "community": 1}},
            {"$group": {"_id": "$bulletin", "first": {"$first": "$$ROOT"}}}, {"$sort": {"_id": -1}}, {"$limit": limit},
        ]  # fmt: skip
        return [self._structure(Notice, row["first"]) for row in self[Notice].aggregate(pipeline)]

    def newest_of(self, alert: str) -> TakenAlert | None:
        """The alert of that name, or what updated or cancelled it last."""
        found = self.get(TakenAlert, alert)
        while found is not None and found.by is not None:
            found = self.get(TakenAlert, found.by)
        return found

    def line_of(self, notice: Notice) -> list[Notice]:
        """A notice with what it corrects before it and its corrections behind, the last one last."""
        line = [notice]
        while (of := line[0].corrects) is not None and (before := self.get(Notice, of)) is not None:
            line.insert(0, before)
        while (by := line[-1].corrected_by) is not None and (following := self.get(Notice, by)) is not None:
            line.append(following)
        return line

    def due_notices(self, at: datetime) -> Iterator[str]:
        """Ids of the scheduled ones whose time has come."""
        for row in self[Notice].find({"standing": "scheduled", "send_at": {"$lte": at}}, {"_id": 1}):
            yield row["_id"]

    def spreading(self) -> Iterator[str]:
        """Ids of the notices of which not everybody was taken up yet."""
        for row in self[Notice].find({"spreading": True}, {"_id": 1}):
            yield row["_id"]

    def telling_of(self, subjects: Iterable[str]) -> list[Notice]:
        """The automatic notices about these that stand, corrected ones too."""
        query = {"origin.subject": {"$in": list(subjects), "$type": "string"}, "standing": "published"}
        return self.find(Notice, query, sort=[("_id", ASCENDING)])

    # paper and answers

    def posters_of(self, notice: str) -> list[Poster]:
        return _by_door(self.find(Poster, {"notice": notice}))

    def poster(self, community: str, poster: str) -> Poster:
        return self.the(Poster, {"_id": poster, "community": community})

    def open_posters(self, community: str, limit: int) -> list[Poster]:
        """To be put up, and those that hang though they no longer hold: to be taken down."""
        up = {"community": community, "placed": None, "dropped": False}
        down = {"community": community, "placed": {"$ne": None}, "dropped": True, "taken_down": None}
        found = [
            one for query in (down, up) for one in self.find(Poster, query, sort=[("_id", ASCENDING)], limit=limit)
        ]
        return _by_door(found[:limit])

    def ask(self, notice: str, person: str) -> Ask | None:
        return self.get(Ask, ask_id(notice, person))

    def asks_of(self, notice: str) -> list[Ask]:
        return self.find(Ask, {"notice": notice}, sort=[("_id", ASCENDING)])


def _by_door(posters: list[Poster]) -> list[Poster]:
    return sorted(posters, key=lambda one: (one.notice, counted(one.building), counted(one.unit)))
