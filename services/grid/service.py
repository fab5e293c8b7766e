"""grid: a community's cells, buildings and households, and what happens at its doors and gates."""

from services.grid.endpoints.disinfection import DisinfectionDoors
from services.grid.endpoints.erasure import ErasureDoors
from services.grid.endpoints.gates import GateDoors
from services.grid.endpoints.households import HouseholdDoors
from services.grid.endpoints.imports import ImportDoors
from services.grid.endpoints.page import HOME
from services.grid.endpoints.register import RegisterDoors
from services.grid.endpoints.requests import RequestDoors
from services.grid.endpoints.screening import ScreeningDoors
from services.grid.store import GridStore
from services.grid.usecases import disinfection, gates, imports, owners, requests, screening
from shared.jobs.long_jobs import Jobs
from shared.jobs.photo_sweep import PHOTO_SWEEP
from shared.jobs.schedule import Schedule
from shared.replicas import catalogue_items
from shared.runtime.event_subscriptions import EventSubscriptions
from shared.runtime.tenants import Stores
from shared.web.service import Service


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
    events = EventSubscriptions({
        **owners.REACTIONS, **gates.REACTIONS, **requests.REACTIONS, **disinfection.REACTIONS, **catalogue_items.REACTIONS,
    })  # fmt: skip
    schedule = Schedule(
        gates.FORGET_PASSERS, requests.FORGET_WORDS, disinfection.WATCH_OWN_TEAM, screening.TELL_PROGRESS, PHOTO_SWEEP
    )
