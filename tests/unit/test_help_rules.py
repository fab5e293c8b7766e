"""Nobody is asked for people or goods that they need themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.district.domain.communities import Shift
from services.district.domain.help import ENOUGH_DAYS, OwnHelp, check_asking, fair_quantity, spare_goods, spare_people

NOW = datetime(2020, 2, 13, 5, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


@given(st.integers(0, 10_000), st.none() | st.integers(0, 400))
def test_what_is_given_away_leaves_enough(balance: int, days_left: int | None) -> None:
    spare = spare_goods(balance, days_left)
    assert 0 <= spare <= balance
    if spare and days_left:
        assert (balance - spare) * days_left >= ENOUGH_DAYS * balance


def test_who_has_a_shift_then_or_rests_around_it_is_not_to_spare() -> None:
    shifts = [
        Shift("now", "a", "gate", NOW, NOW + 4 * HOUR, 2, claimed=["one", "two"]),
        Shift("before", "a", "gate", NOW - 12 * HOUR, NOW - 9 * HOUR, 1, claimed=["three"]),
        Shift("long ago", "a", "gate", NOW - 20 * HOUR, NOW - 10 * HOUR, 1, claimed=["four"]),
        Shift("their own gap", "a", "gate", NOW + 6 * HOUR, NOW + 8 * HOUR, 2, claimed=["one"]),
        Shift("called off", "a", "gate", NOW, NOW + HOUR, 9, is_cancelled=True),
    ]
    assert spare_people(10, shifts, NOW, NOW + 4 * HOUR) == 10 - 3 - 1
    assert spare_people(2, shifts, NOW, NOW + 4 * HOUR) == 0


def test_so_much_is_asked_for_as_is_needed_and_half_where_that_is_not_known() -> None:
    assert (fair_quantity(140, 60), fair_quantity(140, 600), fair_quantity(141, None)) == (60, 140, 71)


def test_nobody_is_asked_to_help_themselves() -> None:
    with pytest.raises(OwnHelp):
        check_asking("yueran", "yueran", [])
