"""rescue: which rescue teams there are, and the missions that communities ask them for."""

from services.rescue.endpoints.inbox import InboxDoors
from services.rescue.endpoints.missions import MissionDoors
from services.rescue.endpoints.teams import TeamDoors
from services.rescue.store import RescueStore
from services.rescue.usecases import missions, requests
from shared.jobs.photo_sweep import PHOTO_SWEEP
from shared.jobs.schedule import Schedule
from shared.replicas import catalogue_items
from shared.runtime.event_subscriptions import EventSubscriptions
from shared.runtime.tenants import Stores
from shared.web.service import Service


class RescueService(InboxDoors, MissionDoors, TeamDoors, Service):
    name = "rescue"
    url_prefix = "/rescue"

    stores = Stores(RescueStore)
    events = EventSubscriptions({**requests.REACTIONS, **catalogue_items.REACTIONS})
    schedule = Schedule(missions.WATCH_MISSIONS, PHOTO_SWEEP)
