"""A store's first page: what needs somebody, each number leading to its list."""

from services.supplies.endpoints.places import page, reads
from services.supplies.read_views import needs_at, stocks_at
from services.supplies.schemas.stock import StockShape
from services.supplies.usecases.stock import day_of
from shared.events.envelope import DISTRICT
from shared.web import Call, Reply


class DeskDoors:
    @reads("/", out=StockShape, many=True, page="supplies/desk.html")
    def desk(self, call: Call, community: str = DISTRICT) -> Reply:
        """What is short or expiring here, and what waits: needs, pledges, transfers, differences to count."""
        told, store = page(call, community), call.store
        stocks = stocks_at(store, told["names"], community, day_of(call.act))
        transfers = store.transfers(community)
        more = {
            "expiring": [one for one in stocks if one.expiring or one.expired],
            "needs": needs_at(store, told["names"], community, store.needs(community)),
            "pledges": store.pledges_for_anyone() if community == DISTRICT else store.pledges("made", wishes=community),
            "coming": store.pledges("accepted", goes_to=community),
            "unthanked": store.thanked_late(community),
            "arriving": [one for one in transfers if one.receiver == community],
            "leaving": [one for one in transfers if one.sender == community],
            "differ": store.open_discrepancies(community),
        }
        return Reply([one for one in stocks if one.short], page={**told, "stocks": stocks, **more})
