"""supplies: what each store holds, what is needed, who gives it, and what goes from place to place."""

from services.supplies.doors.catalogue import CatalogueDoors
from services.supplies.doors.desk import DeskDoors
from services.supplies.doors.district import DistrictDoors
from services.supplies.doors.giving import GivingDoors
from services.supplies.doors.needs import NeedDoors
from services.supplies.doors.pledges import PledgeDoors
from services.supplies.doors.sheets import SheetDoors
from services.supplies.doors.stock import StockDoors
from services.supplies.doors.transfers import TransferDoors
from services.supplies.store import SuppliesStore
from services.supplies.usecases import needs, stock, transfers, used
from shared.jobs.schedule import Schedule
from shared.runtime.event_subscriptions import EventDoor
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
    events = EventDoor({**used.REACTIONS, **transfers.REACTIONS})
    schedule = Schedule(stock.WATCH_STOCK, needs.WATCH_NEEDS)
