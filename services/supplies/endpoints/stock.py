"""What is in a store: looking, receiving, issuing, counting, and what has to be counted."""

from collections.abc import Callable
from typing import Any

from services.supplies.domain.stock import Batch, NoSuchLot
from services.supplies.endpoints.places import AT_COMMUNITY, AT_DISTRICT, OFFICERS, home, page, reads, writes
from services.supplies.paper import print_card
from services.supplies.read_views import StockView, batch_of, card, room_ml, stocks_at
from services.supplies.schemas import stock as schemas
from services.supplies.schemas.parts import ForWhom
from services.supplies.usecases import stock as usecases
from services.supplies.usecases.stock import Entry, Paper, day_of
from shared.documents.pdf_response import PDF
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint

LINES_SHOWN = 30
CHOICES: dict[str, Callable[[StockView], bool]] = {
    "all": lambda _: True,
    "short": lambda one: one.short,
    "expiring": lambda one: one.expiring > 0,
    "expired": lambda one: one.expired > 0,
}


class StockDoors:
    @reads("/stock", query=schemas.StockQuery, out=schemas.StockShape, many=True, page="supplies/stock.html")
    def list_stock(self, call: Call, community: str = DISTRICT) -> Reply:
        """Everything that is or was here, what is short first; `show` filters."""
        told = page(call, community)
        found = stocks_at(call.store, told["names"], community, day_of(call.act))
        counts = {name: sum(1 for one in found if chosen(one)) for name, chosen in CHOICES.items()}
        shown = [one for one in found if CHOICES[call.query["show"]](one)]
        new = [item for item in told["names"].items if item.id not in {one.item for one in found}]
        cupboard = call.store.cupboard(community)
        return Reply(
            shown, page={**told, "show": call.query["show"], "counts": counts, "new": new, "cupboard": cupboard}
        )

    @reads("/stock/<item>", query=schemas.CardQuery, out=schemas.CardShape, page="supplies/card.html")
    def show_stock(self, call: Call, item: str, community: str = DISTRICT) -> Reply:
        """One item's lots and the newest lines of its card; `before` pages on."""
        told = page(call, community)
        about = call.store.item(item)
        stock, today = call.store.stock(community, item), day_of(call.act)
        shown = card(call.store, stock, about, today, call.query.get("before", 0), LINES_SHOWN)
        differ = call.store.open_discrepancies(community, item)
        room = room_ml(call.store.cupboard(community))
        return Reply(shown, page={**told, "differ": differ, "room": room, "today": today})

    @reads("/stock/<item>/card", file=PDF)
    def stock_card(self, call: Call, item: str, community: str = DISTRICT) -> Reply:
        """The whole stock card as PDF, from its first line."""
        names, about = page(call, community)["names"], call.store.item(item)
        return print_card(names, community, about, call.store.card(community, item), call.act.at)

    @reads("/gate", query=ForWhom, page="supplies/gate.html")
    def gate(self, call: Call, community: str = DISTRICT) -> Reply:
        """Giving out and taking in at the door, on a phone: choose what, then how many."""
        told = page(call, community)
        found = stocks_at(call.store, told["names"], community, day_of(call.act))
        chosen = next((one for one in found if one.item == call.query.get("item")), None)
        there = sorted((one for one in found if one.usable), key=lambda one: -one.per_day)
        return Reply(page={**told, "there": there, "chosen": chosen, "portions": _portions(chosen)})

    @writes("/stock/<item>/receipts", body=schemas.Receipt, out=schemas.EntryShape, again="show_stock")
    def receive(self, call: Call, item: str, community: str = DISTRICT) -> Reply:
        """Goods come in: bought, handed out by the district's offices, or brought back."""
        batch = Batch(call.body["code"], call.body["expires"])
        paper = Paper(document=call.body["document"])
        entry = usecases.receive(call.store, call.act, community, item, call.body["quantity"], batch, paper)
        says = Text("已入库，现有 {balance}。", "Received; {balance} are here now.")
        return _written(entry, community, says, at_gate=call.body["at_gate"])

    @writes("/stock/<item>/issues", body=schemas.Issue, out=schemas.EntryShape, again="show_stock")
    def issue(self, call: Call, item: str, community: str = DISTRICT) -> Reply:
        """Give out, from the lots that expire first."""
        paper = Paper(call.body["reason"], call.body["document"])
        entry = usecases.issue(call.store, call.act, community, item, call.body["quantity"], paper)
        says = Text(
            "已发放，请从这些批次拿：{lots}。还剩 {balance}。", "Given out; take from: {lots}. {balance} are left."
        )
        return _written(entry, community, says, at_gate=call.body["at_gate"], lots=_lots(entry))

    @writes("/stock/<item>/disposals", body=schemas.Disposal, out=schemas.EntryShape, again="show_stock")
    def throw_away(self, call: Call, item: str, community: str = DISTRICT) -> Reply:
        """Write off what is broken, wet or dirty."""
        batch, paper = _batch(call.body["lot"]), Paper(call.body["reason"])
        entry = usecases.throw_away(call.store, call.act, community, item, call.body["quantity"], batch, paper)
        return _written(entry, community, Text("已报废，还剩 {balance}。", "Written off; {balance} are left."))

    @writes("/stock/<item>/expiries", out=schemas.EntryShape, again="show_stock")
    def write_off_expired(self, call: Call, item: str, community: str = DISTRICT) -> Reply:
        """Write off every lot past its day."""
        entry = usecases.write_off_expired(call.store, call.act, community, item)
        return _written(entry, community, Text("过期批次已报废，还剩 {balance}。", "Written off; {balance} are left."))

    @writes("/stock/<item>/counts", body=schemas.Count, out=schemas.EntryShape, again="show_stock")
    def count(self, call: Call, item: str, community: str = DISTRICT) -> Reply:
        """Count all that stands here of an item; a difference needs a reason."""
        pairs = zip(call.body["lots"], call.body["quantities"], strict=True)
        counted = {_batch(lot): quantity for lot, quantity in pairs}
        found = Batch(call.body["code"], call.body["expires"])
        if call.body["found"]:
            counted[found] = counted.get(found, 0) + call.body["found"]
        entry = usecases.count(call.store, call.act, community, item, counted, Paper(call.body["reason"]))
        return _written(entry, community, Text("盘点已记账，现有 {balance}。", "Counted; {balance} are here."))

    @writes("/stock/<item>/expectation", body=schemas.Expectation, out=schemas.EntryShape, again="show_stock")
    def expect_use(self, call: Call, item: str, community: str = DISTRICT) -> Reply:
        """Say how much of it a day is expected to be used, for as long as little is known."""
        entry = usecases.expect_use(call.store, call.act, community, item, call.body["per_day"])
        return _written(entry, community, Text("已记下。", "Noted."))

    @writes("/discrepancies/<discrepancy>/taking", out=schemas.DiscrepancyShape)
    def take_discrepancy(self, call: Call, discrepancy: str, community: str = DISTRICT) -> Reply:
        """Take it on oneself to count what was used beyond the book."""
        taken = usecases.take_discrepancy(call.store, call.act, community, discrepancy, call.account)
        says = Text("由您盘点，数清后在这里填。", "Yours to count; enter here what you find.")
        return Reply(taken, then=f"{home(community)}/stock/{taken.item}#count", says=says)

    @endpoint("POST", f"{AT_COMMUNITY}/limit", who=OFFICERS, body=schemas.Limit)
    @endpoint("POST", f"{AT_DISTRICT}/limit", who=OFFICERS, body=schemas.Limit)
    def set_limit(self, call: Call, community: str = DISTRICT) -> Reply:
        """Set how many litres of dangerous goods a place may keep."""
        page(call, community)
        usecases.set_limit(call.store, call.act, community, call.body["litres"] * 1000)
        says = Text("存放上限已改为 {litres} 升。", "The limit is now {litres} L.").format(litres=call.body["litres"])
        return Reply(then=f"{home(community)}/stock", says=says)


def _written(entry: Entry, place: str, says: Text, *, at_gate: bool = False, **told: Any) -> Reply:
    then = f"{home(place)}/gate" if at_gate else f"{home(place)}/stock/{entry.stock.item}"
    return Reply(entry, then=then, says=says.format(balance=entry.stock.balance, **told))


def _lots(entry: Entry) -> Text:
    """Which lots an issue took from, and how many of each."""
    said = [(line.code or "–", line.expires or "–", -line.quantity) for line in entry.lines]
    return Text(
        "；".join(f"批号 {code}（{expires}）{quantity}" for code, expires, quantity in said),
        "; ".join(f"lot {code} ({expires}) {quantity}" for code, expires, quantity in said),
    )


def _batch(lot: str) -> Batch:
    found = batch_of(lot)
    if found is None:
        raise NoSuchLot("lot")
    return found


def _portions(chosen: StockView | None) -> list[int]:
    """How many are given out by one press: a few, a pack, some packs; none beyond what is there."""
    if chosen is None:
        return []
    pack = chosen.about.pack
    return [one for one in sorted({1, 2, 5, 10, pack, 2 * pack}) if one <= chosen.usable]
