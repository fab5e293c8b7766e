"""volunteers: who offers to help in a community, and what becomes of it."""

from nameko.timer import timer

from services.volunteers.doors.applications import ApplicationDoors
from services.volunteers.doors.help import HelpDoors
from services.volunteers.doors.loans import LoanDoors
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases import help as help_between_neighbours
from services.volunteers.usecases import loans, records
from shared.service import Service
from shared.stores import Stores
from shared.subscriptions import EventDoor

LOAN_WATCH_SECONDS = 30


class VolunteersService(ApplicationDoors, LoanDoors, HelpDoors, Service):
    name = "volunteers"
    url_prefix = "/volunteers"
    has_vault = True

    stores = Stores(VolunteersStore)
    events = EventDoor({**loans.REACTIONS, **help_between_neighbours.REACTIONS, **records.REACTIONS})

    @timer(interval=LOAN_WATCH_SECONDS)  # type: ignore[untyped-decorator]  # nameko has no types
    def watch_loans(self) -> None:
        """Time alone ends loans, and offers that nobody took up."""
        loans.watch(self.stores.one)
