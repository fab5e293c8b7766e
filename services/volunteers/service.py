"""volunteers: who offers to help in a community, and what becomes of it."""

from nameko.timer import timer

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
from services.volunteers.usecases import board, buildings, imports, loans, records
from services.volunteers.usecases import help as help_between_neighbours
from shared.jobs import Jobs
from shared.service import Service
from shared.stores import Stores
from shared.subscriptions import EventDoor

LOAN_WATCH_SECONDS = 10
PHOTO_SWEEP_SECONDS = 600


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

    @timer(interval=LOAN_WATCH_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def watch_loans(self) -> None:
        """Time alone ends loans, and offers that nobody took up."""
        loans.watch(self.stores.one)

    @timer(interval=PHOTO_SWEEP_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def sweep_photos(self) -> None:
        """Deletes photos that nothing refers to."""
        board.sweep_photos(self.stores.one)
