"""The envelope: whatever bytes come, they are events or they are told not to be; what goes in comes out."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby, pairwise
from typing import Any

import bson
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.envelope import MAX_SEQUENCE, Event, NotAnEvent, decode_batch, encode_batch, from_wire, to_wire
from shared.messaging.outbox_relay import BATCH_BYTES, BATCH_EVENTS, in_messages

SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True)
WORDS = st.from_regex(r"[a-z]{1,12}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
DATA = st.dictionaries(
    NAMES,
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)),
    max_size=4,
)
ANY_JSON = st.recursive(
    SCALARS | st.integers(0, 2**64 - 1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def events(draw: st.DrawFn, data: st.SearchStrategy[dict[str, Any]] = DATA) -> Event:
    service, community = draw(WORDS), draw(SLUGS)
    return Event(
        id=draw(TEXTS),
        type=f"{service}.{draw(WORDS)}.{draw(WORDS)}-{draw(WORDS)}.v{draw(st.integers(1, 9999))}",
        source=draw(st.sampled_from([f"/district/{service}", f"/communities/{community}/{service}"])),
        subject=draw(TEXTS),
        sequence=draw(st.integers(1, MAX_SEQUENCE)),
        time=draw(MOMENTS),
        community=community,
        data=draw(data),
        actor=draw(st.none() | TEXTS),
        traceparent=draw(st.none() | TEXTS),
    )


@st.composite
def nearly_events(draw: st.DrawFn) -> dict[str, Any]:
    """An event's JSON with some attributes missing or replaced by anything."""
    wire = orjson.loads(orjson.dumps(to_wire(draw(events()))))
    for name in draw(st.lists(st.sampled_from(sorted(wire)), min_size=1, max_size=3, unique=True)):
        if draw(st.booleans()):
            del wire[name]
        else:
            wire[name] = draw(ANY_JSON)
    return wire


@given(st.binary(max_size=200))
def test_any_bytes_are_events_or_told_not_to_be(body: bytes) -> None:
    read_or_told(body)


@given(ANY_JSON | st.lists(nearly_events(), min_size=1, max_size=3))
def test_any_json_is_events_or_told_not_to_be(value: Any) -> None:
    read_or_told(orjson.dumps(value))


@given(st.lists(events(), min_size=1, max_size=3))
def test_what_is_encoded_is_decoded_the_same(batch: list[Event]) -> None:
    assert decode_batch(encode_batch(batch)) == batch


@given(events(), st.integers(-14 * 60, 14 * 60))
def test_the_same_moment_is_read_from_any_offset(event: Event, minutes: int) -> None:
    told = event.time.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
    assert from_wire({**to_wire(event), "time": told}) == event


@given(events())
def test_an_attribute_of_a_newer_publisher_is_left_aside(event: Event) -> None:
    assert from_wire({**orjson.loads(orjson.dumps(to_wire(event))), "severity": "high"}) == event


@given(events(), SLUGS)
def test_a_community_never_speaks_for_another(event: Event, other: str) -> None:
    wire = {**orjson.loads(orjson.dumps(to_wire(event))), "community": other}
    if event.source.startswith("/communities/") and other != event.community:
        with pytest.raises(NotAnEvent, match="does not speak for"):
            from_wire(wire)
    else:
        assert from_wire(wire).community == other


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"litres": 2**63}, "64 bits"),
        ({"a\0b": 1}, "NUL"),
        ({"deep": orjson.loads(b"[" * 40 + b"]" * 40)}, "nested deeper"),
    ],
)
def test_what_a_subscriber_could_not_even_park_is_no_event(data: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotAnEvent, match=reason):
        from_wire({**orjson.loads(encode_batch([EXAMPLE]))[0], "data": data})


@given(
    st.lists(events(st.just({})), min_size=1, max_size=5).flatmap(
        lambda some: st.lists(st.sampled_from(some), max_size=40)
    )
)
def test_messages_keep_the_order_and_one_routing_key_each(batch: list[Event]) -> None:
    messages = list(in_messages(batch))
    assert [event for message in messages for event in decode_batch(message.body)] == batch
    assert all({event.routing_key for event in decode_batch(one.body)} == {one.routing_key} for one in messages)
    assert [key for key, _ in groupby(one.routing_key for one in messages)] == [
        key for key, _ in groupby(event.routing_key for event in batch)
    ]


@given(st.lists(st.sampled_from([0, 1, 500, 700, 20_000, 40_000, BATCH_BYTES]), max_size=250))
def test_messages_are_as_full_as_may_be_and_no_fuller(sizes: list[int]) -> None:
    messages = list(in_messages(sized(size) for size in sizes))
    counts = [len(decode_batch(one.body)) for one in messages]
    assert sum(counts) == len(sizes)
    assert all(count <= BATCH_EVENTS for count in counts)
    assert all(len(one.body) <= BATCH_BYTES or count == 1 for one, count in zip(messages, counts, strict=True))
    for one, following in pairwise(messages):
        first = encode_batch(decode_batch(following.body)[:1])
        full = len(decode_batch(one.body)) == BATCH_EVENTS
        assert full or len(one.body) + len(first) - 1 > BATCH_BYTES


EXAMPLE = Event(
    id="01", type="shifts.shift.claimed.v1", source="/communities/yueran/shifts", subject="s", sequence=1,
    time=datetime(2020, 2, 5, tzinfo=UTC), community="yueran", data={},
)  # fmt: skip


def sized(size: int) -> Event:
    return from_wire({**orjson.loads(encode_batch([EXAMPLE]))[0], "data": {"said": "x" * size}})


def read_or_told(body: bytes) -> None:
    """Whatever is read can be kept by every subscriber."""
    try:
        read = decode_batch(body)
    except NotAnEvent:
        return
    assert read
    for event in read:
        bson.encode(to_wire(event))
