"""Which processes a district consists of: found on disk, one per service, one per community where it is run by them."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.catalogue import service_class, service_names
from shared.service import Service

COMMUNITIES = ("yueran", "biguiyuan")  # 悦然馨苑 and 碧桂园, the two of the demo district
FRONT = "accounts"  # what no service owns, the start page and static files among it, is answered here


@dataclass(frozen=True)
class Instance:
    """One process of the district; `community` where the service is run per community."""

    service: str
    community: str | None
    url_prefix: str
    has_vault: bool = False

    @property
    def name(self) -> str:
        return f"{self.service}-{self.community}" if self.community else self.service

    @property
    def broker_user(self) -> str:
        return self.community or self.service


def service_classes() -> dict[str, type[Service]]:
    """Return every service on disk by name, with its class."""
    return {name: service_class(name) for name in service_names()}


def instances(communities: Iterable[str] = COMMUNITIES) -> list[Instance]:
    return [
        Instance(name, community, cls.url_prefix.replace("<community>", community or ""), cls.has_vault)
        for name, cls in service_classes().items()
        for community in (communities if cls.per_community else (None,))
    ]
