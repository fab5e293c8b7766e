"""The ingress: nginx's configuration, the same for the local run and for containers but for addresses and folders."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import jinja2

from deploy.instances import FRONT, Instance

TEMPLATE = Path(__file__).with_name("nginx.conf.j2")


CONNECTIONS = 16_384  # of nginx in all; what it passes on takes two


@dataclass(frozen=True)
class Bounds:
    """What one client may have under way at once: live pages' sockets, and requests, sockets among them. Behind one address
    there may be an office: sixty people with three pages each, whose browsers ask six things at a time."""

    sockets: int = 400
    requests: int = 1_000


@dataclass(frozen=True)
class Place:
    """Where nginx stands: `folder` takes its pid and temporary files; `resolver` serves addresses that are names; `trusted` are
    the networks of proxies before it, whose word on where a client comes from is believed."""

    listen: str
    folder: str
    access_log: str
    error_log: str
    resolver: str | None = None
    trusted: Sequence[str] = ()
    bounds: Bounds = Bounds()


def nginx_conf(instances: Sequence[Instance], address_of: Callable[[Instance], str], place: Place) -> str:
    """Render nginx's configuration; `address_of` gives an instance's host:port."""
    template = jinja2.Template(TEMPLATE.read_text(), undefined=jinja2.StrictUndefined, autoescape=False)
    routes = [(one.url_prefix, address_of(one)) for one in instances]
    front = next(address_of(one) for one in instances if one.service == FRONT)
    return str(template.render(asdict(place), routes=routes, front=front, connections=CONNECTIONS))
