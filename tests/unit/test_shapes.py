"""Whatever JSON or form is sent: loading it into any shape there is ends well, or with the names of the fields at fault."""

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields

import services
from deploy.docs.doors import doors_of
from services.catalogue import service_class, service_names
from shared.events.contracts import registry
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import Invalid, Malformed
from shared.web.endpoint import Endpoint
from shared.web.pagination import cursor_of, place_in
from shared.web.schemas import RowsField, Shape, load, ready, unkeepable

ODD = [
    None, True, 0, -1, 2**63, 2**64 - 1, 1.5, 1e300, "", " ", "a", "9" * 400, "٣", "1e400", "9999-12-31", "0001-01-01",
    "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2020-02-30", {}, {"a": 1}, {"a": {}}, {"": None}, [], [None],
    [1], ["a", "a"], [{}], [[]], [{"a": 1}], ["a", 1], [2**64 - 1], [[[[{}]]]],
]  # fmt: skip
MOST = 400  # values for one field
LIKELY = [
    "a", "b1", 1, 5, True, "2020-02-06", "2020-02-06T08:00:00+08:00", "2099-01-01T08:00:00+08:00", "19000000001", "a@example.org",
    "https://example.org/", ["a"], [1], {}, [{}], 24, 3.5, "west", "09:00", "123456", "1952", [],
]  # fmt: skip


DOORS = [
    entry.door
    for name in service_names()
    for entry in doors_of(service_class(name))
    if isinstance(entry.door, Endpoint)
]


def called(shape: type[Schema]) -> str:
    return f"{shape.__module__}.{shape.__qualname__}"


def shapes() -> list[type[Schema]]:
    """Every schema that something is loaded into: what doors ask for, and rows of files; not what only goes out."""
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if ".schemas" in module.name:
            importlib.import_module(module.name)
    going_out = {part for one in DOORS if one.out is not None for part in _within(one.out)}
    coming_in = {part for one in DOORS for part in (one.body, one.query)}
    ours = {cls for cls in _kinds_of(Schema) if cls.__module__.startswith(("services.", "shared."))}
    found = {cls for cls in ours - going_out if "contracts" not in cls.__module__} | coming_in
    return sorted(found, key=called)


def _within(shape: type[Schema]) -> Iterator[type[Schema]]:
    yield shape
    for field in shape().fields.values():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from _within(type(inner.schema))


def _kinds_of(cls: type[Schema]) -> Iterator[type[Schema]]:
    for kind in cls.__subclasses__():
        yield kind
        yield from _kinds_of(kind)


def fitting(schema: Schema) -> dict[str, Any]:
    """For each field something it takes, as far as it is easily found."""
    found = {name: _fitting(one) for name, one in schema.fields.items() if not one.dump_only}
    return {schema.fields[name].data_key or name: value for name, value in found.items() if value is not _NOTHING}


_NOTHING = object()


def _fitting(field: Any) -> Any:
    chosen = getattr(field, "validators", [])
    options = [option for one in chosen for option in getattr(one, "choices", ())]
    if isinstance(field, fields.Nested):
        return fitting(field.schema)
    if isinstance(field, fields.List):
        inner = _fitting(field.inner)
        options += [] if inner is _NOTHING else [[inner]]
    for value in [*options, *LIKELY]:
        try:
            field.deserialize(value)
        except ValidationError:
            continue
        return value
    return _NOTHING


def odd_for(field: Any, depth: int = 0) -> Iterator[Any]:
    yield from ODD
    if depth == 3:
        return
    if isinstance(field, fields.List):
        for value in odd_for(field.inner, depth + 1):
            yield [value]
    if isinstance(field, fields.Nested):
        for name, inner in field.schema.fields.items():
            for value in odd_for(inner, depth + 1):
                yield {**fitting(field.schema), inner.data_key or name: value}


@pytest.mark.parametrize("shape", shapes(), ids=called)
def test_nothing_but_named_faults_comes_out_of_loading_anything(shape: type[Schema]) -> None:
    schema = ready(shape)
    sound = fitting(schema)
    for name, field in schema.fields.items():
        if field.dump_only:
            continue
        for value in islice(odd_for(field), MOST):
            with suppress(ValidationError):
                schema.load({**sound, field.data_key or name: value})


@pytest.mark.parametrize("type_", [one.type for one in registry.contracts()])
def test_nor_out_of_reading_any_event(type_: str) -> None:
    contract = registry.contract(type_)
    sound = fitting(contract.schema)
    for name, field in contract.schema.fields.items():
        for value in islice(odd_for(field), MOST // 4):
            data = {**sound, name: value}
            reasons = contract.schema.validate(data)
            assert contract.quick(data) is None or not reasons, value


@pytest.mark.parametrize(
    "shape", sorted({part for one in DOORS for part in (one.body, one.query)}, key=called), ids=called
)
def test_what_a_door_lets_in_can_be_kept_and_shown(shape: type[Schema]) -> None:
    """Numbers of 64 bits, and days on which Shanghai's clock can be put forward and back."""
    schema = ready(shape)
    sound = fitting(schema)
    for name, field in schema.fields.items():
        for value in () if isinstance(field, RowsField) else islice(odd_for(field), MOST // 4):
            with suppress(Invalid):
                loaded = load(schema, {**sound, field.data_key or name: value}, form=False)
                assert all(map(can_be_kept, leaves(loaded))), value


def leaves(value: Any) -> Iterator[Any]:
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else None
    if within is None:
        yield value
    else:
        for one in within:
            yield from leaves(one)


def can_be_kept(value: Any) -> bool:
    if isinstance(value, datetime):
        return value.astimezone(UTC).year < 3000 and value.astimezone(SHANGHAI).year > 1000
    if isinstance(value, date):
        return 1000 < value.year < 3000
    return not isinstance(value, int) or -(2**63) <= value < 2**63


class Anything(Shape):
    number = fields.Integer()
    when = fields.AwareDateTime(data_key="since")
    words = fields.List(fields.String())


@pytest.mark.parametrize(
    ("body", "at_fault"),
    [
        ({"number": 2**63}, "number"),
        ({"number": "9" * 30}, "number"),
        ({"number": -1e300}, "number"),
        ({"since": "9999-12-31T23:59:59-01:00"}, "since"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "since"),
        ({"words": {}}, "words"),
        ({"words": "a\0b"}, "words"),
    ],
)
def test_a_field_that_cannot_be_kept_is_named_as_the_caller_knows_it(body: dict[str, Any], at_fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        load(ready(Anything), body, form=False)
    assert list(refused.value.fields) == [at_fault]


def test_numbers_and_days_as_people_mean_them_are_kept() -> None:
    assert unkeepable({"number": 2**63 - 1, "when": datetime(2199, 12, 31, tzinfo=UTC), "born": date(1900, 1, 1)}) == {}


def test_a_cursor_leads_back_to_its_place() -> None:
    place = (datetime(2020, 2, 6, 8, 30, tzinfo=UTC), "a~b")
    assert place_in(cursor_of(*place)) == place
    assert place_in("") is None


@pytest.mark.parametrize(
    "cursor",
    [
        "~",
        "x~y",
        "2020-02-06~y",
        "2020-02-06T08:00:00~y",
        "9999-12-31T23:59:59-14:00~y",
        "0001-01-01T00:00:00+14:00~y",
        "9" * 99,
    ],
)
def test_a_cursor_that_was_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(Malformed):
        place_in(cursor)
