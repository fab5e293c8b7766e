"""Posts, their calendars and the turns planned for them; what a closing does to duty, and what taking it back restores."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.shifts.domain import refusals
from services.shifts.domain.claims import take_shift
from services.shifts.domain.closures import close_shifts, reopen_shifts
from services.shifts.domain.facts import Cancelled, Claimed, Moved, Released, Restored
from services.shifts.domain.patterns import Pattern, missing_from
from services.shifts.domain.posts import (
    ClosingPlanned,
    ClosingWithdrawn,
    Closure,
    Need,
    Post,
    PostChanged,
    PostClosed,
    PostOpened,
    PostReopened,
)
from services.shifts.domain.rosters import Roster
from services.shifts.domain.rules import Rules
from services.shifts.domain.shifts import Shift
from shared.i18n.timezone import SHANGHAI

FOURTH = date(2026, 2, 4)
NOON = datetime(2026, 2, 4, 12, tzinfo=SHANGHAI)
LONG_BEFORE = NOON - timedelta(days=30)
HOUR = timedelta(hours=1)
ALWAYS_TWO = [Need(0, 24, 2)]
RULES = Rules()


def post(id_: str = "gate-2", needs: list[Need] | None = None) -> Post:
    return Post(id_, "gate", "2号门", "Gate 2", "岗亭", needs=needs if needs is not None else list(ALWAYS_TWO))


def planned(pattern: Pattern, where: Post, head_count: int | None = None, at: datetime = LONG_BEFORE) -> list[Shift]:
    return missing_from([], pattern.turns(), where, head_count, at)[0]


def test_opening_tells_everything_and_changing_only_what_others_see() -> None:
    gate = post()
    assert gate.opened() == PostOpened("gate", "2号门", "Gate 2", "岗亭", None)
    same = {"kind": "gate", "name": "2号门", "name_en": "Gate 2", "place": "岗亭", "skill": None}
    assert gate.change(**same, needs=[Need(8, 20, 3)], buildings=["yueran/b3"]) == []
    assert gate.heads(NOON, NOON + HOUR) == 3
    changed = {**same, "skill": "medical"}
    assert gate.change(**changed, needs=[], buildings=[]) == [PostChanged(**changed)]


@pytest.mark.parametrize(
    ("from_hour", "to_hour", "heads"),
    [(8, 12, 2), (6, 10, 2), (20, 23, 1), (22, 26, 4), (0, 4, 4), (4, 6, 0), (18, 22, 2)],
)
def test_a_turn_needs_as_many_people_as_its_busiest_hour(from_hour: int, to_hour: int, heads: int) -> None:
    gate = post(needs=[Need(8, 20, 2), Need(20, 23, 1), Need(23, 4, 4)])
    midnight = NOON - 12 * HOUR
    assert gate.heads(midnight + from_hour * HOUR, midnight + to_hour * HOUR) == heads


def test_a_day_and_night_of_four_hour_turns_is_six_turns_by_shanghais_clock() -> None:
    made = Pattern(FOURTH, 2, 4).turns()
    assert len(made) == 12
    assert made[0][0] == datetime(2026, 2, 3, 16, tzinfo=UTC)
    assert all(first[1] == second[0] for first, second in itertools.pairwise(made))


def test_a_night_pattern_runs_over_midnight_and_its_last_turn_may_be_shorter() -> None:
    made = Pattern(FOURTH, 1, 8, from_hour=20, to_hour=6).turns()
    assert [f"{one:%d %H}–{other:%d %H}" for one, other in made] == ["04 20–05 04", "05 04–05 06"]


def test_a_pattern_over_a_month_has_every_chosen_weekday_once_and_runs_into_the_next() -> None:
    made = Pattern(date(2026, 1, 20), 31, 8, from_hour=20, to_hour=4, weekdays=[5, 6]).turns()
    assert [f"{one:%m-%d}" for one, _ in made] == [
        "01-24", "01-25", "01-31", "02-01", "02-07", "02-08", "02-14", "02-15",
    ]  # fmt: skip


def test_planning_the_same_again_makes_nothing_twice() -> None:
    wanted = Pattern(FOURTH, 1, 8).turns()
    new, there = missing_from([], wanted, post(), None, LONG_BEFORE)
    assert [one.id for one in new] == ["gate-2-20260204T0000", "gate-2-20260204T0800", "gate-2-20260204T1600"]
    assert {one.head_count for one in new} == {2}
    assert there == 0
    assert missing_from(new, wanted, post(), None, LONG_BEFORE) == ([], 3)


def test_hours_that_need_nobody_are_not_planned_and_a_number_given_counts_before_the_posts_own() -> None:
    by_day = post(needs=[Need(8, 16, 1)])
    assert [one.id[-4:] for one in planned(Pattern(FOURTH, 1, 8), by_day)] == ["0800"]
    assert [one.head_count for one in planned(Pattern(FOURTH, 1, 8), by_day, 3)] == [3, 3, 3]
    with pytest.raises(refusals.NothingToPlan):
        planned(Pattern(FOURTH, 1, 8), post(needs=[]))


def test_turns_of_another_length_do_not_lie_over_those_planned() -> None:
    there = planned(Pattern(FOURTH, 1, 8), post())
    with pytest.raises(refusals.PlannedOtherwise):
        missing_from(there, Pattern(FOURTH, 1, 4).turns(), post(), 2, LONG_BEFORE)


def test_turns_that_are_over_are_not_planned() -> None:
    wanted = Pattern(FOURTH, 1, 8).turns()
    new, _ = missing_from([], wanted, post(), None, wanted[0][1])
    assert [one.id for one in new] == ["gate-2-20260204T0800", "gate-2-20260204T1600"]
    with pytest.raises(refusals.NothingToPlan):
        missing_from([], wanted, post(), None, wanted[-1][1])


def test_a_closed_gate_is_not_planned_while_it_is_closed() -> None:
    gate = post()
    gate.plan_closing(Closure("c1", NOON, NOON + 24 * HOUR), LONG_BEFORE)
    assert [one.id[-7:] for one in planned(Pattern(FOURTH, 2, 8), gate)] == ["04T0000", "05T1600"]


def test_a_closing_is_planned_takes_force_and_ends_by_the_clock() -> None:
    gate = post()
    closure = Closure("c1", NOON, NOON + 24 * HOUR)
    assert gate.plan_closing(closure, LONG_BEFORE) == [ClosingPlanned("c1", NOON, NOON + 24 * HOUR, None)]
    assert gate.open
    assert gate.keep_calendar(NOON - HOUR) == []
    assert gate.keep_calendar(NOON) == [PostClosed("c1")]
    assert gate.keep_calendar(NOON + HOUR) == []
    assert not gate.open
    assert gate.keep_calendar(NOON + 24 * HOUR) == [PostReopened("c1")]
    assert gate.open


def test_a_closing_that_begins_now_is_in_force_at_once_and_one_slept_through_never_was() -> None:
    gate = post()
    assert gate.plan_closing(Closure("c1", NOON), NOON) == [ClosingPlanned("c1", NOON, None, None), PostClosed("c1")]
    other = post()
    other.plan_closing(Closure("c2", NOON, NOON + HOUR), LONG_BEFORE)
    assert other.keep_calendar(NOON + 2 * HOUR) == []
    assert other.open


def test_two_closings_of_one_gate_do_not_overlap_and_none_ends_before_it_begins() -> None:
    gate = post()
    gate.plan_closing(Closure("c1", NOON, NOON + 24 * HOUR), LONG_BEFORE)
    with pytest.raises(refusals.ClosingOverlaps):
        gate.plan_closing(Closure("c2", NOON + 23 * HOUR), LONG_BEFORE)
    with pytest.raises(refusals.EndsBeforeItBegins):
        gate.plan_closing(Closure("c3", NOON + 48 * HOUR, NOON + 48 * HOUR), LONG_BEFORE)
    assert gate.plan_closing(Closure("c4", NOON + 24 * HOUR), LONG_BEFORE)


def test_a_closing_is_taken_back_before_or_after_it_began_but_not_when_it_is_over() -> None:
    gate = post()
    gate.plan_closing(Closure("c1", NOON, NOON + HOUR), LONG_BEFORE)
    assert gate.take_back(gate.closure("c1", LONG_BEFORE)) == [ClosingWithdrawn("c1")]
    gate.plan_closing(Closure("c2", NOON), NOON)
    assert gate.take_back(gate.closure("c2", NOON + HOUR)) == [PostReopened("c2")]
    assert gate.open
    gate.plan_closing(Closure("c3", NOON, NOON + HOUR), LONG_BEFORE)
    with pytest.raises(refusals.ClosingOver):
        gate.closure("c3", NOON + HOUR)


def two_people_on_a_shift() -> tuple[Shift, dict[str, Roster]]:
    one = Shift("s1", "gate-2", NOON, NOON + 4 * HOUR, 2)
    people = {name: Roster(name, name) for name in ("v1", "v2")}
    for person in people.values():
        take_shift(one, person, RULES, LONG_BEFORE, leading=False)
    return one, people


def test_a_closing_cancels_its_duties_and_taking_it_back_seats_whoever_is_still_free() -> None:
    one, people = two_people_on_a_shift()
    closure = Closure("c1", NOON)
    ((_, closed),) = close_shifts([one], closure, people, LONG_BEFORE)
    assert closed == [Released("v1", "closure"), Released("v2", "closure"), Cancelled("c1")]
    assert all(person.duties == [] for person in people.values())
    elsewhere = Shift("s2", "gate-3", NOON, NOON + 4 * HOUR, 1)
    take_shift(elsewhere, people["v1"], RULES, LONG_BEFORE, leading=False)
    ((_, opened),) = reopen_shifts([one], closure, people, RULES, LONG_BEFORE)
    assert opened == [Restored(), Claimed("v2", "restored")]
    assert [duty.shift for duty in people["v1"].duties] == ["s2"]


def test_duties_that_move_keep_their_people_and_go_home_when_it_is_taken_back() -> None:
    one, people = two_people_on_a_shift()
    closure = Closure("c1", NOON, move_to="west-gate")
    assert close_shifts([one], closure, people, LONG_BEFORE) == [(one, [Moved("west-gate")])]
    assert one.claim_of("v1")
    assert reopen_shifts([one], closure, people, RULES, LONG_BEFORE) == [(one, [Moved("gate-2")])]


moving = st.lists(st.sampled_from(["c1", "c2", "c3"]), unique=True, max_size=3)


@given(moving, st.permutations(["c1", "c2", "c3"]))
def test_a_shift_moved_by_several_closings_is_at_home_once_all_are_taken_back_in_any_order(
    closings: list[str], order: list[str]
) -> None:
    one, people = two_people_on_a_shift()
    for closing in closings:
        close_shifts([one], Closure(closing, NOON, move_to=f"gate of {closing}"), people, LONG_BEFORE)
    left = list(closings)
    for closing in order:
        reopen_shifts([one], Closure(closing, NOON), people, RULES, LONG_BEFORE)
        left = [other for other in left if other != closing]
        assert one.post == (f"gate of {left[-1]}" if left else "gate-2")
