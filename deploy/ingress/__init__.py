"""The ingress: nginx's configuration, the same for the local run and for containers but for addresses and folders."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import jinja2

from deploy.instances import FRONT, Instance

TEMPLATE = Path(__file__).with_name("nginx.conf.j2")


@dataclass(frozen=True)
class Place:
    """Where nginx stands: `folder` takes its pid and temporary files; `resolver` serves addresses that are names."""

    listen: str
    folder: str
    access_log: str
    error_log: str
    resolver: str | None = None


def nginx_conf(instances: Sequence[Instance], address_of: Callable[[Instance], str], place: Place) -> str:
    """Render nginx's configuration; `address_of` gives an instance's host:port."""
    template = jinja2.Template(TEMPLATE.read_text(), undefined=jinja2.StrictUndefined, autoescape=False)
    routes = [(one.url_prefix, address_of(one)) for one in instances]
    front = next(address_of(one) for one in instances if one.service == FRONT)
    return str(template.render(asdict(place), routes=routes, front=front))
