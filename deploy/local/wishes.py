"""What whoever runs the district wishes, by environment variables: looked at before anything is installed or started."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from deploy.local.lock import hold
from deploy.local.ports import is_free
from deploy.local.programs import NotReadyError
from deploy.networks import networks

FEWEST, MOST = 2, 150  # communities
LAST_PORT = 65_535
# The kernel takes 107 bytes for a socket's path; /supervisor.sock and supervisor's own addition are 28.
LONGEST_HOME = 79


@dataclass(frozen=True)
class Wishes:
    """`size`: how many communities; None for as many as before. `trusted`: networks of the proxies before the ingress."""

    home: Path
    port: int
    amqp_uri: str | None
    mongodb_uri: str | None
    demo: bool
    size: int | None
    trusted: tuple[str, ...] = ()

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Raises NotReadyError."""
        return cls(
            home=_home_with_room(environment),
            port=_number(environment, "LIANFANG_PORT", "the port", 1, LAST_PORT) or 8080,
            amqp_uri=environment.get("AMQP_URI") or None,
            mongodb_uri=environment.get("MONGODB_URI") or None,
            demo=environment.get("DEMO", "1") == "1",
            size=_number(environment, "DISTRICT", "the number of communities", FEWEST, MOST),
            trusted=_networks(environment.get("TRUSTED_PROXIES") or ""),
        )


def home_of(environment: Mapping[str, str]) -> Path:
    """The district's folder."""
    return Path(environment.get("LIANFANG_HOME") or ".local").absolute()


def _home_with_room(environment: Mapping[str, str]) -> Path:
    home = home_of(environment)
    if len(os.fsencode(home)) > LONGEST_HOME:
        raise NotReadyError(f"LIANFANG_HOME may be a path of {LONGEST_HOME} bytes at most; this is {home}.")
    return home


def check(wishes: Wishes) -> None:
    """Raises NotReadyError where this district runs already or another program has its port."""
    with hold(wishes.home):
        check_port(wishes.port)


def check_port(port: int) -> None:
    if not is_free(port):
        raise NotReadyError(f"Port {port} is in use by another program; choose another with LIANFANG_PORT.")


def _networks(told: str) -> tuple[str, ...]:
    try:
        return tuple(networks(told))
    except ValueError as fault:
        raise NotReadyError(f"TRUSTED_PROXIES are addresses or networks, comma between: {fault}.") from fault


def _number(environment: Mapping[str, str], name: str, what: str, fewest: int, most: int) -> int | None:
    told = environment.get(name)
    if not told:
        return None
    if not (told.isascii() and told.isdigit()) or not fewest <= int(told) <= most:
        raise NotReadyError(f"{name} is {what}, from {fewest} to {most}; this is {told}.")
    return int(told)
