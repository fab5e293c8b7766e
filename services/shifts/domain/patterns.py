"""Patterns of duty: the turns that a plain pattern makes over a span of days."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.shifts.domain.posts import Post
from services.shifts.domain.refusals import NothingToPlan, PlannedOtherwise
from services.shifts.domain.shifts import Shift
from shared.i18n.timezone import SHANGHAI

Turn = tuple[datetime, datetime]


@dataclass(frozen=True)
class Pattern:
    """Turns of `turn_hours`, each day from `from_hour` to `to_hour` by the local clock; the last of a day may be shorter.

    Where `to_hour` is not after `from_hour` it is the next day's: 20 to 6 is the night. `weekdays`: 0 is Monday; a night
    belongs to the day on which it begins.
    """

    first_day: date
    days: int
    turn_hours: int
    from_hour: int = 0
    to_hour: int = 24
    weekdays: Collection[int] = range(7)

    def turns(self) -> list[Turn]:
        days = (self.first_day + timedelta(days=number) for number in range(self.days))
        return [turn for day in days if day.weekday() in self.weekdays for turn in self._turns_of(day)]

    def _turns_of(self, day: date) -> Iterator[Turn]:
        begins = datetime.combine(day, time(), SHANGHAI) + timedelta(hours=self.from_hour)
        hours = self.to_hour - self.from_hour
        ends = begins + timedelta(hours=hours if hours > 0 else hours + 24)
        while begins < ends:
            done = min(begins + timedelta(hours=self.turn_hours), ends)
            yield begins, done
            begins = done


def shift_id(post: str, starts: datetime) -> str:
    """`gate-2-20260204T0800`: the same turn has the same id however often it is planned; `starts` by the local clock."""
    return f"{post}-{starts.astimezone(SHANGHAI):%Y%m%dT%H%M}"


def missing_from(
    planned: Sequence[Shift], wanted: Sequence[Turn], post: Post, head_count: int | None, at: datetime
) -> tuple[list[Shift], int]:
    """The shifts still to be made for the wanted turns of a post, and how many of them it has already.

    `planned`: the post's shifts of those days. `head_count` None: as many as the post needs at those hours. Turns that are
    over, in which the post is closed or nobody is needed are left out. Raises NothingToPlan when all are, PlannedOtherwise when one
    would overlap a shift of another pattern.
    """
    ahead = [
        Shift(shift_id(post.id, starts), post.id, starts.astimezone(UTC), ends.astimezone(UTC), heads, post.skill)
        for starts, ends in wanted
        if ends > at and not post.is_closed(starts, ends) and (heads := head_count or post.heads(starts, ends))
    ]
    if not ahead:
        raise NothingToPlan("first_day")
    own = [shift for shift in planned if not shift.moves]
    same = {(shift.id, shift.ends) for shift in own}
    new = [shift for shift in ahead if (shift.id, shift.ends) not in same]
    for one in new:
        if any(one.starts < other.ends and other.starts < one.ends for other in own):
            raise PlannedOtherwise("turn_hours")
    return new, len(ahead) - len(new)
