"""AMQP topology (exchange, queues, bindings, permissions) and the connections to the broker."""

import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from amqp import Connection as Line
from amqp import Message
from kombu.connection import Connection
from kombu.utils.url import as_url

from shared.events.envelope import DISTRICT
from shared.kernel.ids import new_id

EXCHANGE = "backbone"
HEARTBEAT_SECONDS = 4  # after two to three times this a consumer that sleeps or is cut off gives way to another
BEAT_SECONDS = HEARTBEAT_SECONDS / 3
CONNECT_SECONDS = 5
SILENCE_SECONDS = 10  # no wait for the broker is longer; with heartbeats it is never silent for so long
QUEUE_ARGUMENTS = {"x-queue-type": "quorum", "x-single-active-consumer": True}
UNLIMITED = 2**31 - 1  # deliveries of a message; RabbitMQ 3.10 does not take the -1 by which later ones say "no limit"
DELIVERIES_PROBED = 25  # RabbitMQ 4 drops a message after 21 where no policy says otherwise
LOST_AFTER_SECONDS = 5  # a probe that was not given out again for so long


class BrokerFault(Exception):
    """The broker did not confirm; what was sent may or may not have arrived and is to be sent again."""


class DropsEvents(Exception):
    """The broker drops messages by a rule of its own, so that no queue of ours may be made there."""


@dataclass(frozen=True)
class Subscription:
    """The aggregates one service listens to; `per_community` when each community has an instance and a queue of its own."""

    service: str
    aggregates: tuple[str, ...]
    per_community: bool

    def queue(self, community: str | None) -> str:
        return f"{self.service}.{community}" if community else self.service

    def bindings(self, community: str | None) -> list[str]:
        """The routing keys this subscriber's queue is bound by: whole aggregates, and the pulse of who publishes them."""
        topics = [f"{aggregate}.#" for aggregate in self.aggregates]
        topics += sorted({f"{aggregate.split('.')[0]}.pulse.#" for aggregate in self.aggregates})
        places = [community, DISTRICT] if community else ["*"]
        return [f"{place}.{topic}" for place in places for topic in topics]


class BrokerLogin(NamedTuple):
    """Where the broker is, and as whom to speak there."""

    uri: str
    user: str

    def connect(self) -> Line:
        """A connection on which every wait has an end: a broker that falls silent raises TimeoutError."""
        line: Line = Connection(self.uri, heartbeat=HEARTBEAT_SECONDS, connect_timeout=CONNECT_SECONDS).connect()
        line.sock.settimeout(SILENCE_SECONDS)
        return line


def broker_login(uri: str, user: str, passwords: Mapping[str, str]) -> BrokerLogin:
    """The broker as `user` sees it; without passwords of our own the address's user serves for everyone."""
    if not passwords:
        return BrokerLogin(uri, unquote(urlsplit(uri).username or "guest"))
    parts = urlsplit(uri)
    own = as_url(
        parts.scheme,
        parts.hostname or "localhost",
        parts.port or 5672,
        user,
        passwords[user],
        unquote(parts.path.removeprefix("/")),
    )
    return BrokerLogin(own, user)


class Outgoing(NamedTuple):
    routing_key: str
    body: bytes
    content_type: str


class Publisher:
    """Sends messages in batches, each confirmed by the broker. One greenthread per publisher, one publisher per connection."""

    def __init__(self, at: BrokerLogin, exchange: str = EXCHANGE) -> None:
        self._user = at.user
        self._exchange = exchange
        self._connection = at.connect()
        try:
            self._channel = self._connection.channel()
            self._channel.confirm_select()
        except BaseException:
            self._connection.collect()
            raise
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._sent = 0
        self._unconfirmed: set[int] = set()
        self._nacked = False
        self._returned: list[str] = []

    def publish(
        self, messages: Sequence[Outgoing], *, expiration_ms: int | None = None, seconds: float = 10
    ) -> set[str]:
        """Sends and waits until the broker has all of them for good, at most `seconds`.

        Returns the routing keys that led to no queue. Raises BrokerFault or the connection's own errors: then close it.
        """
        self._returned.clear()
        properties: dict[str, Any] = {"delivery_mode": 2, "user_id": self._user}
        if expiration_ms is not None:
            properties["expiration"] = str(expiration_ms)
        for routing_key, body, content_type in messages:
            self._sent += 1
            self._unconfirmed.add(self._sent)
            message = Message(body, content_type=content_type, **properties)
            self._channel.basic_publish(message, self._exchange, routing_key, mandatory=True, timeout=seconds)
        deadline = time.monotonic() + seconds
        while self._unconfirmed:
            self._wait(deadline)
        return set(self._returned)

    def beat(self) -> None:
        """Keeps the connection alive; to be called every few seconds while nothing is sent."""
        self._connection.heartbeat_tick()
        try:
            self._connection.drain_events(timeout=0.001)
        except TimeoutError:
            return

    def close(self) -> None:
        self._connection.collect()

    def _wait(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise BrokerFault(f"{len(self._unconfirmed)} messages not confirmed in time")
        try:
            self._connection.drain_events(timeout=left)
        except TimeoutError:
            raise BrokerFault(f"{len(self._unconfirmed)} messages not confirmed in time") from None
        if self._nacked:
            raise BrokerFault("the broker refused a message")

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:  # noqa: FBT001  (py-amqp calls it so)
        if multiple:
            self._unconfirmed = {tag for tag in self._unconfirmed if tag > delivery_tag}
        else:
            self._unconfirmed.discard(delivery_tag)

    def _on_nack(self, _delivery_tag: int, _multiple: bool) -> None:  # noqa: FBT001
        self._nacked = True

    def _on_return(self, _error: Exception, _exchange: str, routing_key: str, _message: Message) -> None:
        self._returned.append(routing_key)


def declare(at: BrokerLogin, subscriptions: Sequence[Subscription], communities: Sequence[str]) -> None:
    """Makes exchange, queues and bindings over AMQP, where no definitions file can be loaded (a broker of yours).

    Policies cannot be made so: raises DropsEvents where the broker's own would lose events.
    """
    with at.connect() as connection, connection.channel() as channel:
        channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        _check_redelivery(connection, [one.service for one in subscriptions])
        for subscription in subscriptions:
            for community in _places(subscription, communities):
                queue = subscription.queue(community)
                channel.queue_declare(queue, durable=True, auto_delete=False, arguments=QUEUE_ARGUMENTS)
                for key in subscription.bindings(community):
                    channel.queue_bind(queue, EXCHANGE, key)


def _check_redelivery(connection: Line, names: Sequence[str]) -> None:
    """Lets a message be given out again and again from a queue beside each of these: a limit can be seen only by its effect.

    Raises DropsEvents. The queues' names begin as ours do, for a policy may go by them.
    """
    probe = new_id()
    queues = [f"{name}.{probe}" for name in names]
    arguments = {**QUEUE_ARGUMENTS, "x-expires": 60_000}  # should we not come to delete them
    with connection.channel() as channel:
        for queue in queues:
            channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
            channel.queue_bind(queue, EXCHANGE, probe)
        channel.confirm_select()
        try:
            channel.basic_publish_confirm(Message(b"", delivery_mode=2), EXCHANGE, probe)
            for _ in range(DELIVERIES_PROBED):
                if dropped := set(queues) - _given_out(connection, queues):
                    raise DropsEvents(_limited(connection, sorted(queue.partition(".")[0] for queue in dropped)))
        finally:
            for queue in queues:
                channel.queue_delete(queue)


def _given_out(connection: Line, queues: Sequence[str]) -> set[str]:
    """The queues that give out a message now; it goes back unacknowledged, as when a line breaks."""
    given = set[str]()
    with connection.channel() as channel:
        for queue in queues:
            channel.basic_consume(queue, callback=lambda _message, queue=queue: given.add(queue))
        deadline = time.monotonic() + LOST_AFTER_SECONDS
        while len(given) < len(queues) and time.monotonic() < deadline:
            connection.heartbeat_tick()
            with suppress(TimeoutError):  # the broker's heartbeats, which come more seldom, begin the time-out anew
                connection.drain_events(timeout=0.5)
    return given


def _limited(connection: Line, names: Sequence[str]) -> str:
    version = connection.server_properties.get("version", "")
    return (
        f"RabbitMQ {version} drops a message of these queues that was given out a few times without an answer, so events would "
        f"be lost: {', '.join(names)}. Set a policy for them first: pattern .*, apply to queues, delivery-limit {UNLIMITED}."
    )


def keeps_everything(vhost: str, queue: str | None = None) -> dict[str, Any]:
    """The policy by which RabbitMQ never drops a message of this queue (default: of any), however often it was given out: where
    nothing is said, RabbitMQ 4 does so after twenty times, and no log tells. Queues that exist already have no other way."""
    return {
        "vhost": vhost, "name": f"keeps-everything-{queue}" if queue else "keeps-everything", "apply-to": "queues", "priority": 0,
        "pattern": f"^{re.escape(queue)}$" if queue else ".*", "definition": {"delivery-limit": UNLIMITED},
    }  # fmt: skip


def definitions(
    vhost: str, subscriptions: Sequence[Subscription], communities: Sequence[str], passwords: Mapping[str, str]
) -> dict[str, Any]:
    """The broker's definitions file: everything that exists, and what each user may do; `passwords` is by user name.

    A community's user serves all services that run per community; the user `admin`, if given a password, may do all.
    """
    queues, bindings, reads = [], [], dict[str, list[str]]()
    for subscription in subscriptions:
        for community in _places(subscription, communities):
            queue = subscription.queue(community)
            reads.setdefault(community or subscription.service, []).append(queue)
            queues.append({
                "name": queue, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": QUEUE_ARGUMENTS,
            })  # fmt: skip
            bindings += [
                {
                    "source": EXCHANGE, "vhost": vhost, "destination": queue, "destination_type": "queue",
                    "routing_key": key, "arguments": {},
                }
                for key in subscription.bindings(community)
            ]  # fmt: skip
    local = "|".join(sorted({one.service for one in subscriptions if one.per_community}))
    users = {
        **{community: rf"^{re.escape(community)}\.({local})\." for community in communities},
        **{one.service: rf"^[a-z0-9-]+\.{one.service}\." for one in subscriptions if not one.per_community},
    }
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [{
            "name": EXCHANGE, "vhost": vhost, "type": "topic", "durable": True, "auto_delete": False, "internal": False,
            "arguments": {},
        }],
        "queues": queues,
        "bindings": bindings,
        "policies": [keeps_everything(vhost)],
        "users": [
            {"name": user, "password": passwords[user], "tags": "administrator" if user == "admin" else ""}
            for user in [*users, *({"admin"} & passwords.keys())]
        ],
        "permissions": [
            {"user": user, "vhost": vhost, "configure": "^$", "write": f"^{EXCHANGE}$", "read": _any_of(reads.get(user, []))}
            for user in users
        ] + [{"user": "admin", "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"}] * ("admin" in passwords),
        "topic_permissions": [
            {"user": user, "vhost": vhost, "exchange": EXCHANGE, "write": write, "read": "^$"} for user, write in users.items()
        ],
    }  # fmt: skip


def _places(subscription: Subscription, communities: Sequence[str]) -> Sequence[str | None]:
    return communities if subscription.per_community else [None]


def _any_of(names: Sequence[str]) -> str:
    return "^(" + "|".join(re.escape(name) for name in names) + ")$" if names else "^$"
