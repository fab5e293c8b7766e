"""The ingress routes, keeps to itself what is not for the public, and says kindly when a part is away."""

import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from deploy.ingress import Place, nginx_conf
from deploy.instances import Instance
from deploy.local.parts import Nginx
from deploy.local.ports import answers, choose_ports
from deploy.local.programs import wait_until

AWAY = Instance("rescue", None, "/rescue")
INSTANCES = [
    Instance("accounts", None, "/accounts"),
    Instance("district", None, "/district"),
    Instance("shifts", "yueran", "/communities/yueran/shifts"),
    Instance("shifts", "biguiyuan", "/communities/biguiyuan/shifts"),
    AWAY,
]
TOKEN = "Zm9vYmFyYmF6cXV4cXV1eA"
UUID = "01935bd2-1111-7222-8333-444455556666"


class Echo(BaseHTTPRequestHandler):
    """Answers who was asked for what, with which headers."""

    def do_GET(self) -> None:
        asked = {"door": self.server.server_port, "path": self.path, "headers": dict(self.headers)}
        body = json.dumps(asked).encode()
        self.send_response(503 if self.path.endswith("/own-503") else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True)
class Ingress:
    url: str
    doors: dict[str, int]
    access_log: Path

    def get(self, path: str, **headers: str) -> requests.Response:
        request = requests.Request("GET", self.url, headers=headers).prepare()
        request.url = self.url + path  # as it stands, not tidied up by the client
        return requests.Session().send(request, timeout=5)

    def reached(self, path: str) -> str:
        """The name of the instance that answered."""
        port = self.get(path).json()["door"]
        return next(name for name, door in self.doors.items() if door == port)


@pytest.fixture(scope="module")
def ingress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingress]:
    home = tmp_path_factory.mktemp("ingress")
    ports = choose_ports(["ingress", *(one.name for one in INSTANCES)], home / "ports.json")
    servers = [ThreadingHTTPServer(("127.0.0.1", ports[one.name]), Echo) for one in INSTANCES if one != AWAY]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    nginx = Nginx(home / "nginx", home / "nginx.log")
    place = Place(f"127.0.0.1:{ports['ingress']}", str(nginx.folder), str(home / "access.log"), "stderr")
    nginx.prepare(nginx_conf(INSTANCES, lambda one: f"127.0.0.1:{ports[one.name]}", place))
    process = nginx.program().start()
    try:
        wait_until(lambda: answers(ports["ingress"]), nginx.program(), lambda: process.poll() is None)
        yield Ingress(f"http://127.0.0.1:{ports['ingress']}", ports, home / "access.log")
    finally:
        process.terminate()
        process.wait(10)
        for server in servers:
            server.shutdown()
            server.server_close()


@pytest.mark.parametrize(
    ("path", "instance"),
    [
        ("/", "accounts"),
        ("/static/12345678/app.css", "accounts"),
        ("/accounts/sign-in", "accounts"),
        ("/district", "district"),
        ("/district/", "district"),
        ("/districts", "accounts"),
        ("/communities/yueran/shifts/mine?day=2", "shifts-yueran"),
        ("/communities/biguiyuan/shifts/mine", "shifts-biguiyuan"),
        ("/communities/unknown/shifts/", "accounts"),
    ],
)
def test_each_address_leads_to_the_service_that_owns_it(ingress: Ingress, path: str, instance: str) -> None:
    assert ingress.reached(path) == instance
    assert ingress.get(path).json()["path"] == path


@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics/", "/healthz/live", "/healthz", "//metrics", "/%6Detrics", "/accounts/../metrics"]
)
def test_metrics_and_health_are_out_of_the_publics_reach(ingress: Ingress, path: str) -> None:
    assert ingress.get(path).status_code == 404


def test_a_caller_cannot_say_where_it_comes_from(ingress: Ingress) -> None:
    headers = ingress.get("/accounts/", **{"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https"}).json()[
        "headers"
    ]
    assert (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == ("127.0.0.1", "http")


def test_a_live_pages_socket_passes(ingress: Ingress) -> None:
    headers = ingress.get("/district/live", Upgrade="websocket", Connection="Upgrade").json()["headers"]
    assert (headers["Upgrade"], headers["Connection"]) == ("websocket", "upgrade")


def test_a_part_that_is_away_is_a_problem_for_programs_and_a_page_for_people(ingress: Ingress) -> None:
    problem = ingress.get("/rescue/", Accept="application/json")
    assert (problem.status_code, problem.headers["Content-Type"]) == (503, "application/problem+json")
    assert (problem.json()["status"], problem.json()["code"], problem.headers["Retry-After"]) == (503, "away", "5")
    page = ingress.get("/rescue/", Accept="text/html,*/*")
    assert (page.status_code, page.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "请稍后再试" in page.text
    assert "try again" in page.text


def test_a_services_own_answer_is_never_replaced(ingress: Ingress) -> None:
    answer = ingress.get("/district/own-503")
    assert (answer.status_code, answer.json()["path"]) == (503, "/district/own-503")


def test_more_than_16_megabytes_are_refused_in_words(ingress: Ingress) -> None:
    answer = requests.post(f"{ingress.url}/accounts/", data=b"x" * (17 * 1024 * 1024), timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_private_links_and_query_strings_are_not_written_down(ingress: Ingress) -> None:
    ingress.get(f"/communities/yueran/shifts/calendar/{TOKEN}.ics?secret=word")
    ingress.get(f"/communities/yueran/shifts/{UUID}/claim")
    ingress.get(f"/rescue/answers/{TOKEN}")
    written = ingress.access_log.read_text()
    assert TOKEN not in written
    assert "secret" not in written
    assert f"/communities/yueran/shifts/{UUID}/claim" in written
    assert TOKEN not in ingress.access_log.with_name("nginx.log").read_text()


def test_the_containers_ingress_has_the_same_routes_and_nginx_takes_it(tmp_path: Path) -> None:
    nginx = Nginx(tmp_path, tmp_path / "nginx.log")
    place = Place("127.0.0.1:1", str(tmp_path), "/dev/stdout", "/dev/stderr", resolver="127.0.0.11")
    nginx.prepare(nginx_conf(INSTANCES, lambda one: f"{one.name}:8000", place))
    checked = subprocess.run([*nginx.program().command, "-t"], capture_output=True, text=True, check=False)
    assert "test is successful" in checked.stderr
    local = nginx_conf(INSTANCES, lambda one: f"{one.name}:8000", Place("127.0.0.1:1", "", "", ""))
    routes = [line for line in local.splitlines() if "location" in line]
    assert routes == [line for line in nginx.conf.read_text().splitlines() if "location" in line]
