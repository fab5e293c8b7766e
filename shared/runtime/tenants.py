"""Tenants of this process: one database for a district-wide service, one per community it serves; each with its outbox relay."""

import logging
import threading
import time
from typing import Any

from nameko.extensions import DependencyProvider
from pymongo.errors import PyMongoError

from shared.configuration.settings import Settings
from shared.kernel.errors import NotFound
from shared.messaging.outbox_relay import Relay
from shared.messaging.topology import BrokerLogin, broker_login
from shared.persistence.lease import Lease
from shared.persistence.store import Store, connect, end_orphans

START_PATIENCE_SECONDS = 60.0

_log = logging.getLogger(__name__)


class Tenants:
    """What a service's methods are given: `stores.of(community)`, or `stores.one` where there is only the district."""

    def __init__(self, stores: dict[str | None, Any]) -> None:
        self._stores = stores

    def of(self, community: str | None) -> Any:
        """Raises NotFound for a community that is not served here."""
        try:
            return self._stores[community]
        except KeyError:
            raise NotFound from None

    @property
    def one(self) -> Any:
        return self._stores[None]

    def all(self) -> list[Any]:
        return list(self._stores.values())


class Stores(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """Opens the tenants' databases at start-up and relays their journals until the service stops."""

    def __init__(self, store_class: type[Store]) -> None:
        super().__init__()
        self.store_class = store_class

        self._opening = threading.Lock()
        self._tenants: Tenants | None = None

    @property
    def tenants(self) -> Tenants:
        """Opened by whichever extension asks first: nameko sets them all up at once."""
        with self._opening:
            if self._tenants is None:
                settings: Settings = self.container.config["settings"]
                self.client = connect(settings.mongodb_uri, settings.instance)
                self._tenants = Tenants(
                    {place: self._open(settings, place) for place in settings.communities or [None]}
                )
            return self._tenants

    def setup(self) -> None:
        settings: Settings = self.container.config["settings"]
        self.relays = [self._relay(settings, store) for store in self.tenants.all()]

    def start(self) -> None:
        for relay in self.relays:
            self.container.spawn_managed_thread(relay.run, identifier="relay")

    def stop(self) -> None:
        for relay in self.relays:
            relay.stop()

    def get_dependency(self, _worker: Any) -> Tenants:
        return self.tenants

    def broker_login(self, settings: Settings, store: Store) -> BrokerLogin:
        """The broker as this tenant's own user."""
        return broker_login(settings.amqp_uri, store.community or settings.service, settings.amqp_passwords)

    def _open(self, settings: Settings, community: str | None) -> Store:
        name = "_".join([settings.database_prefix, settings.service, *([community] if community else [])])
        store = self.store_class(self.client[name], community, settings.field_key, settings.sealing_public_key)
        deadline = time.monotonic() + START_PATIENCE_SECONDS
        while True:
            try:
                end_orphans(self.client, settings.service)
                store.prepare()
            except PyMongoError as error:
                if time.monotonic() > deadline:
                    raise
                _log.warning("waiting for the database: %s", error)
                time.sleep(1)
            else:
                return store

    def _relay(self, settings: Settings, store: Store) -> Relay:
        lease = Lease(store.database, "relay", settings.instance)
        home = self.container.service_cls.url_prefix.replace("<community>", store.community or "")
        return Relay(store.journal, settings.service, self.broker_login(settings, store), lease, home)


def stores_in(container: Any) -> Stores:
    """The one Stores that a service declares."""
    for provider in container.dependencies:
        if isinstance(provider, Stores):
            return provider
    raise LookupError(f"{container.service_name} declares no Stores")
