"""The gate log's events as all contestants get them, their contract, and what a peer writes for one of them.

Peers run in an environment of their own: this module stands on pymongo and marshmallow alone.
"""

import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, fields, validate
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

TYPE = "grid.gate-log.entries-logged.v1"
MAJORITY = {"read_concern": ReadConcern("snapshot"), "write_concern": WriteConcern("majority")}
WORKERS = 10  # more gain nothing: they conflict over the same counters


def communities(count: int) -> list[str]:
    return [f"c{number:03}" for number in range(count)]


def events(count: int, places: list[str], entries: int = 1, run: int = 50, seed: int = 7) -> Iterator[dict[str, Any]]:
    """CloudEvents of people passing three gates a community within the last hour; `run` in a row are of one community."""
    chance = random.Random(seed)
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    for number in range(count):
        place = places[number // run % len(places)]
        passed = [
            {
                "id": _id(chance),
                "at": (hour_ago + timedelta(seconds=chance.randrange(3600))).isoformat(),
                "direction": chance.choice(("in", "out")),
                "kind": chance.choice(("person", "person", "vehicle")),
                "flags": ["returnee"] if chance.random() < 0.01 else [],
            }
            for _ in range(entries)
        ]
        yield {
            "specversion": "1.0",
            "id": _id_of_now(chance),
            "type": TYPE,
            "source": f"/communities/{place}/grid",
            "subject": f"{_id_of_now(chance)}-0",
            "sequence": 1,
            "time": datetime.now(UTC).isoformat(),
            "community": place,
            "datacontenttype": "application/json",
            "data": {"gate": f"gate-{chance.randrange(3)}", "entries": passed},
            "actor": _id(chance),
            "traceparent": f"00-{chance.getrandbits(128):032x}-{chance.getrandbits(64):016x}-01",
        }


def _id_of_now(chance: random.Random) -> str:
    """Ordered by time, as the ids of all events and of what an upload brought are (UUIDv7)."""
    return str(
        UUID(
            int=time.time_ns() // 1_000_000 << 80
            | 7 << 76
            | chance.getrandbits(12) << 64
            | 2 << 62
            | chance.getrandbits(62)
        )
    )


def _id(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


class LoggedEntry(Schema):
    class Meta:
        unknown = EXCLUDE

    id = fields.String(required=True, validate=validate.Length(1, 64))
    at = fields.AwareDateTime(required=True)
    direction = fields.String(required=True, validate=validate.OneOf(("in", "out")))
    kind = fields.String(required=True, validate=validate.OneOf(("person", "vehicle")))
    flags = fields.List(fields.String(), required=True, validate=validate.Length(max=10))


class EntriesLogged(Schema):
    class Meta:
        unknown = EXCLUDE

    gate = fields.String(required=True, validate=validate.Length(1, 40))
    entries = fields.List(fields.Nested(LoggedEntry), required=True, validate=validate.Length(1, 100))


def writes(event: dict[str, Any], entries: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, dict[str, int]]]:
    """What one event comes to: the document that is the record of it and of its having been handled, and the counters."""
    counters: dict[str, dict[str, int]] = {}
    for entry in entries:
        key = f"{event['community']}/{event['data']['gate']}/{entry['at']:%Y-%m-%dT%H}"
        counts = counters.setdefault(key, {})
        for mark in (entry["direction"], *entry["flags"], f"minutes.{entry['at'].minute:02}.{entry['direction']}"):
            counts[mark] = counts.get(mark, 0) + 1
    return {"_id": event["id"], "at": datetime.now(UTC), "event": event}, counters


def take(database: Any, event: dict[str, Any], entries: list[dict[str, Any]]) -> None:
    """One event's effect, once: a transaction. A repeat is known by its record's id."""
    record, counters = writes(event, entries)

    def body(session: Any) -> None:
        if database["handled"].find_one({"_id": record["_id"]}, {"_id": 1}, session=session):
            return
        database["handled"].insert_one(record, session=session)
        for key, counts in counters.items():
            database["gate_flow"].update_one({"_id": key}, {"$inc": counts}, upsert=True, session=session)

    with database.client.start_session() as session:
        session.with_transaction(body, **MAJORITY)


def told(name: str) -> str:
    """What the benchmark tells its peers: AMQP_URI, MONGODB_URI, DATABASE."""
    return os.environ[name]


def paced(rate: float, count: int) -> Iterator[int]:
    """So many turns, at an even pace: whoever is late takes the next ones at once."""
    began = time.monotonic()
    for number in range(count):
        wait = began + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        yield number
