"""Which processes a district consists of: found on disk, one per service, one per community where it is run by them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.catalogue import service_class, service_names
from shared.web.service import Service

COMMUNITIES = ("yueran", "biguiyuan")  # 悦然馨苑 and 碧桂园, the two of the demo district
HOSTED_TOGETHER = 33  # communities in one process; each has its own database, queue and broker user all the same
FRONT = "accounts"  # what no service owns, the start page and static files among it, is answered here


@dataclass(frozen=True)
class Instance:
    """One service of the district; `community` where it is run per community, and `host` where that leaves it to others: then
    the process `name` serves several."""

    service: str
    community: str | None
    url_prefix: str
    has_vault: bool = False
    host: str | None = None

    @property
    def name(self) -> str:
        return f"{self.service}-{self.host or self.community}" if self.community else self.service

    @property
    def broker_user(self) -> str:
        return self.community or self.service


def service_classes() -> dict[str, type[Service]]:
    """Return every service on disk by name, with its class."""
    return {name: service_class(name) for name in service_names()}


def instances(communities: Iterable[str] = COMMUNITIES, hosted: Sequence[str] = ()) -> list[Instance]:
    """Those of one process stand together. `communities` run their own, those `hosted` share a few processes."""
    hosts = {one: f"hosted-{number // HOSTED_TOGETHER + 1}" for number, one in enumerate(hosted)}
    return [
        Instance(
            name, community, cls.url_prefix.replace("<community>", community or ""), cls.has_vault,
            hosts.get(community) if community else None,
        )
        for name, cls in service_classes().items()
        for community in ((*communities, *hosted) if cls.per_community else (None,))
    ]  # fmt: skip
