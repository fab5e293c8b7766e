"""volunteers: who offers to help in a community, and what becomes of it."""

from services.volunteers.doors.applications import ApplicationDoors
from services.volunteers.store import VolunteersStore
from shared.service import Service
from shared.stores import Stores
from shared.subscriptions import EventDoor


class VolunteersService(ApplicationDoors, Service):
    name = "volunteers"
    url_prefix = "/volunteers"

    stores = Stores(VolunteersStore)
    events = EventDoor({})
