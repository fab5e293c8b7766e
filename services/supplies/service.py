"""supplies: what each store holds, what is needed, who gives it, and what goes from place to place."""

from services.supplies.endpoints.catalogue import CatalogueDoors
from services.supplies.endpoints.desk import DeskDoors
from services.supplies.endpoints.district import DistrictDoors
from services.supplies.endpoints.giving import GivingDoors
from services.supplies.endpoints.needs import NeedDoors
from services.supplies.endpoints.pledges import PledgeDoors
from services.supplies.endpoints.sheets import SheetDoors
from services.supplies.endpoints.stock import StockDoors
from services.supplies.endpoints.transfers import TransferDoors
from services.supplies.store import SuppliesStore
from services.supplies.usecases import needs, stock, transfers, used
from shared.jobs.schedule import Schedule
from shared.runtime.event_subscriptions import EventSubscriptions
from shared.runtime.tenants import Stores
from shared.web.service import Service


class SuppliesService(
    CatalogueDoors,
    DeskDoors,
    DistrictDoors,
    GivingDoors,
    NeedDoors,
    PledgeDoors,
    SheetDoors,
    StockDoors,
    TransferDoors,
    Service,
):
    name = "supplies"
    url_prefix = "/supplies"

    stores = Stores(SuppliesStore)
    events = EventSubscriptions({**used.REACTIONS, **transfers.REACTIONS})
    schedule = Schedule(stock.WATCH_STOCK, needs.WATCH_NEEDS)
