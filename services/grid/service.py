"""grid: a community's cells, buildings and households, and what happens at its doors and gates."""

from nameko.timer import timer

from services.grid.doors.disinfection import DisinfectionDoors
from services.grid.doors.erasure import ErasureDoors
from services.grid.doors.gates import GateDoors
from services.grid.doors.households import HouseholdDoors
from services.grid.doors.imports import ImportDoors
from services.grid.doors.page import HOME
from services.grid.doors.register import RegisterDoors
from services.grid.doors.requests import RequestDoors
from services.grid.doors.screening import ScreeningDoors
from services.grid.store import GridStore
from services.grid.usecases import disinfection, gates, imports, owners, requests, screening
from shared import goods
from shared.jobs import Jobs
from shared.service import Service
from shared.stores import Stores
from shared.subscriptions import EventDoor

WATCH_SECONDS = 5
CLOCK_SECONDS = 30
PHOTO_SWEEP_SECONDS = 600


class GridService(
    RegisterDoors, HouseholdDoors, ImportDoors, ErasureDoors, ScreeningDoors, GateDoors, RequestDoors, DisinfectionDoors,
    Service,
):  # fmt: skip
    name = "grid"
    url_prefix = HOME
    per_community = True
    has_vault = True

    stores = Stores(GridStore)
    jobs = Jobs(imports.STEPS)
    events = EventDoor({
        **owners.REACTIONS, **gates.REACTIONS, **requests.REACTIONS, **disinfection.REACTIONS, **goods.REACTIONS,
    })  # fmt: skip

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

    @timer(interval=WATCH_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def tell_progress(self) -> None:
        """How far rounds are is told now and then, not with every door."""
        for store in self.stores.all():
            screening.tell_progress(store)
