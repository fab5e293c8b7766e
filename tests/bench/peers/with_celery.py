"""Celery with threads, a task and a transaction an event: `with_celery.py`, or `with_celery.py fill COUNT` to have it wanted."""

import sys
from typing import Any

from celery import Celery
from gate import WORKERS, EntriesLogged, communities, events, take, told
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


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        with app.producer_or_acquire() as producer:
            for event in events(int(sys.argv[2]), communities(100)):
                logged.apply_async((event,), producer=producer)
    else:
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=ERROR"]
        app.worker_main(["worker", "--pool=threads", f"--concurrency={WORKERS}", *quiet])
