"""A lease on a piece of work among replicas. It only saves work: nothing may be wrong when two believe they hold it."""

import time
from datetime import timedelta
from typing import Any

from pymongo import WriteConcern
from pymongo.database import Database

LEASE_SECONDS = 6.0
RIVAL_SECONDS = 10.0  # so long after another last asked for it somebody else may be doing work of the same kind


class Lease:
    """Held by renewing it; measured by the database's clock, so replicas need not agree on theirs. `has_rivals`: another has
    asked for it lately. Not waited for until it is on disk: one that is lost is free a little early."""

    def __init__(self, database: Database[dict[str, Any]], name: str, holder: str) -> None:
        self._leases = database["leases"].with_options(write_concern=WriteConcern(w=1))
        self._name = name
        self._holder = holder
        self._sure_until = 0.0
        self.has_rivals = False

    def hold(self) -> bool:
        """Takes or renews the lease if it is free, ours or run out; asks the database every half of its length only."""
        asked = time.monotonic()
        if asked < self._sure_until - LEASE_SECONDS / 2:
            return True
        free = {"$or": [{"$eq": ["$holder", self._holder]}, {"$lt": [{"$ifNull": ["$until", 0]}, "$$NOW"]}]}
        until = {"$add": ["$$NOW", int(LEASE_SECONDS * 1000)]}
        change = {
            "holder": {"$cond": [free, self._holder, "$holder"]},
            "until": {"$cond": [free, until, "$until"]},
            "asked": {"$cond": [free, "$asked", "$$NOW"]},
        }
        lease = self._leases.find_one_and_update(
            {"_id": self._name}, [{"$set": change}], upsert=True, return_document=True
        )
        held = lease is not None and lease["holder"] == self._holder
        self.has_rivals = lease is not None and held and _asked_lately(lease)
        self._sure_until = asked + LEASE_SECONDS if held else 0.0
        return held

    def release(self) -> None:
        """Lets a successor start at once."""
        self._sure_until = 0.0
        self._leases.delete_one({"_id": self._name, "holder": self._holder})


def _asked_lately(lease: dict[str, Any]) -> bool:
    """By another than its holder, who has just renewed it."""
    renewed = lease["until"] - timedelta(seconds=LEASE_SECONDS)
    return "asked" in lease and renewed - lease["asked"] < timedelta(seconds=RIVAL_SECONDS)
