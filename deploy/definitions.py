"""The broker's definitions for all services on disk: one source for the local run and for containers."""

from collections.abc import Callable, Sequence
from typing import Any

from deploy.instances import COMMUNITIES, instances, service_classes
from shared.messaging.topology import Subscription, definitions
from shared.runtime.event_subscriptions import subscription_of

VHOST = "lianfang"
ADMIN = "admin"


def subscriptions() -> list[Subscription]:
    return [subscription_of(cls) for cls in service_classes().values()]


def broker_definitions(password_of: Callable[[str], str], communities: Sequence[str] = COMMUNITIES) -> dict[str, Any]:
    """Make RabbitMQ's definitions: topology, users and what each may do; `password_of` is asked once per user."""
    users = {ADMIN, *(one.broker_user for one in instances(communities))}
    return definitions(VHOST, subscriptions(), communities, {user: password_of(user) for user in sorted(users)})
