"""All scheduled work of every service: each piece is known here, and one document that cannot be read stops none of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from nameko.containers import ServiceContainer

import shared.runtime.nameko_compat  # noqa: F401  (its shims come before nameko's web part)
from services.catalogue import service_class, service_names
from services.district.domain.alerts import CONDITIONS
from shared.configuration.settings import Settings
from shared.jobs.scheduler import Rounds, Scheduling
from shared.kernel.ids import new_id, now
from shared.persistence.job_failures import failing_now
from shared.runtime.tenants import Stores
from tests.stack import Stack

LONG_AGO = now() - timedelta(hours=3)
SOON = now() + timedelta(hours=3)
WHOLE = {"measure", "sweep-photos", "forget-passers", "forget-words"}  # read no document of ours


class Broken(NamedTuple):
    """A document that time asks for and nobody can read; the ids under which its job fails are those of `fails`, or its own."""

    collection: str
    fields: dict[str, Any]
    fails: str = ""


BROKEN = {
    ("accounts", ""): None,
    ("district", "watch-alerts"): Broken("alerts", {"watched": True, "rule": "shortage"}, "shortage"),
    ("district", "fold"): Broken("generations", {"state": "folding", "purpose": "look-back", "total": 1}, "fold"),
    ("grid", "jobs"): Broken("jobs", {"state": "working", "kind": "grid-import", "stepped": LONG_AGO}),
    ("grid", "watch-own-team"): Broken("disinfections", {"state": "asked", "own_until": LONG_AGO}),
    ("grid", "tell-progress"): Broken("rounds", {"ended": None}),
    ("notify", "open-boxes"): Broken("people", {"box_from": "yueran", "account": "broken"}),
    ("notify", "answer-occasions"): Broken("occasions", {"fate": "waiting", "heard": LONG_AGO}),
    ("notify", "send-scheduled"): Broken("notices", {"standing": "scheduled", "send_at": LONG_AGO}),
    ("notify", "spread"): Broken("notices", {"spreading": True}),
    ("notify", "find-lost"): Broken("deliveries", {"state": "sending", "claimed": LONG_AGO}),
    ("notify", "send"): Broken("deliveries", {"state": "waiting", "due": LONG_AGO, "via": "somewhere"}),
    ("notify", "send-codes"): Broken("codes", {"due": LONG_AGO, "until": SOON}, "/district/notify"),
    ("rescue", "watch-missions"): Broken("missions", {"state": "open", "stage": "nearest"}),
    ("shifts", "keep-calendars"): Broken("posts", {"closures": [{"in_force": True, "ends": LONG_AGO}]}),
    ("shifts", "watch-clock"): Broken("shifts", {"gap": 1, "ends": LONG_AGO}),
    ("shifts", "lapse-swaps"): Broken("swaps", {"state": "open", "until": LONG_AGO}),
    ("shifts", "tend-covers"): Broken("covers", {"ended": None}),
    ("shifts", "search-rota"): Broken("proposals", {"state": "solving"}),
    ("supplies", "jobs"): Broken("jobs", {"state": "working", "kind": "import", "stepped": LONG_AGO}),
    ("supplies", "watch-stock"): Broken("stocks", {"watched": "2020-01-01"}),
    ("supplies", "watch-needs"): Broken("needs", {"state": "raised", "stale": False, "fresh_until": LONG_AGO}),
    ("volunteers", "jobs"): Broken("jobs", {"state": "working", "kind": "volunteers-import", "stepped": LONG_AGO}),
    ("volunteers", "watch-loans"): Broken("loans", {"state": "offered", "ends": LONG_AGO}),
}


class Scheduled:
    """What a service would do by the clock, ready to be done round by round, for the communities yueran and biguiyuan."""

    def __init__(self, stack: Stack, name: str) -> None:
        cls = service_class(name)
        self.container = ServiceContainer(cls, {"settings": settings_for(stack, name)})
        self.stores: Stores = next(one for one in self.container.dependencies if isinstance(one, Stores))
        providers = [one for one in self.container.dependencies if isinstance(one, Scheduling)]
        for one in providers:
            one.setup()
        self.rounds: dict[str, Rounds] = {one.task.name: one for provider in providers for one in provider.rounds}

    def close(self) -> None:
        self.stores.client.close()


def settings_for(stack: Stack, name: str) -> Settings:
    cls = service_class(name)
    return Settings(
        service=name,
        instance=f"{name}-{new_id()}",
        http_address="127.0.0.1:0",
        communities=stack.communities if cls.per_community else (),
        amqp_uri=stack.amqp_uri,
        amqp_passwords=stack.passwords,
        mongodb_uri=stack.parts.mongodb_uri,
        database_prefix=stack.name,
        token_public_keys=stack.home / "keys.json",
        token_signing_key=stack.signing_key,
        token_audience="district",
        sealing_public_key=stack.home / "sealing.public",
        sealing_private_key=stack.home / "sealing.private",
        outside_private=True,
        public_origin=stack.origin,
        community_origins={},
        field_key=Path(stack.field_key(name)) if cls.has_vault else None,
        first_operator=None,
        demo=False,
        log_level="INFO",
        live_per_account=40,
        live_per_address=400,
    )


@pytest.fixture(scope="module")
def scheduled(stack: Stack) -> Iterator[dict[str, Scheduled]]:
    """By service."""
    made = {name: Scheduled(stack, name) for name in service_names()}
    yield made
    for one in made.values():
        one.close()


@pytest.mark.parametrize("service", service_names())
def test_every_piece_of_scheduled_work_is_known_here(scheduled: dict[str, Scheduled], service: str) -> None:
    known = {job for name, job in BROKEN if name == service}
    assert scheduled[service].rounds.keys() - WHOLE == known - {""}
    assert "measure" in scheduled[service].rounds


@pytest.mark.parametrize(("service", "job"), [key for key, broken in BROKEN.items() if broken])
def test_a_document_that_nobody_can_read_fails_alone(scheduled: dict[str, Scheduled], service: str, job: str) -> None:
    broken, id_ = BROKEN[service, job], new_id()
    assert broken is not None
    rounds = scheduled[service].rounds[job]
    store = scheduled[service].stores.tenants.all()[0]
    store.database[broken.collection].insert_one({"_id": id_, **broken.fields})
    try:
        rounds.round()
    finally:
        store.database[broken.collection].delete_one({"_id": id_})
    shown = {one["item"] for one in failing_now(store.database) if one["job"] == job}
    assert shown == {broken.fails or id_}


def test_a_message_that_cannot_be_read_lets_the_others_go_first(scheduled: dict[str, Scheduled]) -> None:
    store = scheduled["notify"].stores.tenants.one
    store.database["deliveries"].insert_one({"_id": "broken", "state": "waiting", "due": LONG_AGO, "via": "somewhere"})
    scheduled["notify"].rounds["send"].round()
    assert store.database["deliveries"].find_one({"_id": "broken"})["due"] > now()
    store.database["deliveries"].delete_one({"_id": "broken"})


def test_one_rule_that_cannot_be_looked_by_keeps_no_other_from_being_looked_by(scheduled: dict[str, Scheduled]) -> None:
    store = scheduled["district"].stores.tenants.one
    task = scheduled["district"].rounds["watch-alerts"].task
    store.database["alert_rules"].insert_one({"_id": "shortage"})
    try:
        fails = {rule for rule in task.due(store) if raises(lambda rule=rule: task.do(store, rule))}
    finally:
        store.database["alert_rules"].delete_one({"_id": "shortage"})
    assert set(task.due(store)) == set(CONDITIONS)
    assert fails == {"shortage"}


def test_a_look_for_alerts_that_changes_nothing_writes_nothing(scheduled: dict[str, Scheduled]) -> None:
    store = scheduled["district"].stores.tenants.one
    scheduled["district"].rounds["watch-alerts"].round()
    assert store.database["looks"].count_documents({}) == 0


def raises(do: Any) -> bool:
    try:
        do()
    except Exception:  # noqa: BLE001  (whatever it is)
        return True
    return False
