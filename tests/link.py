"""A publisher and a subscriber on real parts without any service: what the mechanism's own tests stand on."""

import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo import MongoClient

from shared.events.contracts import Fact
from shared.events.envelope import CONTENT_TYPE, Event, encode_batch
from shared.kernel.command import Command
from shared.messaging.dead_letters import Delivery
from shared.messaging.inbox import Inbox
from shared.messaging.outbox_relay import Relay
from shared.messaging.topology import BrokerLogin, Subscription, broker_login, definitions
from shared.persistence.lease import Lease
from shared.persistence.store import Kind, Store
from shared.runtime.event_subscriptions import Consumer
from tests.parts import Parts
from tests.stack import make_vhost, manage, password_of

CLOSED = "shifts.post.closed.v1"
OPENED = "shifts.post.opened.v1"


@dataclass
class Gate:
    """An aggregate whose every event adds one to `opened`."""

    id: str
    opened: int = 0


class GateStore(Store):
    service = "shifts"
    kinds = {Gate: Kind("gates", "shifts.post")}


class BoardStore(Store):
    """Adds up what it hears: one document per gate, and every event's id in the order it took effect."""

    service = "district"
    kinds = {}

    def seen(self, gate: str) -> list[int]:
        entry = self["seen"].find_one({"_id": gate})
        return entry["sequences"] if entry else []


class Faulty(Exception):
    """The reaction's own fault, as a test asked for."""


def board_inbox(board: BoardStore, meet: Callable[[Event], None], inbox: type[Inbox] = Inbox) -> Inbox:
    """The board's inbox; its reaction shows each event to `meet` before the event takes effect."""

    def note(store: Store, events: Sequence[Event]) -> None:
        for event in events:
            meet(event)
            change = {"$push": {"sequences": event.sequence}}
            store["seen"].update_one({"_id": event.subject}, change, upsert=True, session=store.session)

    return inbox(board, "district", {CLOSED: note, OPENED: note}, check_users=True, keep_log=True)


@dataclass
class Link:
    """One vhost, one publisher's database (community yueran), one subscriber's (district).

    Events whose id or gate is in `fail_on` make the subscriber's reaction fail.
    """

    parts: Parts
    name: str = field(default_factory=lambda: f"t{secrets.token_hex(6)}")
    fail_on: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.client: MongoClient[dict[str, Any]] = MongoClient(self.parts.mongodb_uri)
        self.gates = GateStore(self.client[f"{self.name}_gates"], "yueran")
        self.board = BoardStore(self.client[f"{self.name}_board"])
        self.gates.prepare()
        self.board.prepare()
        self.board.database.create_collection("seen")
        self.passwords = {user: password_of(user) for user in ("yueran", "biguiyuan", "district")}
        self.subscription = Subscription("district", ("shifts.post",), per_community=False)
        shifts = Subscription("shifts", (), per_community=True)
        self.definitions = definitions(self.name, [self.subscription, shifts], ["yueran", "biguiyuan"], self.passwords)
        make_vhost(self.parts, self.name, self.definitions)
        self.inbox = board_inbox(self.board, self._meet)
        self.inbox.prepare()

    def at(self, user: str, port: int | None = None) -> BrokerLogin:
        """The broker as a user sees it, at its own port or at a proxy's."""
        uri = f"amqp://{self.parts.amqp_host}:{port or self.parts.amqp_port}/{self.name}"
        return broker_login(uri, user, self.passwords)

    @property
    def admin_uri(self) -> str:
        user = f"{self.parts.admin_user}:{self.parts.admin_password}"
        return f"amqp://{user}@{self.parts.amqp_host}:{self.parts.amqp_port}/{self.name}"

    def ring(self, gate: str, times: int = 1) -> None:
        """One act that makes so many events of one gate."""

        def do(tx: GateStore) -> None:
            found = tx.get(Gate, gate) or Gate(gate)
            found.opened += times
            tx.save(found, [Fact(CLOSED, {})] * times)

        self.gates.transaction(Command(), do)

    def rung(self) -> list[Event]:
        """Every journal event, by gate and sequence."""
        entries = self.gates.journal.collection.find().sort([("subject", 1), ("sequence", 1)])
        return [self.gates.journal.event(entry) for entry in entries]

    def relay(self, holder: str = "one", at: BrokerLogin | None = None) -> Relay:
        lease = Lease(self.gates.database, "relay", holder)
        return Relay(self.gates.journal, "shifts", at or self.at("yueran"), lease, self.gates.source)

    def consumer(self, holder: str = "one", at: BrokerLogin | None = None) -> Consumer:
        return Consumer("district", at or self.at("district"), self.inbox, self.board, holder)

    def take(self, *batches: Iterable[Event]) -> None:
        """Hands events to the inbox as if each batch had come in a message of its own."""
        self.inbox.take([delivery_of(list(batch)) for batch in batches])

    def _meet(self, event: Event) -> None:
        if event.id in self.fail_on or event.subject in self.fail_on:
            raise Faulty(event.id)

    def drop(self) -> None:
        manage(self.parts, "DELETE", f"/api/vhosts/{self.name}")
        self.client.drop_database(self.gates.database.name)
        self.client.drop_database(self.board.database.name)
        self.client.close()


def delivery_of(events: list[Event], **other: Any) -> Delivery:
    """One message with these events, by default as their own publisher would send it."""
    honest = {
        "body": encode_batch(events),
        "content_type": CONTENT_TYPE,
        "exchange": "backbone",
        "routing_key": events[0].routing_key,
        "user": events[0].publisher,
    }
    return Delivery(**{**honest, **other})


class Running:
    """Relays and consumers on threads for the length of a with-block."""

    def __init__(self, *works: Relay | Consumer) -> None:
        self._works = works
        self._threads = [threading.Thread(target=work.run, daemon=True) for work in works]

    def __enter__(self) -> "Running":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for work in self._works:
            work.stop()
        for thread in self._threads:
            thread.join(15)
