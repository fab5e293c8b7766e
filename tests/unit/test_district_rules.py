"""The district's reckoning: duty, gaps and silence at any moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.district.domain.communities import (
    GAP_HORIZON,
    Community,
    Outlook,
    Overview,
    Pulse,
    Shift,
    Silence,
    gaps,
    missing_ahead,
    missing_now,
    on_duty,
    silence,
)

NOW = datetime(2020, 2, 13, 5, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
FRESH = Pulse(NOW)


def shift(head_count: int = 2, *, begins_in: timedelta = -HOUR, hours: int = 4, name: str = "s") -> Shift:
    starts = NOW + begins_in
    return Shift(name, "yueran", "gate", starts, starts + hours * HOUR, head_count)


def outlook(*shifts: Shift, pulse: Pulse | None = FRESH) -> Outlook:
    return Outlook(Community("yueran"), list(shifts), silence(pulse, NOW), NOW)


PEOPLE = st.sampled_from(["a", "b", "c", "d"])


@given(
    st.integers(1, 5),
    st.lists(st.tuples(st.sampled_from([Shift.claim, Shift.release, Shift.arrive, Shift.leave]), PEOPLE)),
)
def test_whatever_happens_a_shift_counts_each_person_once(head_count: int, story: list[tuple[object, str]]) -> None:
    one = shift(head_count)
    for what, who in story:
        what(one, who)  # type: ignore[operator]
    assert len(set(one.claimed)) == len(one.claimed)
    assert len(set(one.present)) == len(one.present)
    assert one.missing == max(0, head_count - len(one.claimed))


def test_on_duty_is_who_came_and_has_not_left() -> None:
    one = shift()
    one.claim("a")
    one.claim("b")
    assert on_duty([one]) == 0
    one.arrive("a")
    one.arrive("b")
    one.leave("a")
    assert on_duty([one]) == 1


def test_who_gives_up_a_shift_is_not_on_duty_in_it() -> None:
    one = shift()
    one.claim("a")
    one.arrive("a")
    one.release("a")
    assert on_duty([one]) == 0
    assert one.missing == 2


@pytest.mark.parametrize(
    ("begins_in", "now", "ahead"),
    [
        (timedelta(0), 2, 0),
        (timedelta(microseconds=1), 0, 2),
        (-4 * HOUR, 0, 0),
        (GAP_HORIZON, 0, 2),
        (GAP_HORIZON + timedelta(microseconds=1), 0, 0),
    ],
)
def test_a_shift_lacks_people_now_or_ahead_by_the_clock_alone(begins_in: timedelta, now: int, ahead: int) -> None:
    shifts = [shift(begins_in=begins_in)]
    assert missing_now(shifts, NOW) == now
    assert missing_ahead(shifts, NOW) == ahead
    assert len(gaps(shifts, NOW)) == bool(now or ahead)


def test_a_cancelled_shift_lacks_nobody_and_holds_nobody() -> None:
    one = shift()
    one.claim("a")
    one.arrive("a")
    one.cancel()
    assert (on_duty([one]), missing_now([one], NOW), gaps([one], NOW)) == (0, 0, [])


def test_gaps_stand_in_the_order_of_time() -> None:
    late, soon = shift(begins_in=9 * HOUR, name="late"), shift(begins_in=HOUR, name="soon")
    assert [one.id for one in gaps([late, soon], NOW)] == ["soon", "late"]


@pytest.mark.parametrize(
    ("pulse", "expected"),
    [
        (None, Silence("silent", None)),
        (Pulse(NOW - timedelta(seconds=30)), None),
        (Pulse(NOW - timedelta(seconds=31)), Silence("silent", NOW - timedelta(seconds=31))),
        (Pulse(NOW, NOW - timedelta(seconds=30)), None),
        (Pulse(NOW, NOW - timedelta(minutes=2)), Silence("late", NOW - timedelta(minutes=2))),
    ],
)
def test_silence_is_told_with_since_when(pulse: Pulse | None, expected: Silence | None) -> None:
    assert silence(pulse, NOW) == expected


def test_a_silent_community_is_never_shown_as_fresh() -> None:
    quiet = outlook(shift(), pulse=Pulse(NOW - HOUR))
    assert quiet.state == "silent"
    seen = Overview(NOW, [quiet, outlook(shift(3))])
    assert (seen.missing_now, seen.silent, seen.needing) == (3, 1, 2)


def test_what_is_missing_now_comes_before_what_is_missing_later() -> None:
    later = shift(begins_in=HOUR)
    assert outlook().state == "ok"
    assert outlook(later).state == "attention"
    assert outlook(later, shift()).state == "gap"


def test_volunteers_move_between_standings() -> None:
    community = Community("yueran")
    community.count(None, "applied")
    community.count(None, "applied")
    community.count("applied", "approved")
    community.count("approved", "suspended")
    assert community.volunteers == {"applied": 1, "approved": 0, "suspended": 1}
