"""Notices, whom they are for and how each of them fared, as documents, and the questions asked of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReplaceOne, ReturnDocument
from pymongo.errors import DuplicateKeyError

from services.notify.domain.answers import Ask, ask_id
from services.notify.domain.channels import Channel
from services.notify.domain.deliveries import Delivery
from services.notify.domain.notices import Notice
from services.notify.domain.people import ANYWHERE, Person, group
from services.notify.domain.posters import Building, Poster
from services.notify.domain.rules import USUAL_RULES, Occasion, Rule
from shared import links
from shared.errors import NotFound
from shared.mongo import Kind, Store, converter
from shared.words import counted

KEPT_OCCASIONS_SECONDS = 30 * 24 * 3600
OF_ANYWHERE = ("gave:", "rescue-team:")  # groups that belong to no community
NEWEST_FIRST = [("written", DESCENDING), ("_id", DESCENDING)]


class NotifyStore(Store):
    service = "notify"
    kinds = {
        Notice: Kind("notices", "notify.notice"),
        Person: Kind("people", "notify.person"),
        Building: Kind("buildings", "notify.building"),
        Poster: Kind("posters", "notify.poster"),
        Ask: Kind("asks", "notify.answer"),
        Channel: Kind("channels", "notify.channel"),
        Rule: Kind("rules", "notify.rule"),
        Occasion: Kind("occasions", "notify.occasion"),
    }
    indexes = {
        "notices": [
            IndexModel([("community", ASCENDING), ("standing", ASCENDING), ("written", DESCENDING)]),
            IndexModel([("bulletin", ASCENDING)]),
            IndexModel([("send_at", ASCENDING)], partialFilterExpression={"standing": "scheduled"}),
            IndexModel([("published", ASCENDING)], partialFilterExpression={"spreading": True}),
        ],
        "people": [
            IndexModel([("groups", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("helping.volunteer", ASCENDING)]),
            IndexModel([("duties.shift", ASCENDING)]),
            IndexModel([("box_from", ASCENDING)], partialFilterExpression={"box_from": {"$type": "string"}}),
        ],
        "buildings": [IndexModel([("community", ASCENDING)])],
        "posters": [
            IndexModel([("notice", ASCENDING)]),
            IndexModel([("community", ASCENDING), ("placed", ASCENDING), ("_id", ASCENDING)]),
        ],
        "asks": [IndexModel([("notice", ASCENDING)])],
        "channels": [IndexModel([("community", ASCENDING)])],
        "occasions": [
            IndexModel([("heard", ASCENDING)], expireAfterSeconds=KEPT_OCCASIONS_SECONDS),
            IndexModel([("trigger", ASCENDING), ("heard", DESCENDING)]),
            IndexModel([("heard", ASCENDING)], name="waiting", partialFilterExpression={"fate": "waiting"}),
        ],
        "deliveries": [
            IndexModel([("due", ASCENDING)], name="waiting", partialFilterExpression={"state": "waiting"}),
            IndexModel([("claimed", ASCENDING)], name="sending", partialFilterExpression={"state": "sending"}),
            IndexModel([("notice", ASCENDING), ("state", ASCENDING)]),
            IndexModel([("person", ASCENDING), ("way", ASCENDING), ("_id", DESCENDING)]),
        ],
        "duties": [IndexModel([("ends", ASCENDING)], expireAfterSeconds=8 * 24 * 3600)],
        "posts": [],
        "items": [],
        "missions": [IndexModel([("due", ASCENDING)], expireAfterSeconds=KEPT_OCCASIONS_SECONDS)],
        "teams": [IndexModel([("community", ASCENDING)])],
        "buckets": [],
        "codes": [IndexModel([("until", ASCENDING)], expireAfterSeconds=0), IndexModel([("due", ASCENDING)])],
        "links": list(links.INDEXES),
    }

    def _prepare(self) -> None:
        """The usual rules are there from the start; those an officer changed stay as they are."""
        super()._prepare()
        for rule in USUAL_RULES:
            document = {**converter.unstructure(rule), "meta": {"version": 1, "sequence": 0, "order": 0}}
            document["_id"] = document.pop("id")
            try:
                self[Rule].update_one({"_id": rule.id}, {"$setOnInsert": document}, upsert=True)
            except DuplicateKeyError:  # another process was first
                continue

    # notices

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

    def due_notices(self, at: datetime) -> list[str]:
        query = {"standing": "scheduled", "send_at": {"$lte": at}}
        return [row["_id"] for row in self[Notice].find(query, {"_id": 1}, limit=100)]

    def spreading(self) -> list[str]:
        return [row["_id"] for row in self[Notice].find({"spreading": True}, {"_id": 1}, limit=20)]

    # people

    def person(self, id_: str) -> Person | None:
        return self.get(Person, id_)

    def person_of_volunteer(self, volunteer: str) -> Person | None:
        found = self.find(Person, {"helping.volunteer": volunteer}, limit=1)
        return found[0] if found else None

    def count_audience(self, community: str, audience: Sequence[str], at: datetime) -> int:
        return self[Person].count_documents(_in_audience(community, audience, at)) if audience else 0

    def audience(self, community: str, audience: Sequence[str], at: datetime, after: str, limit: int) -> list[Person]:
        """A part of those in the audience, by id, those after the id `after`."""
        query = {"$and": [_in_audience(community, audience, at), {"_id": {"$gt": after}}]}
        return self.find(Person, query, sort=[("_id", ASCENDING)], limit=limit)

    def people(self, ids: Iterable[str]) -> dict[str, Person]:
        return {one.id: one for one in self.find(Person, {"_id": {"$in": list(ids)}})}

    def with_boxes(self, limit: int) -> list[str]:
        query = {"box_from": {"$type": "string"}}
        return [row["_id"] for row in self[Person].find(query, {"_id": 1}, limit=limit)]

    def helpers(self, community: str) -> list[Person]:
        return self.find(Person, {"groups": group(community, "role:volunteer")})

    def count_groups(self, community: str) -> dict[str, int]:
        """How many there are in each group of this community."""
        prefix = f"{community}/"
        pipeline: list[dict[str, Any]] = [
            {"$match": {"groups": {"$gte": prefix, "$lt": f"{community}0"}}}, {"$unwind": "$groups"},
            {"$group": {"_id": "$groups", "count": {"$sum": 1}}},
        ]  # fmt: skip
        rows = self[Person].aggregate(pipeline)
        return {row["_id"].removeprefix(prefix): row["count"] for row in rows if row["_id"].startswith(prefix)}

    # what is known of the community's shifts, posts, teams and buildings

    def note(self, collection: str, id_: str, fields: Mapping[str, Any]) -> None:
        """Within a transaction: what an event told of something that is not ours."""
        self[collection].update_one({"_id": id_}, {"$set": dict(fields)}, upsert=True, session=self.session)

    def noted(self, collection: str, id_: str) -> dict[str, Any]:
        return self[collection].find_one({"_id": id_}, session=self.session) or {}

    def teams(self, community: str) -> list[dict[str, Any]]:
        return list(self["teams"].find({"community": community, "dissolved": {"$ne": True}}).sort("name"))

    def buildings(self, community: str) -> list[Building]:
        return sorted(self.find(Building, {"community": community}), key=lambda one: counted(one.name))

    def duties_of(self, volunteers: Sequence[str], since: datetime, until: datetime) -> set[str]:
        """Those among them who have a shift that touches the time between."""
        query = {"holders": {"$in": list(volunteers)}, "starts": {"$lt": until}, "ends": {"$gt": since}}
        return {one for row in self["duties"].find(query, {"holders": 1}) for one in row["holders"]} & {*volunteers}

    # channels

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

    def due_deliveries(self, at: datetime, limit: int, *, except_via: Sequence[str] = ()) -> list[Delivery]:
        """What should go out now, what waited longest first; not by the channels that have sent enough for the moment."""
        query = {"state": "waiting", "due": {"$lte": at}, "via": {"$nin": list(except_via)}}
        return self._deliveries(query, [("due", ASCENDING)], limit)

    def lost_deliveries(self, before: datetime, limit: int) -> list[Delivery]:
        return self._deliveries({"state": "sending", "claimed": {"$lte": before}}, [("claimed", ASCENDING)], limit)

    def digest_of(self, one: Delivery, at: datetime, limit: int) -> list[Delivery]:
        """The others that wait for the same person's same digest."""
        query = {
            "person": one.person, "way": one.way, "digest": True, "state": "waiting", "due": {"$lte": at},
            "_id": {"$ne": one.id},
        }  # fmt: skip
        return self._deliveries(query, [("_id", ASCENDING)], limit)

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

    # paper, answers, rules

    def posters_of(self, notice: str) -> list[Poster]:
        return _by_door(self.find(Poster, {"notice": notice}))

    def poster(self, community: str, poster: str) -> Poster:
        return self.the(Poster, {"_id": poster, "community": community})

    def open_posters(self, community: str, limit: int) -> list[Poster]:
        query = {"community": community, "placed": None, "dropped": False}
        return _by_door(self.find(Poster, query, sort=[("_id", ASCENDING)], limit=limit))

    def ask(self, notice: str, person: str) -> Ask | None:
        return self.get(Ask, ask_id(notice, person))

    def asks_of(self, notice: str) -> list[Ask]:
        return self.find(Ask, {"notice": notice}, sort=[("_id", ASCENDING)])

    def rules(self) -> list[Rule]:
        return self.find(Rule, {}, sort=[("_id", ASCENDING)])

    def waiting_occasions(self, limit: int) -> list[str]:
        rows = self[Occasion].find({"fate": "waiting"}, {"_id": 1}, sort=[("heard", ASCENDING)], limit=limit)
        return [row["_id"] for row in rows]

    def newest_occasions(self, trigger: str, limit: int) -> list[Occasion]:
        return self.find(Occasion, {"trigger": trigger}, sort=[("heard", DESCENDING)], limit=limit)

    def told_before(self, occasion: Occasion, since: datetime) -> bool:
        query = {
            "trigger": occasion.trigger, "community": occasion.community, "subject": occasion.subject, "fate": "told",
            "heard": {"$gt": since},
        }  # fmt: skip
        return self[Occasion].find_one(query, {"_id": 1}, session=self.session) is not None

    def _deliveries(self, query: Mapping[str, Any], sort: Sequence[tuple[str, int]], limit: int) -> list[Delivery]:
        return [_as_delivery(row) for row in self["deliveries"].find(query, sort=list(sort), limit=limit)]


def _by_door(posters: list[Poster]) -> list[Poster]:
    return sorted(posters, key=lambda one: (one.notice, counted(one.building), counted(one.unit)))


def _in_audience(community: str, audience: Sequence[str], at: datetime) -> dict[str, Any]:
    named = [one.partition(":")[2] for one in audience if one.startswith("person:")]
    groups = [
        group(ANYWHERE if one.startswith(OF_ANYWHERE) else community, one)
        for one in audience
        if one != "on-duty" and not one.startswith("person:")
    ]
    ways: list[dict[str, Any]] = [{"groups": {"$in": groups}}]
    if named:
        ways.append({"_id": {"$in": named}})
    if "on-duty" in audience:
        ways.append({"duties": {"$elemMatch": {"community": community, "until": {"$gt": at}}}})
    return {"$or": ways}


def _known(before: Delivery) -> dict[str, Any]:
    return {"_id": before.id, "state": before.state, "claim": before.claim, "tries": before.tries}


def _as_document(delivery: Delivery) -> dict[str, Any]:
    document: dict[str, Any] = converter.unstructure(delivery)
    document["_id"] = document.pop("id")
    return document


def _as_delivery(document: dict[str, Any]) -> Delivery:
    return converter.structure({**document, "id": document["_id"]}, Delivery)
