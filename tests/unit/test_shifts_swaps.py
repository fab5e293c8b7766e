"""Places that change hands, and the search for people when one is empty."""

from datetime import UTC, datetime, timedelta

import pytest

from services.shifts.domain import codes, refusals
from services.shifts.domain.claims import stand_by, take_shift
from services.shifts.domain.cover import (
    Cover,
    CoverAnswered,
    CoverAsked,
    CoverEnded,
    CoverEscalated,
    CoverEvent,
    CoverStarted,
    OutsideAnswer,
    by_suitability,
    part_of_week,
)
from services.shifts.domain.facts import Claimed, GapClosed, GapOpened, Released
from services.shifts.domain.posts import Post
from services.shifts.domain.rosters import Roster
from services.shifts.domain.rules import Rules
from services.shifts.domain.shifts import Shift
from services.shifts.domain.swaps import SwapAccepted, SwapDeclined, SwapLapsed, SwapOffered, accept_swap, offer_swap
from shared.i18n.timezone import SHANGHAI

NOON = datetime(2026, 2, 4, 12, tzinfo=SHANGHAI)
LONG_BEFORE = NOON - timedelta(days=3)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RULES = Rules()
GATE = Post("gate-2", "gate", "2号门", "Gate 2", "岗亭")


def shift(name: str = "s1", ahead: float = 0, head_count: int = 1) -> Shift:
    return Shift(name, "gate-2", NOON + ahead * HOUR, NOON + (ahead + 4) * HOUR, head_count)


def holder(name: str, *shifts: Shift) -> Roster:
    person = Roster(name, f"account of {name}")
    for one in shifts:
        take_shift(one, person, RULES, LONG_BEFORE, leading=False)
    return person


def test_two_shifts_are_swapped_and_both_rosters_with_them() -> None:
    mine, yours = shift("s1"), shift("s2", 4)
    giver, taker = holder("v1", mine), holder("v2", yours)
    swap, offered = offer_swap("w1", mine, giver, "v2", yours, LONG_BEFORE)
    assert offered == [SwapOffered("swap", "s1", "v1", "v2", "s2")]
    accepted, happened, returned = accept_swap(swap, giver, taker, mine, yours, RULES, LONG_BEFORE)
    assert accepted == [SwapAccepted("v2")]
    assert happened == [Released("v1", "swap"), Claimed("v2", "swap")]
    assert returned == [Released("v2", "swap"), Claimed("v1", "swap")]
    assert ([duty.shift for duty in giver.duties], [duty.shift for duty in taker.duties]) == (["s2"], ["s1"])
    with pytest.raises(refusals.SwapSettled):
        accept_swap(swap, giver, taker, mine, yours, RULES, LONG_BEFORE)


def test_a_hand_over_to_anybody_goes_to_who_accepts_first_and_opens_no_gap() -> None:
    mine = shift()
    giver = holder("v1", mine)
    swap, _ = offer_swap("w1", mine, giver, None, None, LONG_BEFORE)
    first, second = Roster("v2", "a2"), Roster("v3", "a3")
    _, happened, _ = accept_swap(swap, giver, first, mine, None, RULES, LONG_BEFORE)
    assert happened == [Released("v1", "hand-over"), Claimed("v2", "hand-over")]
    with pytest.raises(refusals.SwapSettled):
        accept_swap(swap, giver, second, mine, None, RULES, LONG_BEFORE)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda taker, _giver: holder_of(taker, shift("other", 6)), refusals.TooLittleRest),
        (lambda taker, _giver: setattr(taker, "standing", "suspended"), refusals.OnSuspension),
        (lambda _taker, giver: holder_of(giver, shift("other", 22)), refusals.TooLittleRest),
    ],
)
def test_every_rule_is_asked_again_for_both_when_a_swap_is_accepted(spoil, rule) -> None:  # noqa: ANN001
    mine, yours = shift("s1"), shift("s2", 30)
    giver, taker = holder("v1", mine), holder("v2", yours)
    swap, _ = offer_swap("w1", mine, giver, "v2", yours, LONG_BEFORE)
    spoil(taker, giver)
    with pytest.raises(rule):
        accept_swap(swap, giver, taker, mine, yours, RULES, LONG_BEFORE)
    assert (mine.claims[0].volunteer, yours.claims[0].volunteer, swap.state) == ("v1", "v2", "open")


def holder_of(person: Roster, one: Shift) -> None:
    person.take(one, LONG_BEFORE)


def test_only_what_is_ones_own_and_not_begun_can_be_offered() -> None:
    mine, yours = shift("s1"), shift("s2", 30)
    giver, _ = holder("v1", mine), holder("v2", yours)
    with pytest.raises(refusals.NotHeld):
        offer_swap("w", yours, giver, None, None, LONG_BEFORE)
    with pytest.raises(refusals.NotHeld):
        offer_swap("w", mine, giver, "v3", yours, LONG_BEFORE)
    with pytest.raises(refusals.SwapWithYourself):
        offer_swap("w", mine, giver, "v1", None, LONG_BEFORE)
    with pytest.raises(refusals.ShiftStarted):
        offer_swap("w", mine, giver, None, None, NOON)


def test_an_offer_is_declined_only_by_whom_it_names_and_lapses_once() -> None:
    mine = shift()
    swap, _ = offer_swap("w1", mine, holder("v1", mine), "v2", None, LONG_BEFORE)
    with pytest.raises(refusals.SwapNotYours):
        swap.decline("v3")
    with pytest.raises(refusals.SwapNotYours):
        swap.withdraw("v2")
    assert swap.decline("v2") == [SwapDeclined()]
    assert swap.lapse() == []
    other, _ = offer_swap("w2", mine, Roster("v1", "a"), None, None, LONG_BEFORE)
    assert other.lapse() == [SwapLapsed()]


def search(one: Shift, people: list[Roster], at: datetime) -> tuple[Cover, list[CoverEvent]]:
    cover = Cover(one.id, at, ended=at)
    happened = cover.start(one, at)
    return cover, happened + cover.advance(one, GATE, people, RULES, at)


def test_the_ladder_asks_stand_by_first_then_volunteers_then_neighbours_then_the_district_each_in_its_time() -> None:
    one, at = shift(), NOON - 10 * HOUR
    near, far = Roster("v1", "a1"), [Roster(f"w{number}", f"b{number}") for number in range(7)]
    stand_by(one, near, RULES, LONG_BEFORE)
    cover, happened = search(one, [near, *far], at)
    assert happened == [CoverStarted(1), CoverAsked("stand-by", ["v1"], at + 15 * MINUTE)]
    assert cover.advance(one, GATE, [near, *far], RULES, at + 14 * MINUTE) == []
    at += 15 * MINUTE
    assert cover.advance(one, GATE, [near, *far], RULES, at) == [
        CoverAsked("volunteers", ["w0", "w1", "w2", "w3", "w4"], at + 45 * MINUTE)
    ]
    at += 45 * MINUTE
    (out,) = cover.advance(one, GATE, [near, *far], RULES, at)
    assert isinstance(out, CoverEscalated)
    assert (out.step, out.until, out.post_name, out.missing) == ("neighbours", at + 60 * MINUTE, "2号门", 1)
    cover.hear(OutsideAnswer("biguiyuan", "no", 0, at))
    at += 60 * MINUTE
    assert [event.step for event in cover.advance(one, GATE, [], RULES, at)] == ["district"]
    assert cover.advance(one, GATE, [near, *far], RULES, at + 5 * HOUR) == []
    assert cover.advance(one, GATE, [], RULES, one.ends) == [CoverEnded(filled=False)]


def test_a_step_with_nobody_to_ask_or_only_noes_takes_no_time() -> None:
    one, at = shift(), NOON - 10 * HOUR
    person = Roster("v1", "a1")
    cover, happened = search(one, [person], at)
    assert [type(event) for event in happened] == [CoverStarted, CoverAsked]
    said, taken, _ = cover.answer(one, person, "no", RULES, at + MINUTE)
    assert (said, taken) == ([CoverAnswered("v1", "no")], [])
    assert [event.step for event in cover.advance(one, GATE, [person], RULES, at + MINUTE)] == ["neighbours"]


def test_the_first_yes_has_the_place_and_the_second_is_thanked_and_both_are_on_record() -> None:
    one, at = shift(), NOON - 10 * HOUR
    one.watch(at)
    first, second = Roster("v1", "a1"), Roster("v2", "a2")
    cover, _ = search(one, [first, second], at)
    said, taken, refusal = cover.answer(one, first, "yes", RULES, at + MINUTE)
    assert said == [CoverAnswered("v1", "yes"), CoverEnded(filled=True)]
    assert (taken, refusal) == ([Claimed("v1", "asked"), GapClosed()], None)
    with pytest.raises(refusals.NotAsked):
        cover.answer(one, second, "yes", RULES, at + 2 * MINUTE)
    assert [(asked.volunteer, asked.answer) for asked in cover.asked] == [("v1", "yes"), ("v2", None)]


def test_a_yes_that_a_rule_forbids_is_on_record_and_says_why() -> None:
    one, at = shift(head_count=2), NOON - 10 * HOUR
    person = Roster("v1", "a1")
    cover, _ = search(one, [person], at)
    person.take(shift("elsewhere", 1), at)
    said, taken, refusal = cover.answer(one, person, "yes", RULES, at + MINUTE)
    assert (said, taken) == ([CoverAnswered("v1", "yes")], [])
    assert isinstance(refusal, refusals.ShiftsOverlap)


def test_nobody_is_searched_for_whom_nobody_misses_and_nobody_answers_who_was_not_asked() -> None:
    one = shift()
    holder("v1", one)
    with pytest.raises(refusals.NobodyMissing):
        Cover("s1", NOON, ended=NOON).start(one, LONG_BEFORE)
    empty = shift("s2")
    cover, _ = search(empty, [], NOON - 10 * HOUR)
    with pytest.raises(refusals.NotAsked):
        cover.answer(empty, Roster("v9", "a9"), "yes", RULES, NOON - 9 * HOUR)


def test_a_search_that_has_ended_begins_again_from_the_bottom_and_keeps_its_record() -> None:
    one, at = shift(), NOON - 10 * HOUR
    person, other = Roster("v1", "a1"), Roster("v2", "a2")
    cover, _ = search(one, [person], at)
    cover.answer(one, person, "yes", RULES, at)
    one.unseat(["v1"], "own")
    person.drop(one.id)
    later = at + HOUR
    assert one.watch(later) == [GapOpened(1)]
    happened = cover.start(one, later) + cover.advance(one, GATE, [person, other], RULES, later)
    assert happened == [CoverStarted(1), CoverAsked("volunteers", ["v1", "v2"], later + 45 * MINUTE)]
    assert len(cover.asked) == 3


def test_volunteers_are_asked_by_when_they_have_time_then_by_how_little_they_have_that_week() -> None:
    busy, idle, willing = Roster("a", "a"), Roster("b", "b"), Roster("c", "c", available=["weekday-afternoon"])
    busy.take(shift("other", 24), LONG_BEFORE)
    willing.take(shift("another", 48), LONG_BEFORE)
    assert [one.id for one in by_suitability([busy, idle, willing], shift())] == ["c", "b", "a"]
    assert part_of_week(datetime(2026, 2, 7, 18, tzinfo=UTC)) == "weekend-night"


SECRET = "of this community"
GATE_2 = "gate-2"


def test_the_code_on_the_screen_is_read_for_half_a_minute_and_a_little_and_no_longer() -> None:
    code = codes.code_now(SECRET, GATE_2, NOON)
    assert codes.read_code(SECRET, GATE_2, code, NOON + timedelta(seconds=59)).window is not None
    with pytest.raises(refusals.CodeStale):
        codes.read_code(SECRET, GATE_2, code, NOON + timedelta(seconds=60))
    with pytest.raises(refusals.CodeStale):
        codes.read_code(SECRET, "gate-3", code, NOON)
    with pytest.raises(refusals.CodeStale):
        codes.read_code("of another community", GATE_2, code, NOON)
    assert codes.next_code_at(NOON) == NOON + timedelta(seconds=30)


def test_the_printed_code_is_always_good_and_says_that_it_is_printed() -> None:
    printed = codes.printed_code(SECRET, GATE_2)
    assert codes.read_code(SECRET, GATE_2, printed, NOON) == codes.Scan(None)
    assert codes.code_now(SECRET, GATE_2, NOON) != printed


def test_a_ticket_is_for_one_person_one_post_and_two_minutes() -> None:
    scan = codes.read_code(SECRET, GATE_2, codes.code_now(SECRET, GATE_2, NOON), NOON)
    ticket = codes.ticket_for(SECRET, GATE_2, "account", scan, NOON)
    assert codes.read_ticket(SECRET, GATE_2, "account", ticket, NOON + 2 * MINUTE) == scan
    forged = [ticket.replace(str(scan), "1"), ticket[:-1], "", "printed", "1.2.3", "x.y.z", f"{ticket}.more"[1:]]
    for account, post, shown, at in [
        ("other", GATE_2, ticket, NOON), ("account", "gate-3", ticket, NOON), ("account", GATE_2, ticket, NOON + 3 * MINUTE),
        *(("account", GATE_2, one, NOON) for one in forged),
    ]:  # fmt: skip
        with pytest.raises(refusals.CodeStale):
            codes.read_ticket(SECRET, post, account, shown, at)
