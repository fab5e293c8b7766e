"""The district's programs on this machine: which there are, in what order they start and how each knows it is ready."""

import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import pymongo
import requests
from pymongo.errors import PyMongoError

from deploy.definitions import ADMIN, VHOST, broker_definitions, subscriptions
from deploy.ingress import Place, nginx_conf
from deploy.instances import COMMUNITIES, Instance, instances
from deploy.local.parts import MongoDB, Nginx, RabbitMQ
from deploy.local.ports import answers, choose_ports
from deploy.local.programs import NotReadyError, Program
from deploy.local.say import Step, line
from deploy.secrets import Secrets
from shared.messaging.topology import DropsEvents, broker_login, declare

ROOT = Path(__file__).resolve().parents[2]
FORK = ("-I", "-S", str(ROOT / "deploy/prefork/client.py"))  # without site's imports: it is small
FIRST_OPERATOR = "operator"
# Until a program is ready; a hosted community's databases take a second.
PATIENCE_SECONDS, PATIENCE_EACH_SECONDS = 60.0, 3.0
CACHE_GB, CACHE_EACH_GB = 0.25, 0.01  # of MongoDB's


@dataclass(frozen=True)
class Stage:
    """Programs that start together, once all before them are ready; each with the question whether it is."""

    name: str
    programs: tuple[tuple[Program, Callable[[], bool]], ...]


class District:
    """Everything under `home`, `port` being public; yours instead of private parts where addresses are given.

    `hosted`: communities beside the demo's two, which share a few processes; `trusted`: proxies before the ingress."""

    def __init__(
        self,
        home: Path,
        port: int,
        *,
        amqp_uri: str | None,
        mongodb_uri: str | None,
        demo: bool,
        hosted: Sequence[str],
        trusted: Sequence[str] = (),
    ) -> None:
        self._home = home
        self._port = port
        self._given_amqp_uri = amqp_uri
        self._given_mongodb_uri = mongodb_uri
        self._demo = demo
        self._hosted = hosted
        self._trusted = trusted
        self._communities = (*COMMUNITIES, *hosted)
        self._instances = instances(COMMUNITIES, hosted)
        self.patience = PATIENCE_SECONDS + PATIENCE_EACH_SECONDS * len(hosted)
        (home / "logs").mkdir(parents=True, exist_ok=True)
        self._secrets = Secrets(home / "secrets")
        parts = ("amqp", "management", "distribution", "epmd", "mongodb")
        processes = dict.fromkeys(one.name for one in self._instances)
        self._ports = choose_ports([*parts, *processes], home / "ports.json")

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def amqp_uri(self) -> str:
        """The broker's address as its administrator, or yours as you gave it."""
        password = self._secrets.password(ADMIN)
        return self._given_amqp_uri or f"amqp://{ADMIN}:{password}@127.0.0.1:{self._ports['amqp']}/{VHOST}"

    @property
    def mongodb_uri(self) -> str:
        return self._given_mongodb_uri or self._mongodb.uri

    def addresses(self) -> dict[str, str]:
        """Return what tools and the demo need to know, by the names it has in the env file."""
        management = {} if self._given_amqp_uri else {"RABBITMQ_MANAGEMENT_URL": self._rabbitmq.management_url}
        return {
            "BASE_URL": self.base_url,
            "AMQP_URI": self.amqp_uri,
            "MONGODB_URI": self.mongodb_uri,
            **management,
            "FIRST_OPERATOR_USER": FIRST_OPERATOR,
            "FIRST_OPERATOR_PASSWORD": self._secrets.password("first-operator"),
        }

    def private_ports(self) -> list[int]:
        """Return the ports of the private parts, by which one sees that they have stopped."""
        return [self._ports["amqp"], self._ports["mongodb"]]

    def reach_given_parts(self) -> None:
        """Check yours where addresses are given, and declare the topology there; NotReadyError when that fails."""
        if self._given_mongodb_uri:
            _check_replica_set(self._given_mongodb_uri)
        if self._given_amqp_uri:
            with Step("declare exchange and queues at your broker"):
                try:
                    declare(broker_login(self._given_amqp_uri, "", {}), subscriptions(), self._communities)
                except DropsEvents as limited:
                    raise NotReadyError(str(limited)) from limited
                except Exception as fault:
                    raise NotReadyError(f"The broker of AMQP_URI does not take our queues: {fault}") from fault
            line("At your broker all services are one and the same user, so it does not hold them apart.")

    def stages(self) -> list[Stage]:
        """Return the programs in the order of their start, and write their configuration."""
        return [*self._parts(), self._services(), self._ingress()]

    @cached_property
    def _rabbitmq(self) -> RabbitMQ:
        names = ("amqp", "management", "distribution", "epmd")
        return RabbitMQ(self._home / "rabbitmq", *(self._ports[name] for name in names))

    @cached_property
    def _mongodb(self) -> MongoDB:
        return MongoDB(self._home / "mongodb", self._ports["mongodb"], CACHE_GB + CACHE_EACH_GB * len(self._hosted))

    def _parts(self) -> Iterator[Stage]:
        started: list[tuple[Program, Callable[[], bool]]] = []
        if not self._given_mongodb_uri:
            self._mongodb.prepare()
            started.append((self._mongodb.program(), self._mongodb.is_ready))
        if not self._given_amqp_uri:
            rabbitmq, password = self._rabbitmq, self._secrets.password(ADMIN)
            rabbitmq.prepare(broker_definitions(self._secrets.password, self._communities))
            yield Stage("names", ((rabbitmq.names_program(), rabbitmq.names_ready),))
            started.append((rabbitmq.program(), lambda: rabbitmq.is_ready(ADMIN, password)))
        started.append((self._fork_server, self._fork_server_answers))
        yield Stage("parts", tuple(started))

    @property
    def _forks(self) -> Path:
        return self._home / "forks.sock"

    @property
    def _fork_server(self) -> Program:
        """Imports the services while the parts start; each service is a fork of it, which shares its memory."""
        command = (sys.executable, "-W", "ignore", "-m", "deploy.prefork.server", str(self._forks))
        return Program("prefork", command, self._home / "logs/prefork.log")

    def _fork_server_answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
            return asked.connect_ex(str(self._forks)) == 0

    def _services(self) -> Stage:
        processes = [list(served) for _, served in groupby(self._instances, key=lambda one: one.name)]
        return Stage("services", tuple((self._service(served), self._readiness(served[0])) for served in processes))

    def _service(self, served: Sequence[Instance]) -> Program:
        """One process, for a district-wide service, a community, or several."""
        instance = served[0]
        environment = {
            "HTTP_ADDRESS": self._address(instance),
            "AMQP_URI": self.amqp_uri,
            "MONGODB_URI": self.mongodb_uri,
            "TOKEN_PUBLIC_KEYS": str(self._secrets.public_keys),
            "SEALING_PUBLIC_KEY": str(self._secrets.sealing_public_key),
            "PUBLIC_ORIGIN": self.base_url,
            "DEMO": str(int(self._demo)),
            "PYTHONUNBUFFERED": "1",
            "COMMUNITIES": ",".join(one.community for one in served if one.community),
            **self._broker_identity(served),
        }
        if instance.service == "accounts":
            environment |= {
                "TOKEN_SIGNING_KEY": str(self._secrets.token_key),
                "FIRST_OPERATOR_USER": FIRST_OPERATOR,
                "FIRST_OPERATOR_PASSWORD": self._secrets.password("first-operator"),
            }
        if instance.service == "notify":
            environment |= {
                "SEALING_PRIVATE_KEY": str(self._secrets.sealing_key),
                "OUTSIDE_PRIVATE_ADDRESSES": str(int(self._demo)),
            }
        if instance.has_vault:
            environment["FIELD_KEY"] = str(self._secrets.field_key(instance.name))
        command = (sys.executable, *FORK, str(self._forks), "services", instance.service)
        return Program(instance.name, command, self._home / f"logs/{instance.name}.log", environment)

    def _broker_identity(self, served: Sequence[Instance]) -> Mapping[str, str]:
        """A user for each at the private broker; at yours, everybody is the user of your address."""
        if self._given_amqp_uri:
            return {"AMQP_PASSWORDS": ""}
        address = f"amqp://127.0.0.1:{self._ports['amqp']}/{VHOST}"
        passwords = (f"{one.broker_user}={self._secrets.password(one.broker_user)}" for one in served)
        return {"AMQP_URI": address, "AMQP_PASSWORDS": ",".join(passwords)}

    def _address(self, instance: Instance) -> str:
        return f"127.0.0.1:{self._ports[instance.name]}"

    def _readiness(self, instance: Instance) -> Callable[[], bool]:
        return lambda: _says_ready(f"http://{self._address(instance)}/healthz/ready")

    def _ingress(self) -> Stage:
        nginx = Nginx(self._home / "nginx", self._home / "logs/nginx.log")
        place = Place(
            f"127.0.0.1:{self._port}", str(nginx.folder), str(self._home / "logs/access.log"), error_log="stderr",
            trusted=self._trusted,
        )  # fmt: skip
        nginx.prepare(nginx_conf(self._instances, self._address, place))
        program = nginx.program()
        return Stage("ingress", ((program, lambda: answers(self._port)),))


def _says_ready(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def _check_replica_set(uri: str) -> None:
    with Step("reach your MongoDB"):
        try:
            with pymongo.MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=5000) as client:
                is_set = "setName" in client.admin.command("hello")
        except PyMongoError as fault:
            raise NotReadyError(f"MONGODB_URI cannot be reached: {str(fault).partition(' (')[0]}") from fault
        if not is_set:
            raise NotReadyError("MONGODB_URI is no replica set, which transactions need; one member is enough.")
