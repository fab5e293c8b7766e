"""`make run`, `make stop` and `make clean`, without the demo but with two hosted communities: everything starts, heals, stops
without a trace, goes on with the data of before, and is forgotten."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from pymongo import MongoClient

from deploy.demo.streets import invented
from deploy.instances import COMMUNITIES, instances
from deploy.local.ports import choose_ports
from tests.lengths import by_length
from tests.stack import eventually

ROOT = Path(__file__).parents[2]
PARTS = ("epmd", "rabbitmq", "mongodb")
READY_SECONDS = 120  # for everything to start, beside all the other tests
HOSTED = [one.slug for one in invented(len(COMMUNITIES) + 2)]
ALL = instances(hosted=HOSTED)


@dataclass
class Run:
    """One local run in `home`, its output gathered in a file."""

    home: Path
    port: int

    def command(self, what: str) -> list[str]:
        return [sys.executable, "-m", "deploy.local", what]

    @property
    def environment(self) -> dict[str, str]:
        given = {name: value for name, value in os.environ.items() if name not in {"AMQP_URI", "MONGODB_URI"}}
        return given | {"LIANFANG_HOME": str(self.home), "LIANFANG_PORT": str(self.port), "DEMO": "0"}

    @property
    def output(self) -> Path:
        return self.home.with_suffix(".out")

    def start(self, command: Sequence[str], **more: str) -> "subprocess.Popen[bytes]":
        with self.output.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment | more, stdout=output, stderr=output)

        def is_ready() -> bool:
            assert process.poll() is None, self.output.read_text()
            return f"ready http://127.0.0.1:{self.port}\n" in self.output.read_text()

        try:
            eventually(is_ready, seconds=READY_SECONDS)
        except AssertionError:
            process.terminate()  # it would outlive the test
            process.wait()
            raise
        return process

    def do(self, what: str) -> "subprocess.CompletedProcess[str]":
        return self._done(self.command(what))

    def make(self, what: str) -> None:
        """As the README says."""
        done = self._done(["make", what])
        assert done.returncode == 0, done.stdout + done.stderr

    def _done(self, command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )

    def env(self) -> dict[str, str]:
        return dict(re.findall(r"^(\w+)='?(.*?)'?$", (self.home / "env").read_text(), re.MULTILINE))

    def processes(self) -> dict[str, int]:
        """The latest process id of each program, as the supervisor logged them."""
        log = (self.home / "logs/supervisor.log").read_text()
        return {name: int(pid) for name, pid in re.findall(r"spawned: '(\S+)' with pid (\d+)", log)}

    def answers(self) -> bool:
        """Whether every service is ready at its own port and the ingress leads to each."""
        ports = (self.home / "ports.json").read_text()
        own = [int(re.search(rf'"{one.name}": (\d+)', ports)[1]) for one in ALL]
        ready = all(requests.get(f"http://127.0.0.1:{port}/healthz/ready", timeout=5).ok for port in own)
        pages = [requests.get(f"http://127.0.0.1:{self.port}{one.url_prefix}/", timeout=5) for one in ALL]
        return ready and all(page.status_code < 500 for page in pages)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("run")
    one = Run(folder / "home", choose_ports(["public"], folder / "ports.json")["public"])
    process = one.start(["make", "run"], DISTRICT=str(len(COMMUNITIES) + len(HOSTED)))
    yield one
    one.make("clean")
    process.wait(60)
    assert not one.home.exists()


def test_every_service_is_reached_and_the_env_file_is_its_owners_alone(run: Run) -> None:
    eventually(run.answers)
    assert (run.home / "env").stat().st_mode & 0o077 == 0
    assert run.env()["BASE_URL"] == f"http://127.0.0.1:{run.port}"
    assert requests.get(f"{run.env()['BASE_URL']}/metrics", timeout=5).status_code == 404


def test_hosted_communities_share_a_process_and_each_has_a_database_of_its_own(run: Run) -> None:
    assert len({one.name for one in ALL if one.community in HOSTED and one.service == "shifts"}) == 1
    with MongoClient[dict[str, Any]](run.env()["MONGODB_URI"]) as client:
        assert {f"lianfang_shifts_{one}" for one in HOSTED} <= set(client.list_database_names())


def test_the_env_files_addresses_are_usable(run: Run) -> None:
    env = run.env()
    administrator = re.search(r"//(.*):(.*)@", env["AMQP_URI"]).groups()
    queues = requests.get(f"{env['RABBITMQ_MANAGEMENT_URL']}/api/queues/lianfang", auth=administrator, timeout=5).json()
    assert {f"shifts.{one}" for one in (*COMMUNITIES, *HOSTED)} <= {queue["name"] for queue in queues}
    sign_in = {"user": env["FIRST_OPERATOR_USER"], "password": env["FIRST_OPERATOR_PASSWORD"]}
    assert requests.post(f"{env['BASE_URL']}/accounts/tokens", json=sign_in, timeout=10).json()["access_token"]


def test_a_second_run_in_the_same_folder_says_so_in_one_sentence(run: Run) -> None:
    second = run.do("run")
    assert second.returncode == 1
    assert second.stdout == f"It already runs in {run.home}; stop it with: make stop\n"


def test_a_taken_port_is_told_in_one_sentence(run: Run, tmp_path: Path) -> None:
    other = Run(tmp_path / "home", run.port).do("run")
    assert other.returncode == 1
    assert other.stdout == f"Port {run.port} is in use by another program; choose another with LIANFANG_PORT.\n"


def test_a_proxy_that_is_no_address_is_told_in_one_sentence(run: Run, tmp_path: Path) -> None:
    other = Run(tmp_path / "home", run.port)
    words = other.environment | {"TRUSTED_PROXIES": "the-proxy"}
    done = subprocess.run(other.command("run"), cwd=ROOT, env=words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("TRUSTED_PROXIES are addresses or networks, comma between: 'the-proxy'")


def test_whatever_is_killed_comes_back(run: Run) -> None:
    before = {name: pid for name, pid in run.processes().items() if by_length(name not in PARTS, True)}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: all(run.processes()[name] != pid for name, pid in before.items()))
    eventually(run.answers, seconds=READY_SECONDS)


def test_a_stopped_run_leaves_no_process_and_the_next_goes_on_with_its_data(run: Run) -> None:
    password, processes = run.env()["FIRST_OPERATOR_PASSWORD"], run.processes()
    run.make("stop")
    assert not [name for name, pid in processes.items() if Path(f"/proc/{pid}").exists()]
    run.start(run.command("run"))
    assert run.env()["FIRST_OPERATOR_PASSWORD"] == password
    eventually(run.answers)


def test_a_run_that_is_killed_takes_everything_with_it(run: Run) -> None:
    os.kill(int((run.home / "lock").read_text()), signal.SIGKILL)
    processes = run.processes()
    eventually(lambda: not [name for name, pid in processes.items() if Path(f"/proc/{pid}").exists()], seconds=60)
    assert run.do("stop").returncode == 0
