"""Event subscriptions: drain whatever has arrived in a queue, hand it to the inbox as one batch, acknowledge after the commit."""

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from amqp import Message
from nameko.extensions import DependencyProvider

from shared.configuration.settings import Settings
from shared.messaging.amqp_consumer import Receiver
from shared.messaging.dead_letters import Delivery
from shared.messaging.inbox import Inbox, Reaction
from shared.messaging.outbox_relay import BROKER_ERRORS
from shared.messaging.topology import BrokerLogin, Subscription
from shared.observability.metrics import CONSUMER_SILENT, HANDLING_SECONDS
from shared.persistence.store import Store, end_sessions_of, is_away
from shared.replicas import communities
from shared.runtime.tenants import stores_in
from shared.security import tokens

PREFETCH = 1_000  # messages of up to 100 events each: what is handled, and more than as much that waits beside it
BATCH_MESSAGES = 400
TEND_SECONDS = 1.0  # how often parked events are looked after, however busy the queue is
LOOK_SECONDS = 10.0  # and whether another replica parked some
LONGEST_PAUSE_SECONDS = 5.0

_log = logging.getLogger(__name__)


class EventSubscriptions(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """Which events make what happen: `events = EventSubscriptions({"volunteers.volunteer.approved.v1": usecases.admit, …})`.

    Whole aggregates are bound, so that a gap in `sequence` is a real gap. `keep_log` for read models that can be rebuilt.
    Withdrawn rights and the communities' names are heard by every service but accounts itself, which knows them first.
    """

    def __init__(self, reactions: Mapping[str, Reaction], *, keep_log: bool = False) -> None:
        super().__init__()
        self.reactions = {**tokens.REACTIONS, **communities.REACTIONS, **reactions}
        self.keep_log = keep_log

    def aggregates(self, service: str) -> tuple[str, ...]:
        """The aggregates listened to, of every publisher but the service itself."""
        bound = {type_.rsplit(".", 2)[0] for type_ in self.reactions}
        return tuple(sorted(one for one in bound if one.split(".")[0] != service))

    def setup(self) -> None:
        settings: Settings = self.container.config["settings"]
        stores = stores_in(self.container)
        service = self.container.service_cls
        subscription = subscription_of(service)
        self.consumers = []
        for store in stores.tenants.all():
            queue = subscription.queue(store.community)
            checks = bool(settings.amqp_passwords)
            inbox = Inbox(store, queue, self.reactions, check_users=checks, keep_log=self.keep_log)
            inbox.prepare()
            self.consumers.append(
                Consumer(queue, stores.broker_login(settings, store), inbox, store, settings.instance)
            )

    def start(self) -> None:
        for consumer in self.consumers:
            self.container.spawn_managed_thread(consumer.run, identifier=f"consumer {consumer.queue}")

    def stop(self) -> None:
        for consumer in self.consumers:
            consumer.stop()

    def get_dependency(self, _worker: Any) -> list[Inbox]:
        return [consumer.inbox for consumer in self.consumers]


def subscription_of(service: Any) -> Subscription:
    """The topology a service class asks for, read off its event subscriptions (none: an empty subscription)."""
    subscribed = [value for value in vars(service).values() if isinstance(value, EventSubscriptions)]
    aggregates = tuple(sorted({one for events in subscribed for one in events.aggregates(service.name)}))
    return Subscription(service.name, aggregates, service.per_community)


class Every:
    """Says once in so many seconds that it is time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last = time.monotonic()

    def is_due(self) -> bool:
        due = time.monotonic() - self._last >= self._seconds
        if due:
            self._last = time.monotonic()
        return due


class Consumer:
    """One queue's consumer: hands what has arrived to the inbox, and acknowledges it after the commit."""

    def __init__(self, queue: str, at: BrokerLogin, inbox: Inbox, store: Store, instance: str) -> None:
        self.queue = queue
        self.inbox = inbox
        self._at = at
        self._store = store
        self._instance = instance
        self._receiver: Receiver | None = None
        self._stopping = False
        self._read_at = time.monotonic()
        CONSUMER_SILENT.labels(queue).set_function(lambda: time.monotonic() - self._read_at)

    @property
    def connected(self) -> bool:
        return self._receiver is not None

    def run(self) -> None:
        """Consumes until stopped, through every absence of broker and database."""
        pause = 0.1
        while not self._stopping:
            try:
                self._consume()
                pause = 0.1
            except Exception as fault:  # noqa: BLE001  (whatever it is, a consumer that ends would never be missed)
                self._say("consumer pauses", fault)
                self._rest(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def stop(self) -> None:
        self._stopping = True
        if self._receiver is not None:
            self._receiver.wake()

    def _consume(self) -> None:
        receiver = Receiver(self._at, self.queue, PREFETCH)
        self._receiver = receiver
        try:
            self._work(receiver)
        finally:
            self._receiver = None
            receiver.close()

    def _work(self, receiver: Receiver) -> None:
        """Takes messages for as long as the line holds. Nothing else ends it: what was received and is not acknowledged would be
        given back, and a broker may count how often that happens."""
        tend, look = Every(TEND_SECONDS), Every(LOOK_SECONDS)
        took_over = False
        while not self._stopping:
            if took_over and tend.is_due():
                self._tend(self.inbox.retry_due)
            if took_over and look.is_due():
                self._tend(self.inbox.parking.look)
            batch = receiver.take(BATCH_MESSAGES, seconds=TEND_SECONDS)
            if not batch:
                self._read_at = time.monotonic()
                continue
            if not took_over:
                self._insist(receiver, self._take_over)
                took_over = True
            self._insist(receiver, partial(self._handle, batch))
            receiver.acknowledge(batch[-1])
            self._read_at = time.monotonic()

    def _handle(self, batch: list[Message]) -> None:
        with HANDLING_SECONDS.labels(self.queue).time():
            self.inbox.take([_delivery(message) for message in batch])

    def _insist(self, receiver: Receiver, work: Callable[[], None]) -> None:
        """Does again what failed, which is because a part is away, until it is done or the line is lost."""
        pause = 0.05
        while True:
            try:
                return work()
            except Exception as fault:
                if self._stopping or not receiver.is_sound:
                    raise
                self._say("what was received waits", fault)
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _tend(self, work: Callable[[], Any]) -> None:
        """Does what is due again soon: a fault of it stops no message."""
        try:
            work()
        except Exception as fault:  # noqa: BLE001  (whatever it is)
            self._say("what is parked waits", fault)

    def _say(self, what: str, fault: Exception) -> None:
        expected = isinstance(fault, BROKER_ERRORS) or is_away(fault)
        log = _log.warning if expected else _log.exception
        log("%s: %r", what, fault, extra={"facts": {"queue": self.queue}})

    def _take_over(self) -> None:
        """Becoming the queue's one active consumer: what a dead predecessor left open in the database is ended first."""
        name = {"_id": f"consumer {self.queue}"}
        before = self._store["leases"].find_one_and_update(name, {"$set": {"holder": self._instance}}, upsert=True)
        if before and before["holder"] != self._instance:
            end_sessions_of(self._store.database.client, before["holder"])

    def _rest(self, seconds: float) -> None:
        if not self._stopping:
            time.sleep(seconds)


def _delivery(message: Message) -> Delivery:
    info = message.delivery_info
    return Delivery(
        body=message.body or b"",  # an empty one comes as a string
        content_type=message.properties.get("content_type"),
        exchange=info["exchange"],
        routing_key=info["routing_key"],
        user=message.properties.get("user_id"),
        redeliveries=_redeliveries(message.headers or {}),
    )


def _redeliveries(headers: Mapping[str, Any]) -> int:
    """As the broker counts them; the first time the header is whatever the sender wrote there."""
    count = headers.get("x-delivery-count")
    return count if isinstance(count, int) else 0
