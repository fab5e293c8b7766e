"""The rules of signing in by a code: how often one may be asked for, how long and for what it is good."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.phones import CODE_LIFE, CODE_TRIES, DAY, MOST_A_DAY, PAUSE, Phone, TooSoon

NOON = datetime(2020, 2, 5, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def phone(account: str | None = "a1") -> Phone:
    one = Phone("p1", b"sealed", account)
    one.ask(NOON, wanted_by=None, code_hash="h1")
    return one


def test_a_code_is_good_for_five_minutes_for_what_it_was_asked_for_and_once() -> None:
    one = phone()
    assert one.code_for(NOON + CODE_LIFE - SECOND, None) == "h1"
    assert one.code_for(NOON + CODE_LIFE, None) is None
    assert one.code_for(NOON, "a2") is None
    one.show(right=True)
    assert one.code_for(NOON, None) is None


def test_after_five_wrong_codes_the_right_one_is_wrong_too_until_another_is_asked_for() -> None:
    one = phone()
    for _ in range(CODE_TRIES):
        assert one.code_for(NOON, None) == "h1"
        one.show(right=False)
    assert one.code_for(NOON, None) is None
    one.ask(NOON + PAUSE, wanted_by=None, code_hash="h2")
    assert one.code_for(NOON + PAUSE, None) == "h2"


def test_a_number_leads_to_one_account_and_one_that_leads_to_nobody_is_forgotten_in_a_day() -> None:
    one = phone(account=None)
    assert one.idle == NOON + DAY
    one.link("a2")
    assert (one.account, one.idle) == ("a2", None)
    one.unlink(NOON)
    assert (one.account, one.idle, one.code_for(NOON, None)) == (None, NOON + DAY, None)


@given(st.lists(st.integers(0, 3 * 24 * 3600), min_size=1, max_size=60))
def test_no_number_gets_two_codes_in_a_minute_or_more_than_ten_a_day_whoever_asks(seconds: list[int]) -> None:
    one, given_ = Phone("p1", b"sealed"), list[datetime]()
    for moment in sorted(NOON + timedelta(seconds=one) for one in seconds):
        try:
            one.ask(moment, wanted_by=None, code_hash="h")
        except TooSoon:
            continue
        given_.append(moment)
    assert given_
    assert all(later - earlier >= PAUSE for earlier, later in pairwise(given_))
    assert all(later - first >= DAY for first, later in zip(given_, given_[MOST_A_DAY:], strict=False))


def test_who_asks_too_soon_hears_when_to_ask_again() -> None:
    with pytest.raises(TooSoon) as told:
        phone().ask(NOON + 20 * SECOND, wanted_by=None, code_hash="h2")
    assert told.value.facts["retry_after"] == 40
