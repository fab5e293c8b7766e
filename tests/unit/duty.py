"""Shifts and people on the 4th of February 2026, as the tests of the rules of duty need them."""

from datetime import UTC, datetime, timedelta

from services.shifts.domain.rosters import Roster
from services.shifts.domain.rules import Rules
from services.shifts.domain.shifts import Shift

RULES = Rules()
DAWN = datetime(2026, 2, 4, tzinfo=UTC)
YESTERDAY = DAWN - timedelta(days=1)
LONG_BEFORE = DAWN - timedelta(days=10)


def at(hour: float) -> datetime:
    return DAWN + timedelta(hours=hour)


def shift(starts: float = 8, hours: float = 4, head_count: int = 2, name: str = "gate-2") -> Shift:
    return Shift(f"{name}@{starts}", name, at(starts), at(starts + hours), head_count)


def roster(name: str = "v1") -> Roster:
    return Roster(name, f"account of {name}")
