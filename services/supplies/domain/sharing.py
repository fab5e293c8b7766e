"""Sharing a scarce delivery: pack after pack to whom it would last the shortest, never more than is needed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import Literal

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

TARGET_DAYS = 14  # what a place without a stated quantity is filled up to
SharingState = Literal["proposed", "confirmed", "dropped"]


@dataclass(frozen=True)
class Claim:
    """A place that needs the item. `wanted` None: not stated, so as much as fills it up to the target at its rate of use."""

    place: str
    have: int
    per_day: Fraction
    wanted: int | None


@dataclass
class Line:
    """What one place gets of a delivery, and why. Days before and after are told in tenths, rounded down.

    `needed` is in whole packs, so it may be up to one pack more than was wanted.
    """

    place: str
    have: int
    tenths_before: int
    needed: int
    given: int
    tenths_after: int

    @property
    def short(self) -> int:
        return self.needed - self.given


@dataclass(frozen=True)
class SharingProposed:
    item: str
    quantity: int
    places: int


@dataclass(frozen=True)
class SharingConfirmed:
    item: str
    quantity: int
    places: int


@dataclass(frozen=True)
class SharingDropped:
    pass


class NobodyNeedsIt(RuleBroken):
    code = "nobody-needs-it"
    says = Text("没有社区需要这种物资。", "No community needs this item.")


class NotAPack(RuleBroken):
    code = "less-than-a-pack"
    status = 422
    says = Text(
        "不够一整包（每包 {pack}），分不了。", "That is less than one pack of {pack}, and packs are not opened."
    )


class SharingNotWaiting(RuleBroken):
    code = "sharing-not-waiting"
    says = Text("这个分配方案已经处理过了。", "This sharing has been dealt with already.")


@dataclass
class Sharing:
    """A proposal to share `quantity` of an item in the district's store, line by line; a person confirms it."""

    id: str
    item: str
    quantity: int
    pack: int
    proposed_at: datetime
    lines: list[Line]
    state: SharingState = "proposed"

    @property
    def given(self) -> int:
        return sum(line.given for line in self.lines)

    def proposed(self) -> SharingProposed:
        return SharingProposed(self.item, self.given, sum(1 for line in self.lines if line.given))

    def confirm(self) -> list[SharingConfirmed]:
        """Raises SharingNotWaiting."""
        if self.state != "proposed":
            raise SharingNotWaiting
        self.state = "confirmed"
        return [SharingConfirmed(self.item, self.given, sum(1 for line in self.lines if line.given))]

    def drop(self) -> list[SharingDropped]:
        """Raises SharingNotWaiting."""
        if self.state != "proposed":
            raise SharingNotWaiting
        self.state = "dropped"
        return [SharingDropped()]


def share_out(quantity: int, pack: int, claims: Iterable[Claim]) -> list[Line]:
    """Each pack in turn goes to the place where the item would then last the shortest, as long as that place needs more.

    So nobody gets more packs than needed; whoever got one was, before it, no better off than anyone left short; and packs
    are left over only when all have what they need. A place that uses none yet counts as if what it wants were to last
    for the target. Raises NotAPack, NobodyNeedsIt.
    """
    if quantity < pack:
        raise NotAPack("quantity", pack=pack)
    asking = [(claim, _packs(claim, pack), _rate(claim)) for claim in claims]
    asking = [one for one in asking if one[1]]
    if not asking:
        raise NobodyNeedsIt
    given = [0] * len(asking)
    queue = [(claim.have / rate, claim.place, at) for at, (claim, _, rate) in enumerate(asking)]
    heapify(queue)
    for _ in range(quantity // pack):
        if not queue:
            break
        _, place, at = heappop(queue)
        claim, needed, rate = asking[at]
        given[at] += 1
        if given[at] < needed:
            heappush(queue, ((claim.have + given[at] * pack) / rate, place, at))
    lines = [
        _line(claim, needed, packs, rate, pack) for (claim, needed, rate), packs in zip(asking, given, strict=True)
    ]
    return sorted(lines, key=lambda line: (line.tenths_before, line.place))


def _packs(claim: Claim, pack: int) -> int:
    wanted = claim.wanted
    if wanted is None:
        wanted = max(-(-claim.per_day * TARGET_DAYS // 1) - claim.have, 0)
    return -(-wanted // pack)


def _rate(claim: Claim) -> Fraction:
    return claim.per_day or Fraction(claim.wanted or 1, TARGET_DAYS)


def _line(claim: Claim, needed: int, packs: int, rate: Fraction, pack: int) -> Line:
    given = packs * pack
    before, after = (int(stock / rate * 10) for stock in (claim.have, claim.have + given))
    return Line(claim.place, claim.have, before, needed * pack, given, after)
