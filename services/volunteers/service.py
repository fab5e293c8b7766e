"""volunteers: who offers to help in a community, and what becomes of it."""

from services.volunteers.endpoints.abilities import AbilityDoors
from services.volunteers.endpoints.applications import ApplicationDoors
from services.volunteers.endpoints.board import BoardDoors
from services.volunteers.endpoints.buildings import BuildingDoors
from services.volunteers.endpoints.help import HelpDoors
from services.volunteers.endpoints.imports import ImportDoors
from services.volunteers.endpoints.linking import LinkingDoors
from services.volunteers.endpoints.loans import LoanDoors
from services.volunteers.endpoints.profiles import ProfileDoors
from services.volunteers.endpoints.records import RecordDoors
from services.volunteers.endpoints.teams import TeamDoors
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases import buildings, imports, loans, records
from services.volunteers.usecases import help as help_between_neighbours
from shared.jobs.long_jobs import Jobs
from shared.jobs.photo_sweep import PHOTO_SWEEP
from shared.jobs.schedule import Schedule
from shared.runtime.event_subscriptions import EventSubscriptions
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
    events = EventSubscriptions({
        **loans.REACTIONS, **help_between_neighbours.REACTIONS, **records.REACTIONS, **buildings.REACTIONS,
    })  # fmt: skip
    schedule = Schedule(loans.WATCH_LOANS, PHOTO_SWEEP)
