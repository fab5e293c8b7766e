"""How much one person may take on: skills, hours, nights, and days given to another community."""

import pytest

from services.shifts.domain import refusals
from services.shifts.domain.claims import take_shift
from services.shifts.domain.rosters import Loan, Roster
from services.shifts.domain.rules import Rules
from tests.unit.duty import LONG_BEFORE, RULES, at, roster, shift


@pytest.mark.parametrize("skills", [{}, {"medical": at(9)}, {"driving": None}])
def test_a_skill_that_is_not_there_or_runs_out_before_the_end_keeps_one_from_the_shift(skills: dict) -> None:
    wanted = shift()
    wanted.skill = "medical"
    with pytest.raises(refusals.LacksSkill) as refused:
        take_shift(wanted, Roster("v1", "a", skills=skills), RULES, LONG_BEFORE, leading=True)
    assert "医护" in refused.value.sentence("zh")
    assert take_shift(wanted, Roster("v1", "a", skills={"medical": at(12)}), RULES, LONG_BEFORE, leading=False)


def test_twelve_hours_a_day_by_shanghais_clock_and_not_one_more() -> None:
    rules = Rules(rest_hours=0)
    person = roster()
    for starts, hours in ((-8, 8), (2, 4)):  # 00–08 and 10–14 on the 4th, in Shanghai
        take_shift(shift(starts, hours, name=f"p{starts}"), person, rules, LONG_BEFORE, leading=False)
    with pytest.raises(refusals.TooManyHoursADay):
        take_shift(shift(14, 4, name="late"), person, rules, LONG_BEFORE, leading=True)  # 22–02: two of them on the 4th
    assert take_shift(shift(16, 4, name="next"), person, rules, LONG_BEFORE, leading=False)  # from midnight on


def test_forty_hours_a_week_from_monday_to_sunday_and_a_shift_over_midnight_counts_in_both() -> None:
    rules = Rules(rest_hours=0, most_hours_a_day=24, most_nights_in_a_row=7)
    person = roster()
    monday = -48 - 8  # the 2nd of February 2026 was one; 00:00 in Shanghai
    for day in range(4):
        take_shift(shift(monday + day * 24 + 8, 9, name=f"d{day}"), person, rules, LONG_BEFORE, leading=False)
    sunday = shift(monday + 7 * 24 - 4, 8, name="sunday")  # 20:00 to Monday 04:00: four hours in each week
    assert take_shift(sunday, person, rules, LONG_BEFORE, leading=False)
    with pytest.raises(refusals.TooManyHoursAWeek):
        take_shift(shift(monday + 5 * 24, 2, name="one more"), person, rules, LONG_BEFORE, leading=True)
    assert take_shift(shift(monday + 9 * 24, 8, name="next week"), person, rules, LONG_BEFORE, leading=False)


def test_at_most_three_nights_in_a_row_also_when_the_missing_one_is_in_the_middle() -> None:
    person = roster()
    for night in (0, 1, 3):
        take_shift(shift(16 + night * 24, 4, name=f"n{night}"), person, RULES, LONG_BEFORE, leading=False)
    with pytest.raises(refusals.TooManyNights):
        take_shift(shift(16 + 2 * 24, 4, name="n2"), person, RULES, LONG_BEFORE, leading=True)
    assert take_shift(shift(6 + 2 * 24, 4, name="by day"), person, RULES, LONG_BEFORE, leading=False)


def test_whoever_is_lent_takes_nothing_at_home_in_those_days_nor_in_the_rest_around_them() -> None:
    person = roster()
    before, inside = shift(8), shift(30, name="gate-3")
    for one in (before, inside):
        take_shift(one, person, RULES, LONG_BEFORE, leading=False)
    _, lost = person.release_dates(Loan("l1", at(24), at(48)), RULES, LONG_BEFORE)
    assert lost == [inside.id]
    person.drop(*lost)
    with pytest.raises(refusals.OnLoan):
        take_shift(shift(57, name="too soon"), person, RULES, LONG_BEFORE, leading=True)
    assert take_shift(shift(58, name="rested"), person, RULES, LONG_BEFORE, leading=False)
    person.come_back("l1")
    assert take_shift(shift(24, name="free again"), person, RULES, LONG_BEFORE, leading=False)


def test_whoever_is_lent_to_us_takes_only_what_lies_within_their_stay() -> None:
    guest = Roster("v9", "a9", stays=[Loan("l1", at(8), at(32))])
    with pytest.raises(refusals.NotHereThen):
        take_shift(shift(30), guest, RULES, LONG_BEFORE, leading=True)
    assert take_shift(shift(8), guest, RULES, LONG_BEFORE, leading=False)


def test_of_two_stays_one_ends_without_the_other() -> None:
    guest = Roster("v9", "a9", stays=[Loan("l1", at(8), at(32)), Loan("l2", at(104), at(128))])
    first, second = shift(8), shift(104, name="gate-3")
    for one in (first, second):
        assert take_shift(one, guest, RULES, LONG_BEFORE, leading=False)
    assert guest.leave("l1", LONG_BEFORE) == [first.id]
    assert guest.leave("l2", LONG_BEFORE) == [first.id, second.id]
