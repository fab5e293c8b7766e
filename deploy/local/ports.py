"""Free ports on loopback, chosen once and remembered, so that two copies run side by side and addresses stay."""

import json
import random
import socket
from collections.abc import Iterable
from pathlib import Path

# Below the range the kernel hands out for outgoing connections (32768 and up), so nobody takes one by accident.
CHOICE = range(20_000, 32_000)
_given: set[int] = set()  # by this process, whether or not anybody listens there yet


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def choose_ports(names: Iterable[str], remembered: Path) -> dict[str, int]:
    """Choose a free port for each name; those in the JSON file `remembered` are kept unless somebody took them."""
    known: dict[str, int] = json.loads(remembered.read_text()) if remembered.exists() else {}
    chosen: dict[str, int] = {}
    for name in names:
        port = known.get(name)
        chosen[name] = port if port and is_free(port) else any_free_port(known.values(), chosen.values())
    remembered.write_text(json.dumps(known | chosen, indent=1))
    return chosen


def any_free_port(*taken: Iterable[int]) -> int:
    """One that none of these has, and that this process gave to nobody before."""
    avoid = _given.union(*taken)
    while True:
        port = random.choice(CHOICE)  # noqa: S311 - no secret
        if port not in avoid and is_free(port):
            _given.add(port)
            return port
