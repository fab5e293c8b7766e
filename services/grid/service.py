"""grid: a community's cells, buildings and households, and what happens at its doors and gates."""

from nameko.timer import timer

from services.grid.doors.disinfection import DisinfectionDoors
from services.grid.doors.gates import GateDoors
from services.grid.doors.page import HOME
from services.grid.doors.register import RegisterDoors
from services.grid.doors.requests import RequestDoors
from services.grid.store import GridStore
from services.grid.usecases import disinfection, gates, requests
from shared import goods
from shared.service import Service
from shared.stores import Stores
from shared.subscriptions import EventDoor

WATCH_SECONDS = 5
CLOCK_SECONDS = 30
PHOTO_SWEEP_SECONDS = 600


class GridService(RegisterDoors, GateDoors, RequestDoors, DisinfectionDoors, Service):
    name = "grid"
    url_prefix = HOME
    per_community = True
    has_vault = True

    stores = Stores(GridStore)
    events = EventDoor({**gates.REACTIONS, **requests.REACTIONS, **disinfection.REACTIONS, **goods.REACTIONS})

    @timer(interval=CLOCK_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def watch_clock(self) -> None:
        """What time alone brings: names, plates and words that have been kept long enough go."""
        for store in self.stores.all():
            gates.expire(store)
            requests.forget(store)

    @timer(interval=WATCH_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def watch_disinfection(self) -> None:
        """The own team's time may be up: rescue teams are asked."""
        for store in self.stores.all():
            disinfection.watch(store)

    @timer(interval=PHOTO_SWEEP_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def sweep_photos(self) -> None:
        """Deletes photos that nothing refers to."""
        for store in self.stores.all():
            disinfection.sweep_photos(store)
