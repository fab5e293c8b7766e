"""A community that commits gate log events at a pace, with our own store, journal and relay: `committer.py SOURCE_PLAN`.

The plan: {"mongodb", "database", "amqp", "user", "community", "rate", "count"}. One event goes first, so that all is at work; the
others when a line is read.
"""

import eventlet
import eventlet.tpool

eventlet.monkey_patch()

import json  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
from itertools import islice  # noqa: E402
from typing import Any  # noqa: E402

from services.grid.store import GridStore  # noqa: E402
from shared.events.contracts import Fact  # noqa: E402
from shared.kernel.command import Command  # noqa: E402
from shared.messaging.outbox_relay import Relay  # noqa: E402
from shared.messaging.topology import BrokerLogin  # noqa: E402
from shared.persistence.lease import Lease  # noqa: E402
from shared.persistence.store import connect  # noqa: E402
from tests.bench.peers.gate import TYPE, events, paced  # noqa: E402

AT_MOST = 100  # commits a second; where more events are wanted, several are committed together, as an upload's are


def main(plan: dict[str, Any]) -> None:
    client = connect(plan["mongodb"], "committer")
    store = GridStore(client[plan["database"]], plan["community"])
    store.prepare()
    at = BrokerLogin(plan["amqp"], plan["user"])
    relay = Relay(store.journal, "grid", at, Lease(store.database, "relay", "committer"), "/")
    relaying = threading.Thread(target=relay.run)
    relaying.start()
    together = max(plan["rate"] // AT_MOST, 1)
    made = events(1 + plan["count"], [plan["community"]])

    def commit(count: int) -> None:
        stated = [(one["subject"], Fact(TYPE, one["data"])) for one in islice(made, count)]
        store.transaction(Command(), lambda tx: tx.state_alone("grid.gate-log", stated))

    commit(1)
    eventlet.tpool.execute(sys.stdin.readline)
    for _ in paced(plan["rate"] / together, plan["count"] // together):
        commit(together)
    while store.journal.depth()[0]:
        eventlet.sleep(0.1)
    relay.stop()
    relaying.join()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
