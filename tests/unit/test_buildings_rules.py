"""Buildings in care: one owner and one deputy at most for each place, and the list of what has nobody is exactly that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.volunteers.domain.buildings import (
    Building,
    Care,
    CareTaken,
    NoSuchUnit,
    NotInCare,
    OwnerAlready,
    Registered,
    SomebodyCares,
    in_order,
    loads,
    ranked,
)
from services.volunteers.domain.volunteers import Volunteer
from shared.kernel.errors import RuleBroken

PEOPLE = ["v1", "v2", "v3"]
UNITS = ("1单元", "2单元")


def building(number: int = 3, units: tuple[str, ...] = UNITS) -> Building:
    return Building(f"yueran/b{number}", "yueran", f"{number}号楼", units)


def neighbour(id_: str, home: str) -> Volunteer:
    return Volunteer(id_, f"a-{id_}", "yueran", "温小满", True, home, (), "approved")


def test_who_names_an_owner_where_there_is_one_is_told_who_and_nothing_changes() -> None:
    one = building()
    assert one.name_carer("1单元", "owner", "v1") == [CareTaken("1单元", "v1", None)]
    with pytest.raises(SomebodyCares) as told:
        one.name_carer("1单元", "owner", "v2")
    assert told.value.facts == {"who": "v1"}
    assert one.care_for("1单元") == Care("v1", None)


def test_an_owner_is_followed_by_whoever_is_named_in_their_stead() -> None:
    one = building()
    one.name_carer(None, "owner", "v1")
    assert one.name_carer(None, "owner", "v2", instead_of="v1") == [CareTaken(None, "v2", None)]


def test_naming_who_has_it_already_changes_nothing() -> None:
    one = building()
    one.name_carer(None, "deputy", "v1")
    assert one.name_carer(None, "deputy", "v1") == []


def test_the_deputy_who_becomes_owner_is_deputy_no_longer_and_an_owner_is_no_deputy() -> None:
    one = building()
    one.name_carer(None, "deputy", "v1")
    assert one.name_carer(None, "owner", "v1") == [CareTaken(None, "v1", None)]
    with pytest.raises(OwnerAlready):
        one.name_carer(None, "deputy", "v1")


def test_a_unit_that_is_not_there_has_no_owner() -> None:
    with pytest.raises(NoSuchUnit):
        building().name_carer("9单元", "owner", "v1")


def test_only_who_has_it_can_give_it_up() -> None:
    with pytest.raises(NotInCare):
        building().release("1单元", "v1")


def test_a_building_with_nobody_at_all_is_one_line_of_the_list() -> None:
    assert building().uncovered == building(units=()).uncovered == [None]


def test_registered_anew_under_other_units_the_care_for_what_is_gone_ends() -> None:
    one = building()
    one.name_carer("2单元", "owner", "v1")
    assert one.change("3号楼", UNITS) == []
    assert one.change("甲3号楼", ("1单元",)) == [Registered("甲3号楼", ("1单元",)), CareTaken("2单元", None, None)]
    assert one.uncovered == [None]


def test_buildings_stand_in_the_order_people_count() -> None:
    assert [one.name for one in in_order([building(10), building(2), building(1)])] == ["1号楼", "2号楼", "10号楼"]


def test_whoever_lives_there_is_asked_first_and_then_who_has_least() -> None:
    far, idle, upstairs, next_door = (
        neighbour(*one) for one in (("v1", "13号楼1单元"), ("v2", "5号楼"), ("v3", "3号楼1单元"), ("v4", "碧桂园3号楼2单元"))
    )  # fmt: skip
    load = loads([Building("y/b9", "y", "9号楼", (), {"": Care("v1", "v2")})])
    assert load == {"v1": 1}
    order = ranked(building(), "1单元", [far, idle, next_door, upstairs], load)
    assert [one.id for one in order] == ["v3", "v4", "v2", "v1"]


places = st.sampled_from([None, *UNITS])
people = st.sampled_from(PEOPLE)
acts = st.one_of(
    st.tuples(st.just("name_carer"), places, st.sampled_from(["owner", "deputy"]), people, st.none() | people),
    st.tuples(st.just("release"), places, people),
    st.tuples(st.just("step_back"), people),
    st.tuples(
        st.just("change"), st.just("3号楼"), st.lists(st.sampled_from([*UNITS, "3单元"]), unique=True).map(tuple)
    ),
)


@given(st.lists(acts, max_size=25))
def test_after_any_acts_the_list_is_exactly_what_lacks_an_owner_and_the_events_tell_the_same(done: list[tuple]) -> None:  # type: ignore[type-arg]
    one, told = building(), dict[str | None, Care]()
    for what, *how in done:
        before = (one.name, one.units, dict(one.care))
        try:
            events = getattr(one, what)(*how)
        except RuleBroken:
            assert (one.name, one.units, one.care) == before
            continue
        told |= {event.unit: Care(event.owner, event.deputy) for event in events if isinstance(event, CareTaken)}
        if what == "step_back":
            assert one.carried_by(how[0]) == []

    assert {unit: care for unit, care in told.items() if care != Care()} == {
        key or None: c for key, c in one.care.items()
    }
    assert all(care.owner != care.deputy for care in one.care.values())
    whole = one.care_for(None).owner
    lacking = [] if whole else [unit for unit in one.units if one.care_for(unit).owner is None]
    if not whole and len(lacking) == len(one.units):
        assert one.uncovered == [None]
    else:
        assert one.uncovered == lacking
