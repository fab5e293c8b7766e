"""What the fault tests share: relays, subscribers and workers as processes, and the figures they take."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from deploy.prefork.client import Forked
from tests.figures import measured, note
from tests.link import Link

Child = Forked
Start = Callable[..., Child]

__all__ = ["measured", "note"]


@pytest.fixture
def child(link: Link, forks: str, tmp_path: Path) -> Iterator[Start]:
    """Starts a relay, a subscriber or a worker of this test's link: `child("relay", dies="before mark")`; ended with the test."""
    started: list[Child] = []

    def start(
        work: Literal["relay", "subscriber", "jobs"], *, dies: str = "", dies_at: str = "", port: int | None = None
    ) -> Child:
        user, database = {
            "relay": ("yueran", link.gates),
            "subscriber": ("district", link.board),
            "jobs": ("district", link.board),
        }[work]
        words = {
            "work": work,
            "mongodb_uri": link.parts.mongodb_uri,
            "database": database.database.name,
            "amqp_uri": link.at(user, port).uri,
            "dies": dies,
            "dies at": dies_at,
        }
        with (tmp_path / f"{work}.log").open("ab") as log:
            started.append(Forked(forks, ["tests.faults.child", json.dumps(words)], os.environ, log.fileno()))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def dead(process: Child) -> bool:
    return process.poll() is not None
