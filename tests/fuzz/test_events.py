"""Whatever a genuine publisher says, its contract's limits included: subscribers keep it or park it with a reason that is
named, nothing stands still behind it, and every page can still be drawn."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from marshmallow import fields

from services.catalogue import service_class
from shared.events.contracts import registry
from shared.events.envelope import CONTENT_TYPE, END_OF_TIME, Event, NotAnEvent, decode_batch, encode_batch
from shared.kernel.ids import new_id, now
from shared.messaging.topology import Outgoing, Publisher, broker_login
from shared.runtime.event_subscriptions import subscription_of
from tests.lengths import by_length
from tests.stack import Stack, eventually

HERE = "yueran"
LISTENERS = {"district": "district", f"shifts.{HERE}": f"shifts_{HERE}"}
TYPES = [one.type for one in registry.contracts()]
HEARD = {one for name in ("district", "shifts") for one in subscription_of(service_class(name)).aggregates}
ROUNDS = by_length(60, 600)
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
TIMES = st.floats(0, 1, exclude_max=True).map(lambda part: EARLIEST + part * (END_OF_TIME - EARLIEST))
WORDS = st.text(max_size=60) | st.sampled_from(["gate-2", "district", "community:yueran", "\u202e", "<b>", "{{x}}"])
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 1, 50, -1])
ANYTHING = st.none() | st.booleans() | NUMBERS | WORDS | st.lists(WORDS, max_size=3) | st.dictionaries(WORDS, WORDS)


def value_of(field: Any) -> st.SearchStrategy[Any]:
    """What a publisher may put there, to the limits of its kind."""
    if choices := [one for rule in field.validators for one in getattr(rule, "choices", ())]:
        return st.sampled_from(choices)
    if isinstance(field, fields.AwareDateTime):
        return (TIMES | st.sampled_from([EARLIEST, LATEST, END_OF_TIME])).map(datetime.isoformat)
    if isinstance(field, fields.Integer):
        return NUMBERS | st.integers(1, 50)
    if isinstance(field, fields.List):
        return st.lists(WORDS, max_size=5)
    return WORDS.filter(lambda said: "\0" not in said)


@st.composite
def told(draw: st.DrawFn) -> list[Event]:
    """A few events of one aggregate, as they would follow each other."""
    type_ = draw(st.sampled_from([one for one in TYPES if one.rsplit(".", 2)[0] in HEARD]))
    aggregate, service = type_.rsplit(".", 2)[0], type_.split(".")[0]
    source = f"/communities/{HERE}/{service}" if service_class(service).per_community else f"/district/{service}"
    subject = f"{HERE}-{new_id()[-6:]}"
    alike = st.sampled_from([one for one in TYPES if one.startswith(f"{aggregate}.")])
    happened = [type_, *draw(st.lists(alike, max_size=4))]
    return [
        Event(
            id=new_id(), type=one, source=source, subject=subject, sequence=number, time=draw(TIMES),
            community=HERE, data=draw(data_of(one)),
        )
        for number, one in enumerate(happened, 1)
    ]  # fmt: skip


def data_of(type_: str) -> st.SearchStrategy[dict[str, Any]]:
    shape = {name: value_of(field) for name, field in registry.contract(type_).schema.fields.items()}
    return (
        st.fixed_dictionaries(shape)
        | st.fixed_dictionaries(shape)
        | st.dictionaries(st.sampled_from([*shape, "x"]), ANYTHING)
    )


@pytest.fixture(scope="module")
def district(stack: Stack) -> Stack:
    return stack.start("district", f"shifts.{HERE}")


def imagined() -> list[Event]:
    """Many of them, all such that their publisher's journal would have taken them."""
    events: list[Event] = []

    @settings(max_examples=ROUNDS, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(told())
    def imagine(some: list[Event]) -> None:
        with suppress(NotAnEvent):
            events.extend(decode_batch(encode_batch(some)))

    imagine()
    return events


def publish(district: Stack, events: list[Event]) -> None:
    """Each as its genuine publisher."""
    for user in sorted({event.publisher for event in events}):
        voice = Publisher(broker_login(district.amqp_uri, user, district.passwords))
        voice.publish([
            Outgoing(one.routing_key, encode_batch([one]), CONTENT_TYPE) for one in events if one.publisher == user
        ])  # fmt: skip
        voice.close()


def test_no_event_of_a_genuine_publisher_is_a_fault_of_ours(district: Stack) -> None:
    events = imagined()
    assert len(events) > ROUNDS
    ends = [
        Event(
            id=new_id(), type=f"{aggregate}.{happened}.v1", source=source, subject="the-last", sequence=1,
            time=now(), community=HERE, data=data,
        )
        for aggregate, happened, source, data in (
            ("shifts.post", "opened", f"/communities/{HERE}/shifts", {"kind": "gate", "name": "末", "name_en": "Last"}),
            ("volunteers.volunteer", "applied", "/district/volunteers", {"account": "x"}),
            ("accounts.community", "registered", "/district/accounts", {"name": "末", "name_en": "Last", "residents": 1}),
        )
    ]  # fmt: skip
    publish(district, events + ends)
    office = district.database("district")
    eventually(lambda: office["inbox"].count_documents({"_id": {"$regex": "the-last$"}}) == len(ends))
    faults = [
        f"{name}: {one['type']} {one['reason']} {one['event']['data']}"
        for name, database in LISTENERS.items()
        for one in district.database(*database.split("_"))["held"].find({"state": "parked"})
        if not one["reason"].startswith(("BreaksContract", "UnknownType"))
    ]
    assert faults == []
    officer = district.token("officer@district")
    for path in ("/district/", f"/district/communities/{HERE}", "/district/gaps", "/district/happenings"):
        for accept in ("application/json", "text/html"):
            answer = district.call("GET", path, officer, Accept=accept)
            assert answer.status_code == 200, (path, accept, district.log("district"))
