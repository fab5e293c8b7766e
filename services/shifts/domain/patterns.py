"""Patterns of duty: the turns that a plain pattern makes over a span of days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from services.shifts.domain.refusals import NothingToPlan, PlannedOtherwise
from services.shifts.domain.shifts import Shift

Turn = tuple[datetime, datetime]


def turns(
    first_day: date, days: int, turn_hours: int, zone: tzinfo, *, from_hour: int = 0, to_hour: int = 24
) -> list[Turn]:
    """Turns of `turn_hours`, each day from `from_hour` to `to_hour` by `zone`'s clock; the last of a day may be shorter.

    Where `to_hour` is not after `from_hour` it is the next day's: 20 to 6 is the night.
    """
    hours = to_hour - from_hour if to_hour > from_hour else to_hour - from_hour + 24
    made = []
    for day in range(days):
        begins = datetime.combine(first_day + timedelta(days=day), time(), zone) + timedelta(hours=from_hour)
        ends = begins + timedelta(hours=hours)
        while begins < ends:
            made.append((begins, min(begins + timedelta(hours=turn_hours), ends)))
            begins = made[-1][1]
    return made


def shift_id(post: str, starts: datetime) -> str:
    """`gate-2-20260204T0800`: the same turn has the same id however often it is planned; `starts` by the local clock."""
    return f"{post}-{starts:%Y%m%dT%H%M}"


def missing_from(
    planned: Sequence[Shift], wanted: Sequence[Turn], post: str, head_count: int, at: datetime
) -> tuple[list[Shift], int]:
    """The shifts still to be made for the wanted turns of a post, and how many of them it has already.

    `planned`: the post's shifts of those days. Turns that are over are left out. Raises NothingToPlan when all are,
    PlannedOtherwise when one would overlap a shift of another pattern.
    """
    ahead = [
        Shift(shift_id(post, starts), post, starts.astimezone(UTC), ends.astimezone(UTC), head_count)
        for starts, ends in wanted
        if ends > at
    ]
    if not ahead:
        raise NothingToPlan("first_day")
    same = {(shift.id, shift.ends) for shift in planned}
    new = [shift for shift in ahead if (shift.id, shift.ends) not in same]
    for one in new:
        if any(one.starts < other.ends and other.starts < one.ends for other in planned):
            raise PlannedOtherwise("turn_hours")
    return new, len(ahead) - len(new)
