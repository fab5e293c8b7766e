"""Sharing a scarce delivery: for any places and any delivery, what fairness promises."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.supplies.domain.sharing import (
    TARGET_DAYS,
    Claim,
    Line,
    NobodyNeedsIt,
    NotAPack,
    Sharing,
    SharingNotWaiting,
    share_out,
)
from shared.kernel.ids import now

PACK = st.integers(1, 30)
CLAIMS = st.lists(
    st.builds(
        Claim,
        place=st.integers(0, 99).map(lambda number: f"community-{number:02}"),
        have=st.integers(0, 300),
        per_day=st.fractions(0, 40, max_denominator=14),
        wanted=st.none() | st.integers(0, 400),
    ),
    max_size=12,
    unique_by=lambda claim: claim.place,
)


def rate(claim: Claim) -> Fraction:
    return claim.per_day or Fraction(claim.wanted or 1, TARGET_DAYS)


def shared(quantity: int, pack: int, claims: list[Claim]) -> list[tuple[Claim, Line]]:
    by_place = {claim.place: claim for claim in claims}
    try:
        return [(by_place[line.place], line) for line in share_out(quantity, pack, claims)]
    except NobodyNeedsIt:
        return []


@given(st.integers(30, 3000), PACK, CLAIMS)
def test_nobody_gets_more_than_is_needed_and_never_part_of_a_pack(
    quantity: int, pack: int, claims: list[Claim]
) -> None:
    for claim, line in shared(quantity, pack, claims):
        assert 0 <= line.given <= line.needed
        assert line.given % pack == line.needed % pack == 0
        wanted = claim.wanted if claim.wanted is not None else claim.per_day * TARGET_DAYS - claim.have
        assert line.needed - pack < wanted <= line.needed


@given(st.integers(30, 3000), PACK, CLAIMS)
def test_all_of_it_is_used_or_nobody_is_left_short(quantity: int, pack: int, claims: list[Claim]) -> None:
    lines = [line for _, line in shared(quantity, pack, claims)]
    given_out = sum(line.given for line in lines)
    assert given_out <= quantity
    assert quantity - given_out < pack or all(line.short == 0 for line in lines)


@given(st.integers(30, 3000), PACK, CLAIMS)
def test_no_poorer_place_is_left_behind_a_richer_one(quantity: int, pack: int, claims: list[Claim]) -> None:
    """Whoever got a pack had, before the last one, no more days left than anyone who still lacks some."""
    lines = shared(quantity, pack, claims)
    for rich, got in lines:
        if not got.given:
            continue
        before_its_last = (rich.have + got.given - pack) / rate(rich)
        for poor, lacks in lines:
            if lacks.short:
                assert before_its_last <= (poor.have + lacks.given) / rate(poor)


@given(st.integers(30, 3000), PACK, CLAIMS)
def test_it_does_not_matter_who_is_named_first(quantity: int, pack: int, claims: list[Claim]) -> None:
    assert shared(quantity, pack, claims) == shared(quantity, pack, claims[::-1])


def test_the_poorest_is_raised_first_and_then_both_together() -> None:
    lines = share_out(60, 10, [Claim("rich", 50, Fraction(10), 100), Claim("poor", 10, Fraction(10), 100)])
    assert [(line.place, line.given, line.tenths_before, line.tenths_after) for line in lines] == [
        ("poor", 50, 10, 60),
        ("rich", 10, 50, 60),
    ]


def test_a_place_that_uses_none_yet_counts_by_what_it_wants() -> None:
    lines = share_out(28, 1, [Claim("new", 0, Fraction(0), 28), Claim("old", 28, Fraction(2), 28)])
    assert {line.place: line.given for line in lines} == {"new": 28, "old": 0}


def test_less_than_a_pack_cannot_be_shared_and_neither_what_nobody_needs() -> None:
    with pytest.raises(NotAPack):
        share_out(9, 10, [Claim("a", 0, Fraction(1), 5)])
    with pytest.raises(NobodyNeedsIt):
        share_out(10, 10, [Claim("a", 100, Fraction(1), None)])


def test_a_proposal_is_decided_once() -> None:
    lines = share_out(30, 10, [Claim("a", 0, Fraction(10), 30), Claim("b", 500, Fraction(10), 0)])
    one = Sharing("s", "mask", 30, 10, now(), lines)
    assert (one.proposed().quantity, one.confirm()[0].places) == (30, 1)
    with pytest.raises(SharingNotWaiting):
        one.drop()
