"""notify: what people are told, by which way, and whether it reached them."""

from services.notify.endpoints.bulletins import BulletinDoors
from services.notify.endpoints.paper import PaperDoors
from services.notify.endpoints.reading import ReadingDoors
from services.notify.endpoints.settings import SettingsDoors
from services.notify.endpoints.writing import WritingDoors
from services.notify.providers import Outbox
from services.notify.store import NotifyStore
from services.notify.usecases import codes, hearing
from shared.runtime.event_subscriptions import EventSubscriptions
from shared.runtime.tenants import Stores
from shared.web.service import Service


class NotifyService(ReadingDoors, WritingDoors, PaperDoors, SettingsDoors, BulletinDoors, Service):
    name = "notify"
    url_prefix = "/notices"
    has_vault = True

    stores = Stores(NotifyStore)
    events = EventSubscriptions({**hearing.REACTIONS, **codes.REACTIONS})
    outbox = Outbox()
