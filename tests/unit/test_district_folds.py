"""What the district makes of supplies, screening, volunteers and buildings, whatever order things come in."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from services.district.domain.screening import Round
from services.district.domain.stock import Stock, Transfer
from services.district.domain.volunteers import Building
from services.district.read_views.event_words import EVENT_WORDS, FIELD_WORDS
from services.district.read_views.events import words_of
from shared.events.contracts import registry
from shared.i18n.text import Text

NOW = datetime(2020, 2, 13, 5, 7, tzinfo=UTC)
COUNTED = {"name": "3号楼", "cell": "c1", "units": [{"unit": "1", "households": 9, "residents": 20, "over_60": 4}]}
CARED = {"name": "三号楼", "units": ["1单元", "2单元"]}


@given(st.lists(st.sampled_from(["shortage-raised", "shortage-cleared", "moved"])), st.integers(0, 9))
def test_an_item_is_short_from_when_it_was_first_said_until_it_is_cleared(steps: list[str], days: int) -> None:
    stock, short_since = Stock("yueran:mask", "yueran", "mask", 0, NOW), None
    for number, step in enumerate(steps):
        at = NOW + timedelta(hours=number)
        stock.hear(f"supplies.stock.{step}.v1", {"balance": number, "days_left": days}, at)
        short_since = None if step == "shortage-cleared" else short_since or (at if step == "shortage-raised" else None)
        assert (stock.short_since, stock.balance) == (short_since, number)


def test_goods_are_under_way_until_the_last_has_come() -> None:
    one = Transfer("t", "biguiyuan", "yueran", "mask", 200, NOW)
    for step, said, state in [
        ("agreed", {}, "agreed"),
        ("sent", {"quantity": 180}, "sent"),
        ("received", {"on_the_way": 30}, "sent"),
        ("returned", {"on_the_way": 0}, "arrived"),
    ]:
        one.hear(f"supplies.transfer.{step}.v1", said, NOW)
        assert one.state == state
    assert one.is_over


def test_a_round_has_all_to_do_before_anybody_told_of_it() -> None:
    one = Round("r", "yueran", NOW, NOW, 24)
    assert (one.whole.left, one.whole.unseen) == (24, 24)
    counts = {"not_home": 2, "refused": 1, "revisit": 0, "unwell": 1}
    tallies = [{"of": None, "households": 24, "visited": 10, **counts}]
    one.hear("grid.round.progressed.v1", {"cells": tallies, "owners": []}, NOW)
    assert (one.whole.left, one.whole.unseen, one.is_over) == (13, 10, False)


@given(st.permutations(["grid.building.registered.v1", "volunteers.building.registered.v1"]))
def test_a_building_is_the_same_whoever_told_of_it_first(order: list[str]) -> None:
    one = Building("yueran/b3", "yueran")
    for type_ in order:
        one.hear(type_, COUNTED if type_.startswith("grid.") else CARED, NOW)
    assert (one.name, one.households, one.ownerless) == ("三号楼", 9, ["1单元", "2单元"])


def test_a_building_lacks_an_owner_only_where_nobody_cares() -> None:
    one = Building("yueran/b3", "yueran")
    one.hear("grid.building.registered.v1", COUNTED, NOW)
    assert one.ownerless == [], "nobody has listed it yet for those who care"
    one.hear("volunteers.building.registered.v1", CARED, NOW)
    for unit, owner, ownerless in [("1单元", "v", ["2单元"]), ("1单元", None, ["1单元", "2单元"]), (None, "v", [])]:
        care = {"unit": unit, "owner": owner, "deputy": None}
        one.hear("volunteers.building.care-taken.v1", care, NOW)
        assert one.ownerless == ownerless


def test_every_event_there_is_is_said_in_words_of_both_languages() -> None:
    unsaid = [one.type for one in registry.contracts() if words_of(one.type) == Text(one.type, one.type)]
    assert unsaid == [], "put them into services/district/read_views/event_words.py"
    assert all(words.zh and words.en for words in EVENT_WORDS.values())
    assert EVENT_WORDS.keys() == {one.type.rpartition(".")[0] for one in registry.contracts()}


def test_every_field_of_an_event_is_named_in_words() -> None:
    names = {name for one in registry.contracts() for name in names_in(one.schema)}
    assert names - FIELD_WORDS.keys() == set()


def test_an_event_that_nobody_knows_yet_is_said_by_its_type() -> None:
    assert words_of("shifts.shift.flown-away.v9") == Text("shifts.shift.flown-away.v9", "shifts.shift.flown-away.v9")


def names_in(schema: Schema) -> set[str]:
    """Its fields' names, those of what lies within them included."""
    inner = [one.inner if isinstance(one, fields.List) else one for one in schema.fields.values()]
    return {*schema.fields, *(name for one in inner if isinstance(one, fields.Nested) for name in names_in(one.schema))}
