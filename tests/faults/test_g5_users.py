"""G5 at the broker: each user does its own work and is refused everything else, by the broker itself."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from amqp import Channel, Connection, Message
from amqp.exceptions import AccessRefused, AMQPError, PreconditionFailed

from deploy import team_queue
from deploy.containers import make_folders, render
from deploy.definitions import ADMIN, VHOST, broker_definitions, subscriptions
from deploy.instances import COMMUNITIES, instances
from deploy.local.district import District
from shared.messaging.topology import EXCHANGE, QUEUE_ARGUMENTS
from tests.stack import Stack, manage

Attempt = Callable[[Channel], Any]

LOCAL = [one.service for one in subscriptions() if one.per_community]
CENTRAL = [one.service for one in subscriptions() if not one.per_community]
USERS = [*COMMUNITIES, *CENTRAL]
NO_SERVICE = ("orders", "shift", "shiftsx")


def own_keys(user: str) -> list[str]:
    """What this user is there to say: a community's own services for it, a district-wide service for everyone."""
    if user in COMMUNITIES:
        return [f"{user}.{service}.thing.happened.v1" for service in LOCAL]
    return [f"{place}.{user}.thing.happened.v1" for place in (*COMMUNITIES, "district")]


def own_queues(user: str) -> list[str]:
    return [f"{service}.{user}" for service in LOCAL] if user in COMMUNITIES else [user]


def foreign_queues(user: str) -> list[str]:
    return [queue for other in USERS if other != user for queue in own_queues(other)]


def foreign_keys(user: str) -> list[str]:
    """What others say, and what only looks like one's own."""
    others = [key for other in USERS if other != user for key in own_keys(other) if key not in own_keys(user)]
    place, service = own_keys(user)[0].split(".")[:2]
    alike = [f"x.{place}.{service}.thing", f"{place}-2..{service}.thing", f".{service}.thing", f"{place}.{service}"]
    unheard = [f"{place}.{name}.thing.happened.v1" for name in NO_SERVICE]
    return [*others, *alike, *unheard, "", "#", f"{place}.*.thing.happened.v1"]


@pytest.fixture(scope="module", params=USERS)
def user(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def connection(stack: Stack, user: str) -> Iterator[Connection]:
    """The broker as this user sees it, with the topology and rights that every run loads."""
    with connect(stack, user, stack.passwords[user], stack.name) as connection:
        yield connection


def connect(stack: Stack, user: str, password: str, vhost: str) -> Connection:
    host = f"{stack.parts.amqp_host}:{stack.parts.amqp_port}"
    return Connection(host=host, userid=user, password=password, virtual_host=vhost, confirm_publish=True)


def say(channel: Channel, key: str, *, exchange: str = EXCHANGE, user: str | None = None) -> None:
    """Publishes and waits for the broker's word."""
    words = {"user_id": user} if user else {}
    channel.basic_publish(Message(b"[]", **words), exchange, key)


def refused(connection: Connection, attempt: Attempt, fault: type[AMQPError] = AccessRefused) -> bool:
    """Whether the broker closes the channel with this fault; with any other (nothing there, say) nothing is shown."""
    channel = connection.channel()
    try:
        attempt(channel)
    except fault:
        return True
    channel.close()
    return False


def test_each_user_says_what_is_its_own_and_reads_its_own_queue(user: str, connection: Connection) -> None:
    with connection.channel() as channel:
        for key in own_keys(user):
            say(channel, key, user=user)
        for queue in own_queues(user):
            channel.basic_qos(0, 500, a_global=False)
            channel.basic_cancel(channel.basic_consume(queue))


def test_nobody_says_what_is_anothers(user: str, connection: Connection) -> None:
    let_through = [key for key in foreign_keys(user) if not refused(connection, lambda at, key=key: say(at, key))]
    assert let_through == []


def test_nobody_speaks_under_anothers_name(user: str, connection: Connection) -> None:
    (own, *_) = own_keys(user)
    for other in [one for one in (*USERS, ADMIN) if one != user]:
        assert refused(connection, lambda at, other=other: say(at, own, user=other), PreconditionFailed), other


def test_nobody_reaches_a_queue_past_the_exchange(user: str, connection: Connection) -> None:
    for exchange in ("", "amq.topic", "amq.direct", "amq.fanout", "amq.headers"):
        for queue in (*own_queues(user), *foreign_queues(user)):
            assert refused(connection, lambda at, e=exchange, q=queue: say(at, q, exchange=e)), (exchange, queue)


def test_nobody_reads_or_empties_anothers_queue(user: str, connection: Connection) -> None:
    for queue in foreign_queues(user):
        for attempt in ("basic_get", "basic_consume", "queue_purge"):
            assert refused(connection, lambda at, a=attempt, q=queue: getattr(at, a)(q)), (attempt, queue)


def test_nobody_changes_what_there_is(user: str, connection: Connection) -> None:
    (key, *_), (own, *_), (other, *_) = own_keys(user), own_queues(user), foreign_queues(user)
    attempts: dict[str, Attempt] = {
        "declare a queue": lambda at: at.queue_declare("mine", durable=True),
        "declare a nameless queue": lambda at: at.queue_declare("", exclusive=True),
        "declare its own queue again": lambda at: at.queue_declare(own, durable=True, arguments=QUEUE_ARGUMENTS),
        "declare an exchange": lambda at: at.exchange_declare("mine", "topic"),
        "bind its own queue": lambda at: at.queue_bind(own, EXCHANGE, "#"),
        "bind another's queue": lambda at: at.queue_bind(other, EXCHANGE, key),
        "unbind its own queue": lambda at: at.queue_unbind(own, EXCHANGE, key),
        "bind an exchange": lambda at: at.exchange_bind("amq.fanout", EXCHANGE, "#"),
        "delete its own queue": lambda at: at.queue_delete(own),
        "delete another's queue": lambda at: at.queue_delete(other),
        "delete the exchange": lambda at: at.exchange_delete(EXCHANGE),
    }
    assert [what for what, attempt in attempts.items() if not refused(connection, attempt)] == []


def test_nobody_enters_elsewhere(user: str, stack: Stack) -> None:
    with pytest.raises(AMQPError), connect(stack, user, stack.passwords[user], "/"):
        pass
    with pytest.raises(AMQPError), connect(stack, user, "guessed", stack.name):
        pass
    manager = f"{stack.parts.management_url}/api/queues"
    assert requests.get(manager, auth=(user, stack.passwords[user]), timeout=10).status_code == 401


def test_a_rescue_teams_own_program_reads_its_queue_and_does_nothing_else(stack: Stack) -> None:
    uri = urlsplit(team_queue.make(stack.admin_amqp_uri, stack.parts.management_url, "red-sky"))
    own = "rescue.red-sky"
    with connect(stack, own, uri.password or "", stack.name) as connection:
        with connection.channel() as channel:
            channel.basic_qos(0, 10, a_global=False)
            channel.basic_cancel(channel.basic_consume(own))
        for key in foreign_keys("rescue") + own_keys("rescue"):
            assert refused(connection, lambda at, key=key: say(at, key)), key
        for queue in (own, *foreign_queues("rescue"), "rescue"):
            assert refused(connection, lambda at, q=queue: say(at, q, exchange="")), queue
        for queue in (*foreign_queues("rescue"), "rescue"):
            assert refused(connection, lambda at, q=queue: at.basic_get(q)), queue
        attempts: dict[str, Attempt] = {
            "declare a queue": lambda at: at.queue_declare("mine", durable=True),
            "declare its own queue again": lambda at: at.queue_declare(own, durable=True, arguments=QUEUE_ARGUMENTS),
            "bind its own queue": lambda at: at.queue_bind(own, EXCHANGE, "#"),
            "unbind its own queue": lambda at: at.queue_unbind(own, EXCHANGE, team_queue.HEARD),
            "delete its own queue": lambda at: at.queue_delete(own),
            "declare an exchange": lambda at: at.exchange_declare("mine", "topic"),
            "delete the exchange": lambda at: at.exchange_delete(EXCHANGE),
        }
        assert [what for what, attempt in attempts.items() if not refused(connection, attempt)] == []


def test_the_local_run_and_the_containers_load_the_same_definitions(tmp_path: Path) -> None:
    district = District(tmp_path / "local", 8080, amqp_uri=None, mongodb_uri=None, demo=False, hosted=())
    district.stages()
    make_folders(tmp_path / "containers", os.getuid())
    users = [user["name"] for user in broker_definitions(lambda name: name)["users"]]
    render(tmp_path / "containers", {user: user for user in users})
    local = json.loads((tmp_path / "local/rabbitmq/definitions.json").read_text())
    contained = json.loads((tmp_path / "containers/broker/definitions.json").read_text())
    assert without_passwords(local) == without_passwords(contained)
    assert {*USERS, ADMIN} == {one["name"] for one in local["users"]} == {*users}
    assert {one.broker_user for one in instances()} == {*USERS}


def test_the_tests_above_were_of_the_definitions_that_are_loaded(stack: Stack) -> None:
    loaded = broker_definitions(lambda name: name)
    for kind in ("permissions", "topic_permissions"):
        rights = manage(stack.parts, "GET", f"/api/vhosts/{stack.name}/{kind.replace('_', '-')}")
        here = [{**one, "vhost": VHOST} for one in rights if one["user"] in USERS]
        there = [one for one in loaded[kind] if one["user"] in USERS]
        assert sorted(here, key=by_user) == sorted(there, key=by_user), kind


def by_user(right: dict[str, Any]) -> str:
    return str(right["user"])


def without_passwords(definitions: dict[str, Any]) -> dict[str, Any]:
    users = [{**user, "password": "…"} for user in definitions["users"]]
    return {**definitions, "users": users}
