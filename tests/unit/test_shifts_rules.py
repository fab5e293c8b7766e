"""The rules of duty, as sentences; the claim rules also against a model that looks at every pair of shifts."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.shifts.domain import patterns, refusals
from services.shifts.domain.posts import Post, PostClosing, PostOpened
from services.shifts.domain.shifts import (
    REST,
    Cancelled,
    CheckedIn,
    CheckedOut,
    Claimed,
    GapClosed,
    GapOpened,
    Planned,
    Released,
    Roster,
    Shift,
    leave_shift,
    suspend,
    take_shift,
    why_not,
)
from shared.errors import RuleBroken
from shared.zone import SHANGHAI

DAWN = datetime(2026, 2, 4, tzinfo=UTC)
YESTERDAY = DAWN - timedelta(days=1)
LONG_BEFORE = DAWN - timedelta(days=10)


def at(hour: float) -> datetime:
    return DAWN + timedelta(hours=hour)


def shift(starts: float = 8, hours: float = 4, head_count: int = 2, name: str = "gate-2") -> Shift:
    return Shift(f"{name}@{starts}", name, at(starts), at(starts + hours), head_count)


def roster(name: str = "v1") -> Roster:
    return Roster(name, f"account of {name}")


def held(by: str = "v1", head_count: int = 2) -> tuple[Shift, Roster]:
    one, person = shift(head_count=head_count), roster(by)
    take_shift(one, person, LONG_BEFORE, leading=False)
    return one, person


def test_a_volunteer_takes_a_free_place() -> None:
    one, person = shift(), roster()
    assert take_shift(one, person, LONG_BEFORE, leading=False) == [Claimed("v1")]
    assert one.missing == 1
    assert [duty.shift for duty in person.duties] == [one.id]


def test_taking_a_place_twice_is_taking_it_once() -> None:
    one, person = held(head_count=1)
    assert take_shift(one, person, LONG_BEFORE, leading=False) == []
    assert len(one.claims) == len(person.duties) == 1


def test_only_an_approved_volunteer_takes_a_shift() -> None:
    with pytest.raises(refusals.NotApproved):
        take_shift(shift(), None, LONG_BEFORE, leading=True)
    suspended = Roster("v1", "a1", "suspended")
    with pytest.raises(refusals.OnSuspension):
        take_shift(shift(), suspended, LONG_BEFORE, leading=True)


def test_a_shift_never_has_more_people_than_it_needs() -> None:
    one, _ = held(head_count=1)
    with pytest.raises(refusals.ShiftFull):
        take_shift(one, roster("v2"), LONG_BEFORE, leading=True)


def test_a_person_never_holds_two_overlapping_shifts() -> None:
    _, person = held()
    with pytest.raises(refusals.ShiftsOverlap):
        take_shift(shift(11, name="gate-3"), person, LONG_BEFORE, leading=False)


def test_ten_hours_of_rest_lie_between_two_shifts_of_one_person() -> None:
    _, person = held()
    with pytest.raises(refusals.TooLittleRest) as refused:
        take_shift(shift(21.5), person, LONG_BEFORE, leading=True)
    assert "10 小时" in refused.value.sentence("zh")
    assert take_shift(shift(22), person, LONG_BEFORE, leading=False)


def test_a_volunteer_may_take_a_shift_until_a_quarter_after_its_start_and_staff_may_assign_until_its_end() -> None:
    assert take_shift(shift(), roster(), at(8.25), leading=False)
    with pytest.raises(refusals.ShiftStarted):
        take_shift(shift(), roster(), at(8.3), leading=False)
    assert take_shift(shift(), roster(), at(11.9), leading=True)
    with pytest.raises(refusals.ShiftOver):
        take_shift(shift(), roster(), at(12), leading=True)


def test_a_place_is_given_back_until_the_start_and_then_marked_by_a_captain() -> None:
    one, person = held()
    with pytest.raises(refusals.ShiftStarted):
        leave_shift(one, person, at(8), leading=False)
    assert leave_shift(one, person, at(8), leading=True)[0] == Released("v1")
    assert person.duties == []


def test_what_is_not_held_cannot_be_given_back() -> None:
    with pytest.raises(refusals.NotHeld):
        leave_shift(shift(), roster(), LONG_BEFORE, leading=False)


def test_who_stands_there_checks_out_instead_of_giving_up() -> None:
    one, person = held()
    one.check_in("v1", at(8))
    with pytest.raises(refusals.AlreadyThere):
        leave_shift(one, person, at(9), leading=True)


def test_check_in_opens_half_an_hour_before_and_ends_with_the_shift() -> None:
    one, _ = held()
    with pytest.raises(refusals.TooEarly):
        one.check_in("v1", at(7.49))
    with pytest.raises(refusals.ShiftOver):
        one.check_in("v1", at(12))
    assert one.check_in("v1", at(7.5)) == [CheckedIn("v1", at(7.5))]
    assert one.check_in("v1", at(8)) == []


def test_nobody_checks_out_who_did_not_check_in() -> None:
    one, _ = held()
    with pytest.raises(refusals.NotCheckedIn):
        one.check_out("v1", at(12))
    with pytest.raises(refusals.NotHeld):
        one.check_out("v2", at(12))


@pytest.mark.parametrize(
    ("came", "left", "minutes"),
    [(7.5, 12, 240), (8, 20, 240), (8.5, 12.5, 210), (8, 10, 120), (7.5, 7.75, 0)],
)
def test_minutes_are_credited_once_and_never_beyond_the_shift(came: float, left: float, minutes: int) -> None:
    one, _ = held()
    one.check_in("v1", at(came))
    assert one.check_out("v1", at(left)) == [CheckedOut("v1", at(left), minutes)]
    assert one.check_out("v1", at(left + 1)) == []
    assert one.claims[0].minutes == minutes


def test_a_shift_planned_far_ahead_has_no_gap_until_three_days_before() -> None:
    one = shift()
    assert one.plan(LONG_BEFORE) == [Planned("gate-2", at(8), at(12), 2)]
    assert one.watch(at(8) - timedelta(hours=72, seconds=1)) == []
    assert one.watch(at(8) - timedelta(hours=72)) == [GapOpened(2)]
    assert one.watch(YESTERDAY) == []


def test_a_gap_follows_the_number_of_missing_people_and_ends_with_the_shift() -> None:
    one, first, second = shift(), roster("v1"), roster("v2")
    assert one.plan(YESTERDAY)[1:] == [GapOpened(2)]
    assert take_shift(one, first, YESTERDAY, leading=False) == [Claimed("v1"), GapOpened(1)]
    assert take_shift(one, second, YESTERDAY, leading=False) == [Claimed("v2"), GapClosed()]
    assert leave_shift(one, first, YESTERDAY, leading=False) == [Released("v1"), GapOpened(1)]
    assert one.watch(at(11.99)) == []
    assert one.watch(at(12)) == [GapClosed()]


def test_a_cancelled_shift_frees_its_people_and_has_no_gap() -> None:
    one, person = shift(), roster()
    one.plan(YESTERDAY)
    take_shift(one, person, YESTERDAY, leading=False)
    assert one.cancel(YESTERDAY) == [Released("v1"), Cancelled(), GapClosed()]
    with pytest.raises(refusals.ShiftCancelled):
        take_shift(one, person, YESTERDAY, leading=True)


def test_whoever_stands_at_a_post_that_closes_is_still_credited() -> None:
    one, _ = held()
    one.check_in("v1", at(8))
    one.cancel(at(9))
    assert one.check_out("v1", at(9)) == [CheckedOut("v1", at(9), 60)]


def test_a_suspended_volunteer_loses_the_shifts_ahead_and_keeps_the_one_being_served() -> None:
    now, later, person = shift(), shift(30), roster()
    for one in (now, later):
        take_shift(one, person, LONG_BEFORE, leading=False)
    now.check_in("v1", at(8))
    lost = {one.id: happened for one, happened in suspend(person, [now, later], at(9))}
    assert lost == {now.id: [GapOpened(1)], later.id: [Released("v1"), GapOpened(2)]}
    assert person.ahead(at(9)) == [now.id]
    assert isinstance(why_not(shift(60), person, at(9), leading=True), refusals.OnSuspension)


def test_a_post_closes_once() -> None:
    post = Post("gate-2", "gate", "2号门", "Gate 2", "2号门岗亭")
    assert post.opened() == PostOpened("gate", "2号门", "Gate 2")
    assert post.close() == [PostClosing()]
    assert post.close() == []
    with pytest.raises(refusals.PostClosed):
        post.check_open()


def test_a_day_and_night_of_four_hour_turns_is_six_turns_by_shanghais_clock() -> None:
    made = patterns.turns(date(2026, 2, 4), 2, 4, SHANGHAI)
    assert len(made) == 12
    assert made[0][0] == datetime(2026, 2, 3, 16, tzinfo=UTC)
    assert all(first[1] == second[0] for first, second in itertools.pairwise(made))


def test_a_night_pattern_runs_over_midnight_and_its_last_turn_may_be_shorter() -> None:
    made = patterns.turns(date(2026, 2, 4), 1, 8, SHANGHAI, from_hour=20, to_hour=6)
    assert [f"{one:%d %H}–{other:%d %H}" for one, other in made] == ["04 20–05 04", "05 04–05 06"]


def test_planning_the_same_again_makes_nothing_twice() -> None:
    wanted = patterns.turns(date(2026, 2, 4), 1, 8, SHANGHAI)
    new, there = patterns.missing_from([], wanted, "gate-2", 2, LONG_BEFORE)
    assert [one.id for one in new] == ["gate-2-20260204T0000", "gate-2-20260204T0800", "gate-2-20260204T1600"]
    assert there == 0
    assert patterns.missing_from(new, wanted, "gate-2", 2, LONG_BEFORE) == ([], 3)


def test_turns_of_another_length_do_not_lie_over_those_planned() -> None:
    planned, _ = patterns.missing_from([], patterns.turns(date(2026, 2, 4), 1, 8, SHANGHAI), "gate-2", 2, LONG_BEFORE)
    with pytest.raises(refusals.PlannedOtherwise):
        patterns.missing_from(planned, patterns.turns(date(2026, 2, 4), 1, 4, SHANGHAI), "gate-2", 2, LONG_BEFORE)


def test_turns_that_are_over_are_not_planned() -> None:
    wanted = patterns.turns(date(2026, 2, 4), 1, 8, SHANGHAI)
    new, _ = patterns.missing_from([], wanted, "gate-2", 2, wanted[1][0])
    assert [one.id for one in new] == ["gate-2-20260204T0800", "gate-2-20260204T1600"]
    with pytest.raises(refusals.NothingToPlan):
        patterns.missing_from([], wanted, "gate-2", 2, wanted[-1][1])


spans = st.tuples(st.integers(0, 60), st.sampled_from([2, 4, 6, 8]), st.integers(1, 2))
moves = st.lists(st.tuples(st.sampled_from(["take", "leave"]), st.integers(0, 5), st.integers(0, 2)), max_size=25)


@given(st.lists(spans, min_size=6, max_size=6), moves)
def test_whatever_is_claimed_and_given_back_the_rules_of_claims_hold(
    spans: list[tuple[int, int, int]], moves: list[tuple[str, int, int]]
) -> None:
    shifts = [shift(starts, hours, count, f"post-{n}") for n, (starts, hours, count) in enumerate(spans)]
    people = [roster(f"v{number}") for number in range(3)]
    model: set[tuple[int, int]] = set()
    for what, s, p in moves:
        mine = {one for one, who in model if who == p}
        clash = any(_too_close(shifts[s], shifts[other]) for other in mine - {s})
        full = sum(one == s for one, _ in model) >= shifts[s].head_count
        allowed = (s, p) in model or (not clash and not full) if what == "take" else (s, p) in model
        try:
            (take_shift if what == "take" else leave_shift)(shifts[s], people[p], LONG_BEFORE, leading=False)
        except RuleBroken:
            assert not allowed
        else:
            assert allowed
            model = model | {(s, p)} if what == "take" else model - {(s, p)}
    for s, one in enumerate(shifts):
        assert {claim.volunteer for claim in one.claims} == {f"v{p}" for other, p in model if other == s}
        assert one.missing >= 0
    for p, person in enumerate(people):
        assert {duty.shift for duty in person.duties} == {shifts[s].id for s, who in model if who == p}


def _too_close(one: Shift, other: Shift) -> bool:
    first, second = sorted((one, other), key=lambda turn: turn.starts)
    return second.starts - first.ends < REST
