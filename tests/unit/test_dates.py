"""Moments in words, for people in Shanghai."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.i18n import dates
from shared.i18n.text import Text

NOW = datetime(2020, 2, 13, 5, 7, tzinfo=UTC)  # 13:07 in Shanghai, a Thursday


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2020, 2, day, hour, minute, tzinfo=dates.SHANGHAI)


def test_the_clock_is_shanghais() -> None:
    assert dates.hm(NOW) == "13:07"


@pytest.mark.parametrize("exact", ["2020-02-13T13:07", "2020-02-13T13:07:09", "2020-02-13T13:07:09.250"])
def test_what_a_field_of_a_form_shows_of_a_moment_is_the_whole_of_it(exact: str) -> None:
    assert dates.local_input(datetime.fromisoformat(exact).replace(tzinfo=dates.SHANGHAI)) == exact


def test_days_near_now_have_names() -> None:
    assert [dates.day(local(d, 0), "zh", NOW) for d in (12, 13, 14)] == ["昨天", "今天", "明天"]
    assert dates.day(local(14, 23, 59), "en", NOW) == "Tomorrow"


def test_other_days_are_written_with_their_weekday() -> None:
    assert dates.day(local(15, 8), "zh", NOW) == "2月15日周六"
    assert dates.day(local(15, 8), "en", NOW) == "Sat 15 Feb"
    assert dates.day(local(13, 8), "zh") == "2月13日周四"
    assert dates.weekday(local(15, 8), "zh") == "周六"


def test_a_day_of_another_year_names_the_year() -> None:
    assert dates.day(datetime(2021, 1, 1, tzinfo=dates.SHANGHAI), "zh", NOW) == "2021年1月1日周五"


@pytest.mark.parametrize(
    ("end", "zh", "en"),
    [
        (local(13, 23), "今天 22:00–23:00", "Today 22:00–23:00"),
        (local(14, 0), "今天 22:00–24:00", "Today 22:00–24:00"),
        (local(14, 2), "今天 22:00–次日 02:00", "Today 22:00–02:00 next day"),
        (local(16, 2), "今天 22:00–2月16日周日 02:00", "Today 22:00–Sun 16 Feb 02:00"),
    ],
)
def test_a_span_says_when_it_ends(end: datetime, zh: str, en: str) -> None:
    assert dates.span(local(13, 22), end, "zh", NOW) == zh
    assert dates.span(local(13, 22), end, "en", NOW) == en


@pytest.mark.parametrize(
    ("length", "zh", "en"),
    [
        (timedelta(seconds=-30), "刚刚", "just now"),
        (timedelta(seconds=59), "刚刚", "just now"),
        (timedelta(minutes=59, seconds=59), "59分钟前", "59 min ago"),
        (timedelta(minutes=119), "1小时前", "1 h ago"),
        (timedelta(hours=47), "47小时前", "47 h ago"),
        (timedelta(days=13), "13天前", "13 d ago"),
    ],
)
def test_what_is_past_is_cut_down_never_up(length: timedelta, zh: str, en: str) -> None:
    assert dates.ago(NOW - length, NOW, "zh") == zh
    assert dates.ago(NOW - length, NOW, "en") == en


def test_a_wait_is_a_number_and_its_unit() -> None:
    assert dates.waited(NOW - timedelta(minutes=86), NOW, "zh") == ("86", "分钟")
    assert dates.waited(NOW - timedelta(minutes=200), NOW, "en") == ("3", "h")


def test_words_are_filled_in_both_languages() -> None:
    short = Text("{post}缺{n}人", "{n} short at {post}").format(post=Text("门岗", "the gate"), n=2)
    assert (short.in_("zh"), short.in_("en")) == ("门岗缺2人", "2 short at the gate")
