"""The rules of the grid: counts that follow from households, files judged row by row, rounds that any order leads to the same."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grid.domain import imports, screening
from services.grid.domain.households import Household, LivesThere, Resident, StillLivedIn, household_id, summed
from services.grid.domain.imports import Door, Line
from services.grid.domain.owners import carers
from services.grid.domain.register import Building, Unit, building_slug, counted
from services.grid.domain.screening import (
    OUTCOME_WORDS,
    Answer,
    Entry,
    NothingToScreen,
    Place,
    Progress,
    Round,
    RoundOver,
    RoundUnderWay,
)  # fmt: skip
from tests.lengths import examples

T0 = datetime(2020, 2, 7, 1, tzinfo=UTC)
YEAR = 2020
PLACES = [Place("b1", "1", "c1", "v1", 4), Place("b1", "2", "c1", None, 3), Place("b2", "1", None, "v1", 5)]

moments = st.integers(0, 20).map(lambda minutes: T0 + timedelta(minutes=minutes))
ids = st.integers(0, 12).map(str)


@st.composite
def said_at_doors(draw: st.DrawFn) -> list[tuple[int, Entry]]:
    """Entries about five doors, of distinct ids, some of which take an earlier one back."""
    entries = list[tuple[int, Entry]]()
    for id_ in draw(st.lists(ids, unique=True, max_size=12)):
        door, at = draw(st.integers(0, 4)), draw(moments)
        here = [one.id for place, one in entries if place == door and one.undoes is None]
        if here and draw(st.booleans()):
            entries.append((door, Entry(id_, at, "a", undoes=draw(st.sampled_from(here)))))
        else:
            entries.append((door, Entry(id_, at, "a", draw(st.sampled_from(list(OUTCOME_WORDS))))))
    return entries


def progress_after(entries: list[tuple[int, Entry]]) -> Progress:
    answers = {door: Answer(str(door), "r", str(door), "b2", "1") for door in range(5)}
    for door, entry in entries:
        answers[door].take(entry)
    found = Counter(one.outcome for one in answers.values() if one.outcome)
    return screening.progress(PLACES, {("b2", "1"): found})


@settings(max_examples=examples(100))
@given(said_at_doors(), st.randoms())
def test_the_same_entries_in_any_order_and_repeated_give_the_same_progress(
    said: list[tuple[int, Entry]], chance: object
) -> None:
    mixed = [*said, *said[: len(said) // 2]]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert progress_after(mixed) == progress_after(said)


@settings(max_examples=examples(50))
@given(said_at_doors())
def test_every_household_is_counted_once_whatever_is_said_of_it(said: list[tuple[int, Entry]]) -> None:
    progress = progress_after(said)
    whole = progress.whole
    assert whole == screening.total(progress.owners)
    assert whole.households == 12
    assert whole.looked_at + whole.unseen == whole.households
    assert 0 <= whole.blind_spot <= 100


def test_a_later_answer_corrects_an_earlier_one_and_a_slip_gives_back_what_was() -> None:
    answer = Answer("r/h", "r", "h", "b1", "1")
    answer.take(Entry("1", T0, "a", "not-home"))
    answer.take(Entry("2", T0 + timedelta(hours=1), "a", "visited"))
    answer.take(Entry("0", T0 - timedelta(hours=1), "b", "refused"))
    assert answer.outcome == "visited"
    assert not answer.take(Entry("2", T0 + timedelta(hours=2), "a", "unwell")), "an id counts once"
    answer.take(Entry("3", T0 + timedelta(hours=2), "a", undoes="2"))
    assert answer.outcome == "not-home"


def test_two_rounds_under_way_never_share_a_cell() -> None:
    progress = screening.progress(PLACES, {})
    whole, cell, other = Round("r1", T0, "a"), Round("r2", T0, "a", ("c1",)), Round("r3", T0, "a", ("c2",))
    with pytest.raises(RoundUnderWay):
        cell.begin([whole], progress)
    with pytest.raises(RoundUnderWay):
        whole.begin([cell], progress)
    assert cell.begin([other], progress)[0].households == 12
    with pytest.raises(NothingToScreen):
        Round("r4", T0, "a").begin([], screening.progress([], {}))


def test_a_round_that_is_over_takes_only_what_was_found_before() -> None:
    round_ = Round("r", T0, "a")
    round_.end(screening.progress(PLACES, {}), T0 + timedelta(hours=1))
    round_.check_takes(Entry("1", T0 + timedelta(minutes=59), "a", "visited"))
    with pytest.raises(RoundOver):
        round_.check_takes(Entry("2", T0 + timedelta(minutes=61), "a", "visited"))
    with pytest.raises(RoundOver):
        round_.end(screening.progress(PLACES, {}), T0 + timedelta(hours=2))


def test_progress_is_told_only_when_it_is_news() -> None:
    round_, before = Round("r", T0, "a"), screening.progress(PLACES, {})
    round_.begin([], before)
    assert round_.tell(before) == []
    after = screening.progress(PLACES, {("b1", "1"): {"visited": 1}})
    assert len(round_.tell(after)) == 1
    assert round_.tell(after) == []


people = st.builds(Resident, st.sampled_from("abcdef"), st.just(b"n"), st.none(), st.none() | st.integers(1920, 2019))
moves = st.lists(st.tuples(st.sampled_from(("1", "2")), st.booleans(), people), max_size=30)


@settings(max_examples=examples(100))
@given(moves)
def test_a_building_counts_who_lives_in_it_however_they_came_and_went(said: list[tuple[str, bool, Resident]]) -> None:
    building = Building("b1", "1号楼")
    homes = {unit: Household(f"h{unit}", "b1", unit, "101") for unit in ("1", "2")}
    for unit, comes, who in said:
        home = homes[unit]
        if comes:
            home.take_in(who)
        else:
            home.part_with(who.id)
        building.count(summed([home.count(YEAR)]))
    touched = {unit for unit, _, _ in said}
    assert building.households == len(touched)
    assert building.residents == sum(len(one.residents) for one in homes.values())
    old = [one for home in homes.values() for one in home.residents if one.born and YEAR - one.born > 60]
    assert building.over_60 == len(old)
    assert all(one.residents >= one.over_60 >= 0 for one in building.units)


def test_who_is_there_already_is_not_registered_twice_and_an_empty_home_may_go() -> None:
    home = Household("h", "b1", "1", "101")
    home.take_in(Resident("a", b"n"))
    home.mind(["isolation"], T0, "s")
    with pytest.raises(LivesThere):
        home.check_new("a")
    with pytest.raises(StillLivedIn):
        home.close()
    home.count(YEAR)
    home.part_with("a")
    assert home.care == [], "what was to be minded went with who lived there"
    assert home.close() == Unit("1", -1, -1, 0)


def line(number: int, who: str, *, phone: bytes | None = None) -> Line:
    at = Door(None, "b1", "1号楼", "1", "101", "h")
    return Line(number, at, Resident(who, b"n", phone))


def test_each_row_of_a_file_gets_its_verdict() -> None:
    there = Household("h", "b1", "1", "101", [Resident("a", b"n", b"p"), Resident("b", b"n")])
    lines = [line(2, "a"), line(3, "b", phone=b"q"), line(4, "c"), line(5, "c"), line(6, "d"), Line(7, None, None)]
    judged = imports.judge(lines, {"h": there}, {6: "elsewhere"})
    assert [one.verdict for one in judged] == ["same", "changed", "new", "double", "double", "faulty"]
    assert (judged[3].row, judged[4].household) == (4, "elsewhere")


def test_a_units_owner_goes_before_the_buildings_and_either_needs_to_know() -> None:
    known = carers([("b1", None, "v1", "v2"), ("b1", "2单元", "v3", None)])
    assert known.of("b1", "1单元").owner == "v1"
    assert (known.of("b1", "2单元").owner, known.of("b1", "2单元").deputy) == ("v3", "v2")
    assert known.may_mind("v2", "b1", "1单元")
    assert not known.may_mind("v3", "b1", "1单元")
    assert not known.may_mind(None, "b1", "2单元")
    building = Building("b2", "2号楼", None, (Unit("1单元"),))
    assert known.uncovered(building) == ["1单元"]


def test_buildings_stand_where_volunteers_register_has_them_and_in_the_order_people_count() -> None:
    assert [building_slug(one) for one in ("3号楼", "12栋", "7")] == ["b3", "b12", "b7"]
    assert building_slug("花园2期A座").startswith("b-")
    assert sorted(["10号楼", "2号楼"], key=counted) == ["2号楼", "10号楼"]
    assert household_id("b1", "1", "101") != household_id("b11", "1", "01")
