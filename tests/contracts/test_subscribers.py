"""The subscribers' side: whoever listens can take every golden sample, on a real database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from fnmatch import fnmatchcase
from secrets import token_hex

import pytest
from pymongo import IndexModel

from services.catalogue import service_class, service_names
from services.district.store import DistrictStore
from shared.events.contracts import registry
from shared.events.envelope import CONTENT_TYPE, Event, encode_batch
from shared.kernel.ids import now
from shared.messaging.dead_letters import Delivery, key_of
from shared.messaging.inbox import Inbox
from shared.messaging.topology import Subscription
from shared.persistence.store import Store, connect
from shared.projections.rebuild_steps import Folding
from shared.projections.versions import Generation
from shared.runtime.event_subscriptions import EventSubscriptions, subscription_of
from shared.runtime.tenants import Stores
from shared.security.tokens import Principal, still_valid
from tests.contracts.samples import TYPES, story
from tests.parts import Parts

COMMUNITY = "yueran"
HOUR = timedelta(hours=1)


def event_doors(service: str) -> list[EventSubscriptions]:
    return [value for value in vars(service_class(service)).values() if isinstance(value, EventSubscriptions)]


LISTENERS = [name for name in service_names() if event_doors(name)]


@pytest.mark.parametrize("service", LISTENERS)
def test_a_service_reacts_only_to_what_contracts_say(service: str) -> None:
    reactions = {type_ for door in event_doors(service) for type_ in door.reactions}
    assert reactions <= {contract.type for contract in registry.contracts()}


@pytest.mark.parametrize("type_", [one for one in TYPES if one.split(".")[0] in service_names()])
def test_every_event_is_bound_by_a_subscriber(type_: str) -> None:
    event = next(one for one in story() if one.type == type_)
    assert any(hears(subscription_of(service_class(name)), event) for name in service_names())


@pytest.mark.parametrize("service", [name for name in LISTENERS if name != "accounts"])  # which ends them itself
def test_every_service_turns_tokens_away_once_they_have_ended(service: str, parts: Parts) -> None:
    with the_story_taken(service, parts) as (store, _, heard):
        ended = [event for event in heard if event.type == "accounts.revocation.tokens-ended.v1"]
        of_before = [Principal(one.data["account"], frozenset(), one.time - HOUR, one.time + HOUR) for one in ended]
        assert of_before
        assert not any(still_valid(store, one) for one in of_before)


@pytest.mark.parametrize("service", LISTENERS)
def test_a_subscriber_takes_the_whole_story(service: str, parts: Parts) -> None:
    with the_story_taken(service, parts) as (store, door, heard):
        assert list(store["held"].find()) == []
        assert list(store["raw"].find()) == []
        taken = {entry["_id"]: entry["last"] for entry in store["inbox"].find()}
        in_order = [one for one in heard if not registry.is_single(one.type)]
        assert taken == {key_of(one): one.sequence for one in sorted(in_order, key=lambda event: event.sequence)}
        alone = {one.id for one in heard if registry.is_single(one.type)}
        if door.keep_log:
            logged = [entry["event"] for entry in store["received"].find()]
            assert sorted(one["id"] for one in logged) == sorted(one.id for one in heard)
        else:
            assert {entry["_id"] for entry in store["singles"].find()} == alone


def test_what_the_district_shows_of_the_whole_story_is_made_again_just_so_from_its_log(parts: Parts) -> None:
    with the_story_taken("district", parts) as (store, door, _):
        assert isinstance(store, DistrictStore)
        lasting = [name for name, indexes in store.folded.items() if not any(map(expires, indexes))]
        assert [name for name in lasting if store[name].find_one() is None] == ["people"], (
            "whose name was withdrawn at last"
        )
        begun = Generation("again", "show", now(), None, total=store.last_position())
        store.keep(begun)
        folding = Folding(store, door.reactions)
        while folding.step():
            pass
        (made,) = store.rebuilds(1)
        assert (made.state, made.differences) == ("shown", [])


@contextmanager
def the_story_taken(service: str, parts: Parts) -> Iterator[tuple[Store, EventSubscriptions, list[Event]]]:
    """The service's store once its inbox took, one by one, all events of the story that it hears."""
    client = connect(parts.mongodb_uri, "contracts")
    name = f"t{token_hex(6)}"
    try:
        cls, (door,) = service_class(service), event_doors(service)
        stores = next(value for value in vars(cls).values() if isinstance(value, Stores))
        store: Store = stores.store_class(client[name], COMMUNITY if cls.per_community else None)
        store.prepare()
        inbox = Inbox(store, service, door.reactions, check_users=False, keep_log=door.keep_log)
        inbox.prepare()
        heard = [event for event in story() if hears(subscription_of(cls), event)]
        for event in heard:
            inbox.take([delivery(event)])
        yield store, door, heard
    finally:
        client.drop_database(name)
        client.close()


def hears(subscription: Subscription, event: Event) -> bool:
    """Whether the queue's bindings take this routing key, as a topic exchange decides it."""
    community = COMMUNITY if subscription.per_community else None
    patterns = [key.replace(".#", ".*") for key in subscription.bindings(community)]
    return any(fnmatchcase(event.routing_key, pattern) for pattern in patterns)


def expires(index: IndexModel) -> bool:
    return "expireAfterSeconds" in index.document


def delivery(event: Event) -> Delivery:
    return Delivery(encode_batch([event]), CONTENT_TYPE, "backbone", event.routing_key, user=None)
