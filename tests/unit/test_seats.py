"""Seats for live pages: bounded by account, address and in all, and given back whole."""

import pytest

from shared.configuration.settings import read_settings
from shared.kernel.errors import Unavailable
from shared.web.live_bounds import Bounds, Seats, TooManyPages, TooManyPagesHere


def test_an_account_that_has_its_fill_is_refused_wherever_it_comes_from() -> None:
    seats = Seats(Bounds(account=2, address=9, total=9))
    seats.take("a", "1")
    seats.take("a", "2")
    with pytest.raises(TooManyPages):
        seats.take("a", "3")
    seats.take("b", "1")


def test_an_address_that_has_its_fill_is_refused_whoever_comes_from_it() -> None:
    seats = Seats(Bounds(account=9, address=2, total=9))
    seats.take("a", "1")
    seats.take("b", "1")
    with pytest.raises(TooManyPagesHere):
        seats.take("c", "1")
    seats.take("c", "2")


def test_a_full_house_says_that_it_is_away_for_a_moment() -> None:
    seats = Seats(Bounds(account=9, address=9, total=1))
    seats.take("a", "1")
    with pytest.raises(Unavailable):
        seats.take("b", "2")


def test_a_seat_given_back_is_free_again_and_nothing_is_remembered_of_it() -> None:
    seats = Seats(Bounds(account=1, address=1, total=1))
    for _ in range(3):
        seats.take("a", "1")()
    assert not seats._taken  # noqa: SLF001


def test_a_refusal_takes_no_seat_anywhere() -> None:
    seats = Seats(Bounds(account=9, address=1, total=2))
    give_back = seats.take("a", "1")
    with pytest.raises(TooManyPagesHere):
        seats.take("b", "1")
    give_back()
    assert not seats._taken  # noqa: SLF001


def test_by_default_sixty_people_behind_one_address_have_three_pages_each(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AMQP_URI": "amqp://x", "MONGODB_URI": "mongodb://x", "PUBLIC_ORIGIN": "http://x", "TOKEN_PUBLIC_KEYS": __file__,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    settings = read_settings("district", per_community=False)
    seats = Seats(Bounds(settings.live_per_account, settings.live_per_address, 5_000))
    for person in range(60):
        for _ in range(3):
            seats.take(str(person), "1")
