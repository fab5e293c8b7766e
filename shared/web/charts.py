"""Line charts drawn on the server: what was counted step by step, beside the same steps of a time before.

Only the geometry, in percent of the plot; `line_chart` in parts.html draws it, with a table of the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

MOST_LINES = 5  # across the plot, without the ground line
NICE = (1, 2, 2.5, 5, 10)
LEAST_TOP = 5  # or one person at night would be drawn as high as a hundred by day


@dataclass(frozen=True)
class Point:
    """`count` None: not yet. `label`: what the reader calls the step; `marked`: said below the plot."""

    label: str
    count: int | None
    before: int
    marked: bool = False


@dataclass(frozen=True)
class LineChart:
    points: Sequence[Point]

    @cached_property
    def lines(self) -> list[tuple[int, float]]:
        """What is written at the left, from the ground up, and how far from the top (in percent)."""
        most = max([LEAST_TOP, *(max(one.count or 0, one.before) for one in self.points)])
        step = _nice_step(most)
        top = step * max(1, -(-most // step))
        return [(value, 100 - 100 * value / top) for value in range(0, top + 1, step)]

    @cached_property
    def marks(self) -> list[tuple[str, float]]:
        """What is written below, and how far from the left (in percent)."""
        return [(one.label, self._across(place)) for place, one in enumerate(self.points) if one.marked]

    @cached_property
    def line(self) -> str:
        """The points of today's line as `polyline` takes them."""
        return " ".join(self._at(place, one.count) for place, one in enumerate(self._known))

    @cached_property
    def area(self) -> str:
        """What lies under it, as `polygon` takes it."""
        last = self._across(len(self._known) - 1) if self._known else 0.0
        return f"0,100 {self.line} {last:.2f},100" if self._known else ""

    @cached_property
    def line_before(self) -> str:
        return " ".join(self._at(place, one.before) for place, one in enumerate(self.points))

    @property
    def tip(self) -> tuple[float, float] | None:
        """Where today's line ends, from the left and from the top (in percent)."""
        if not self._known:
            return None
        across, down = self._at(len(self._known) - 1, self._known[-1].count).split(",")
        return float(across), float(down)

    @property
    def _known(self) -> list[Point]:
        return [one for one in self.points if one.count is not None]

    def _across(self, place: int) -> float:
        return 100 * place / max(1, len(self.points) - 1)

    def _at(self, place: int, count: int | None) -> str:
        top = self.lines[-1][0]
        return f"{self._across(place):.2f},{100 - 100 * (count or 0) / top:.2f}"


def _nice_step(most: int) -> int:
    """The smallest step people count in that needs no more than MOST_LINES of it."""
    scale = 1
    while True:
        for nice in NICE:
            step = nice * scale
            if step == int(step) and step * MOST_LINES >= most:
                return int(step)
        scale *= 10
