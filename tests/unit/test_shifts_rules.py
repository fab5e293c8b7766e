"""The rules of duty, as sentences; the claim rules also against a model that looks at every pair of shifts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.shifts.domain import refusals
from services.shifts.domain.claims import (
    leave_shift,
    miss_shift,
    stand_by,
    suspend,
    take_shift,
    wait_for_place,
    why_not,
)
from services.shifts.domain.facts import (
    Cancelled,
    CheckedIn,
    CheckedOut,
    Claimed,
    GapClosed,
    GapOpened,
    Missed,
    NeedChanged,
    Planned,
    Released,
    ReminderDue,
    StandByEnded,
    StoodBy,
    WaitedFor,
)
from services.shifts.domain.rosters import Roster
from services.shifts.domain.rules import Rules, RulesChanged
from services.shifts.domain.shifts import Shift
from shared.kernel.errors import RuleBroken
from tests.unit.duty import LONG_BEFORE, RULES, YESTERDAY, at, roster, shift

ONLY_REST = Rules(most_hours_a_day=24, most_hours_a_week=168, most_nights_in_a_row=7)


def held(by: str = "v1", head_count: int = 2) -> tuple[Shift, Roster]:
    one, person = shift(head_count=head_count), roster(by)
    take_shift(one, person, RULES, LONG_BEFORE, leading=False)
    return one, person


def test_a_volunteer_takes_a_free_place() -> None:
    one, person = shift(), roster()
    assert take_shift(one, person, RULES, LONG_BEFORE, leading=False) == [Claimed("v1")]
    assert one.missing == 1
    assert [duty.shift for duty in person.duties] == [one.id]


def test_taking_a_place_twice_is_taking_it_once() -> None:
    one, person = held(head_count=1)
    assert take_shift(one, person, RULES, LONG_BEFORE, leading=False) == []
    assert len(one.claims) == len(person.duties) == 1


def test_only_an_approved_volunteer_takes_a_shift() -> None:
    with pytest.raises(refusals.NotApproved):
        take_shift(shift(), None, RULES, LONG_BEFORE, leading=True)
    suspended = Roster("v1", "a1", "suspended")
    with pytest.raises(refusals.OnSuspension):
        take_shift(shift(), suspended, RULES, LONG_BEFORE, leading=True)


def test_a_shift_never_has_more_people_than_it_needs() -> None:
    one, _ = held(head_count=1)
    with pytest.raises(refusals.ShiftFull):
        take_shift(one, roster("v2"), RULES, LONG_BEFORE, leading=True)


def test_a_person_never_holds_two_overlapping_shifts() -> None:
    _, person = held()
    with pytest.raises(refusals.ShiftsOverlap):
        take_shift(shift(11, name="gate-3"), person, RULES, LONG_BEFORE, leading=False)


def test_ten_hours_of_rest_lie_between_two_shifts_of_one_person() -> None:
    _, person = held()
    with pytest.raises(refusals.TooLittleRest) as refused:
        take_shift(shift(21.5), person, RULES, LONG_BEFORE, leading=True)
    assert "10 小时" in refused.value.sentence("zh")
    assert take_shift(shift(22), person, RULES, LONG_BEFORE, leading=False)


def test_a_volunteer_may_take_a_shift_until_a_quarter_after_its_start_and_staff_may_assign_until_its_end() -> None:
    assert take_shift(shift(), roster(), RULES, at(8.25), leading=False)
    with pytest.raises(refusals.ShiftStarted):
        take_shift(shift(), roster(), RULES, at(8.3), leading=False)
    assert take_shift(shift(), roster(), RULES, at(11.9), leading=True)
    with pytest.raises(refusals.ShiftOver):
        take_shift(shift(), roster(), RULES, at(12), leading=True)


def test_a_place_is_given_back_until_six_hours_before_and_by_a_captain_until_the_start() -> None:
    one, person = held()
    with pytest.raises(refusals.TooLateToLeave):
        leave_shift(one, person, {}, RULES, at(2.1), leading=False)
    with pytest.raises(refusals.ShiftStarted):
        leave_shift(one, person, {}, RULES, at(8), leading=True)
    assert leave_shift(one, person, {}, RULES, at(2), leading=False)[0] == Released("v1")
    assert person.duties == []


def test_what_is_not_held_cannot_be_given_back() -> None:
    with pytest.raises(refusals.NotHeld):
        leave_shift(shift(), roster(), {}, RULES, LONG_BEFORE, leading=False)


def test_who_stands_there_checks_out_instead_of_giving_up() -> None:
    one, person = held()
    one.check_in("v1", at(8))
    with pytest.raises(refusals.AlreadyThere):
        leave_shift(one, person, {}, RULES, at(9), leading=True)


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
    assert one.plan(LONG_BEFORE) == [Planned("gate-2", at(8), at(12), 2, None)]
    assert one.watch(at(8) - timedelta(hours=72, seconds=1)) == []
    assert one.watch(at(8) - timedelta(hours=72)) == [GapOpened(2)]
    assert one.watch(YESTERDAY) == []


def test_a_gap_follows_the_number_of_missing_people_and_ends_with_the_shift() -> None:
    one, first, second = shift(), roster("v1"), roster("v2")
    assert one.plan(YESTERDAY)[1:] == [GapOpened(2)]
    assert take_shift(one, first, RULES, YESTERDAY, leading=False) == [Claimed("v1"), GapOpened(1)]
    assert take_shift(one, second, RULES, YESTERDAY, leading=False) == [Claimed("v2"), GapClosed()]
    assert leave_shift(one, first, {}, RULES, YESTERDAY, leading=False) == [Released("v1"), GapOpened(1)]
    assert one.watch(at(11.99)) == []
    assert one.watch(at(12)) == [GapClosed()]


def test_a_cancelled_shift_frees_its_people_and_has_no_gap() -> None:
    one, person = shift(), roster()
    one.plan(YESTERDAY)
    take_shift(one, person, RULES, YESTERDAY, leading=False)
    assert one.cancel(YESTERDAY) == [Released("v1", "cancelled"), Cancelled(), GapClosed()]
    with pytest.raises(refusals.ShiftCancelled):
        take_shift(one, person, RULES, YESTERDAY, leading=True)


def test_whoever_stands_at_a_post_that_closes_is_still_credited() -> None:
    one, _ = held()
    one.check_in("v1", at(8))
    one.cancel(at(9))
    assert one.check_out("v1", at(9)) == [CheckedOut("v1", at(9), 60)]


def test_a_suspended_volunteer_loses_the_shifts_ahead_and_keeps_the_one_being_served() -> None:
    now, later, person = shift(), shift(30), roster()
    for one in (now, later):
        take_shift(one, person, RULES, LONG_BEFORE, leading=False)
    now.check_in("v1", at(8))
    lost = {one.id: happened for one, happened in suspend(person, [now, later], {}, RULES, at(9))}
    assert lost == {now.id: [GapOpened(1)], later.id: [Released("v1", "suspended"), GapOpened(2)]}
    assert person.ahead(at(9)) == [now.id]
    assert isinstance(why_not(shift(60), person, RULES, at(9), leading=True), refusals.OnSuspension)


def test_who_did_not_come_is_marked_by_a_captain_and_the_place_is_free() -> None:
    one, person = held(head_count=1)
    one.watch(YESTERDAY)
    with pytest.raises(refusals.NotStarted):
        miss_shift(one, person, at(7.9))
    assert miss_shift(one, person, at(8.2)) == [Missed("v1"), GapOpened(1)]
    assert (one.missed, person.duties) == (["v1"], [])
    assert take_shift(one, person, RULES, at(8.3), leading=True) == [Claimed("v1"), GapClosed()]
    assert one.missed == []


def test_whoever_was_never_seen_has_missed_it_when_it_ends() -> None:
    one, _ = held()
    take_shift(one, roster("v2"), RULES, LONG_BEFORE, leading=False)
    one.check_in("v2", at(8))
    assert one.finish(at(11.9)) == []
    assert one.finish(at(12)) == [Missed("v1")]
    assert one.finish(at(13)) == []


def test_lateness_is_counted_from_the_start_or_from_when_the_shift_was_taken() -> None:
    one, _ = held()
    assert one.check_in("v1", at(8.5)) == [CheckedIn("v1", at(8.5), 30)]
    take_shift(one, roster("v2"), RULES, at(9), leading=True)
    assert one.check_in("v2", at(9.25)) == [CheckedIn("v2", at(9.25), 15)]


def test_a_printed_code_counts_from_when_it_was_scanned_once_a_captain_confirms() -> None:
    one, person = held()
    assert one.say_there("v1", at(7.8)) == []
    assert not one.claims[0].on_duty
    with pytest.raises(refusals.AlreadyThere):
        leave_shift(one, person, {}, RULES, at(7.9), leading=True)
    assert one.confirm("v1") == [CheckedIn("v1", at(7.8), 0)]
    take_shift(one, roster("v2"), RULES, LONG_BEFORE, leading=False)
    with pytest.raises(refusals.NothingToConfirm):
        one.confirm("v2")


def test_each_is_reminded_twelve_hours_and_one_hour_before_and_never_of_what_was_past_when_they_took_it() -> None:
    one, _ = held()
    assert one.remind(at(-4.1)) == []
    assert one.remind(at(-4)) == [ReminderDue("v1", 12)]
    take_shift(one, roster("v2"), RULES, at(0), leading=False)
    assert one.remind(at(1)) == []
    assert one.remind(at(7)) == [ReminderDue("v1", 1), ReminderDue("v2", 1)]
    assert one.remind(at(7.5)) == []


def test_after_a_long_sleep_only_the_nearest_reminder_is_said() -> None:
    one, _ = held()
    assert one.remind(at(7.5)) == [ReminderDue("v1", 1)]


def test_whoever_has_waited_longest_and_fits_gets_the_place_that_becomes_free() -> None:
    one, first = held(head_count=1)
    waiting = {name: roster(name) for name in ("v2", "v3", "v4")}
    for person in waiting.values():
        assert wait_for_place(one, person, RULES, LONG_BEFORE) == [WaitedFor(person.id)]
    take_shift(shift(9, name="gate-3"), waiting["v2"], RULES, LONG_BEFORE, leading=False)
    happened = leave_shift(one, first, waiting, RULES, LONG_BEFORE, leading=False)
    assert happened == [Released("v1"), Claimed("v3", "promoted")]
    assert [wish.volunteer for wish in one.waiting] == ["v2", "v4"]
    assert [duty.shift for duty in waiting["v3"].duties] == [one.id]


def test_nobody_is_put_on_duty_by_the_queue_within_two_hours_of_the_start() -> None:
    one, first = held(head_count=1)
    second = roster("v2")
    wait_for_place(one, second, RULES, LONG_BEFORE)
    happened = leave_shift(one, first, {"v2": second}, RULES, at(6.1), leading=True)
    assert happened == [Released("v1", "captain"), GapOpened(1)]


def test_one_waits_only_for_what_is_full_and_would_suit() -> None:
    one, person = held(head_count=1)
    with pytest.raises(refusals.HeldAlready):
        wait_for_place(one, person, RULES, LONG_BEFORE)
    with pytest.raises(refusals.ShiftNotFull):
        wait_for_place(shift(60), person, RULES, LONG_BEFORE)
    with pytest.raises(refusals.NotApproved):
        wait_for_place(one, None, RULES, LONG_BEFORE)
    other = roster("v2")
    take_shift(shift(9, name="gate-3"), other, RULES, LONG_BEFORE, leading=False)
    with pytest.raises(refusals.ShiftsOverlap):
        wait_for_place(one, other, RULES, LONG_BEFORE)


def test_standing_by_binds_to_nothing_and_ends_when_one_says_so() -> None:
    one, person = shift(), roster()
    assert stand_by(one, person, RULES, LONG_BEFORE) == [StoodBy("v1")]
    assert stand_by(one, person, RULES, LONG_BEFORE) == []
    assert person.duties == []
    assert one.forget_wishes("v1") == [StandByEnded("v1")]
    assert one.forget_wishes("v1") == []


def test_more_people_needed_makes_room_and_fewer_takes_nobody_off() -> None:
    one, _ = held(head_count=1)
    assert one.change_need(3, LONG_BEFORE) == [NeedChanged(3)]
    assert one.missing == 2
    take_shift(one, roster("v2"), RULES, LONG_BEFORE, leading=False)
    one.change_need(1, LONG_BEFORE)
    assert (len(one.claims), one.missing) == (2, 0)


def test_rules_that_did_not_change_are_not_said() -> None:
    rules = Rules()
    assert rules.change(Rules()) == []
    (changed,) = rules.change(Rules(rest_hours=8))
    assert isinstance(changed, RulesChanged)
    assert (changed.rest_hours, rules.rest_hours) == (8, 8)


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
            if what == "take":
                take_shift(shifts[s], people[p], ONLY_REST, LONG_BEFORE, leading=False)
            else:
                leave_shift(shifts[s], people[p], {}, ONLY_REST, LONG_BEFORE, leading=False)
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
    return second.starts - first.ends < ONLY_REST.rest
