"""Live pages on real parts: changes reach every reader within a second, strangers get nothing, and nobody waits for another."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Self

import pytest
import requests
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from services.district.store import DistrictStore
from shared.kernel.ids import new_id, now
from shared.security.tokens import Grant, TokenMaker
from shared.web.live_hub import REDRAW_SECONDS
from tests.faults.proxy import Proxy
from tests.speaker import Speaker
from tests.stack import Stack, eventually

HOUR = timedelta(hours=1)
ALL_PARTS = {"figures", "streets", "alerts", "missions", "gaps", "flow", "happenings"}
LIVE = "/district/live?lang=zh"


@pytest.fixture(scope="module")
def town(stack: Stack) -> Iterator[SimpleNamespace]:
    stack.start("district")
    accounts, shifts = Speaker(stack, "accounts"), Speaker(stack, "shifts", "yueran")
    names = {"name": "悦然馨苑", "name_en": "Yueran", "residents": 5000}
    accounts.say("accounts.community.registered", "yueran", names)
    officer = stack.token("officer@district")

    def known_and_heard() -> bool:
        seen = stack.call("GET", "/district/", officer).json()
        return bool(seen["communities"]) and seen["silent"] == 0

    eventually(known_and_heard)
    yield SimpleNamespace(accounts=accounts, shifts=shifts, officer=officer)
    accounts.stop()
    shifts.stop()


@contextmanager
def reader(
    stack: Stack, path: str = LIVE, *, at: str | None = None, token: str | None = None, **headers: str
) -> Iterator[ClientConnection]:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    with connect(stack.url(path, at).replace("http:", "ws:"), additional_headers=headers, max_size=None) as opened:
        yield opened


def fact(page: ClientConnection, *, seconds: float = 15) -> Any:
    """The next message that is no beat."""
    deadline = time.monotonic() + seconds
    while True:
        message = json.loads(page.recv(timeout=max(0.01, deadline - time.monotonic())))
        if "beat" not in message:
            return message


def told(page: ClientConnection, words: str, *, seconds: float = 15) -> Any:
    """The next message that says `words`."""
    while True:
        message = fact(page, seconds=seconds)
        if words in "".join(message["html"].values()):
            return message


def listen(page: ClientConnection) -> None:
    for _ in range(20):
        page.recv(timeout=10)


def happen(town: SimpleNamespace, name: str) -> None:
    town.shifts.say("shifts.post.opened", new_id(), {"kind": "gate", "name": name, "name_en": name})


def test_a_change_arrives_at_once_and_only_what_changed(stack: Stack, town: SimpleNamespace) -> None:
    with reader(stack, token=town.officer) as page:
        first = fact(page)
        assert set(first["html"]) == ALL_PARTS
        times = []
        for gate in ("一号门", "二号门", "三号门"):
            began = time.monotonic()
            happen(town, gate)
            message = told(page, f"开设岗位：{gate}")
            times.append(time.monotonic() - began)
            assert set(message["html"]) == {"happenings"}
            assert message["revision"] != first["revision"]
        assert min(times) < REDRAW_SECONDS / 2, "the change itself was told, not the next redraw"


def test_a_reader_is_told_in_its_own_language(stack: Stack, town: SimpleNamespace) -> None:
    with reader(stack, "/district/live?lang=en", token=town.officer) as page:
        assert "Missing now" in fact(page)["html"]["figures"]


def test_a_returning_reader_gets_all_it_missed_and_nothing_it_has(stack: Stack, town: SimpleNamespace) -> None:
    with reader(stack, token=town.officer) as page:
        revision = fact(page)["revision"]
    with reader(stack, f"{LIVE}&revision={revision}", token=town.officer) as page:
        assert fact(page) | {"at": None} == {"revision": revision, "at": None, "html": {}}
    happen(town, "五号门")
    eventually(lambda: "五号门" in stack.call("GET", "/district/", town.officer, Accept="text/html").text)
    with reader(stack, f"{LIVE}&revision={revision}", token=town.officer) as page:
        message = fact(page)
        assert "五号门" in message["html"]["happenings"]
        assert set(message["html"]) == ALL_PARTS


def test_a_shift_that_begins_shows_without_any_event(stack: Stack, town: SimpleNamespace) -> None:
    starts = now() + timedelta(seconds=2)
    data = {"post": "p", "head_count": 7, "starts": starts, "ends": starts + HOUR}
    with reader(stack, token=town.officer) as page:
        town.shifts.say("shifts.shift.planned", new_id(), data)
        assert "缺<b>7</b>人" in told(page, "将缺7人")["html"]["gaps"]
        board = told(page, 'class="tile gap"', seconds=12)["html"]["streets"]
        assert "缺7人" in board
        assert "将缺7人" not in board


def test_a_communitys_page_hears_of_itself(stack: Stack, town: SimpleNamespace) -> None:
    with reader(stack, "/district/communities/yueran/live?lang=zh", token=town.officer) as page:
        assert "posts" in fact(page)["html"]
        happen(town, "四号门")
        assert "四号门" in told(page, "四号门")["html"]["posts"]


def test_beats_come_every_two_seconds(stack: Stack, town: SimpleNamespace) -> None:
    with reader(stack, token=town.officer) as page:
        fact(page)
        heard = [json.loads(page.recv(timeout=3)) for _ in range(2)]
        assert heard[1]["beat"] == heard[0]["beat"] + 1


@pytest.mark.parametrize("grants", [(), ("staff@community:yueran",), ("volunteer@community:yueran",)])
def test_an_outsider_is_refused(stack: Stack, town: SimpleNamespace, grants: tuple[str, ...]) -> None:
    token = stack.token(*grants) if grants else None
    with pytest.raises(InvalidStatus) as refusal, reader(stack, token=token, Origin=stack.origin):
        pass
    assert refusal.value.response.status_code == (403 if grants else 401)


@pytest.mark.parametrize("origin", [None, "http://elsewhere.example"])
def test_a_cookie_opens_from_our_own_pages_only(stack: Stack, town: SimpleNamespace, origin: str | None) -> None:
    cookie = f"session={town.officer}"
    with reader(stack, Cookie=cookie, Origin=stack.origin) as page:
        assert fact(page)["html"]
    headers = {"Origin": origin} if origin else {}
    with pytest.raises(InvalidStatus) as refusal, reader(stack, Cookie=cookie, **headers):
        pass
    assert refusal.value.response.status_code == 403


def test_a_reader_is_parted_from_when_its_rights_are_withdrawn(stack: Stack, town: SimpleNamespace) -> None:
    account = new_id()
    with reader(stack, token=stack.token("officer@district", account=account)) as page:
        fact(page)
        stack.database("district")["rights"].insert_one({"_id": account, "valid_from": now() + HOUR})
        with pytest.raises(ConnectionClosed):
            listen(page)
        assert page.close_code == 1008


def test_a_reader_whose_token_ends_may_come_again_with_a_new_one(stack: Stack, town: SimpleNamespace) -> None:
    maker = TokenMaker(stack.signing_key)
    issued = now() - timedelta(minutes=15) + timedelta(seconds=4)
    token = maker.make(new_id(), [Grant("officer", "district")], issued, name="test", audience="district")
    with reader(stack, token=token) as page:
        fact(page)
        with pytest.raises(ConnectionClosed):
            listen(page)
        assert page.close_code == 3000


PER_ACCOUNT = 40


def test_an_account_with_its_fill_of_pages_is_refused_in_words_while_another_still_opens_one(
    stack: Stack, town: SimpleNamespace
) -> None:
    greedy = stack.token("officer@district")
    with ExitStack() as opened:
        for _ in range(PER_ACCOUNT):
            opened.enter_context(reader(stack, token=greedy))
        refusals = []
        for path in (LIVE, "/district/live?lang=en", "/district/alerts/live"):
            with pytest.raises(InvalidStatus) as refusal, reader(stack, path, token=greedy):
                pass
            refusals.append(refusal.value.response)
        assert [(one.status_code, one.headers["Retry-After"]) for one in refusals] == [(429, "15")] * 3
        assert "实时页面太多" in json.loads(refusals[0].body)["detail"]
        assert "too many live pages" in json.loads(refusals[1].body)["detail"]
        with reader(stack, token=stack.token("officer@district")) as page:
            assert fact(page)["html"]
        metrics = requests.get(f"http://{stack.addresses['district']}/metrics", timeout=5).text
        assert 'lianfang_live_refused_total{bound="account"}' in metrics
    eventually(lambda: opens(stack, greedy))


def opens(stack: Stack, token: str) -> bool:
    try:
        with reader(stack, token=token) as page:
            return bool(fact(page))
    except InvalidStatus:
        return False


def test_a_handshake_that_fails_takes_no_seat(stack: Stack, town: SimpleNamespace) -> None:
    token = stack.token("officer@district")
    unfit = {"Upgrade": "websocket", "Connection": "Upgrade"}  # says neither version nor key
    for _ in range(PER_ACCOUNT + 1):
        assert stack.call("GET", LIVE, token, **unfit).status_code == 400
    assert opens(stack, token)


def test_one_address_has_its_fill_whatever_its_accounts_while_another_still_opens_a_page(stack: Stack) -> None:
    stack.start("rescue", LIVE_PER_ADDRESS="3")
    officers = [stack.token("officer@district") for _ in range(4)]
    with ExitStack() as opened:
        for officer in officers[:3]:
            opened.enter_context(reader(stack, "/rescue/live", token=officer, X_Forwarded_For="192.0.2.7"))
        with (
            pytest.raises(InvalidStatus) as refusal,
            reader(stack, "/rescue/live", token=officers[3], X_Forwarded_For="192.0.2.7"),
        ):
            pass
        assert json.loads(refusal.value.response.body)["code"] == "too-many-pages-here"
        with reader(stack, "/rescue/live", token=officers[3], X_Forwarded_For="192.0.2.8") as page:
            assert page.recv(timeout=10)


def test_what_is_not_there_cannot_be_followed(stack: Stack, town: SimpleNamespace) -> None:
    with reader(stack, "/district/communities/nowhere/live", token=town.officer) as page:
        with pytest.raises(ConnectionClosed):
            page.recv(timeout=5)
        assert page.close_code == 1008


def test_stalled_readers_hold_up_nobody_and_are_brought_up_to_date(stack: Stack, town: SimpleNamespace) -> None:
    """Three hundred, of whom five take nothing: the others get every update."""
    a_hundred(stack)
    stalled = [Stalled(stack, town.officer) for _ in range(5)]
    with Crowd(stack, 295) as crowd:
        steps = 25
        for step in range(steps):
            crowd.waits_for(f"开设岗位：岗位{step}号")
            gate = new_id()
            running = {"post": gate, "head_count": 1, "starts": now() - HOUR, "ends": now() + HOUR}
            name = {"kind": "gate", "name": f"岗位{step}号", "name_en": "gate"}
            town.shifts.say_all([
                ("shifts.post.opened", gate, name), ("shifts.shift.planned", new_id(), running)])  # fmt: skip
            eventually(crowd.all_were_told)
        for one in stalled:
            taken = one.catch_up(f"岗位{steps - 1}号")
            assert taken.count("revision") < steps, "what it could not take was left out, not kept for it"


def a_hundred(stack: Stack) -> None:
    """Enough communities for a board that fills sockets."""
    known = DistrictStore(stack.database("district"))["communities"]
    names = {"name_en": "Invented", "residents": 1, "registered": now(), "volunteers": {}, "posts": {}}
    known.insert_many([{"_id": f"c{n}", "name": f"社区{n}", **names} for n in range(100)])


class Crowd:
    """So many readers in one thread, each with an account of its own, who note whether they were told the words waited for."""

    def __init__(self, stack: Stack, size: int) -> None:
        self._url = stack.url(LIVE).replace("http:", "ws:")
        self._headers = [{"Authorization": f"Bearer {stack.token('officer@district')}"} for _ in range(size)]
        self._size = size
        self._here = set[int]()
        self._told = set[int]()
        self._words = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        for one in range(self._size):
            asyncio.run_coroutine_threadsafe(self._read(one), self._loop)
        eventually(lambda: len(self._here) == self._size, seconds=60)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def waits_for(self, words: str) -> None:
        self._words, self._told = words, set()

    def all_were_told(self) -> bool:
        return len(self._told) == self._size

    async def _leave(self) -> None:
        everybody = asyncio.all_tasks() - {asyncio.current_task()}
        for one in everybody:
            one.cancel()
        await asyncio.gather(*everybody, return_exceptions=True)

    async def _read(self, number: int) -> None:
        async with connect_async(
            self._url, additional_headers=self._headers[number], max_size=None, open_timeout=60, compression=None
        ) as page:
            async for message in page:
                self._here.add(number)
                if self._words in message:
                    self._told.add(number)


class Stalled:
    """A reader that takes nothing from its small socket until it catches up."""

    def __init__(self, stack: Stack, token: str) -> None:
        address = stack.addresses["district"]
        host, port = address.split(":")
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(10)
        self.socket.connect((host, int(port)))
        lines = [
            f"GET {LIVE} HTTP/1.1", f"Host: {address}", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", f"Authorization: Bearer {token}",
        ]  # fmt: skip
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def catch_up(self, words: str) -> str:
        taken = b""
        while words.encode() not in taken:
            part = self.socket.recv(65536)
            assert part, "it was parted from"
            taken += part
        self.socket.close()
        return taken.decode(errors="ignore")


def test_the_service_outlives_every_misbehaviour(stack: Stack, town: SimpleNamespace) -> None:
    for noise in (b"\xff" * 64, b"\x81\xff" + b"\xff" * 8, b"\x88\x82\0\0\0\0\0\1", b"\x81\xfe\xff\xff" + b"a" * 64):
        one = Stalled(stack, town.officer)
        one.socket.recv(200)
        one.socket.sendall(noise)
        one.socket.close()
    with reader(stack, token=town.officer) as page:
        assert fact(page)["html"]
    metrics = f"http://{stack.addresses['district']}/metrics"
    eventually(lambda: "lianfang_live_readers 0.0" in requests.get(metrics, timeout=5).text)


def test_without_its_database_a_page_is_not_told_that_all_is_well(stack: Stack, town: SimpleNamespace) -> None:
    another = "district#2"  # over a line of its own: the database is everybody's
    port = int(stack.parts.mongodb_uri.split(":")[2].split("/")[0])
    with closing(Proxy(port)) as line:
        stack.spawn(another, MONGODB_URI=f"mongodb://127.0.0.1:{line.port}/?directConnection=true")
        stack.await_ready(another)
        with reader(stack, at=another, token=town.officer) as page:
            fact(page)
            line.black_hole()
            assert beats(page, seconds=9) <= 3, "the page itself then says that it is cut off"
            line.heal()
            assert eventually(lambda: beats(page, seconds=3), seconds=30)
        stack.kill(another)


def beats(page: ClientConnection, *, seconds: float) -> int:
    heard, deadline = 0, time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        try:
            heard += "beat" in json.loads(page.recv(timeout=left))
        except TimeoutError:
            break
    return heard
