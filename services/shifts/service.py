"""shifts: a community's posts, its rota, and who stands where."""

from nameko.timer import timer

from services.shifts.doors.attendance import AttendanceDoors
from services.shifts.doors.calendar import CalendarDoors
from services.shifts.doors.cover import CoverDoors
from services.shifts.doors.duty import DutyDoors
from services.shifts.doors.page import HOME
from services.shifts.doors.posts import PostDoors
from services.shifts.doors.proposals import ProposalDoors
from services.shifts.doors.swaps import SwapDoors
from services.shifts.providers import Rotas
from services.shifts.store import ShiftsStore
from services.shifts.usecases import attendance, cover, people, posts, swaps
from shared.service import Service
from shared.stores import Stores
from shared.subscriptions import EventDoor

CLOCK_SECONDS = 30


class ShiftsService(
    DutyDoors, AttendanceDoors, CalendarDoors, SwapDoors, CoverDoors, PostDoors, ProposalDoors, Service
):
    name = "shifts"
    url_prefix = HOME
    per_community = True

    stores = Stores(ShiftsStore)
    rotas = Rotas()
    events = EventDoor({**people.REACTIONS, **cover.REACTIONS})

    @timer(interval=CLOCK_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def watch_clock(self) -> None:
        """What time alone brings: posts close and open, gaps and reminders, missed duty, offers that lapse, searches for people."""
        for store in self.stores.all():
            posts.keep_calendars(store)
            attendance.watch_clock(store)
            swaps.lapse_swaps(store)
            cover.tend_covers(store)
