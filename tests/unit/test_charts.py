"""The geometry of line charts: every number lies in the plot, at a height that says how much it is."""

from hypothesis import given
from hypothesis import strategies as st

from shared.web.charts import MOST_LINES, LineChart, Point

COUNTS = st.integers(0, 2_000_000)
POINTS = st.lists(st.builds(Point, st.just("12:00"), st.none() | COUNTS, COUNTS, st.booleans()), max_size=80)


@given(POINTS)
def test_nothing_leaves_the_plot_and_more_stands_higher(points: list[Point]) -> None:
    chart = LineChart(points)
    places = [tuple(map(float, one.split(","))) for one in f"{chart.line} {chart.line_before} {chart.area}".split()]
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in places)
    heights = [float(one.split(",")[1]) for one in chart.line_before.split()]
    by_count = sorted(zip((one.before for one in points), heights, strict=True))
    assert [height for _, height in by_count] == sorted(heights, reverse=True)


@given(POINTS)
def test_the_axis_begins_at_nothing_and_reaches_over_the_most(points: list[Point]) -> None:
    values = [value for value, _ in LineChart(points).lines]
    assert values[0] == 0
    assert 2 <= len(values) <= MOST_LINES + 1
    assert values[-1] >= max((max(one.count or 0, one.before) for one in points), default=0)


def test_the_axis_counts_in_steps_that_people_count_in() -> None:
    def steps(most: int) -> list[int]:
        return [value for value, _ in LineChart([Point("", most, 0)]).lines]

    assert steps(0) == steps(3) == [0, 1, 2, 3, 4, 5]
    assert steps(126) == [0, 50, 100, 150]
    assert steps(125) == [0, 25, 50, 75, 100, 125]
    assert steps(7_300) == [0, 2_000, 4_000, 6_000, 8_000]


def test_a_line_ends_where_nothing_is_known_yet() -> None:
    chart = LineChart([Point("a", 1, 0), Point("b", 2, 0), Point("c", None, 0)])
    assert chart.line == "0.00,80.00 50.00,60.00"
    assert chart.area == "0,100 0.00,80.00 50.00,60.00 50.00,100"
    assert LineChart([Point("a", None, 1)]).area == ""
