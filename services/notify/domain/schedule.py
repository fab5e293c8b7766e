"""When a person may be disturbed: quiet hours, and the hour of the digest."""

from datetime import datetime, time, timedelta

from services.notify.domain.people import Habits
from shared.i18n.timezone import SHANGHAI

SATURDAY = 5
DIGEST_HOUR = 18  # home from work, and before the quiet hours of nearly everybody


def is_quiet(habits: Habits, at: datetime) -> bool:
    """Whether the hour lies in the person's quiet ones; the same hour twice means: none."""
    hour = at.astimezone(SHANGHAI).hour
    start, end = habits.quiet_from, habits.quiet_to
    return start <= hour < end if start <= end else hour >= start or hour < end


def due_for(habits: Habits, at: datetime, *, important: bool) -> datetime:
    """The first moment, not before `at`, at which this person may be sent it."""
    if important:
        return at
    wished = _next_digest(at) if habits.digest else at
    return _next_at(wished, habits.quiet_to) if is_quiet(habits, wished) else wished


def _next_digest(at: datetime) -> datetime:
    return _next_at(at, DIGEST_HOUR)


def _next_at(at: datetime, hour: int) -> datetime:
    """The next time the clock strikes `hour`; `at` itself if it does then."""
    local = at.astimezone(SHANGHAI)
    struck = datetime.combine(local.date(), time(hour % 24), SHANGHAI)
    return (struck if struck >= local else struck + timedelta(days=1)).astimezone(at.tzinfo)


def part_of_week(moment: datetime) -> str:
    """In which of the times that volunteers say they have it lies: `weekday-morning`, `weekend-night`."""
    local = moment.astimezone(SHANGHAI)
    part = ("night", "morning", "afternoon", "evening")[local.hour // 6]
    return f"{'weekend' if local.weekday() >= SATURDAY else 'weekday'}-{part}"
