"""Help between neighbours: who can spare people or goods, and what the office asked one community to do for another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from services.district.domain.communities import Shift
from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

Kind = Literal["people", "goods"]
REST = timedelta(hours=10)  # between two shifts of one person (docs/architecture/domain.md, "Rules")
ENOUGH_DAYS = 14  # what supplies fills a place up to when it shares out, so nobody is asked to go below
ASKED_FOR = timedelta(hours=24)  # nobody is asked for the same twice within


@dataclass(frozen=True)
class GoodsAsked:
    giver: str
    receiver: str
    item: str
    quantity: int


@dataclass(frozen=True)
class PeopleAsked:
    giver: str
    receiver: str
    shift: str
    post_name: str
    post_name_en: str
    kind: str
    skill: str | None
    starts: datetime
    ends: datetime
    missing: int


HelpEvent = GoodsAsked | PeopleAsked


class OwnHelp(RuleBroken):
    code = "same-community"
    status = 422
    says = Text("不能请一个社区支援自己。", "A community cannot be asked to help itself.")


class AskedAlready(RuleBroken):
    code = "asked-already"
    says = Text("今天已经请过这个社区，请等它答复。", "They were asked already; please wait for their answer.")


class NothingLacking(RuleBroken):
    code = "nothing-lacking"
    says = Text("这里已经不缺了。", "Nothing is lacking here any more.")


@dataclass
class Help:
    """What the office asked `giver` to do for `receiver`: so many people for a shift, or so many of an item (`subject`). What
    became of it is told by those who do it."""

    id: str
    kind: Kind
    giver: str
    receiver: str
    subject: str
    quantity: int
    about: Text
    asked: datetime
    by: str


@dataclass
class HelpAnswer:
    """What a community last said to a request for people: so many it promises."""

    id: str
    answer: str = ""
    people: int = 0

    def hear(self, _type: str, said: Mapping[str, Any], _at: datetime) -> None:
        self.answer, self.people = said["answer"], said["people"]


def answer_key(receiver: str, shift: str, giver: str) -> str:
    return f"{receiver}/{shift}/{giver}"


def check_asking(giver: str, receiver: str, lately: Iterable[Help]) -> None:
    """`lately`: what this giver was asked for the same within ASKED_FOR. Raises OwnHelp, AskedAlready."""
    if giver == receiver:
        raise OwnHelp("giver")
    if any(lately):
        raise AskedAlready


def spare_people(approved: int, shifts: Iterable[Shift], starts: datetime, ends: datetime) -> int:
    """How many volunteers of a community have nothing in these hours nor in the rest around them, less those it lacks then."""
    near = [
        one for one in shifts if not one.is_cancelled and one.starts < ends + REST and one.ends > starts - REST
    ]  # fmt: skip
    busy = {person for one in near for person in one.claimed}
    return max(approved - len(busy) - sum(one.missing for one in near), 0)


def spare_goods(balance: int, days_left: int | None) -> int:
    """What lasts beyond ENOUGH_DAYS; of what no use is known, nobody can say that it is too much."""
    if days_left is None or days_left <= ENOUGH_DAYS:
        return 0
    return balance * (days_left - ENOUGH_DAYS) // days_left


def fair_quantity(spare: int, wanted: int | None) -> int:
    """What to ask for: what is needed where that is known, else half of what can be spared."""
    return min(spare, wanted) if wanted else (spare + 1) // 2
