"""shifts: a community's posts, its rota, and who stands where."""

from services.shifts.endpoints.attendance import AttendanceDoors
from services.shifts.endpoints.calendar import CalendarDoors
from services.shifts.endpoints.cover import CoverDoors
from services.shifts.endpoints.duty import DutyDoors
from services.shifts.endpoints.page import HOME
from services.shifts.endpoints.posts import PostDoors
from services.shifts.endpoints.proposals import ProposalDoors
from services.shifts.endpoints.swaps import SwapDoors
from services.shifts.providers import Rotas
from services.shifts.store import ShiftsStore
from services.shifts.usecases import attendance, cover, people, posts, swaps
from shared.jobs.schedule import Schedule
from shared.runtime.event_subscriptions import EventSubscriptions
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
    events = EventSubscriptions({**people.REACTIONS, **cover.REACTIONS})
