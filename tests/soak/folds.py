"""Fresh folds: the journals replayed into empty databases through the services' own reactions, to compare effects with."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest
from typing import Any

from shared.events.envelope import CONTENT_TYPE, Event, encode_batch
from shared.messaging.dead_letters import Delivery
from shared.messaging.inbox import OPERATOR, Inbox
from shared.persistence.store import Store
from tests.soak.ground import Ground, Tenant

EVENTS_AT_ONCE = 1_000

# What each service makes of events alone. Accounts' own documents are not in it: they are there before the event comes.
EFFECTS = {
    "accounts": (),
    "volunteers": ("places", "rights"),
    "shifts": ("rosters", "names", "places", "rights"),
    "district": ("communities", "people", "places", "shifts_seen", "happenings"),
}
# Left out of the comparison: what claims and the clock write beside the events, and the first of many that one line tells.
NOT_COMPARED = {
    "rosters": {"duties", "meta"},
    "happenings": {"subject", "missing", "volunteer"},
}


def compare_folds(ground: Ground, reader: Tenant) -> Iterator[tuple[str, str | None]]:
    """Each document of the reader's effects by name, with how it differs from the fold's; None: not at all."""
    compared = EFFECTS.get(reader.service, ())
    if not compared:
        return
    fresh = reader.fresh()
    _fold(ground, reader, fresh)
    for collection in compared:
        yield from _compare(collection, reader.store, fresh)
    reader.client.drop_database(fresh.database.name)


def _fold(ground: Ground, reader: Tenant, fresh: Store) -> None:
    inbox = Inbox(fresh, reader.name, reader.door.reactions, check_users=True)
    inbox.prepare()
    heard = chain.from_iterable(_heard(reader, publisher) for publisher in ground.tenants)
    while events := list(islice(heard, EVENTS_AT_ONCE)):
        body = encode_batch(events)
        inbox.take([Delivery(body, CONTENT_TYPE, exchange="", routing_key=reader.name, user=OPERATOR)])


def _heard(reader: Tenant, publisher: Tenant) -> Iterator[Event]:
    kinds = sorted({aggregate for aggregate, _ in publisher.aggregates})
    heard = [one for one in kinds if any(reader.hears(one, place) for place in _places(publisher, one))]
    for event in publisher.events({"aggregate": {"$in": heard}}):
        if reader.hears(event.aggregate, event.community):
            yield event


def _places(publisher: Tenant, aggregate: str) -> set[str]:
    return {numbers.community for (kind, _), numbers in publisher.aggregates.items() if kind == aggregate}


def _compare(collection: str, live: Store, fresh: Store) -> Iterator[tuple[str, str | None]]:
    left = NOT_COMPARED.get(collection, set[str]())
    for one, other in zip_longest(*(_documents(store, collection, left) for store in (live, fresh))):
        name = f"{collection} {(one or other or {}).get('_id')}"
        yield name, None if one == other else f"is {one} and should be {other}"


def _documents(store: Store, collection: str, left: Sequence[str] | set[str]) -> Iterator[dict[str, Any]]:
    for document in store[collection].find(sort=[("_id", 1)]):
        yield {name: value for name, value in document.items() if name not in left}
