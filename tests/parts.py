"""The real parts a test session stands on: a private RabbitMQ and MongoDB, started by the local run's own code.

TEST_RABBITMQ_SERVER in the environment names the start script of another RabbitMQ than Debian's own.
"""

import os
import secrets
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Self

from deploy.local.parts import RABBITMQ_SERVER, MongoDB, RabbitMQ
from deploy.local.ports import choose_ports
from deploy.local.programs import Program, wait_until
from shared.messaging.topology import definitions

ADMIN = "admin"


@dataclass(frozen=True)
class Parts:
    """Addresses of the session's parts; the administrator may make vhosts and users at `management_url`."""

    amqp_host: str
    amqp_port: int
    management_url: str
    admin_user: str
    admin_password: str
    mongodb_uri: str
    running: dict[str, tuple[Program, subprocess.Popen[bytes]]] = field(default_factory=dict, repr=False)
    ready: dict[str, Callable[[], bool]] = field(default_factory=dict, repr=False)

    def addresses(self) -> dict[str, str | int]:
        """What another process needs in order to use these parts, which it cannot stop."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.repr}

    @classmethod
    def at(cls, addresses: dict[str, str | int]) -> Self:
        """Parts that another process started and will stop."""
        return cls(**addresses)  # type: ignore[arg-type]

    @property
    def amqp_uri(self) -> str:
        """As the administrator, on the vhost `/`."""
        return f"amqp://{self.admin_user}:{self.admin_password}@{self.amqp_host}:{self.amqp_port}/%2F"

    def end(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End `rabbitmq` or `mongodb`, and wait until it has."""
        _, process = self.running[name]
        process.send_signal(how)
        process.wait(60)

    def restart(self, name: str) -> None:
        """Start it again with what it had on disk, and wait until it is ready."""
        _start(self, self.running[name][0])
        _await(self, name, self.ready[name])

    def stop(self) -> None:
        """End them at once: what they hold is of no use after the session."""
        for _, process in self.running.values():
            process.kill()
        for _, process in self.running.values():
            process.wait()
        self.running.clear()


def start_parts(home: Path, cache_gb: float = 0.25) -> Parts:
    """Start both under `home` and return once they are ready; NotReadyError carries the end of the log."""
    home.mkdir(parents=True, exist_ok=True)
    ports = choose_ports(("amqp", "management", "distribution", "epmd", "mongodb"), home / "ports.json")
    server = Path(os.environ.get("TEST_RABBITMQ_SERVER", RABBITMQ_SERVER))
    broker_ports = (ports[name] for name in ("amqp", "management", "distribution", "epmd"))
    rabbitmq = RabbitMQ(home / "rabbitmq", *broker_ports, server=server)
    mongodb = MongoDB(home / "mongodb", ports["mongodb"], cache_gb)
    password = secrets.token_urlsafe(18)
    parts = Parts("127.0.0.1", rabbitmq.amqp_port, rabbitmq.management_url, ADMIN, password, mongodb.uri)
    rabbitmq.prepare(definitions("/", [], [], {ADMIN: password}))
    mongodb.prepare()
    parts.ready.update(mongodb=mongodb.is_ready, rabbitmq=lambda: rabbitmq.is_ready(ADMIN, password))
    try:
        _start(parts, rabbitmq.names_program())
        _await(parts, "epmd", rabbitmq.names_ready)
        _start(parts, rabbitmq.program())
        _start(parts, mongodb.program())
        for name, is_ready in parts.ready.items():
            _await(parts, name, is_ready)
    except BaseException:
        parts.stop()
        raise
    return parts


def _start(parts: Parts, program: Program) -> None:
    parts.running[program.name] = (program, program.start())


def _await(parts: Parts, name: str, is_ready: Callable[[], bool]) -> None:
    program, process = parts.running[name]
    wait_until(is_ready, program, lambda: process.poll() is None)
