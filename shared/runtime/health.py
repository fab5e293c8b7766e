"""Health check of this process: what it needs and cannot reach."""

from typing import Any

from nameko.extensions import DependencyProvider
from pymongo.errors import PyMongoError

from shared.runtime.event_subscriptions import EventSubscriptions
from shared.runtime.tenants import stores_in


class Health(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """Injected as itself; `away()` lists the parts that are out of reach."""

    def get_dependency(self, _worker: Any) -> "Health":
        return self

    def away(self) -> list[str]:
        return [*self._database(), *self._queues()]

    def _database(self) -> list[str]:
        try:
            stores_in(self.container).client.admin.command("ping")
        except PyMongoError:
            return ["database"]
        return []

    def _queues(self) -> list[str]:
        subscribed = [one for one in self.container.dependencies if isinstance(one, EventSubscriptions)]
        return [
            f"queue {consumer.queue}"
            for events in subscribed
            for consumer in events.consumers
            if not consumer.connected
        ]
