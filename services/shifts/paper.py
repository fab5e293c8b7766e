"""Duty to take along: a calendar that phones read, and the week's sheet for the notice board."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from services.shifts.domain.posts import Post
from services.shifts.read_views.shifts import DayView, ShiftView
from shared.i18n.dates import hm
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI

if TYPE_CHECKING:
    from icalendar import Event

REMIND_BEFORE = timedelta(hours=1)
WEEKDAYS = "一二三四五六日"


def calendar(shifts: Sequence[ShiftView], community: str, place: Text, origin: str, at: datetime) -> bytes:
    """RFC 5545; each shift keeps its UID, so a phone that looks again moves it instead of showing it twice."""
    from icalendar import Calendar

    drawn = Calendar()
    drawn.add("prodid", "-//Lianfang//duty//ZH")
    drawn.add("version", "2.0")
    drawn.add("method", "PUBLISH")
    drawn.add("x-wr-calname", f"{place.zh} 值守")
    drawn.add("refresh-interval", timedelta(minutes=30), parameters={"VALUE": "DURATION"})
    for shift in shifts:
        drawn.add_component(_event(shift, community, place, origin, at))
    return bytes(drawn.to_ical())


def week_sheet(posts: Sequence[Post], days: Sequence[DayView], place: str, at: datetime) -> bytes:
    """Posts by days, each cell with its turns and who has them; what is missing is said, so that a passer-by can help."""
    from shared.documents.pdf import Paper

    first, last = days[0].day, days[-1].day
    printed = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 打印，以手机上为准"
    sheet = Paper(f"{place} 值守表", f"{place}　{printed}", orientation="landscape")
    sheet.write_line(f"{place}　值守表　{first:%m月%d日}至{last:%m月%d日}", size=18)
    sheet.ln(2)
    shown = [post for post in posts if any(shift.post == post.id for day in days for shift in day.shifts)]
    heads = ["岗位", *(f"{day.day:%m月%d日} 周{WEEKDAYS[day.day.weekday()]}" for day in days)]
    rows = [[f"{post.name}\n{post.place}", *(_cell(day, post) for day in days)] for post in shown]
    if rows:
        sheet.write_table(heads, rows, widths=[1.1, *[1.4] * len(days)], size=8)
    else:
        sheet.write_line("这一周还没有班次。", size=12)
    return sheet.finished()


def _cell(day: DayView, post: Post) -> str:
    return "\n".join(_turn(shift) for shift in day.shifts if shift.post == post.id) or "–"


def _turn(shift: ShiftView) -> str:
    people = [person.called.zh for person in shift.claims]
    missing = [f"缺{shift.missing}人"] if shift.missing else []
    return f"{hm(shift.starts)}–{_until(shift)}\n{'、'.join([*people, *missing])}"


def _until(shift: ShiftView) -> str:
    return "24:00" if hm(shift.ends) == "00:00" else hm(shift.ends)


def _event(shift: ShiftView, community: str, place: Text, origin: str, at: datetime) -> "Event":
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", f"{shift.id}@{community}.lianfang")
    event.add("dtstamp", at)
    event.add("dtstart", shift.starts.astimezone(UTC))
    event.add("dtend", shift.ends.astimezone(UTC))
    event.add("summary", f"{shift.where.name} 值守")
    event.add("location", f"{place.zh} {shift.where.place}")
    event.add("url", f"{origin}/communities/{community}/shifts/mine")
    event.add("status", "CONFIRMED")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{hm(shift.starts)} {shift.where.name} 值守")
    alarm.add("trigger", -REMIND_BEFORE)
    event.add_component(alarm)
    return event
