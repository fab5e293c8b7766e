"""The registry of the published language: versions, and what keeps or breaks a contract."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import fields, validate

from shared.events.contracts import BreaksContract, EventData, Registry, UnknownType
from shared.events.envelope import Event

FIRST, SECOND, NOW = (f"kitchen.meal.served.v{n}" for n in (1, 2, 3))


@pytest.fixture
def language() -> Registry:
    """A small one, whose `served` is in its third version."""
    registry = Registry()

    @registry.event(NOW)
    class Served(EventData):
        portions = fields.Integer(required=True, validate=validate.Range(min=1))
        at = fields.AwareDateTime(required=True)
        hot = fields.Boolean(required=True)

    @registry.event("kitchen.bell.rung.v1", single=True)
    class Rung(EventData):
        pass

    registry.upcast(FIRST, SECOND)(lambda data: {"portions": data["people"], "at": data["at"]})
    registry.upcast(SECOND, NOW)(lambda data: {**data, "hot": True})
    registry.upcast("kitchen.gong.struck.v1", "kitchen.bell.rung.v1")(lambda data: data)
    return registry


def an_event(type_: str, **data: Any) -> Event:
    return Event(
        id="1", type=type_, source="/district/kitchen", subject="m", sequence=1, time=datetime(2020, 2, 5, tzinfo=UTC),
        community="district", data=data,
    )  # fmt: skip


def test_an_old_version_is_raised_step_by_step_before_it_is_checked(language: Registry) -> None:
    old = an_event(FIRST, people=30, at="2020-02-05T18:00:00+08:00")
    loaded = {"portions": 30, "at": datetime(2020, 2, 5, 10, tzinfo=UTC), "hot": True}
    assert language.read(old) == replace(old, type=NOW, data=loaded)


def test_reading_leaves_the_event_that_came_as_it_was(language: Registry) -> None:
    old = an_event(FIRST, people=30, at="2020-02-05T18:00:00+08:00")
    language.read(old)
    assert old.data == {"people": 30, "at": "2020-02-05T18:00:00+08:00"}


def test_a_field_of_a_newer_publisher_is_left_aside(language: Registry) -> None:
    read = language.read(an_event(NOW, portions=1, at="2020-02-05T10:00:00Z", hot=False, spicy=True))
    assert "spicy" not in read.data


def test_what_breaks_its_contract_is_told_with_the_field(language: Registry) -> None:
    with pytest.raises(BreaksContract) as broken:
        language.read(an_event(NOW, portions=0, at="2020-02-05T10:00:00Z", hot=True))
    assert list(broken.value.reasons) == ["portions"]


def test_a_type_that_nobody_registered_breaks_the_contract(language: Registry) -> None:
    with pytest.raises(UnknownType):
        language.read(an_event("kitchen.meal.burnt.v1"))


def test_an_old_version_of_a_single_event_is_single_too(language: Registry) -> None:
    assert language.is_single("kitchen.gong.struck.v1")
    assert not language.is_single(FIRST)


def test_a_type_has_one_contract_only(language: Registry) -> None:
    with pytest.raises(ValueError, match="two contracts"):
        language.event(NOW)(EventData)


@dataclass(frozen=True)
class MealServed:
    portions: int
    at: datetime
    hot: bool


def test_a_publisher_states_its_events_as_facts_in_the_newest_version(language: Registry) -> None:
    publish = language.publisher({MealServed: NOW})
    facts = publish([MealServed(30, datetime(2020, 2, 5, 10, tzinfo=UTC), hot=True)])
    assert facts == [(NOW, {"portions": 30, "at": "2020-02-05T10:00:00+00:00", "hot": True})]


def test_a_publisher_never_states_what_breaks_the_contract(language: Registry) -> None:
    publish = language.publisher({MealServed: NOW})
    with pytest.raises(BreaksContract):
        publish([MealServed(0, datetime(2020, 2, 5, 10, tzinfo=UTC), hot=True)])
