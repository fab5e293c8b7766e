"""For the district office: every community's stock beside the others', and sharing what is scarce."""

from services.supplies.endpoints.places import AT_DISTRICT, OFFICERS, home, page
from services.supplies.read_views import stocks_at, view
from services.supplies.schemas import stock as stock_schemas
from services.supplies.schemas import transfers as schemas
from services.supplies.schemas.parts import ForWhom
from services.supplies.usecases import sharing as usecases
from services.supplies.usecases.stock import day_of
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint

SHARINGS_SHOWN = 20
SHARINGS = f"{AT_DISTRICT}/sharings"


class DistrictDoors:
    @endpoint("GET", f"{AT_DISTRICT}/communities", who=OFFICERS, out=stock_schemas.StockShape, many=True,
          page="supplies/communities.html")  # fmt: skip
    def communities(self, call: Call) -> Reply:
        """Every store's stock of every item, with the days it lasts."""
        told = page(call, DISTRICT)
        names, today = told["names"], day_of(call.act)
        found = [view(stock, names.item(stock.item), today) for stock in call.store.stocks()]
        by_place: dict[str, dict[str, object]] = {place: {} for place in (DISTRICT, *names.communities)}
        for one in found:
            by_place.setdefault(one.place, {})[one.item] = one
        used = {one.item for one in found}
        columns = [item for item in names.items if item.id in used]
        return Reply(found, page={**told, "by_place": by_place, "columns": columns})

    @endpoint(
        "GET", SHARINGS, who=OFFICERS, query=ForWhom, out=schemas.SharingShape, many=True, page="supplies/sharings.html"
    )
    def list_sharings(self, call: Call) -> Reply:
        """The newest sharings, and the form to propose one."""
        told = page(call, DISTRICT)
        there = [one for one in stocks_at(call.store, told["names"], DISTRICT, day_of(call.act)) if one.usable]
        first = {"item": call.query.get("item", ""), "quantity": call.query.get("quantity", "")}
        return Reply(call.store.sharings(SHARINGS_SHOWN), page={**told, "there": there, "first": first})

    @endpoint("POST", SHARINGS, who=OFFICERS, body=schemas.NewSharing, out=schemas.SharingShape, again="list_sharings")
    def propose_sharing(self, call: Call) -> Reply:
        """Propose how a scarce delivery is shared, line by line; nothing moves before it is confirmed."""
        proposed = usecases.propose(call.store, call.act, **call.body)
        return Reply(proposed, status=201, then=f"{SHARINGS}/{proposed.id}")

    @endpoint("GET", f"{SHARINGS}/<sharing>", who=OFFICERS, out=schemas.SharingShape, page="supplies/sharing.html")
    def show_sharing(self, call: Call, sharing: str) -> Reply:
        """One sharing with the reason for each line."""
        return Reply(usecases.load(call.store, sharing), page=page(call, DISTRICT))

    @endpoint(
        "POST", f"{SHARINGS}/<sharing>/confirmation", who=OFFICERS, out=schemas.SharingShape, again="show_sharing"
    )
    def confirm_sharing(self, call: Call, sharing: str) -> Reply:
        """Confirm it: a transfer to each community is agreed and waits to be sent."""
        confirmed = usecases.confirm(call.store, call.act, sharing)
        says = Text("已确认，逐笔发出即可。", "Confirmed; send each of the transfers.")
        return Reply(confirmed, then=f"{home(DISTRICT)}/transfers", says=says)

    @endpoint("POST", f"{SHARINGS}/<sharing>/refusal", who=OFFICERS, out=schemas.SharingShape)
    def drop_sharing(self, call: Call, sharing: str) -> Reply:
        """Drop the proposal."""
        dropped = usecases.drop(call.store, call.act, sharing)
        return Reply(dropped, then=SHARINGS, says=Text("方案已作废。", "The proposal is dropped."))
