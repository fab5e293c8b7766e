"""grid: a community's cells, buildings and households, and what happens at its doors and gates."""

from services.grid.doors.page import HOME
from services.grid.doors.register import RegisterDoors
from services.grid.store import GridStore
from shared.service import Service
from shared.stores import Stores
from shared.subscriptions import EventDoor


class GridService(RegisterDoors, Service):
    name = "grid"
    url_prefix = HOME
    per_community = True
    has_vault = True

    stores = Stores(GridStore)
    events = EventDoor({})
