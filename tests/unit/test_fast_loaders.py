"""A quick loader takes nothing that the schema would refuse, and loads nothing otherwise than the schema does."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, post_load, validate

from shared.events.contracts import EventData, registry
from shared.events.contracts.fast_loaders import compile_loader
from tests.contracts.samples import story
from tests.lengths import examples

MOMENTS = [
    "2020-02-13T19:40:00+08:00", "2020-02-13T11:40:00.123Z", "2020-02-13T11:40:00.1234567Z", "2020-02-13 11:40:00Z",
    "2020-02-13t11:40:00z", "2020-02-13T11:40:00", "2020-02-30T11:40:00Z", "2020-W07-4T11:40:00Z", "2200-01-01T00:00:00Z",
    "9999-12-31T23:59:59-08:00", "0001-01-01T00:00:00+14:00", "2020-02-13T23:59:60Z", "2020-02-13T11:40Z", "2020-02-13",
    "2020-02-13T11:40:00Z\n", "２０２０-02-13T11:40:00Z", "2020-02-13T11:40:00+24:00", "", "20200213",
]  # fmt: skip
HOSTILE = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(MOMENTS)
    | st.sampled_from([float("nan"), 10**400, "5", "5.0", "true", "yes", "gate", "x" * 100, "人" * 41, "\0", "\ud800"])
    | st.lists(st.integers() | st.text(max_size=3), max_size=3) | st.dictionaries(st.text(max_size=3), st.none(), max_size=2)
    | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))])).map(datetime.isoformat)
)  # fmt: skip


class Entry(EventData):
    at = fields.AwareDateTime(required=True)
    flags = fields.List(fields.String(validate=validate.OneOf(["late", "fever"])), load_default=list)
    degrees = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=300, max=450))


class EveryKind(EventData):
    entries = fields.List(fields.Nested(Entry), required=True, validate=validate.Length(1, 3))
    one = fields.Nested(Entry, allow_none=True, load_default=None)
    days = fields.List(fields.Date(), load_default=list)
    hot = fields.Boolean(load_default=False)
    heads = fields.Integer(required=True, validate=validate.Range(max=50))
    name = fields.String(required=True, validate=validate.Length(1, 40))
    moments = fields.List(fields.AwareDateTime(allow_none=True))
    celsius = fields.Float(load_default=None, allow_none=True)
    ranks = fields.Dict(keys=fields.String(validate=validate.Length(1, 5)), values=fields.Integer(), load_default=dict)


EVERY_KIND = {
    "entries": [{"at": "2020-02-13T19:40:00+08:00", "flags": ["late"], "degrees": 373}, {"at": "2020-02-13T11:40:00Z"}],
    "one": {"at": "2020-02-13T11:40:00.5Z"}, "days": ["2020-02-13"], "hot": True, "heads": 3, "name": "西门",
    "moments": [None, "2020-02-13T11:40:00Z"], "celsius": 37.3, "ranks": {"west": 1},
}  # fmt: skip
quick_loader = cache(compile_loader)
SCHEMAS: list[tuple[Schema, dict[str, Any]]] = [
    (EveryKind(), EVERY_KIND),
    *((registry.contract(one.type).schema, one.data) for one in story()),
]


def places(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in it, itself left out."""
    within = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [place for key, value in within for place in ((*at, key), *places(value, (*at, key)))]


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[Schema, Any]:
    """A good event's data with something taken out, put in or replaced."""
    schema, good = draw(st.sampled_from(SCHEMAS) | st.just(SCHEMAS[0]))
    data = deepcopy(good)
    for _ in range(draw(st.integers(0, 3))):
        found = places(data)
        *way, last = draw(st.sampled_from(found)) if found else ("new",)
        holder = data
        for key in way:
            holder = holder[key]
        if draw(st.booleans()) and isinstance(holder, dict):
            holder.pop(last, None)
        else:
            holder[last] = deepcopy(draw(HOSTILE | st.sampled_from([list(schema.fields), EVERY_KIND["entries"]])))
    return schema, data


def told(loaded: Any) -> str:
    """With the kinds of all values, for True is 1 and one moment has many names."""
    if isinstance(loaded, dict):
        return "{" + ", ".join(f"{key}: {told(loaded[key])}" for key in sorted(loaded)) + "}"
    if isinstance(loaded, list):
        return f"[{', '.join(map(told, loaded))}]"
    return f"{loaded.isoformat()}" if isinstance(loaded, datetime) else f"{type(loaded).__name__} {loaded!r}"


@settings(max_examples=examples(400))
@given(spoilt())
def test_what_it_takes_the_schema_loads_to_the_same(case: tuple[Schema, Any]) -> None:
    schema, data = case
    quick = quick_loader(schema)
    assert quick is not None
    if (loaded := quick(data)) is not None:
        assert told(loaded) == told(schema.load(data))


@pytest.mark.parametrize(("schema", "good"), SCHEMAS, ids=lambda one: type(one).__name__)
def test_it_takes_what_our_own_publishers_say(schema: Schema, good: dict[str, Any]) -> None:
    quick = quick_loader(schema)
    assert quick is not None
    assert quick(good) is not None


def test_every_contract_has_one() -> None:
    assert [one.type for one in registry.contracts() if compile_loader(one.schema) is None] == []


def test_a_schema_with_a_making_of_its_own_is_left_to_marshmallow() -> None:
    class Doubled(EventData):
        heads = fields.Integer()

        @post_load
        def double(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
            return {"heads": data["heads"] * 2}

    class Strict(Schema):
        heads = fields.Integer()

    class Own(EventData):
        heads = fields.Integer(validate=lambda heads: None if heads % 2 else _refuse())

    assert [compile_loader(one()) for one in (Doubled, Strict, Own)] == [None, None, None]


def _refuse() -> None:
    raise ValidationError("even")
