"""A relay, a subscriber or a worker as a process of its own, which a test can kill and which kills itself at the point it is told.

`python -m tests.faults.child <settings as JSON>`
"""

import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from shared.events.envelope import Event
from shared.jobs.long_jobs import Job, Worker
from shared.kernel.ids import new_id
from shared.messaging.dead_letters import Delivery
from shared.messaging.inbox import Inbox
from shared.messaging.outbox_relay import Relay
from shared.messaging.topology import BrokerLogin
from shared.persistence.lease import Lease
from shared.persistence.outbox import Journal
from shared.persistence.store import connect, end_orphans
from shared.runtime.event_subscriptions import Consumer
from tests.link import BoardStore, GateStore, board_inbox


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DiesBeforePublish(Journal):
    def unpublished(self, limit: int, *, except_for: Sequence[str] = ()) -> list[Event]:
        events = super().unpublished(limit, except_for=except_for)
        if events:
            die()
        return events


class DiesBeforeMark(Journal):
    def mark_published(self, ids: Sequence[str]) -> None:
        die()


class DiesBeforeAck(Inbox):
    def take(self, deliveries: Sequence[Delivery]) -> None:
        super().take(deliveries)
        if any(one.body.find(b".pulse.") < 0 for one in deliveries):
            die()


JOURNALS = {"": Journal, "before publish": DiesBeforePublish, "before mark": DiesBeforeMark}
INBOXES = {"": Inbox, "before ack": DiesBeforeAck}


def relay(words: dict[str, str]) -> Relay:
    """Journal and lease of community yueran; dies `before publish` or `before mark`."""
    instance = f"shifts-{new_id()}"
    gates = GateStore(connect(words["mongodb_uri"], instance)[words["database"]], "yueran")
    journal = JOURNALS[words["dies"]](gates.database, gates.source)
    return Relay(
        journal,
        "shifts",
        BrokerLogin(words["amqp_uri"], "yueran"),
        Lease(gates.database, "relay", instance),
        journal.source,
    )


def subscriber(words: dict[str, str]) -> Consumer:
    """The district's queue; dies `before ack`, or at an event of the gate `dies at`, in the middle of its transaction."""
    instance = f"district-{new_id()}"
    board = BoardStore(connect(words["mongodb_uri"], instance)[words["database"]])

    def meet(event: Event) -> None:
        if event.subject == words["dies at"]:
            die()

    inbox = board_inbox(board, meet, INBOXES[words["dies"]])
    return Consumer("district", BrokerLogin(words["amqp_uri"], "district"), inbox, board, instance)


def worker(words: dict[str, str]) -> Worker:
    """Counts numbers in the database; dies at the number `dies at`, in the middle of a step."""
    instance = f"jobs-{new_id()}"
    client = connect(words["mongodb_uri"], instance)
    tally = BoardStore(client[words["database"]])

    def count(tx: BoardStore, job: Job) -> None:
        for number in range(job.done, min(job.done + job.task["at_once"], job.total)):
            tx["tally"].update_one({"_id": number}, {"$inc": {"times": 1}}, upsert=True, session=tx.session)
            if str(number) == words["dies at"]:
                die()
            job.done += 1

    end_orphans(client, "jobs")  # as every service does at its start
    made = Worker([tally], {"count": count}, instance)
    made.prepare()
    return made


def main(words: dict[str, Any]) -> None:
    {"relay": relay, "subscriber": subscriber, "jobs": worker}[words["work"]](words).run()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
