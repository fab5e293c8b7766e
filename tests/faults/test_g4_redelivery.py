"""G4: no event is dropped by the broker because it was given out often."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from amqp import Message

from deploy import team_queue
from deploy.definitions import subscriptions
from deploy.local.district import District
from deploy.local.programs import NotReadyError
from shared.messaging.topology import UNLIMITED, BrokerLogin, DropsEvents, declare
from tests.link import Link, Running
from tests.parts import Parts
from tests.stack import Stack, eventually, make_vhost, manage

COMMUNITIES = ["yueran"]
MORE_THAN_RABBITMQ_4_ALLOWS = 25
AS_RABBITMQ_4_DOES = {"pattern": ".*", "apply-to": "queues", "definition": {"delivery-limit": 20}}


@dataclass
class OwnBroker:
    """A vhost to which no definitions were loaded, as an administrator other than we would give it to us."""

    parts: Parts
    name: str

    @property
    def uri(self) -> str:
        return self.parts.amqp_uri.replace("%2F", self.name)

    @property
    def at(self) -> BrokerLogin:
        return BrokerLogin(self.uri, self.parts.admin_user)

    def set_policy(self, policy: dict[str, Any]) -> None:
        manage(self.parts, "PUT", f"/api/policies/{self.name}/own", policy)

    def queues(self) -> list[str]:
        return [one["name"] for one in manage(self.parts, "GET", f"/api/queues/{self.name}")]


@pytest.fixture
def own(parts: Parts) -> Iterator[OwnBroker]:
    made = OwnBroker(parts, f"own{secrets.token_hex(6)}")
    make_vhost(parts, made.name, {})
    yield made
    manage(parts, "DELETE", f"/api/vhosts/{made.name}")


def test_of_every_queue_the_broker_says_that_it_drops_nothing(stack: Stack) -> None:
    team_queue.make(stack.admin_amqp_uri, stack.parts.management_url, "grey-sky")
    wanted = {
        one.queue(place) for one in subscriptions() for place in (stack.communities if one.per_community else [None])
    }

    def limits() -> dict[str, tuple[Any, Any]]:
        """By queue, in the policy and in force; RabbitMQ 3.10 does not tell the latter."""
        queues = manage(stack.parts, "GET", f"/api/queues/{stack.name}")
        return {
            one["name"]: (one.get("effective_policy_definition"), one.get("delivery_limit", UNLIMITED))
            for one in queues
        }

    eventually(
        lambda: limits() == dict.fromkeys({*wanted, "rescue.grey-sky"}, ({"delivery-limit": UNLIMITED}, UNLIMITED))
    )


def test_an_event_outlives_more_broken_lines_than_rabbitmq_4_allows_by_itself(link: Link) -> None:
    published(link)
    break_lines(link, MORE_THAN_RABBITMQ_4_ALLOWS)
    with Running(link.consumer()):
        eventually(lambda: link.board.seen("west") == [1])


def test_what_was_in_the_queue_before_the_policy_outlives_them_too(link: Link) -> None:
    manage(link.parts, "DELETE", f"/api/policies/{link.name}/keeps-everything")
    published(link)
    break_lines(link, 15)
    manage(link.parts, "POST", "/api/definitions", link.definitions)
    break_lines(link, MORE_THAN_RABBITMQ_4_ALLOWS)
    with Running(link.consumer()):
        eventually(lambda: link.board.seen("west") == [1])


def test_a_broker_of_ones_own_that_drops_nothing_gets_our_queues_and_keeps_no_probe(own: OwnBroker) -> None:
    own.set_policy(AS_RABBITMQ_4_DOES | {"definition": {"delivery-limit": UNLIMITED}})
    declare(own.at, subscriptions(), COMMUNITIES)
    declare(own.at, subscriptions(), COMMUNITIES)
    places = {one.queue("yueran" if one.per_community else None) for one in subscriptions()}
    assert sorted(own.queues()) == sorted(places)


def test_a_broker_of_ones_own_that_limits_deliveries_is_refused_and_the_start_says_what_to_do(
    own: OwnBroker, tmp_path: Path
) -> None:
    own.set_policy(AS_RABBITMQ_4_DOES)
    district = District(tmp_path, 8080, amqp_uri=own.uri, mongodb_uri=None, demo=False, hosted=())
    with pytest.raises(NotReadyError, match=rf"Set a policy .* pattern \.\*, .* delivery-limit {UNLIMITED}"):
        district.reach_given_parts()
    assert own.queues() == []


def test_the_queues_are_named_where_only_some_have_a_limit(own: OwnBroker) -> None:
    own.set_policy({"pattern": "^(?!shifts)", "apply-to": "queues", "definition": {"delivery-limit": UNLIMITED}})
    manage(own.parts, "PUT", f"/api/policies/{own.name}/limit", AS_RABBITMQ_4_DOES | {"pattern": r"^shifts\."})
    with pytest.raises(DropsEvents, match=r"events would be lost: shifts\. Set"):
        declare(own.at, subscriptions(), COMMUNITIES)


def published(link: Link) -> None:
    """One event, and nothing else in the queue."""
    link.ring("west")
    with Running(link.relay()):
        eventually(lambda: link.gates.journal.collection.count_documents({"unpublished": True}) == 0)


def break_lines(link: Link, times: int) -> None:
    """So many consumers get the first message and are gone before they answer."""
    for _ in range(times):
        got: list[Message] = []
        connection = link.at("district").connect()
        channel = connection.channel()
        channel.basic_qos(0, 1, a_global=False)
        channel.basic_consume("district", callback=got.append)
        while not got:
            connection.drain_events(timeout=10)
        connection.collect()
