"""rescue: which rescue teams there are, and the missions that communities ask them for."""

from nameko.timer import timer

from services.rescue.doors.inbox import InboxDoors
from services.rescue.doors.missions import MissionDoors
from services.rescue.doors.teams import TeamDoors
from services.rescue.store import RescueStore
from services.rescue.usecases import missions, requests
from shared import goods
from shared.service import Service
from shared.stores import Stores
from shared.subscriptions import EventDoor

WATCH_SECONDS = 5
PHOTO_SWEEP_SECONDS = 600


class RescueService(InboxDoors, MissionDoors, TeamDoors, Service):
    name = "rescue"
    url_prefix = "/rescue"

    stores = Stores(RescueStore)
    events = EventDoor({**requests.REACTIONS, **goods.REACTIONS})

    @timer(interval=WATCH_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def watch(self) -> None:
        """Nobody answers, or the work is late: the next are asked, and the district office is told."""
        missions.watch(self.stores.one)

    @timer(interval=PHOTO_SWEEP_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def sweep_photos(self) -> None:
        """Deletes photos that nothing refers to."""
        missions.sweep_photos(self.stores.one)
