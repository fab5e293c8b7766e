"""The ingress routes, keeps to itself what is not for the public, and says kindly when a part is away."""

import json
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from deploy.ingress import CONNECTIONS, Bounds, Place, nginx_conf
from deploy.instances import Instance
from deploy.local.parts import Nginx
from deploy.local.ports import answers, choose_ports
from deploy.local.programs import wait_until
from deploy.networks import networks
from tests.stack import eventually

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
HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"  # both are this machine


class Echo(BaseHTTPRequestHandler):
    """Answers who was asked for what, with which headers; under /held only the first line, until the caller goes."""

    def do_GET(self) -> None:
        if self.path.endswith("/held"):
            self.send_response(101 if "Upgrade" in self.headers else 200)
            for name in ("Upgrade", "Connection"):
                if name in self.headers:
                    self.send_header(name, self.headers[name])
            self.end_headers()
            self.wfile.flush()
            self.rfile.read(1)
            self.close_connection = True
            return
        asked = {"door": self.server.server_port, "path": self.path, "headers": dict(self.headers)}
        body = json.dumps(asked).encode()
        self.send_response(503 if self.path.endswith("/own-503") else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Service(ThreadingHTTPServer):
    request_queue_size = 1024


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

    def hold(self, source: str, *headers: str, path: str = "/district/held") -> socket.socket:
        """A request that stays under way until it is closed."""
        host, port = self.url.removeprefix("http://").split(":")
        line = socket.create_connection((host, int(port)), timeout=30, source_address=(source, 0))
        line.sendall("\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode())
        return line

    def status(self, source: str, *headers: str, path: str = "/district/held") -> int:
        """What a request from there is answered; it is let go at once."""
        with closing(self.hold(source, *headers, path=path)) as line:
            return status_of(line)


SOCKET = ("Upgrade: websocket", "Connection: Upgrade")
USUAL = Bounds()


def status_of(line: socket.socket) -> int:
    return int(line.recv(12).split()[1])


@pytest.fixture(scope="module")
def ingress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingress]:
    with opened(tmp_path_factory.mktemp("ingress")) as one:
        yield one


@contextmanager
def opened(home: Path, bounds: Bounds = USUAL, trusted: tuple[str, ...] = ()) -> Iterator[Ingress]:
    ports = choose_ports(["ingress", *(one.name for one in INSTANCES)], home / "ports.json")
    servers = [Service(("127.0.0.1", ports[one.name]), Echo) for one in INSTANCES if one != AWAY]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    nginx = Nginx(home / "nginx", home / "nginx.log")
    place = Place(
        f"127.0.0.1:{ports['ingress']}", str(nginx.folder), str(home / "access.log"), "stderr",
        trusted=trusted, bounds=bounds,
    )  # fmt: skip
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


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingress]:
    with opened(tmp_path_factory.mktemp("narrow"), Bounds(sockets=3, requests=6)) as one:
        yield one


def test_a_client_with_its_fill_of_sockets_is_refused_in_words_while_another_still_opens_one(narrow: Ingress) -> None:
    with ExitStack() as held:
        for _ in range(3):
            assert status_of(held.enter_context(closing(narrow.hold(HERE, *SOCKET)))) == 101
        refusal = narrow.get("/district/live", Upgrade="websocket", Connection="Upgrade", Accept="application/json")
        assert (refusal.status_code, refusal.json()["code"]) == (429, "too_many")
        assert refusal.headers["Retry-After"] == "15"
        assert "请关掉不用的" in refusal.json()["detail"]
        page = narrow.get("/district/live", Upgrade="websocket", Connection="Upgrade", Accept="text/html")
        assert (page.status_code, page.headers["Content-Type"]) == (429, "text/html; charset=utf-8")
        assert "please close some pages" in page.text
        assert narrow.get("/district/").status_code == 200, "its ordinary pages are still answered"
        assert narrow.status(ELSEWHERE, *SOCKET) == 101
    eventually(lambda: narrow.status(HERE, *SOCKET) == 101)


def test_a_client_with_its_fill_of_requests_is_refused_while_another_is_answered(narrow: Ingress) -> None:
    with ExitStack() as held:
        for number in range(6):
            held.enter_context(closing(narrow.hold(HERE, *(SOCKET if number < 2 else ()))))
        eventually(lambda: narrow.get("/district/").status_code == 429)
        assert narrow.status(ELSEWHERE, path="/district/") == 200
    eventually(lambda: narrow.get("/district/").ok)


def test_sixty_people_behind_one_address_have_three_live_pages_each(ingress: Ingress) -> None:
    with ExitStack() as held:
        lines = [held.enter_context(closing(ingress.hold(HERE, *SOCKET))) for _ in range(180)]
        assert {status_of(line) for line in lines} == {101}
        assert ingress.get("/district/").status_code == 200


def test_no_client_may_have_more_than_a_small_part_of_all_connections() -> None:
    conf = nginx_conf(INSTANCES, lambda one: one.name, Place("127.0.0.1:1", "", "", ""))
    connections = int(re.search(r"worker_connections (\d+);", conf)[1])
    assert connections == CONNECTIONS
    assert int(re.search(r"worker_rlimit_nofile (\d+);", conf)[1]) >= connections
    assert USUAL.sockets < USUAL.requests <= connections / 2 / 8  # each is one to us and one to a service


def test_a_trusted_proxy_tells_where_its_clients_come_from_and_each_of_them_has_a_bound_of_its_own(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, Bounds(sockets=1, requests=9), (f"{HERE}/32",)) as behind:
        assert (
            behind.get("/accounts/", **{"X-Forwarded-For": "10.9.9.9, 203.0.113.7"}).json()["headers"][
                "X-Forwarded-For"
            ]
            == "203.0.113.7"
        )
        with closing(behind.hold(HERE, *SOCKET, "X-Forwarded-For: 203.0.113.7")) as line:
            assert status_of(line) == 101
            assert behind.status(HERE, *SOCKET, "X-Forwarded-For: 203.0.113.7") == 429
            assert behind.status(HERE, *SOCKET, "X-Forwarded-For: 203.0.113.8") == 101
        with closing(behind.hold(ELSEWHERE, *SOCKET, "X-Forwarded-For: 203.0.113.1")) as line:
            assert status_of(line) == 101
            assert behind.status(ELSEWHERE, *SOCKET, "X-Forwarded-For: 203.0.113.2") == 429, "not trusted: itself"


def test_the_addresses_of_one_line_in_ipv6_are_one_client(tmp_path: Path) -> None:
    with (
        opened(tmp_path, Bounds(sockets=1, requests=9), (f"{HERE}/32",)) as behind,
        closing(behind.hold(HERE, *SOCKET, "X-Forwarded-For: 2001:db8:1:2:a::1")) as line,
    ):
        assert status_of(line) == 101
        assert behind.status(HERE, *SOCKET, "X-Forwarded-For: 2001:db8:1:2:b:c:d:e") == 429
        assert behind.status(HERE, *SOCKET, "X-Forwarded-For: 2001:db8:1:3:a::1") == 101


def test_trusted_networks_are_read_as_an_operator_writes_them_and_what_is_none_is_named() -> None:
    assert networks(" 172.16.0.0/12, 127.0.0.1,::1 ") == ["172.16.0.0/12", "127.0.0.1/32", "::1/128"]
    assert networks("") == []
    with pytest.raises(ValueError, match="proxy; drop"):
        networks("proxy; drop")
