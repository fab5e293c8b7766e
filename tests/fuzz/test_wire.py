"""What is not HTTP, comes too slowly or never ends: it is refused or parted from, and nobody else waits for it."""

import socket
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from shared.runtime.nameko_compat import HEADERS_SECONDS, SILENT_SECONDS
from tests.lengths import by_length
from tests.stack import Stack, eventually

SLOW_CLIENTS = 200
HANDSHAKES = by_length(2_000, 10_000)
AT_ONCE = 250
SPARE_FILES = 50  # as many connections to the database may have been pooled meanwhile
SPARE_GREENTHREADS = 5
APPLY = "/volunteers/yueran/applications"
PROMPT_SECONDS = 5.0  # far below what a slow client is granted; with everything else that goes on on this machine


class State(NamedTuple):
    files: int
    greenthreads: int


@pytest.fixture(scope="module")
def district(stack: Stack) -> Stack:
    return stack.start("volunteers", "district")


def open_files(district: Stack, service: str) -> int:
    return sum(1 for _ in Path(f"/proc/{district.processes[service].pid}/fd").iterdir())


def state_of(district: Stack, service: str) -> State:
    files = open_files(district, service)
    metrics = requests.get(f"http://{district.addresses[service]}/metrics", timeout=10).text
    (told,) = [line for line in metrics.splitlines() if line.startswith("lianfang_greenthreads ")]
    return State(files, round(float(told.split()[1])))


def dial(district: Stack, service: str = "volunteers") -> socket.socket:
    host, port = district.addresses[service].split(":")
    return socket.create_connection((host, int(port)), timeout=60)


def request(district: Stack, line: str, *headers: str, body: bytes = b"") -> bytes:
    """As it goes over the wire, signed in."""
    token = district.token("staff@community:yueran", "officer@district")
    said = [line, "Host: localhost", f"Authorization: Bearer {token}", *headers]
    return "\r\n".join(said).encode("latin-1") + b"\r\n\r\n" + body


def answer(district: Stack, sent: bytes) -> tuple[int, bytes]:
    """The status (0: parted without a word) and all that came until the server parted."""
    with closing(dial(district)) as wire:
        said = b""
        with suppress(OSError):  # whoever says far too much may be cut short
            wire.sendall(sent)
            wire.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while piece := wire.recv(65536):
                said += piece
    return (int(said.split()[1]) if said.startswith(b"HTTP/1.") else 0), said


def is_prompt(district: Stack) -> bool:
    began = time.monotonic()
    assert district.call("GET", "/volunteers/yueran/", district.token("staff@community:yueran")).status_code == 200
    return time.monotonic() - began < PROMPT_SECONDS


JSON = "Content-Type: application/json"


def get(at: Stack, *headers: str, target: str = "/volunteers/yueran/", method: str = "GET") -> bytes:
    return request(at, f"{method} {target} HTTP/1.1", *headers)


def post(at: Stack, *headers: str, body: bytes) -> bytes:
    return request(at, f"POST {APPLY} HTTP/1.1", JSON, *headers, body=body)


CHUNKED = "Transfer-Encoding: chunked"
UNFIT: dict[str, tuple[int, Callable[[Stack], bytes]]] = {
    "a long query": (422, lambda at: get(at, target="/volunteers/yueran/?after=" + "x" * 7_000)),
    "a URL too long": (414, lambda at: get(at, target="/" + "x" * 100_000)),
    "a header too long": (400, lambda at: get(at, "X-Long: " + "x" * 100_000)),
    "too many headers": (431, lambda at: get(at, *[f"X-{n}: {n}" for n in range(5_000)])),
    "a community in bytes that are no text": (404, lambda at: get(at, target="/volunteers/%FF%00%C0%80/")),
    "bytes that are no URL": (400, lambda at: get(at, target="/volunteers/yu\x85ran/")),
    "a path that climbs": (404, lambda at: get(at, target="//../..//volunteers")),
    "another site's URL": (404, lambda at: get(at, target="http://elsewhere.example/volunteers/yueran/")),
    "a method that is none": (405, lambda at: get(at, method="NONSENSE")),
    "a host that is none": (401, lambda _: b"GET /volunteers/yueran/ HTTP/1.1\r\nHost: a b\x01/\\\r\n\r\n"),
    "the beginning of TLS": (400, lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(50) + b"\r\n\r\n"),
    "a length below nothing": (400, lambda at: post(at, "Content-Length: -1", body=b"")),
    "less than was announced": (408, lambda at: post(at, "Content-Length: 10", body=b"{}")),
    "far too much announced": (413, lambda at: post(at, "Content-Length: 99999999999", body=b"{")),
    "chunks without a length": (408, lambda at: post(at, CHUNKED, body=b"zz\r\n{}")),
    "a chunk cut off": (408, lambda at: post(at, CHUNKED, body=b"5\r\n{}")),
    "two lengths": (400, lambda at: post(at, "Content-Length: 2", CHUNKED, body=b"0\r\n\r\n")),
    "compressed bytes": (400, lambda at: post(at, "Content-Encoding: gzip", "Content-Length: 2", body=b"\x1f\x8b")),
}


@pytest.mark.parametrize("what", UNFIT)
def test_what_is_no_fitting_request_is_refused_without_a_fault_of_ours(district: Stack, what: str) -> None:
    status, said = UNFIT[what]
    got, whole = answer(district, said(district))
    assert got in (status, 0), whole[:300]
    assert b"Traceback" not in whole


def test_a_body_in_chunks_is_read_like_any_other(district: Stack) -> None:
    said = b'{"display_name": "\xe6\x9e\x97", "home": "3", "phone": "19000000001"}'
    got, whole = answer(district, post(district, CHUNKED, body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(said), said)))
    assert got == 201, whole


def test_slow_clients_hold_up_nobody_and_are_parted_from_in_time(district: Stack) -> None:
    before = state_of(district, "volunteers")
    half_headers = b"GET /volunteers/yueran/ HTTP/1.1\r\nHost: localhost\r\nX-Slow"
    half_body = request(district, f"POST {APPLY} HTTP/1.1", JSON, "Content-Length: 100000", body=b'{"home": "')
    wires = [dial(district) for _ in range(SLOW_CLIENTS)]
    for number, wire in enumerate(wires):
        wire.sendall(half_body if number % 2 else half_headers)
    began = time.monotonic()
    while time.monotonic() - began < HEADERS_SECONDS - 2:
        for wire in wires:
            wire.sendall(b"x")
        assert is_prompt(district)
    during = state_of(district, "volunteers")
    said = [wire.recv(4096) for wire in wires]
    took = time.monotonic() - began
    for wire in wires:
        wire.close()
    after = settled(district, "volunteers", before)
    tell(f"{SLOW_CLIENTS} slow clients, parted from after {took:.0f} s", before, during, after)
    assert during.files >= before.files + SLOW_CLIENTS
    assert {one[:12] for one in said} == {b"", b"HTTP/1.1 408"}
    assert took < SILENT_SECONDS + 5


def knock(district: Stack, token: str) -> socket.socket:
    """A live page's websocket by hand: with ten thousand of a proper client it would be the client that is measured."""
    words = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
             "Sec-WebSocket-Version: 13", "Host: localhost", f"Authorization: Bearer {token}"]  # fmt: skip
    wire = dial(district, "district")
    wire.sendall("\r\n".join(["GET /district/live?lang=zh HTTP/1.1", *words, "\r\n"]).encode())
    return wire


def test_thousands_of_live_pages_opened_and_closed_leave_nothing_behind(district: Stack) -> None:
    token, tokens = district.token("officer@district"), [district.token("officer@district") for _ in range(AT_ONCE)]
    before, began = state_of(district, "district"), time.monotonic()
    for _ in range(HANDSHAKES // AT_ONCE):
        wires = [knock(district, one) for one in tokens]
        assert {wire.recv(12) for wire in wires} == {b"HTTP/1.1 101"}
        during = state_of(district, "district")
        for wire in wires:
            wire.close()
    took = time.monotonic() - began
    after = settled(district, "district", before)
    tell(f"{HANDSHAKES} handshakes, {AT_ONCE} at once, in {took:.0f} s", before, during, after)
    assert district.call("GET", "/district/", token).status_code == 200


def settled(district: Stack, service: str, before: State) -> State:
    """Waits until the process has no more than it had before."""

    def look() -> State:
        now = state_of(district, service)
        assert now.files <= before.files + SPARE_FILES, (before, now)
        assert now.greenthreads <= before.greenthreads + SPARE_GREENTHREADS, (before, now)
        return now

    return eventually(look)


def tell(what: str, before: State, during: State, after: State) -> None:
    print(f"\n{what}: before {before}, meanwhile {during}, after {after}")
