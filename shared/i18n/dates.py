"""Date and duration formatting: Shanghai's clock, today and tomorrow by name, durations rounded down, never up.

Every moment that comes in is an aware datetime; what goes out is ready to be shown. Templates use these as filters.
"""

from datetime import datetime, timedelta

from babel.dates import format_skeleton

from shared.i18n.text import Lang, Text
from shared.i18n.timezone import SHANGHAI

_LOCALES: dict[Lang, str] = {"zh": "zh_CN", "en": "en_GB"}
_NEAR_DAYS = {-1: Text("昨天", "Yesterday"), 0: Text("今天", "Today"), 1: Text("明天", "Tomorrow")}
_JUST_NOW = Text("刚刚", "just now")
_NEXT_DAY = Text("次日 {clock}", "{clock} next day")
_AGO = Text("{number}{unit}前", "{number} {unit} ago")
_MINUTES, _HOURS, _DAYS = Text("分钟", "min"), Text("小时", "h"), Text("天", "d")


def hm(moment: datetime) -> str:
    """`22:00`."""
    return f"{moment.astimezone(SHANGHAI):%H:%M}"


def hms(moment: datetime) -> str:
    """`22:00:30`, where half a minute matters."""
    return f"{moment.astimezone(SHANGHAI):%H:%M:%S}"


def local_input(moment: datetime) -> str:
    """`2026-02-04T22:00`, as a field of a form takes it; to the millisecond where it is not a whole minute."""
    local = moment.astimezone(SHANGHAI).replace(tzinfo=None)
    exact = "milliseconds" if local.microsecond else "seconds" if local.second else "minutes"
    return local.isoformat(timespec=exact)


def weekday(moment: datetime, lang: Lang) -> str:
    """`周四`, `Thu`."""
    return _written("E", moment, lang)


def day(moment: datetime, lang: Lang, now: datetime | None = None) -> str:
    """`2月13日周四`, `Thu 13 Feb`; beside `now` also `今天`, `Tomorrow`, and the year where it is another one."""
    if now is None:
        return _written("MMMEd", moment, lang)
    near = _NEAR_DAYS.get(_days_between(now, moment))
    if near:
        return near.in_(lang)
    same_year = moment.astimezone(SHANGHAI).year == now.astimezone(SHANGHAI).year
    return _written("MMMEd" if same_year else "yMMMEd", moment, lang)


def span(start: datetime, end: datetime, lang: Lang, now: datetime | None = None) -> str:
    """`今天 22:00–次日 02:00`, `Today 22:00–02:00 next day`; a turn that ends at midnight ends at `24:00`."""
    return f"{day(start, lang, now)} {hm(start)}–{_until(start, end, lang, now)}"


def ago(moment: datetime, now: datetime, lang: Lang) -> str:
    """`3分钟前`, `3 min ago`; under a minute, and for a clock that runs ahead, `刚刚`."""
    number, unit = _cut_down(now - moment)
    if number == 0:
        return _JUST_NOW.in_(lang)
    return _AGO.format(number=number, unit=unit).in_(lang)


def waited(since: datetime, now: datetime, lang: Lang) -> tuple[str, str]:
    """How long something waits, as a number and its unit: `("86", "分钟")`, `("3", "h")`."""
    number, unit = _cut_down(now - since, minutes_below=timedelta(minutes=100))
    return str(number), unit.in_(lang)


def _written(skeleton: str, moment: datetime, lang: Lang) -> str:
    return format_skeleton(skeleton, moment.astimezone(SHANGHAI), tzinfo=SHANGHAI, locale=_LOCALES[lang])


def _days_between(first: datetime, second: datetime) -> int:
    return (second.astimezone(SHANGHAI).date() - first.astimezone(SHANGHAI).date()).days


def _until(start: datetime, end: datetime, lang: Lang, now: datetime | None) -> str:
    nights = _days_between(start, end)
    if nights == 0:
        return hm(end)
    if nights == 1:
        return "24:00" if hm(end) == "00:00" else _NEXT_DAY.format(clock=hm(end)).in_(lang)
    return f"{day(end, lang, now)} {hm(end)}"


def _cut_down(length: timedelta, minutes_below: timedelta = timedelta(hours=1)) -> tuple[int, Text]:
    length = max(length, timedelta())
    if length < minutes_below:
        return length // timedelta(minutes=1), _MINUTES
    if length < timedelta(days=2):
        return length // timedelta(hours=1), _HOURS
    return length.days, _DAYS
