"""The district under test: every service on disk, some twice, each process behind links of its own; what dies comes back."""

import contextlib
import signal
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import requests

from deploy.instances import instances
from deploy.local.ports import choose_ports
from services.catalogue import service_class
from tests.faults.proxy import Proxy
from tests.parts import Parts, start_parts
from tests.stack import Stack, eventually

REPLICAS = {"district": 2, "shifts.yueran": 2, "volunteers": 2}
PARTS = ("rabbitmq", "mongodb")
LOOK_SECONDS = 0.2


@dataclass
class Member:
    """One process of the district and its two links."""

    name: str
    instance: str
    address: str
    amqp: Proxy
    mongodb: Proxy
    process: subprocess.Popen[bytes] | None = None

    @property
    def links(self) -> dict[str, Proxy]:
        return {"amqp": self.amqp, "mongodb": self.mongodb}

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)


def names_of(stack: Stack) -> list[str]:
    """Every instance of a stack as it calls them: `district`, `shifts.yueran`."""
    found = instances(stack.communities)
    return [f"{one.service}.{one.community}" if one.community else one.service for one in found]


class District:
    """Private parts, and every instance as one or more members; `start`, then faults as one likes, then `stop`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.parts: Parts = start_parts(home / "parts")
        self.stack = Stack(self.parts, home / "stack")
        self.restarts = Counter[str]()  # how often each program was started anew because it had died
        self._guard = threading.Lock()
        self._keep_members = False
        self._keep_parts = True
        names = [
            (f"{one}/{number}" if REPLICAS.get(one) else one, one)
            for one in names_of(self.stack)
            for number in range(1, REPLICAS.get(one, 1) + 1)
        ]
        ports = choose_ports([name for name, _ in names], home / "ports.json")
        self.members = [self._member(name, instance, ports[name]) for name, instance in names]
        threading.Thread(target=self._keep, daemon=True).start()  # for good: what it starts ends with it

    def start(self) -> None:
        """Starts what is not running and keeps it running; returns when every member is ready."""
        self._keep_members = True
        self.await_ready(120)

    def stop_members(self) -> None:
        """Ends all services as an operator would."""
        with self._guard:
            self._keep_members = False
        running = [one.process for one in self.members if one.process is not None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for member in self.members:
            member.process = None

    def stop(self) -> None:
        with self._guard:
            self._keep_parts = False
        self.heal()
        self.stop_members()
        for member in self.members:
            for link in member.links.values():
                link.close()
        self.parts.stop()

    def heal(self) -> None:
        """Ends every fault that lasts."""
        for member in self.members:
            member.signal(signal.SIGCONT)
            for link in member.links.values():
                link.heal()

    def await_ready(self, seconds: float) -> None:
        eventually(lambda: all(self._is_ready(one) for one in self.members), seconds=seconds)

    def addresses(self, path: str) -> list[str]:
        """Whoever answers for a path: all replicas of the instance that owns it."""
        found = []
        for member in self.members:
            service, _, community = member.instance.partition(".")
            prefix = service_class(service).url_prefix.replace("<community>", community)
            if path.startswith(prefix):
                found.append(member.address)
        return found

    def kill_part(self, name: str) -> None:
        """SIGKILL to RabbitMQ or MongoDB; the keeper starts it again."""
        self.parts.running[name][1].kill()

    def _member(self, name: str, instance: str, port: int) -> Member:
        mongodb = int(self.parts.mongodb_uri.split(":")[2].split("/")[0])
        return Member(name, instance, f"127.0.0.1:{port}", Proxy(self.parts.amqp_port), Proxy(mongodb))

    def _spawn(self, member: Member) -> None:
        member.process = self.stack.spawn(
            member.instance,
            HTTP_ADDRESS=member.address,
            AMQP_URI=f"amqp://127.0.0.1:{member.amqp.port}/{self.stack.name}",
            # The replica set names its member's own address, past the link, so it is not asked for it.
            MONGODB_URI=f"mongodb://127.0.0.1:{member.mongodb.port}/?directConnection=true",
            LOG_LEVEL="ERROR",
        )
        self.stack.processes.clear()  # they are ours to end

    def _keep(self) -> None:
        while self._keep_parts:
            with self._guard:
                self._look_after()
            time.sleep(LOOK_SECONDS)

    def _look_after(self) -> None:
        for member in self.members if self._keep_members else []:
            if member.process is None or member.process.poll() is not None:
                if member.process is not None:
                    self.restarts[member.name] += 1
                self._spawn(member)
        for name in PARTS if self._keep_parts else ():
            program, process = self.parts.running[name]
            if process.poll() is not None:
                self.restarts[name] += 1
                self.parts.running[name] = (program, program.start())

    def _is_ready(self, member: Member) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"http://{member.address}/healthz/ready", timeout=5).status_code == 200
        return False
