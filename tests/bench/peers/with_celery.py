"""Celery with threads, a task and a transaction an event.

`with_celery.py` works; `with_celery.py fill COUNT` and `with_celery.py feed RATE COUNT SEED` have it wanted.
"""

import json
import sys
import time
from typing import Any

from celery import Celery
from gate import WORKERS, EntriesLogged, communities, events, paced, take, told
from pymongo import MongoClient

SCHEMA = EntriesLogged()
app = Celery("gates", broker=told("AMQP_URI"))
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_serializer="json",
    worker_prefetch_multiplier=4,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
)
database = MongoClient(told("MONGODB_URI"))[told("DATABASE")]


@app.task(name="logged")
def logged(event: dict[str, Any]) -> None:
    take(database, event, SCHEMA.load(event["data"])["entries"])


def feed(rate: int, count: int, seed: int) -> None:
    """Has them wanted at a pace, and prints when each was."""
    sent = {}
    with app.producer_or_acquire() as producer:
        made = events(count, communities(1), seed=seed)
        for _ in paced(rate, count):
            event = next(made)
            sent[event["id"]] = time.time()
            logged.apply_async((event,), producer=producer)
    print(json.dumps(sent))


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        with app.producer_or_acquire() as producer:
            for event in events(int(sys.argv[2]), communities(100)):
                logged.apply_async((event,), producer=producer)
    elif sys.argv[1:2] == ["feed"]:
        feed(*map(int, sys.argv[2:]))
    else:
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=ERROR"]
        app.worker_main(["worker", "--pool=threads", f"--concurrency={WORKERS}", *quiet])
