"""A district for one test module: a vhost and databases of its own, and services as real processes."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymongo import MongoClient

from deploy.local.ports import any_free_port
from deploy.prefork.client import Forked
from services.catalogue import service_class, service_names
from shared.crypto.field_encryption import ensure_masters
from shared.crypto.sealed_boxes import make_keys
from shared.kernel.ids import new_id, now
from shared.messaging.topology import definitions
from shared.runtime.event_subscriptions import subscription_of
from shared.security.tokens import Grant, TokenMaker
from tests.parts import Parts

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 20.0
T = TypeVar("T")
Process = subprocess.Popen[bytes] | Forked


def eventually(ask: Callable[[], T], *, seconds: float = PATIENCE_SECONDS) -> T:
    """Asks again and again until the answer is true (or an assertion in it holds); returns it.

    `seconds` are those of a machine with nothing else to do: patience grows with how many wait for each processor.
    """
    began, crowd = time.monotonic(), 1.0
    while True:
        waited, crowd = time.monotonic() - began, max(crowd, crowding())
        try:
            answer = ask()
            if answer or waited > seconds * crowd:
                assert answer, f"still {answer!r} after {waited:.0f} s"
                return answer
        except (AssertionError, requests.ConnectionError):
            if waited > seconds * crowd:
                raise
        time.sleep(0.05)


def crowding() -> float:
    """How many times slower than alone a process may run now: 1 on an idle machine, more where programs wait their turn.

    Of the mean of the last minute and what is so at this moment the higher, since the mean comes late.
    """
    running = int(Path("/proc/loadavg").read_text().split()[3].split("/")[0]) - 1
    return max(1.0, max(os.getloadavg()[0], running) / (os.cpu_count() or 1))


class Stack:
    """Services on real parts. `start` and `kill` them by name: `shifts.yueran` is an instance of a community service,
    `shifts.yueran#2` a second replica of it.

    They are forked where `forks` names a pre-fork server, and started anew otherwise.
    """

    def __init__(
        self,
        parts: Parts,
        home: Path,
        communities: Sequence[str] = ("yueran", "biguiyuan"),
        program: str = "services",
        forks: str | None = None,
    ) -> None:
        self.parts = parts
        self.program = program
        self.forks = forks
        self.communities = tuple(communities)
        self.home = home
        self.name = f"t{secrets.token_hex(6)}"
        self.origin = "http://127.0.0.1:1"
        self.processes: dict[str, Process] = {}
        self.addresses: dict[str, str] = {}
        self.passwords = {one: password_of(one) for one in [*self.communities, *service_names()]}
        self._client = self.client
        self._make_keys()
        self._make_topology()
        self._tell_communities()

    @property
    def client(self) -> MongoClient[dict[str, Any]]:
        """A new one, for its caller to close."""
        return MongoClient(self.parts.mongodb_uri)

    @property
    def amqp_uri(self) -> str:
        """The vhost's address, without a user."""
        return f"amqp://{self.parts.amqp_host}:{self.parts.amqp_port}/{self.name}"

    @property
    def admin_amqp_uri(self) -> str:
        user = f"{self.parts.admin_user}:{self.parts.admin_password}"
        return f"amqp://{user}@{self.parts.amqp_host}:{self.parts.amqp_port}/{self.name}"

    def database(self, service: str, community: str | None = None) -> Any:
        return self._client["_".join([self.name, service, *([community] if community else [])])]

    def field_key(self, service: str, community: str = "") -> Path:
        """The file with the master keys of an instance that seals fields."""
        return ensure_masters(self.home / f"{service}{community}.fields")

    def start(self, *instances: str, **environment: str) -> "Stack":
        """Starts and waits until ready; without names, every service on disk, community services once per community. What runs
        already is left as it is."""
        chosen = instances or tuple(self._all_instances())
        for instance in chosen:
            if not self.runs(instance):
                self.spawn(instance, **environment)
        for instance in chosen:
            self.await_ready(instance)
        return self

    def spawn(self, instance: str, program: str | None = None, **environment: str) -> Process:
        """Starts one without waiting; `program` is the module that runs it, the stack's own unless another is named."""
        service, community = _service_and_community(instance)
        address = self.addresses.setdefault(instance, f"127.0.0.1:{any_free_port()}")
        user = community or service
        known = {
            "HTTP_ADDRESS": address,
            "AMQP_URI": self.amqp_uri,
            "AMQP_PASSWORDS": f"{user}={self.passwords[user]}",
            "MONGODB_URI": self.parts.mongodb_uri,
            "DATABASE_PREFIX": self.name,
            "TOKEN_PUBLIC_KEYS": str(self.home / "keys.json"),
            "TOKEN_SIGNING_KEY": str(self.signing_key),
            "SEALING_PUBLIC_KEY": str(self.home / "sealing.public"),
            "SEALING_PRIVATE_KEY": str(self.home / "sealing.private"),
            "OUTSIDE_PRIVATE_ADDRESSES": "1",
            "PUBLIC_ORIGIN": self.origin,
            "COMMUNITIES": community,
            "FIELD_KEY": str(self.field_key(service, community)) if service_class(service).has_vault else "",
            "LOG_LEVEL": "WARNING",
            "EVENTLET_NO_GREENDNS": "yes",  # all addresses here are numbers, and what looks names up is a fifth of a start
        }
        told = {**os.environ, **{name: value for name, value in known.items() if value}, **environment}
        command = [program or self.program, service]
        with (self.home / f"{instance}.log").open("ab") as log:
            if self.forks and "EVENTLET_NO_GREENDNS" not in environment:  # which is read at the import
                self.processes[instance] = Forked(self.forks, command, told, log.fileno())
            else:
                python = [sys.executable, "-m", *command]
                self.processes[instance] = subprocess.Popen(python, cwd=ROOT, env=told, stdout=log, stderr=log)
        return self.processes[instance]

    def await_ready(self, instance: str) -> None:
        def ready() -> bool:
            if self.processes[instance].poll() is not None:
                raise RuntimeError(self.log(instance))
            return requests.get(f"http://{self.addresses[instance]}/healthz/ready", timeout=5).status_code == 200

        eventually(ready, seconds=60)

    def runs(self, instance: str) -> bool:
        return instance in self.processes and self.processes[instance].poll() is None

    def kill(self, instance: str) -> None:
        process = self.processes.pop(instance)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """Ends all at once: what they hold goes with the stack."""
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.wait()
        self.processes.clear()
        manage(self.parts, "DELETE", f"/api/vhosts/{self.name}")
        for name in self._client.list_database_names():
            if name.startswith(self.name):
                self._client.drop_database(name)
        self._client.close()

    def log(self, instance: str) -> str:
        return (self.home / f"{instance}.log").read_text()[-4000:]

    def await_helper(self, volunteer: str, community: str = "yueran") -> None:
        """Until the community's shifts know a volunteer by name and as approved, of which they hear one after the other."""
        shifts = self.database("shifts", community)
        eventually(lambda: shifts["names"].find_one({"_id": volunteer}))
        eventually(lambda: shifts["rosters"].find_one({"_id": volunteer, "standing": "approved"}))

    def url(self, path: str, at: str | None = None) -> str:
        """The address of a path at the instance `at`, or at whichever owns its prefix; one that runs, if there is any."""
        if at is not None:
            return f"http://{self.addresses[at]}{path}"
        for instance, address in sorted(self.addresses.items(), key=lambda known: known[0] not in self.processes):
            service, community = _service_and_community(instance)
            prefix = service_class(service).url_prefix.replace("<community>", community)
            if path.startswith(prefix):
                return f"http://{address}{path}"
        raise LookupError(f"no started service owns {path}")

    def token(self, *grants: str, account: str | None = None) -> str:
        """A genuine token: `token("staff@community:yueran")`."""
        held = [Grant(*one.split("@")) for one in grants]
        return TokenMaker(self.signing_key).make(account or new_id(), held, now(), name="test", audience="district")

    def call(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: Any = None,
        *,
        at: str | None = None,
        **headers: str,
    ) -> requests.Response:
        if token:
            headers["Authorization"] = f"Bearer {token}"
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(
            method, self.url(path, at), json=body, headers=headers, timeout=30, allow_redirects=False
        )

    def _all_instances(self) -> Iterable[str]:
        for service in service_names():
            if service_class(service).per_community:
                yield from (f"{service}.{community}" for community in self.communities)
            else:
                yield service

    def _make_keys(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        self.signing_key = self.home / "test.pem"
        self.signing_key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        public = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key()))
        (self.home / "keys.json").write_text(json.dumps({"keys": [{**public, "kid": "test"}]}))
        for name, sealing_key in zip(("private", "public"), make_keys(), strict=True):
            (self.home / f"sealing.{name}").write_text(sealing_key)

    def _tell_communities(self) -> None:
        """As if the services of the whole district had heard of the communities from accounts before."""
        places = [{"_id": one, "name": one, "name_en": one, "residents": 5000} for one in self.communities]
        for service in ("volunteers", "supplies", "notify", "rescue"):
            self.database(service)["places"].insert_many(places)

    def _make_topology(self) -> None:
        subscriptions = [subscription_of(service_class(name)) for name in service_names()]
        wanted = definitions(self.name, subscriptions, self.communities, self.passwords)
        make_vhost(self.parts, self.name, wanted)


def password_of(user: str) -> str:
    """The same in every vhost: users are the broker's, which all workers of a session share."""
    return f"password-of-{user}"


def manage(parts: Parts, method: str, path: str, body: Any = None) -> Any:
    """Asks RabbitMQ's management API as the administrator."""
    auth = (parts.admin_user, parts.admin_password)
    response = requests.request(method, parts.management_url + path, json=body, auth=auth, timeout=30)
    assert response.ok, response.text
    return response.json() if response.content else None


def make_vhost(parts: Parts, name: str, wanted: dict[str, Any]) -> None:
    """A vhost with the topology of a definitions file, open to the administrator too."""
    manage(parts, "PUT", f"/api/vhosts/{name}")
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    manage(parts, "PUT", f"/api/permissions/{name}/{parts.admin_user}", everything)
    manage(parts, "POST", "/api/definitions", wanted)


def _service_and_community(instance: str) -> tuple[str, str]:
    service, _, community = instance.partition("#")[0].partition(".")
    return service, community
