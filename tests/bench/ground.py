"""What scenarios stand on: private parts, stacks of ours, and the peers' programs in an environment of their own."""

import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from shared.events.envelope import CONTENT_TYPE
from shared.messaging.topology import BrokerLogin, Outgoing, Publisher
from tests.parts import Parts, start_parts
from tests.stack import ROOT, Stack, manage

PEERS = Path(__file__).parent / "peers"
LOCK = PEERS / "requirements.lock"
VENV = ROOT / ".bench-venv"
DATABASE_GB = 1.0
CONFIRMED_AT_ONCE = 500


@dataclass
class Place:
    """A vhost and a database of a peer's own."""

    parts: Parts
    name: str = field(default_factory=lambda: f"p{secrets.token_hex(6)}")

    def __enter__(self) -> "Place":
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        manage(self.parts, "PUT", f"/api/vhosts/{self.name}")
        manage(self.parts, "PUT", f"/api/permissions/{self.name}/{self.parts.admin_user}", everything)
        self.client: MongoClient[dict[str, Any]] = MongoClient(self.parts.mongodb_uri)
        return self

    def __exit__(self, *_: object) -> None:
        manage(self.parts, "DELETE", f"/api/vhosts/{self.name}")
        self.client.drop_database(self.name)
        self.client.close()

    @property
    def amqp_uri(self) -> str:
        return amqp_uri(self.parts, self.name)

    @property
    def broker_login(self) -> BrokerLogin:
        return BrokerLogin(self.amqp_uri, self.parts.admin_user)

    @property
    def database(self) -> Any:
        return self.client[self.name]

    @property
    def told(self) -> dict[str, str]:
        return {"AMQP_URI": self.amqp_uri, "MONGODB_URI": self.parts.mongodb_uri, "DATABASE": self.name}


@dataclass
class Ground:
    """`quick`: as small as shows that all works; its figures say little."""

    parts: Parts
    home: Path
    quick: bool
    rounds: int = 1
    stacks: int = 0

    @contextmanager
    def stack(self, communities: Sequence[str]) -> Iterator[Stack]:
        self.stacks += 1
        made = Stack(self.parts, self.home / f"stack{self.stacks}", communities)
        try:
            yield made
        finally:
            made.stop()

    def place(self) -> Place:
        return Place(self.parts)

    @contextmanager
    def peer(self, program: str, *arguments: str, told: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        """One of the peers at work until the block ends; what it says goes to a log beside the parts'."""
        log = (self.home / f"{program}.log").open("ab")
        process = subprocess.Popen(
            [str(peers_python()), f"{program}.py", *arguments],
            cwd=PEERS,
            env={**os.environ, **told},
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def ask(self, program: str, *arguments: str, told: dict[str, str]) -> Any:
        """Runs one of the peers' programs to its end; what it prints as JSON."""
        done = subprocess.run(
            [str(peers_python()), f"{program}.py", *arguments],
            cwd=PEERS,
            env={**os.environ, **told},
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(done.stdout) if done.stdout else None


@contextmanager
def ground(home: Path, *, quick: bool, rounds: int) -> Iterator[Ground]:
    """Parts of our own under a folder of this run."""
    folder = home / "bench" / time.strftime("%Y%m%d-%H%M%S")
    parts = start_parts(folder / "parts", cache_gb=DATABASE_GB)
    try:
        yield Ground(parts, folder, quick, 1 if quick else rounds)
    finally:
        parts.stop()


def peers_python() -> Path:
    """The interpreter of the peers' environment, made from its lock where it is not there yet or is another."""
    stamp = VENV / "installed.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == wanted):
        print("… the peers' packages are installed", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        pip = [
            str(VENV / "bin/python"),
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--require-hashes",
        ]
        subprocess.run([*pip, "-r", str(LOCK)], check=True)
        stamp.write_text(wanted)
    return VENV / "bin/python"


def amqp_uri(parts: Parts, vhost: str) -> str:
    return f"amqp://{parts.admin_user}:{parts.admin_password}@{parts.amqp_host}:{parts.amqp_port}/{vhost}"


def fill(
    at: BrokerLogin, exchange: str, messages: Sequence[tuple[str, bytes]], content_type: str = CONTENT_TYPE
) -> None:
    """Has the broker hold these messages, all of them confirmed."""
    publisher = Publisher(at, exchange)
    try:
        for start in range(0, len(messages), CONFIRMED_AT_ONCE):
            part = messages[start : start + CONFIRMED_AT_ONCE]
            returned = publisher.publish([Outgoing(key, body, content_type) for key, body in part], seconds=60)
            assert not returned, f"no queue takes {returned}"
    finally:
        publisher.close()
