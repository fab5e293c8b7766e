"""shifts: a community's posts, its rota, and who stands where."""

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
from shared.jobs.schedule import Schedule
from shared.runtime.event_subscriptions import EventDoor
from shared.runtime.tenants import Stores
from shared.web.service import Service


class ShiftsService(
    DutyDoors, AttendanceDoors, CalendarDoors, SwapDoors, CoverDoors, PostDoors, ProposalDoors, Service
):
    name = "shifts"
    url_prefix = HOME
    per_community = True

    stores = Stores(ShiftsStore)
    rotas = Rotas()
    schedule = Schedule(posts.KEEP_CALENDARS, attendance.WATCH_CLOCK, swaps.LAPSE_SWAPS, cover.TEND_COVERS)
    events = EventDoor({**people.REACTIONS, **cover.REACTIONS})
