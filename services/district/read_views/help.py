"""Who lacks people or goods, beside who has some to spare; and what became of what was asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.district.domain.communities import Community, Shift, shift_key, silence
from services.district.domain.help import (
    ASKED_FOR,
    ENOUGH_DAYS,
    Help,
    HelpAnswer,
    answer_key,
    fair_quantity,
    spare_goods,
    spare_people,
)
from services.district.domain.stock import Item, Stock, Transfer
from services.district.read_views.lists import Gap, see_gaps
from services.district.read_views.overview import outlooks_now
from services.district.read_views.stock import Shortage, shortages
from services.district.read_views.titles import DISTRICT_STORE
from services.district.store import DistrictStore
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text

GIVERS_SHOWN = 3
Seen = tuple[str, Text]  # a chip: its state and words
WAITS = ("attention", Text("等对方答复", "Waiting for their answer"))
GOODS_STATES: Mapping[str, Seen] = {
    "offered": ("attention", Text("愿意给，等收方同意", "Offered, to be agreed")),
    "agreed": ("attention", Text("已同意，等发出", "Agreed, to be sent")),
    "sent": ("attention", Text("在途", "On the way")),
    "arrived": ("ok", Text("已送到", "Arrived")),
    "declined": ("quiet", Text("收方没有接收", "The receiver declined")),
    "withdrawn": ("quiet", Text("对方撤回了", "They took it back")),
    "regretted": ("gap", Text("抽不出", "None to spare")),
}


@dataclass(frozen=True)
class Giver:
    """A community with `spare` people or units; `help`: what it was asked for the same lately, with what became of it."""

    id: str
    place: Text
    spare: int
    amount: Text
    ask_for: int
    asking: Text
    help: "HelpSeen | None"


@dataclass(frozen=True)
class PeopleLack:
    gap: Gap
    givers: list[Giver]


@dataclass(frozen=True)
class GoodsLack:
    shortage: Shortage
    givers: list[Giver]


@dataclass(frozen=True)
class HelpSeen:
    """What was asked, by names, and how far it is."""

    help: Help
    giver: Text
    receiver: Text
    amount: Text
    state: str
    words: Text


def see_people(store: DistrictStore, gaps: Sequence[Gap], at: datetime) -> list[PeopleLack]:
    """Each of these gaps with those who have most people free then. Who is silent is asked for nothing: nobody knows."""
    store, pulses = store.shown(), store.pulses()
    able = [one for one in store.communities() if silence(pulses.get(one.id), at) is None] if gaps else []
    shifts: dict[str, list[Shift]] = {}
    for shift in store.shifts_around(at) if able else []:
        shifts.setdefault(shift.community, []).append(shift)
    asked = _asked_lately(store, "people", at)
    return [PeopleLack(gap, _people_for(gap, able, shifts, asked)) for gap in gaps]


def see_goods(store: DistrictStore, at: datetime) -> list[GoodsLack]:
    """Each shortage with those whose stock of it lasts longest beyond what is enough."""
    store = store.shown()
    short = shortages(store)
    there = store.stocks_lasting({one.stock.item for one in short}, ENOUGH_DAYS) if short else []
    wanted = {(one.place, one.item): one.quantity for one in store.needs_open()} if short else {}
    names = _names(store) if short else {}
    asked = _asked_lately(store, "goods", at)
    return [
        GoodsLack(one, _goods_for(one, there, wanted.get((one.stock.place, one.stock.item)), names, asked))
        for one in short
    ]


def see_helps(store: DistrictStore, helps: Iterable[Help], at: datetime) -> list[HelpSeen]:
    """What was asked, with what those who were asked have told since."""
    store, helps = store.shown(), list(helps)
    if not helps:
        return []
    names, items = _names(store), store.items()
    transfers = store.transfers_by_id({one.id for one in helps if one.kind == "goods"})
    people = [one for one in helps if one.kind == "people"]
    answers = store.help_answers({answer_key(one.receiver, one.subject, one.giver) for one in people})
    shifts = store.shifts_by_key({shift_key(one.receiver, one.subject) for one in people})
    seen = []
    for one in helps:
        if one.kind == "goods":
            transfer = transfers.get(one.id)
            amount = items.get(one.subject, Item(one.subject)).amount(transfer.quantity if transfer else one.quantity)
            state, words = _goods_state(transfer)
        else:
            amount = _heads(one.quantity)
            answer = answers.get(answer_key(one.receiver, one.subject, one.giver))
            state, words = _people_state(answer, shifts.get(shift_key(one.receiver, one.subject)), at)
        seen.append(HelpSeen(one, _name(names, one.giver), _name(names, one.receiver), amount, state, words))
    return seen


def gaps_of(store: DistrictStore, at: datetime) -> list[Gap]:
    """All gaps of communities that are heard, by time."""
    return [one for one in see_gaps(outlooks_now(store.shown(), at), at) if one.silence is None]


def _people_for(
    gap: Gap, able: Iterable[Community], shifts: Mapping[str, list[Shift]], asked: Mapping[tuple[str, ...], HelpSeen]
) -> list[Giver]:
    shift, found = gap.shift, []
    for one in able:
        help_ = asked.get((one.id, shift.community, shift.id))
        spare = spare_people(one.volunteers.get("approved", 0), shifts.get(one.id, []), shift.starts, shift.ends)
        if one.id != shift.community and (spare or help_):
            ask_for = min(spare, shift.missing)
            found.append(Giver(one.id, one.title, spare, _heads(spare), ask_for, _heads(ask_for), help_))
    return _best(found)


def _goods_for(
    lack: Shortage, there: Iterable[Stock], wanted: int | None, names: Mapping[str, Text],
    asked: Mapping[tuple[str, ...], HelpSeen],
) -> list[Giver]:  # fmt: skip
    found = []
    for one in there:
        if one.item == lack.stock.item and one.place not in (lack.stock.place, DISTRICT):
            spare = spare_goods(one.balance, one.days_left)
            help_ = asked.get((one.place, lack.stock.place, one.item))
            ask_for = fair_quantity(spare, wanted)
            if spare:
                amount, asking = lack.item.amount(spare), lack.item.amount(ask_for)
                found.append(Giver(one.place, _name(names, one.place), spare, amount, ask_for, asking, help_))
    return _best(found)


def _best(givers: list[Giver]) -> list[Giver]:
    """Those that were asked, then those with most to spare."""
    return sorted(givers, key=lambda one: (one.help is None, -one.spare, one.id))[:GIVERS_SHOWN]


def _asked_lately(store: DistrictStore, kind: str, at: datetime) -> dict[tuple[str, ...], HelpSeen]:
    seen = see_helps(store, store.helps_since(at - ASKED_FOR, kind=kind), at)
    return {(one.help.giver, one.help.receiver, one.help.subject): one for one in seen}


def _goods_state(transfer: Transfer | None) -> Seen:
    return GOODS_STATES[transfer.state] if transfer else WAITS


def _people_state(answer: HelpAnswer | None, shift: Shift | None, at: datetime) -> Seen:
    is_over = shift is None or at >= shift.ends
    if answer is not None and answer.answer == "yes":
        return "ok", Text("答应派 {people} 人", "Sending {people}").format(people=answer.people)
    if answer is not None:
        return "gap", Text("派不出人", "Cannot send anyone")
    if shift is not None and not shift.missing:
        return "quiet", Text("已经补齐，不用了", "Filled meanwhile")
    return ("quiet", Text("没有答复", "No answer")) if is_over else WAITS


def _heads(number: int) -> Text:
    return Text("{number} 人", "{number} people").format(number=number)


def _names(store: DistrictStore) -> dict[str, Text]:
    return {one.id: one.title for one in store.communities()} | {DISTRICT: DISTRICT_STORE}


def _name(names: Mapping[str, Text], place: str) -> Text:
    return names.get(place, Text(place, place))
