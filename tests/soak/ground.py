"""What the auditor stands on: every service's database, its journal, and what it subscribes to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection

from deploy.instances import instances
from services.catalogue import service_class
from shared.events.contracts import registry
from shared.events.envelope import DISTRICT, Event
from shared.persistence.store import Store
from shared.runtime.event_subscriptions import EventSubscriptions, subscription_of
from shared.runtime.tenants import Stores

SINGLE = [one.type for one in registry.contracts() if one.single]
ALONE = {one.rsplit(".", 2)[0] for one in SINGLE}  # one event each, and no document


@dataclass
class Tenant:
    """One service's database, or one community's of it, opened straight at the database."""

    mongodb_uri: str
    prefix: str
    service: str
    community: str | None

    @property
    def name(self) -> str:
        return f"{self.service}.{self.community}" if self.community else self.service

    @cached_property
    def client(self) -> MongoClient[dict[str, Any]]:
        return MongoClient(self.mongodb_uri)

    @cached_property
    def store(self) -> Store:
        return self._open(self.prefix)

    @cached_property
    def door(self) -> EventSubscriptions:
        return next(one for one in self._declared() if isinstance(one, EventSubscriptions))

    @cached_property
    def aggregates(self) -> dict[tuple[str, str], "Numbers"]:
        """Every aggregate of the journal, by kind and id, with its numbers."""
        rows = self.store["journal"].aggregate(
            [
                {
                    "$group": {
                        "_id": {"aggregate": "$aggregate", "subject": "$subject"},
                        "first": {"$min": "$sequence"},
                        "last": {"$max": "$sequence"},
                        "count": {"$sum": 1},
                        "community": {"$first": "$community"},
                        "event": {"$first": "$_id"},
                    }
                }
            ],
            allowDiskUse=True,
        )
        return {
            (row["_id"]["aggregate"], row["_id"]["subject"]): Numbers(
                row["first"], row["last"], row["count"], row["community"], _alone(row)
            )
            for row in rows
        }

    def taken(self) -> int:
        """How many events have taken their place here."""
        sums = list(self.store["inbox"].aggregate([{"$group": {"_id": None, "sum": {"$sum": "$last"}}}]))
        known, alone = self._singles
        return known.count_documents(alone) + (int(sums[0]["sum"]) if sums else 0)

    def singles(self) -> set[str]:
        """The ids of the events alone in their aggregates that it has taken."""
        known, alone = self._singles
        return {one["event"]["id"] if "event" in one else one["_id"] for one in known.find(alone, {"event.id": 1})}

    @property
    def _singles(self) -> tuple[Collection[dict[str, Any]], dict[str, Any]]:
        """Where it knows such events again, and the query for them there."""
        if self.door.keep_log:
            return self.store["received"], {"event.type": {"$in": SINGLE}}
        return self.store["singles"], {}

    def hears(self, aggregate: str, community: str) -> bool:
        """Whether this tenant's queue is bound to such an aggregate's events under such a routing key."""
        bound = aggregate in subscription_of(service_class(self.service)).aggregates
        return bound and (self.community is None or community in (self.community, DISTRICT))

    def events(self, query: Mapping[str, Any]) -> Iterator[Event]:
        """The journal, aggregate by aggregate, each in its order."""
        order = [("aggregate", 1), ("subject", 1), ("sequence", 1)]
        for entry in self.store["journal"].find(query, sort=order, batch_size=2_000):
            yield self.store.journal.event(entry)

    def fresh(self) -> Store:
        """An empty database of the same kind."""
        store = self._open(f"{self.prefix}_fold")
        self.client.drop_database(store.database.name)
        store.prepare()
        return store

    def _open(self, prefix: str) -> Store:
        stores = next(one for one in self._declared() if isinstance(one, Stores))
        name = "_".join([prefix, self.service, *([self.community] if self.community else [])])
        return stores.store_class(self.client[name], self.community)

    def _declared(self) -> list[Any]:
        return list(vars(service_class(self.service)).values())


def _alone(row: dict[str, Any]) -> str | None:
    return row["event"] if row["_id"]["aggregate"] in ALONE else None


@dataclass(frozen=True)
class Numbers:
    """The sequence numbers an aggregate's events bear in the journal, and the community they concern; `alone`: the id of the
    only event of an aggregate that can have no other."""

    first: int
    last: int
    count: int
    community: str
    alone: str | None


@dataclass(frozen=True)
class Ground:
    """All tenants of a stack; another process that is given it opens the databases itself."""

    mongodb_uri: str
    prefix: str
    communities: tuple[str, ...]

    @cached_property
    def tenants(self) -> list[Tenant]:
        found = instances(self.communities)
        return [Tenant(self.mongodb_uri, self.prefix, one.service, one.community) for one in found]

    def __reduce__(self) -> tuple[type["Ground"], tuple[str, str, tuple[str, ...]]]:
        return Ground, (self.mongodb_uri, self.prefix, self.communities)

    def of(self, service: str) -> list[Tenant]:
        return [one for one in self.tenants if one.service == service]

    def events(self) -> int:
        return sum(one.store["journal"].count_documents({}) for one in self.tenants)

    def effects(self) -> int:
        """How many events took their place anywhere."""
        return sum(one.taken() for one in self.tenants)

    def left(self) -> int:
        """How many events and messages are set aside anywhere."""
        return sum(one.store[name].count_documents({}) for one in self.tenants for name in ("held", "raw", "discarded"))

    def unsettled(self) -> list[str]:
        """Who still has something to send or to hear, by counts alone, which is quick enough to ask often."""
        found = []
        for tenant in self.tenants:
            unsent = tenant.store["journal"].count_documents({"unpublished": True}, hint="unpublished")
            held = tenant.store["held"].count_documents({})
            lacking = sum(self._spoken_to(tenant)) - tenant.taken()
            if unsent or held or lacking:
                found.append(f"{tenant.name}: {unsent} to send, {lacking} to hear, {held} held")
        return found

    def heard_by(self, reader: Tenant) -> Iterator[tuple[str, Numbers]]:
        """Each aggregate that a tenant must have heard, by its inbox key, with its numbers."""
        for publisher in self.tenants:
            for (aggregate, subject), numbers in publisher.aggregates.items():
                if reader.hears(aggregate, numbers.community):
                    yield f"{publisher.store.source}|{aggregate}|{subject}", numbers

    def _spoken_to(self, reader: Tenant) -> Iterator[int]:
        bound = subscription_of(service_class(reader.service)).aggregates
        for publisher in self.tenants:
            query: dict[str, Any] = {"aggregate": {"$in": bound}}
            if reader.community is not None:
                query["community"] = {"$in": [reader.community, DISTRICT]}
            if any(one.split(".")[0] == publisher.service for one in bound):
                yield publisher.store["journal"].count_documents(query)
