"""No framework at all; each prints events and seconds as JSON.

`raw.py ceiling COUNT GENERATION [SEED]` writes, `raw.py drain QUEUE COUNT` takes, `raw.py publish COUNT` publishes;
`raw.py take QUEUE` gives each event a transaction, until it is ended.
"""

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import amqp
from gate import MAJORITY, TYPE, EntriesLogged, communities, events, take, told, writes
from pymongo import MongoClient, UpdateOne

FULL = 1_000
PREFETCH = 500
ACK_EVERY = 100
CONFIRMED_AT_ONCE = 500


def ceiling(count: int, generation: str, seed: int = 7) -> None:
    """What Lianfang's district writes for so many events, made beforehand and committed a thousand to a transaction."""
    database = MongoClient(told("MONGODB_URI"))[told("DATABASE")]
    schema = EntriesLogged()
    made = list(events(count, communities(100), seed=seed))
    first = (database["revisions"].find_one({"_id": "position"}) or {"last": 0})["last"] + 1
    parts = []
    for start in range(0, count, FULL):
        part = made[start : start + FULL]
        at = datetime.now(UTC)
        counters: dict[str, dict[str, int]] = {}
        for event in part:
            for key, counts in writes(event, schema.load(event["data"])["entries"])[1].items():
                sums = counters.setdefault(key, {})
                for mark, number in counts.items():
                    sums[mark] = sums.get(mark, 0) + number
        parts.append(
            (
                [{"_id": first + start + place, "at": at, "event": event} for place, event in enumerate(part)],
                [UpdateOne({"_id": key}, {"$inc": counts}, upsert=True) for key, counts in counters.items()],
            )
        )

    def body(session: Any, received: list[Any], flow: list[Any]) -> None:
        last = {"$inc": {"last": len(received)}}
        database["revisions"].update_one({"_id": "position"}, last, upsert=True, session=session)
        database["received"].insert_many(received, session=session)
        database[f"gate_flow.{generation}"].bulk_write(flow, session=session, ordered=False)

    with database.client.start_session() as session:
        for number, part in enumerate(parts):
            if number == 1:
                began = time.perf_counter()
            session.with_transaction(lambda session, part=part: body(session, *part), **MAJORITY)
    tell(count - FULL, began)


def drain(queue: str, count: int) -> None:
    """Takes and acknowledges so many messages, and does nothing with them."""
    line = connect()
    channel = line.channel()
    channel.basic_qos(0, PREFETCH, False)
    seen, began = 0, 0.0

    def on_message(message: amqp.Message) -> None:
        nonlocal seen, began
        if not seen:
            began = time.perf_counter()
        seen += 1
        if seen % ACK_EVERY == 0 or seen == count:
            channel.basic_ack(message.delivery_tag, multiple=True)

    channel.basic_consume(queue, callback=on_message)
    while seen < count:
        line.drain_events(timeout=30)
    tell(count - 1, began)


def take_each(queue: str) -> None:
    """Takes message by message: one read and one majority transaction each."""
    database = MongoClient(told("MONGODB_URI"))[told("DATABASE")]
    schema = EntriesLogged()
    line = connect()
    channel = line.channel()
    channel.basic_qos(0, PREFETCH, False)

    def on_message(message: amqp.Message) -> None:
        event = json.loads(message.body)
        take(database, event, schema.load(event["data"])["entries"])
        channel.basic_ack(message.delivery_tag)

    channel.basic_consume(queue, callback=on_message)
    while True:
        line.drain_events()


def publish(count: int) -> None:
    """One event a message, confirmed five hundred at a time."""
    bodies = [json.dumps(event).encode() for event in events(count, communities(1))]
    line = connect()
    channel = line.channel()
    channel.confirm_select()
    waiting = set[int]()

    def on_ack(tag: int, multiple: bool) -> None:
        if multiple:
            waiting.difference_update([one for one in waiting if one <= tag])
        else:
            waiting.discard(tag)

    channel.events["basic_ack"].add(on_ack)
    began = time.perf_counter()
    for start in range(0, count, CONFIRMED_AT_ONCE):
        part = bodies[start : start + CONFIRMED_AT_ONCE]
        waiting.update(range(start + 1, start + len(part) + 1))
        for body in part:
            channel.basic_publish(amqp.Message(body, delivery_mode=2), "backbone", TYPE, mandatory=True)
        while waiting:
            line.drain_events(timeout=30)
    tell(count, began)


def connect() -> amqp.Connection:
    at = urlsplit(told("AMQP_URI"))
    line = amqp.Connection(f"{at.hostname}:{at.port}", at.username, at.password, virtual_host=at.path[1:])
    line.connect()
    return line


def tell(count: int, began: float) -> None:
    print(json.dumps({"events": count, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ceiling", count, generation, *seed]:
            ceiling(int(count), generation, *map(int, seed))
        case ["drain", queue, count]:
            drain(queue, int(count))
        case ["take", queue]:
            take_each(queue)
        case ["publish", count]:
            publish(int(count))
