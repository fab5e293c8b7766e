"""What is short, needed and on the way."""

from services.district.endpoints.looking import look
from services.district.endpoints.office import OFFICE
from services.district.endpoints.pages import all_of
from services.district.read_views import stock as views
from services.district.schemas import stock as schemas
from services.district.schemas.lists import Listed
from shared.projections.rebuilder import Rebuilds
from shared.web import Call, Reply, endpoint


class StockDoors:
    rebuilds: Rebuilds

    @endpoint("GET", "/district/shortages", who=OFFICE, query=Listed, out=schemas.ShortageShape, many=True,
          page="district/shortages.html")  # fmt: skip
    def shortages(self, call: Call) -> Reply:
        """What runs short where, for how many days it lasts, and since when."""
        seen = look(call, self.rebuilds)
        found = views.shortages(seen.store, call.query["community"] or None)
        return all_of(call, seen, found, lambda one: one.stock.id)

    @endpoint("GET", "/district/needs", who=OFFICE, query=Listed, out=schemas.NeedShape, many=True,
          page="district/needs.html")  # fmt: skip
    def needs(self, call: Call) -> Reply:
        """What communities ask for and have not got, by waiting time."""
        seen = look(call, self.rebuilds)
        found = views.needs(seen.store, call.query["community"] or None)
        return all_of(call, seen, found, lambda one: one.need.id, **views.STOCK_TABLES)

    @endpoint("GET", "/district/transfers", who=OFFICE, query=Listed, out=schemas.TransferShape, many=True,
          page="district/transfers.html")  # fmt: skip
    def transfers(self, call: Call) -> Reply:
        """Goods between communities that are offered, agreed or on the way, by waiting time."""
        seen = look(call, self.rebuilds)
        found = views.transfers(seen.store, call.query["community"] or None)
        return all_of(call, seen, found, lambda one: one.transfer.id, **views.STOCK_TABLES)
