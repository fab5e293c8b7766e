"""What a closing would mean, shown before it is decided: the shifts and people it concerns, and the cover it leaves."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.shifts.domain.posts import Post
from services.shifts.read_views.shifts import ShiftView, Viewer
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI

DAYS_OF_COVER = 7


@dataclass(frozen=True)
class DayCover:
    """How many shifts one post has on a day, and how many people they lack."""

    day: date
    shifts: int
    missing: int


@dataclass(frozen=True)
class PostDays:
    post: Post
    days: list[DayCover]


@dataclass(frozen=True)
class ClosingPreview:
    """`shifts` the closing touches, `people` who have them, `cover` of all other open posts in the days after it begins."""

    shifts: list[ShiftView]
    people: list[Text]
    cover: list[PostDays]


def preview_closing(
    viewer: Viewer, post: str, starts: datetime, ends: datetime | None, move_to: str | None
) -> ClosingPreview:
    shifts = viewer.seen(viewer.store.to_close(post, starts, ends))
    people = {person.volunteer: person.called for shift in shifts for person in shift.claims if not person.checked_out}
    first = starts.astimezone(SHANGHAI).date()
    days = viewer.span(first, DAYS_OF_COVER)
    moved = {shift.id for shift in shifts}
    posts = [one for one in viewer.store.posts() if one.open and one.id != post]
    cover = [
        PostDays(one, [_cover([
            shift for shift in day.shifts if shift.post == one.id or (one.id == move_to and shift.id in moved)
        ], day.day) for day in days])
        for one in posts
    ]  # fmt: skip
    return ClosingPreview(shifts, list(people.values()), cover)


def cover_of(viewer: Viewer, post: Post) -> list[DayCover]:
    """The post's own next days."""
    days = viewer.span(viewer.at.astimezone(SHANGHAI).date(), DAYS_OF_COVER)
    return [_cover([shift for shift in day.shifts if shift.post == post.id], day.day) for day in days]


def midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)


def _cover(shifts: list[ShiftView], day: date) -> DayCover:
    return DayCover(day, len(shifts), sum(shift.missing for shift in shifts))
