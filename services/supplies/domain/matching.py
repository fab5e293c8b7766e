"""Which pledge should go to which need, and why: a proposal that a person confirms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from services.supplies.domain.needs import Urgency
from shared.i18n.text import Text

URGENCY_RANK: dict[Urgency, int] = {"now": 0, "days": 1, "later": 2}
FOR_EVER = Fraction(10**9)


@dataclass(frozen=True)
class Wanted:
    """A confirmed need as a match sees it. `missing` None: not known; less what is promised to it already."""

    need: str
    place: str
    item: str
    missing: int | None
    urgency: Urgency
    raised_at: datetime
    days_left: Fraction | None
    per_day: Fraction


@dataclass(frozen=True)
class Offered:
    """A pledge nobody has accepted yet."""

    pledge: str
    item: str
    quantity: int
    place: str | None
    expires: date | None
    made_at: datetime


@dataclass(frozen=True)
class Match:
    """`reasons`: why this need for that pledge, the weightiest first."""

    pledge: str
    need: str
    place: str
    reasons: tuple[Text, ...]


def match(offers: Iterable[Offered], wants: Iterable[Wanted], today: date) -> list[Match]:
    """Each pledge goes to at most one need. Those who named a community come first, then what expires first, then who was
    first; the need that gets it is the most urgent one, then where it lasts the shortest, then the one that waits longest."""
    ranked = sorted(wants, key=_need_rank)
    missing = {want.need: want.missing for want in ranked}
    found = list[Match]()
    for offer in sorted(offers, key=_offer_rank):
        fitting = [want for want in ranked if _fits(offer, want, missing[want.need], today)]
        best = min(fitting, key=lambda want: (not _used_in_time(offer, want, today), _need_rank(want)), default=None)
        if best is not None:
            found.append(
                Match(offer.pledge, best.need, best.place, _reasons(offer, best, missing[best.need], fitting, today))
            )
            left = missing[best.need]
            missing[best.need] = None if left is None else max(left - offer.quantity, 0)
    return found


def _need_rank(want: Wanted) -> tuple[int, Fraction, datetime, str]:
    left = FOR_EVER if want.days_left is None else want.days_left
    return URGENCY_RANK[want.urgency], left, want.raised_at, want.need


def _offer_rank(offer: Offered) -> tuple[bool, date, datetime, str]:
    return offer.place is None, offer.expires or date.max, offer.made_at, offer.pledge


def _fits(offer: Offered, want: Wanted, missing: int | None, today: date) -> bool:
    return (
        offer.item == want.item
        and offer.place in (None, want.place)
        and missing != 0
        and (offer.expires is None or offer.expires >= today)
    )


def _used_in_time(offer: Offered, want: Wanted, today: date) -> bool:
    """Whether all of it would be used there before it expires, at the present rate."""
    if offer.expires is None or not want.per_day:
        return True
    return want.per_day * ((offer.expires - today).days + 1) >= offer.quantity


def _reasons(
    offer: Offered, want: Wanted, missing: int | None, fitting: Sequence[Wanted], today: date
) -> tuple[Text, ...]:
    """In the order in which they decided."""
    said = [_URGENCY[want.urgency]]
    if offer.place is not None:
        said.insert(0, Text("捐赠人指定给这个社区", "the donor named this community"))
    if want.days_left is not None:
        said.append(Text("现有的还能用 {n} 天", "what is there lasts {n} days").format(n=int(want.days_left)))
    if missing is None:
        said.append(Text("数量还不清楚", "how many is not known yet"))
    elif offer.quantity > missing:
        said.append(Text("还差 {n}，多出的入库备用", "{n} are missing; the rest is kept in store").format(n=missing))
    else:
        said.append(Text("还差 {n}", "{n} are missing").format(n=missing))
    if offer.expires is not None:
        said.append(
            Text("过期前用得完", "will be used before it expires")
            if _used_in_time(offer, want, today)
            else Text("过期前可能用不完", "may expire before it is used")
        )
    if len(fitting) > 1:
        said.append(Text("比另外 {n} 条需求更急", "comes before {n} other needs").format(n=len(fitting) - 1))
    return tuple(said)


_URGENCY: dict[Urgency, Text] = {
    "now": Text("现在就缺", "missing now"),
    "days": Text("这几天要用", "needed within days"),
    "later": Text("备用", "to have in store"),
}
