"""Needs and pledges, and what goes where and why: the rules case by case."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from services.supplies.domain.cupboards import Cupboard, TooMuchDangerous
from services.supplies.domain.matching import Offered, Wanted, match
from services.supplies.domain.needs import (
    FRESH_FOR,
    Need,
    NeedConfirmed,
    NeedMet,
    NeedNotOpen,
    NeedNotWaiting,
    NeedStale,
    SecondPersonNeeded,
    new_need,
)
from services.supplies.domain.pledges import (
    Donor,
    NameMissing,
    NothingToThank,
    Pledge,
    PledgeForOthers,
    PledgeNotAccepted,
    PledgeNotWaiting,
    Register,
)
from services.supplies.domain.stock import AlreadyExpired

NOW = datetime(2020, 2, 13, 1, tzinfo=UTC)
TODAY = date(2020, 2, 13)


def need(quantity: int | None = 100) -> Need:
    return new_need("n1", "yueran", "mask", quantity, "now", "first", NOW)


def pledge(**more: Any) -> Pledge:
    told = {"donor": Donor("person"), "expires": None, "place": None, **more}
    return Pledge("p1", "donor", "mask", 100, made_at=NOW, **told)


def test_a_need_is_confirmed_by_a_second_person_and_shown_only_then() -> None:
    one = need()
    with pytest.raises(SecondPersonNeeded):
        one.confirm("first", NOW)
    assert not one.is_shown
    assert one.confirm("second", NOW) == [NeedConfirmed("yueran", "mask", 100, "now")]
    assert one.is_shown
    with pytest.raises(NeedNotWaiting):
        one.confirm("third", NOW)


def test_a_need_nobody_speaks_of_goes_stale_once_and_comes_back_when_somebody_does() -> None:
    one = need()
    one.confirm("second", NOW)
    assert one.watch(NOW + FRESH_FOR - timedelta(minutes=1)) == []
    assert one.watch(NOW + FRESH_FOR) == [NeedStale()]
    assert one.watch(NOW + FRESH_FOR * 2) == []
    assert not one.is_shown
    one.renew(NOW + FRESH_FOR * 2)
    assert one.is_shown


def test_sending_stops_once_a_need_is_met() -> None:
    one = need(100)
    one.confirm("second", NOW)
    assert one.fulfil(60) == []
    assert one.fulfil(45) == [NeedMet(105)]
    for act in (lambda: one.renew(NOW), lambda: one.stop("够了"), one.enough):
        with pytest.raises(NeedNotOpen):
            act()


def test_a_need_of_unknown_quantity_is_met_when_somebody_says_so() -> None:
    one = need(None)
    one.confirm("second", NOW)
    assert one.fulfil(10_000) == []
    assert one.enough() == [NeedMet(10_000)]


def test_a_pledge_is_delivered_in_parts_and_thanked_once_something_came() -> None:
    one = pledge()
    with pytest.raises(PledgeNotAccepted):
        one.deliver("yueran", 10)
    one.accept("district", "yueran", "n1")
    with pytest.raises(NothingToThank):
        one.thank("yueran", "谢谢")
    assert [(part.delivered, part.complete) for part in one.deliver("yueran", 40)] == [(40, False)]
    assert one.to_come == 60
    assert one.thank("yueran", "谢谢")[0].account == "donor"
    assert [part.complete for part in one.deliver("yueran", 80)] == [True]
    assert (one.state, one.to_come) == ("delivered", 0)
    with pytest.raises(PledgeNotWaiting):
        one.withdraw()


def test_a_pledge_is_decided_by_the_community_it_names_or_by_the_district() -> None:
    named, open_ = pledge(place="biguiyuan"), pledge()
    for one, keeper in ((named, "yueran"), (named, "district"), (open_, "yueran")):
        with pytest.raises(PledgeForOthers):
            one.accept(keeper, keeper, None)
        with pytest.raises(PledgeForOthers):
            one.decline(keeper, "规格不合")
    assert named.accept("biguiyuan", "biguiyuan", None)[0].place == "biguiyuan"
    assert open_.accept("district", "yueran", None)[0].place == "yueran"
    with pytest.raises(PledgeNotAccepted):
        named.deliver("yueran", 10)


def test_who_wants_to_be_shown_gives_a_name() -> None:
    with pytest.raises(NameMissing):
        pledge(donor=Donor("person", shown=True)).made(TODAY)
    assert pledge(donor=Donor("merchant", "街角药店", shown=True)).made(TODAY).item == "mask"


def test_what_has_expired_cannot_be_pledged() -> None:
    with pytest.raises(AlreadyExpired):
        pledge(expires=TODAY - timedelta(days=1)).made(TODAY)
    assert pledge(expires=TODAY).made(TODAY).quantity == 100


def test_a_pledge_is_decided_once() -> None:
    one = pledge()
    one.decline("district", "规格不合")
    for act in (lambda: one.decline("district", "x"), lambda: one.accept("district", "yueran", None), one.withdraw):
        with pytest.raises(PledgeNotWaiting):
            act()


def test_receipts_are_numbered_on_in_each_place_and_year() -> None:
    book = Register("yueran:2020")
    assert [book.next_number() for _ in range(2)] == ["YUERAN-2020-0001", "YUERAN-2020-0002"]


def test_dangerous_goods_beyond_the_limit_are_refused_with_the_numbers() -> None:
    cupboard = Cupboard("yueran", limit_ml=10_000)
    cupboard.admit(9_500)
    with pytest.raises(TooMuchDangerous) as refusal:
        cupboard.admit(600)
    assert refusal.value.facts == {"limit": 10, "held": 10, "more": 1}
    cupboard.note(5_000)
    assert cupboard.held_ml == 14_500, "what was found there is there"
    cupboard.limit(20_000)
    cupboard.admit(5_500)


def wanted(need: str, place: str = "yueran", **more: Any) -> Wanted:
    told: dict[str, Any] = {
        "missing": 100,
        "urgency": "days",
        "days_left": Fraction(2),
        "per_day": Fraction(10),
        **more,
    }
    return Wanted(need, place, "mask", raised_at=NOW, **told)


def offered(pledge: str, **more: Any) -> Offered:
    told: dict[str, Any] = {"quantity": 50, "place": None, "expires": None, "made_at": NOW, **more}
    return Offered(pledge, "mask", **told)


def pairs(offers: list[Offered], wants: list[Wanted]) -> dict[str, str]:
    return {one.pledge: one.need for one in match(offers, wants, TODAY)}


def test_urgency_decides_first_then_the_days_left() -> None:
    late = wanted("late", urgency="later", days_left=Fraction(0))
    poor, rich = wanted("poor", days_left=Fraction(1)), wanted("rich", days_left=Fraction(4))
    assert pairs([offered("p")], [late, rich, poor]) == {"p": "poor"}
    assert pairs([offered("p")], [late, rich, poor, wanted("now", urgency="now", days_left=None)]) == {"p": "now"}


def test_a_need_that_has_enough_promised_is_passed_over() -> None:
    offers = [
        offered("p1"),
        offered("p2", made_at=NOW + timedelta(hours=1)),
        offered("p3", made_at=NOW + timedelta(hours=2)),
    ]
    assert pairs(offers, [wanted("a", days_left=Fraction(0)), wanted("b")]) == {"p1": "a", "p2": "a", "p3": "b"}
    assert pairs(offers, [wanted("a", missing=0)]) == {}


def test_a_need_of_unknown_quantity_takes_what_is_offered() -> None:
    assert pairs([offered("p1"), offered("p2")], [wanted("a", missing=None)]) == {"p1": "a", "p2": "a"}


def test_what_was_given_for_one_community_goes_nowhere_else() -> None:
    assert pairs([offered("p", place="biguiyuan")], [wanted("a")]) == {}
    assert pairs([offered("p", place="biguiyuan")], [wanted("a", urgency="now"), wanted("b", "biguiyuan")]) == {
        "p": "b"
    }


def test_what_expires_soon_goes_where_it_is_used_in_time() -> None:
    soon = offered("p", expires=TODAY + timedelta(days=2))
    slow, quick = wanted("slow", days_left=Fraction(0), per_day=Fraction(1)), wanted("quick", per_day=Fraction(30))
    assert pairs([soon], [slow, quick]) == {"p": "quick"}
    assert pairs([offered("p", expires=TODAY - timedelta(days=1))], [slow, quick]) == {}


def test_a_match_says_why_in_the_order_that_decided() -> None:
    (one,) = match([offered("p", place="yueran", quantity=150)], [wanted("a", urgency="now"), wanted("b")], TODAY)
    assert [reason.zh for reason in one.reasons] == [
        "捐赠人指定给这个社区", "现在就缺", "现有的还能用 2 天", "还差 100，多出的入库备用", "比另外 1 条需求更急",
    ]  # fmt: skip
