"""shifts: a community's posts, its rota, and who stands where."""

from nameko.timer import timer

from services.shifts.doors.duty import HOME, DutyDoors
from services.shifts.store import ShiftsStore
from services.shifts.usecases import duty
from shared.service import Service
from shared.stores import Stores
from shared.subscriptions import EventDoor

GAP_WATCH_SECONDS = 30


class ShiftsService(DutyDoors, Service):
    name = "shifts"
    url_prefix = HOME
    per_community = True

    stores = Stores(ShiftsStore)
    events = EventDoor(duty.REACTIONS)

    @timer(interval=GAP_WATCH_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def watch_gaps(self) -> None:
        """Time alone opens gaps (72 h ahead) and ends them (with the shift)."""
        for store in self.stores.all():
            duty.watch_gaps(store)
