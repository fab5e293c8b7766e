"""How fast something is used, and how long it lasts: robust against one odd day, fair to what is new, still while there is none."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

WINDOW_DAYS = 14
FEW_DAYS = 3  # history shorter than this says little: it is spread over as many days, or the stated use counts
ODD_DAY_FROM = 4  # with so many days of use on record, the largest counts no more than the second largest


@dataclass
class DayUse:
    day: int
    quantity: int


@dataclass
class UseRate:
    """What was used per day, on a calendar that stands still while the shelf is empty: an empty shelf is no sign of less need.

    Days are counted on that calendar: the ordinary day's number less the days the shelf stood `idle`. `stated`: what people
    expect to use a day, for as long as history is short.
    """

    stated: int = 0
    opened: int | None = None
    idle: int = 0
    empty_since: int | None = None
    uses: list[DayUse] = field(default_factory=list)

    def note_use(self, quantity: int, today: date) -> None:
        """So many were used today; so the shelf was not empty, whatever the book said."""
        self.empty_since = None
        day = self._day(today)
        if self.opened is None:
            self.opened = day
        last = next((use for use in self.uses if use.day == day), None)
        if last is None:
            self.uses.append(DayUse(day, quantity))
        else:
            last.quantity += quantity
        self.uses = [use for use in self.uses if use.day > day - WINDOW_DAYS]

    def note_shelf(self, usable: int, today: date) -> None:
        """So many stand there now."""
        present = today.toordinal()
        if usable and self.empty_since is not None:
            self.idle += max(present - self.empty_since, 0)
            self.empty_since = None
        if usable and self.opened is None:
            self.opened = self._day(today)
        if not usable and self.opened is not None and self.empty_since is None:
            self.empty_since = present

    def per_day(self, today: date) -> Fraction:
        """Zero where nothing is known."""
        if self.opened is None:
            return Fraction(self.stated)
        present = self._day(today)
        known = min(present - self.opened + 1, WINDOW_DAYS)
        if known < FEW_DAYS and self.stated:
            return Fraction(self.stated)
        used = sorted((use.quantity for use in self.uses if use.day > present - WINDOW_DAYS), reverse=True)
        if len(used) >= ODD_DAY_FROM:
            used[0] = used[1]
        return Fraction(sum(used), max(known, FEW_DAYS))

    def _day(self, today: date) -> int:
        present = today.toordinal()
        return min(present, self.empty_since or present) - self.idle
