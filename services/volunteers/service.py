"""volunteers: who offers to help in a community, and what becomes of it."""

from services.volunteers.doors.abilities import AbilityDoors
from services.volunteers.doors.applications import ApplicationDoors
from services.volunteers.doors.board import BoardDoors
from services.volunteers.doors.buildings import BuildingDoors
from services.volunteers.doors.help import HelpDoors
from services.volunteers.doors.imports import ImportDoors
from services.volunteers.doors.linking import LinkingDoors
from services.volunteers.doors.loans import LoanDoors
from services.volunteers.doors.profiles import ProfileDoors
from services.volunteers.doors.records import RecordDoors
from services.volunteers.doors.teams import TeamDoors
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases import buildings, imports, loans, records
from services.volunteers.usecases import help as help_between_neighbours
from shared.jobs.long_jobs import Jobs
from shared.jobs.photo_sweep import PHOTO_SWEEP
from shared.jobs.schedule import Schedule
from shared.runtime.event_subscriptions import EventDoor
from shared.runtime.tenants import Stores
from shared.web.service import Service


class VolunteersService(
    ApplicationDoors, ProfileDoors, BoardDoors, AbilityDoors, TeamDoors, BuildingDoors, RecordDoors, LoanDoors, HelpDoors,
    ImportDoors, LinkingDoors, Service,
):  # fmt: skip
    name = "volunteers"
    url_prefix = "/volunteers"
    has_vault = True

    stores = Stores(VolunteersStore)
    jobs = Jobs(imports.STEPS)
    events = EventDoor({
        **loans.REACTIONS, **help_between_neighbours.REACTIONS, **records.REACTIONS, **buildings.REACTIONS,
    })  # fmt: skip
    schedule = Schedule(loans.WATCH_LOANS, PHOTO_SWEEP)
