"""Channels and what goes out by them, as documents, claimed by one process at a time, and the questions asked of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReplaceOne, ReturnDocument

from services.notify.domain.channels import Channel
from services.notify.domain.deliveries import Delivery
from shared.kernel.errors import NotFound
from shared.persistence.store import Kind, Store, converter

UNREADABLE_FOR = timedelta(minutes=5)  # so long others go first
Unreadable = Callable[[str, Exception], None]  # is told the id of what cannot be read, and why


class Sending(Store):
    kinds = {Channel: Kind("channels", "notify.channel")}
    indexes = {
        "channels": [IndexModel([("community", ASCENDING)])],
        "buckets": [],
        "codes": [IndexModel([("until", ASCENDING)], expireAfterSeconds=0), IndexModel([("due", ASCENDING)])],
        "deliveries": [
            IndexModel([("due", ASCENDING)], name="waiting", partialFilterExpression={"state": "waiting"}),
            IndexModel([("claimed", ASCENDING)], name="sending", partialFilterExpression={"state": "sending"}),
            IndexModel([("notice", ASCENDING), ("state", ASCENDING)]),
            IndexModel([("person", ASCENDING), ("way", ASCENDING), ("_id", DESCENDING)]),
        ],
    }

    def channel(self, community: str, channel: str) -> Channel:
        return self.the(Channel, {"_id": channel, "community": community})

    def channels(self, community: str) -> list[Channel]:
        return self.find(Channel, {"community": community}, sort=[("_id", ASCENDING)])

    def take_tokens(self, channel: str, rate: int, wanted: int, at: datetime) -> int:
        """How many of the wanted messages this channel may send now, at `rate` a minute: a bucket that fills evenly, in one
        update, so that replicas share it."""
        fresh = float(max(rate // 6, 1))
        flowed = {"$multiply": [{"$subtract": [at, "$at"]}, rate / 60_000]}
        held = {"$min": [float(rate), {"$add": ["$tokens", {"$max": [0, flowed]}]}]}
        change: list[Mapping[str, Any]] = [
            {
                "$set": {
                    "tokens": {"$cond": [{"$eq": [{"$type": "$at"}, "missing"]}, fresh, held]},
                    "at": {"$max": [at, "$at"]},
                }
            },
            {"$set": {"given": {"$min": [wanted, {"$floor": "$tokens"}]}}},
            {"$set": {"tokens": {"$subtract": ["$tokens", "$given"]}}},
        ]
        bucket = self["buckets"].find_one_and_update(
            {"_id": channel}, change, upsert=True, return_document=ReturnDocument.AFTER
        )
        return int(bucket["given"]) if bucket else 0

    # one-time codes, sealed as they came until they are sent

    def keep_code(self, id_: str, sealed: str, until: datetime, at: datetime) -> None:
        code = {"sealed": sealed, "until": until, "due": at, "tries": 0}
        self["codes"].replace_one({"_id": id_}, code, upsert=True, session=self.session)

    def claim_code(self, at: datetime) -> dict[str, Any] | None:
        """One that is due, which nobody else is given."""
        due = {"due": {"$lte": at}, "until": {"$gt": at}}
        taken = {"$set": {"due": None}, "$inc": {"tries": 1}}
        return self["codes"].find_one_and_update(due, taken, return_document=ReturnDocument.AFTER)

    def code_again(self, id_: str, due: datetime) -> None:
        self["codes"].update_one({"_id": id_}, {"$set": {"due": due}})

    def forget_code(self, id_: str) -> None:
        self["codes"].delete_one({"_id": id_})

    # deliveries: not aggregates, for they make no events and there are very many

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            self["deliveries"].insert_many([_as_document(one) for one in deliveries], session=self.session)

    def replace_delivery(self, before: Delivery, after: Delivery) -> bool:
        """Whether it still was as it was known: another process, or a person, may have been first."""
        return self["deliveries"].replace_one(_known(before), _as_document(after)).modified_count == 1

    def claim_deliveries(self, changes: Sequence[tuple[Delivery, Delivery]]) -> list[Delivery]:
        """Those of them that were still as they were known, as they are now; all under one claim, which nobody else has."""
        if not changes:
            return []
        writes = [ReplaceOne(_known(before), _as_document(after)) for before, after in changes]
        self["deliveries"].bulk_write(writes, ordered=False)
        claimed = {"_id": {"$in": [after.id for _, after in changes]}, "claim": changes[0][1].claim}
        return self._deliveries(claimed, [("_id", ASCENDING)], 0)

    def delivery(self, id_: str) -> Delivery:
        """Raises NotFound."""
        found = self["deliveries"].find_one({"_id": id_})
        if found is None:
            raise NotFound
        return _as_delivery(found)

    def due_deliveries(
        self, at: datetime, limit: int, unreadable: Unreadable, *, except_via: Sequence[str] = ()
    ) -> list[Delivery]:
        """What should go out now, what waited longest first; not by the channels that have sent enough for the moment."""
        query = {"state": "waiting", "due": {"$lte": at}, "via": {"$nin": list(except_via)}}
        return self._readable(self["deliveries"].find(query, sort=[("due", ASCENDING)], limit=limit), at, unreadable)

    def put_off(self, channel: str, at: datetime) -> None:
        """What is due by this channel lets others go first."""
        due = {"via": channel, "state": "waiting", "due": {"$lte": at}}
        self["deliveries"].update_many(due, {"$set": {"due": at + UNREADABLE_FOR}})

    def lost_deliveries(self, before: datetime) -> Iterator[str]:
        """Ids of those that were claimed so long ago, what was claimed first first."""
        query = {"state": "sending", "claimed": {"$lte": before}}
        for row in self["deliveries"].find(query, {"_id": 1}, sort=[("claimed", ASCENDING)]):
            yield row["_id"]

    def digest_of(self, one: Delivery, at: datetime, limit: int, unreadable: Unreadable) -> list[Delivery]:
        """The others that wait for the same person's same digest."""
        query = {
            "person": one.person, "way": one.way, "digest": True, "state": "waiting", "due": {"$lte": at},
            "_id": {"$ne": one.id},
        }  # fmt: skip
        return self._readable(self["deliveries"].find(query, sort=[("_id", ASCENDING)], limit=limit), at, unreadable)

    def deliveries_of(self, notice: str, *states: str, limit: int = 0) -> list[Delivery]:
        query = {"notice": notice, **({"state": {"$in": list(states)}} if states else {})}
        return self._deliveries(query, [("_id", ASCENDING)], limit)

    def undecided(self, community: str, limit: int) -> list[Delivery]:
        return self._deliveries({"community": community, "state": "unknown"}, [("_id", DESCENDING)], limit)

    def drop_waiting(self, notice: str) -> None:
        """What was not sent yet never is."""
        self["deliveries"].update_many({"notice": notice, "state": "waiting"}, {"$set": {"state": "dropped"}})

    def count_states(self, notices: Sequence[str]) -> dict[tuple[str, str], int]:
        """Deliveries by way and state."""
        pipeline: list[dict[str, Any]] = [
            {"$match": {"notice": {"$in": list(notices)}}},
            {"$group": {"_id": {"way": "$way", "state": "$state"}, "count": {"$sum": 1}}},
        ]  # fmt: skip
        return {
            (row["_id"]["way"], row["_id"]["state"]): row["count"] for row in self["deliveries"].aggregate(pipeline)
        }

    def count_twice(self, notice: str) -> int:
        return self["deliveries"].count_documents({"notice": notice, "twice": True})

    def inbox_of(self, person: str, after: str, limit: int) -> list[Delivery]:
        query: dict[str, Any] = {"person": person, "way": "inbox", **({"_id": {"$lt": after}} if after else {})}
        return self._deliveries(query, [("_id", DESCENDING)], limit)

    def unread(self, person: str) -> int:
        return self["deliveries"].count_documents({"person": person, "way": "inbox", "read": None, "state": "sent"})

    def note_read(self, id_: str, at: datetime) -> None:
        self["deliveries"].update_one({"_id": id_, "read": None}, {"$set": {"read": at}})

    def _readable(self, rows: Iterable[dict[str, Any]], at: datetime, unreadable: Unreadable) -> list[Delivery]:
        """Those that are as they should be; the others are told of, and let these go first for a while."""
        readable = list[Delivery]()
        for row in rows:
            try:
                readable.append(_as_delivery(row))
            except Exception as fault:  # noqa: BLE001  (a document can be wrong in every way)
                unreadable(row["_id"], fault)
                self["deliveries"].update_one({"_id": row["_id"]}, {"$set": {"due": at + UNREADABLE_FOR}})
        return readable

    def _deliveries(self, query: Mapping[str, Any], sort: Sequence[tuple[str, int]], limit: int) -> list[Delivery]:
        return [_as_delivery(row) for row in self["deliveries"].find(query, sort=list(sort), limit=limit)]


def _known(before: Delivery) -> dict[str, Any]:
    return {"_id": before.id, "state": before.state, "claim": before.claim, "tries": before.tries}


def _as_document(delivery: Delivery) -> dict[str, Any]:
    document: dict[str, Any] = converter.unstructure(delivery)
    document["_id"] = document.pop("id")
    return document


def _as_delivery(document: dict[str, Any]) -> Delivery:
    return converter.structure({**document, "id": document["_id"]}, Delivery)
