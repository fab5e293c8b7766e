"""G6: a community's services work on while the district is away, and catch up by themselves; who may do what meanwhile."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from pymongo import MongoClient

from deploy.local.parts import MongoDB
from deploy.local.ports import choose_ports
from deploy.local.programs import wait_until
from services.district.store import DistrictStore
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import NotSignedIn
from shared.kernel.ids import new_id, now
from shared.security.tokens import PASS_LIFE, TOKEN_LIFE, Grant, Principal, TokenMaker, TokenReader
from tests.faults.proxy import Proxy
from tests.stack import Stack, eventually

HERE, ELSEWHERE = "yueran", "biguiyuan"
HOME = f"/communities/{HERE}/shifts"
OWN_AUDIENCE = f"community:{HERE}"
DAYS_AWAY = timedelta(days=3)
STAFF = "staff@community:yueran"


@dataclass
class Edge:
    """A district, and a community with its own shifts on its own database, over a link that can be cut."""

    stack: Stack
    link: Proxy
    own: MongoClient[dict[str, Any]]
    people: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def shifts(self) -> Any:
        return self.own[f"{self.stack.name}_shifts_{HERE}"]

    @property
    def district(self) -> Any:
        return self.stack.database("district")

    def token(self, *grants: str, account: str | None = None, at: datetime | None = None) -> str:
        """One made for this community's own services, as accounts would."""
        held = [Grant(*one.split("@")) for one in grants]
        maker = TokenMaker(self.stack.signing_key)
        return maker.make(account or new_id(), held, at or now(), name="test", audience=OWN_AUDIENCE)

    def here(self, method: str, path: str, token: str, body: Any = None) -> Any:
        """Asks the community's shifts; whatever goes on elsewhere, they answer."""
        return self.stack.call(method, f"{HOME}{path}", token, body)

    def does(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.here(method, path, self.token(STAFF), body)
        assert answer.ok, answer.text
        return answer.json()

    def approve(self, name: str) -> str:
        """At the district's end. Returns the volunteer's id."""
        account, staff = new_id(), self.stack.token(STAFF)
        body = {"display_name": name, "name_shown": True, "home": "3栋", "phone": "19000000001"}
        path = f"/volunteers/{HERE}"
        made = self.stack.call("POST", f"{path}/applications", self.stack.token(account=account), body).json()["id"]
        assert self.stack.call("POST", f"{path}/{made}/approval", staff).ok
        self.people[name] = (account, made)
        return str(made)

    def claims(self, shift: str, volunteer: str) -> tuple[int, str]:
        answer = self.here("POST", f"/{shift}/claims", self.token(STAFF), {"volunteer": volunteer})
        return answer.status_code, answer.json().get("code", "")

    def seen(self) -> dict[str, Any]:
        """The community as the district's page and programs show it."""
        shown = self.stack.call("GET", "/district/", self.stack.token("officer@district")).json()
        (one,) = [one for one in shown["communities"] if one["id"] == HERE]
        return dict(one)

    def behind(self) -> int:
        return int(self.shifts["journal"].count_documents({"unpublished": True}))


@pytest.fixture(scope="module")
def edge(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    folder = tmp_path_factory.mktemp("own")
    mongodb = MongoDB(folder, choose_ports(["mongodb"], folder / "ports.json")["mongodb"], cache_gb=0.25)
    mongodb.prepare()
    process = mongodb.program().start()
    link = Proxy(stack.parts.amqp_port)
    try:
        wait_until(mongodb.is_ready, mongodb.program(), lambda: process.poll() is None)
        stack.start("accounts", "volunteers", "district")
        stack.start(
            f"shifts.{HERE}",
            MONGODB_URI=mongodb.uri,
            AMQP_URI=f"amqp://127.0.0.1:{link.port}/{stack.name}",
            TOKEN_AUDIENCE=OWN_AUDIENCE,
        )
        with MongoClient[dict[str, Any]](mongodb.uri) as own:
            yield Edge(stack, link, own)
    finally:
        link.close()
        if f"shifts.{HERE}" in stack.processes:
            stack.kill(f"shifts.{HERE}")
        process.kill()
        process.wait()


def test_both_ends_work_on_for_days_without_the_link_and_catch_up_in_order_by_themselves(edge: Edge) -> None:
    today = now().astimezone(SHANGHAI)
    post = {"id": "gate-2", "kind": "gate", "name": "二号门", "name_en": "Gate 2", "place": "岗亭"}
    edge.does("POST", "/posts", post)
    plan = {"post": "gate-2", "first_day": str(today.date()), "days": 3, "turn_hours": 8, "head_count": 2}
    edge.does("POST", "/plan", plan)
    running = f"gate-2-{today:%Y%m%d}T{today.hour // 8 * 8:02}00"
    later, last = (f"gate-2-{today + timedelta(days=2):%Y%m%d}T{hour}00" for hour in ("00", "16"))
    luo, qin, fang = (edge.approve(name) for name in ("罗见山", "秦晚舟", "方小满"))
    eventually(lambda: edge.shifts["names"].count_documents({}) == 3)
    eventually(lambda: edge.shifts["rosters"].count_documents({"standing": "approved"}) == 3)
    assert edge.claims(later, qin) == (200, "")
    eventually(lambda: edge.seen()["silence"] is None and edge.behind() == 0)

    edge.link.shut()
    eventually(lambda: edge.here("GET", "/", edge.token(STAFF)).ok and not ready(edge))
    assert edge.claims(running, luo) == (200, "")
    edge.does("POST", f"/{running}/claims/{luo}/check-in")
    assert edge.claims(last, fang) == (200, "")
    edge.does("POST", "/posts", {**post, "id": "gate-3", "name": "三号门", "name_en": "Gate 3"})
    edge.does("POST", f"/{running}/claims/{luo}/check-out")
    shen = edge.approve("沈雨桐")
    suspended = edge.stack.call(
        "POST", f"/volunteers/{HERE}/{qin}/suspension", edge.stack.token(STAFF), {"reason": "长期未到岗"}
    )
    assert suspended.ok
    assert edge.claims(last, shen) == (409, "volunteer-not-approved")
    assert claimants(edge, later) == [qin]
    told_before = told(edge)
    assert edge.behind() >= 4

    since = now().replace(microsecond=0) - DAYS_AWAY
    edge.district["heard"].update_one({"_id": f"/communities/{HERE}/shifts"}, {"$set": {"at": since}})
    shown = edge.seen()
    assert (shown["state"], shown["silence"]) == ("silent", {"why": "silent", "since": since.isoformat()})
    page = edge.stack.call("GET", "/district/", edge.stack.token("officer@district"), Accept="text/html").text
    assert "失联" in page
    assert told(edge) == told_before

    edge.link.heal()
    eventually(lambda: edge.behind() == 0 and ready(edge))
    eventually(lambda: claimants(edge, later) == [])
    eventually(lambda: edge.claims(last, shen) == (200, ""))
    eventually(lambda: edge.behind() == 0 and told(edge) == journalled(edge))
    eventually(lambda: edge.seen()["silence"] is None)
    assert edge.district["held"].count_documents({}) == edge.shifts["held"].count_documents({}) == 0
    (shift,) = DistrictStore(edge.district)["shifts_seen"].find({"claimed": shen})
    assert set(shift["claimed"]) == {fang, shen}


def ready(edge: Edge) -> bool:
    """Whether the community's shifts have all they need; that they answer does not depend on it."""
    return requests.get(f"http://{edge.stack.addresses[f'shifts.{HERE}']}/healthz/ready", timeout=10).ok


def claimants(edge: Edge, shift: str) -> list[str]:
    return [one["volunteer"] for one in edge.does("GET", f"/{shift}")["claims"]]


def journalled(edge: Edge) -> dict[str, list[int]]:
    """What the community's own journal holds, by aggregate, in order."""
    return by_aggregate(edge.shifts["journal"].find().sort("order"))


def told(edge: Edge) -> dict[str, list[int]]:
    """What of it took effect at the district, in the order in which it did."""
    log = edge.district["received"].find({"event.source": f"/communities/{HERE}/shifts"}).sort("_id")
    return by_aggregate(entry["event"] for entry in log)


def by_aggregate(events: Any) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for event in events:
        aggregate = event["type"].rsplit(".", 2)[0]
        found.setdefault(f"{aggregate} {event['subject']}", []).append(event["sequence"])
    return found


def test_meanwhile_old_tokens_of_the_community_serve_and_no_others(edge: Edge) -> None:
    """At the doors: what a person may do with the token that was in their phone when the link broke."""
    eventually(lambda: edge.shifts["heard"].find_one({"_id": "/district/accounts"}))
    old = now() - timedelta(hours=20)
    phone = {
        "staff": edge.token(STAFF, at=old),
        "volunteer": edge.token(f"volunteer@community:{HERE}", at=old),
        "an old volunteer": edge.token(f"volunteer@community:{HERE}", at=now() - timedelta(hours=25)),
        "an officer": edge.token("officer@district", at=old),
        "a neighbour": edge.token(f"staff@community:{ELSEWHERE}", at=old),
    }
    fresh = edge.token(STAFF)
    foreign = edge.stack.token(STAFF)

    def let_in() -> list[str]:
        return [who for who, token in phone.items() if edge.here("GET", "/", token).ok]

    assert let_in() == []
    edge.link.shut()
    eventually(lambda: not ready(edge))
    assert let_in() == []
    away = {"$set": {"at": now() - timedelta(minutes=6)}}
    edge.shifts["heard"].update_one({"_id": "/district/accounts"}, away)
    assert let_in() == ["staff", "volunteer"]
    assert edge.here("GET", "/", fresh).ok
    assert edge.here("GET", "/", foreign).status_code == 401
    assert edge.here("GET", "/plan", phone["volunteer"]).status_code == 403
    edge.link.heal()
    eventually(lambda: let_in() == [])


def test_with_the_whole_district_stopped_staff_sign_in_with_a_pass_see_the_board_assign_and_check_in(
    edge: Edge,
) -> None:
    today = now().astimezone(SHANGHAI)
    post = {"id": "gate-7", "kind": "gate", "name": "七号门", "name_en": "Gate 7", "place": "岗亭"}
    edge.does("POST", "/posts", post)
    plan = {"post": "gate-7", "first_day": str(today.date()), "days": 1, "turn_hours": 8, "head_count": 1}
    edge.does("POST", "/plan", plan)
    running = f"gate-7-{today:%Y%m%d}T{today.hour // 8 * 8:02}00"
    edge.approve("顾长庚")
    helper = edge.people["顾长庚"][1]
    eventually(lambda: edge.shifts["names"].find_one({"_id": helper}))
    eventually(lambda: edge.shifts["rosters"].find_one({"_id": helper, "standing": "approved"}))
    eventually(lambda: edge.shifts["heard"].find_one({"_id": "/district/accounts"}))
    maker, pass_of = TokenMaker(edge.stack.signing_key), [Grant("staff", f"community:{HERE}")]
    yesterday = now() - timedelta(days=1)
    old_pass = maker.make(new_id(), pass_of, yesterday, name="staff", audience=OWN_AUDIENCE, life=PASS_LIFE)
    edge.link.shut()
    for service in ("accounts", "volunteers", "district"):
        edge.stack.kill(service)
    desk = Desk(edge)
    assert desk.sees("/").url.endswith(f"/pass?next={quote(f'{HOME}/', safe='')}")
    assert desk.presses(f"/pass?next={HOME}/", "/pass", {"pass": old_pass}).status_code == 422
    away = {"$set": {"at": now() - timedelta(minutes=6)}}
    edge.shifts["heard"].update_one({"_id": "/district/accounts"}, away)
    board = desk.presses(f"/pass?next={HOME}/", "/pass", {"pass": old_pass, "next": f"{HOME}/"})
    assert (board.status_code, "七号门" in board.text) == (200, True)
    assert "/accounts/" not in board.text
    assert desk.presses(f"/{running}", f"/{running}/claims", {"volunteer": helper}).ok
    assert desk.presses(f"/{running}", f"/{running}/claims/{helper}/check-in", {}).ok
    assert edge.does("GET", f"/{running}")["claims"][0]["checked_in"]
    edge.stack.start("accounts", "volunteers", "district")
    edge.link.heal()
    eventually(lambda: edge.behind() == 0 and told(edge) == journalled(edge), seconds=60)
    assert desk.presses("/", "/pass/end", {}).url.endswith("/pass")
    assert desk.sees("/").url.endswith(f"/pass?next={quote(f'{HOME}/', safe='')}")


def test_at_its_own_grid_staff_sign_in_with_a_pass_too_and_ask_for_a_disinfection(edge: Edge) -> None:
    edge.stack.start(f"grid.{HERE}", TOKEN_AUDIENCE=OWN_AUDIENCE)
    desk, asking = Desk(edge, "grid"), f"/communities/{HERE}/grid/disinfection"
    assert desk.sees("/disinfection").url.endswith(f"/grid/pass?next={quote(asking, safe='')}")
    maker, held = TokenMaker(edge.stack.signing_key), [Grant("staff", f"community:{HERE}")]
    a_pass = maker.make(new_id(), held, now(), name="staff", audience=OWN_AUDIENCE, life=PASS_LIFE)
    signed_in = desk.presses(f"/pass?next={asking}", "/pass", {"pass": a_pass, "next": asking})
    assert (signed_in.status_code, signed_in.url.endswith(asking)) == (200, True)
    wanted = {"kind": "lift", "place": "3号楼电梯", "why": "有人发热", "urgency": "today"}
    asked = desk.presses("/disinfection/new", "/disinfection", wanted)
    assert (asked.status_code, "3号楼电梯" in asked.text) == (200, True)
    assert desk.presses("/disinfection", "/pass/end", {}).url.endswith("/grid/pass")


class Desk:
    """A browser at the community's own address, which gets along without JavaScript."""

    def __init__(self, edge: Edge, service: str = "shifts") -> None:
        self._origin = f"http://{edge.stack.addresses[f'{service}.{HERE}']}"
        self._home = f"/communities/{HERE}/{service}"
        self._browser = requests.Session()
        self._browser.headers["Accept"] = "text/html"

    def sees(self, path: str) -> requests.Response:
        return self._browser.get(f"{self._origin}{self._home}{path}", timeout=30)

    def presses(self, page: str, door: str, fields: dict[str, str]) -> requests.Response:
        """A form on that page, sent as the browser does."""
        hidden = dict(re.findall(r'name="(csrf_token|once)" value="([^"]*)"', self.sees(page).text))
        return self._browser.post(f"{self._origin}{self._home}{door}", data={**hidden, **fields}, timeout=30)


@dataclass(frozen=True)
class Clock:
    """A token's whole story: made at an hour, read at another, accounts silent since a third (None: never missed)."""

    made: datetime
    read: datetime
    silent_since: datetime | None


HOURS = st.floats(0, 24 * 9, allow_nan=False).map(lambda hours: timedelta(hours=hours))
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
CLOCKS = st.builds(
    lambda age, silent: Clock(NOON, NOON + age, NOON + age - silent if silent is not None else None),
    HOURS,
    st.none() | st.floats(0, 60).map(lambda minutes: timedelta(minutes=minutes)) | HOURS,
)
GRANTS = st.sets(
    st.sampled_from([
        STAFF, f"captain@community:{HERE}", f"volunteer@community:{HERE}", f"staff@community:{ELSEWHERE}",
        f"volunteer@community:{ELSEWHERE}", "officer@district", "operator@district", "rescuer@team:1", "donor@self",
    ])
)  # fmt: skip
LONGEST = {
    STAFF: timedelta(days=7),
    f"captain@community:{HERE}": timedelta(hours=24),
    f"volunteer@community:{HERE}": timedelta(hours=24),
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory, stack: Stack) -> tuple[TokenMaker, Path]:
    return TokenMaker(stack.signing_key), stack.home / "keys.json"


@given(clock=CLOCKS, grants=GRANTS, community=st.sampled_from([HERE, None]))
def test_a_token_outlives_itself_only_while_accounts_is_away_and_only_with_this_communitys_rights(
    keys: tuple[TokenMaker, Path], clock: Clock, grants: set[str], community: str | None
) -> None:
    maker, jwks = keys
    held = [Grant(*one.split("@")) for one in sorted(grants)]
    token = maker.make("lin", held, clock.made, name="lin", audience=OWN_AUDIENCE)
    over = clock.read - clock.made - TOKEN_LIFE
    away = clock.silent_since is not None and clock.read - clock.silent_since >= timedelta(minutes=5)
    if over < timedelta(0):
        expected = grants
    elif away and community == HERE:
        expected = {one for one in grants & LONGEST.keys() if over < LONGEST[one]}
    else:
        expected = set()
    got = rights(jwks, token, clock, community)
    assert got == (expected if over < timedelta(0) else expected or None)


def rights(jwks: Path, token: str, clock: Clock, community: str | None) -> set[str] | None:
    try:
        caller: Principal = TokenReader(jwks, OWN_AUDIENCE).read(
            token, clock.read, community=community, accounts_silent_since=lambda: clock.silent_since
        )
    except NotSignedIn:
        return None
    return {str(one) for one in caller.grants}


def test_a_token_that_is_not_genuine_gains_nothing_by_the_silence(keys: tuple[TokenMaker, Path]) -> None:
    maker, jwks = keys
    clock = Clock(NOON, NOON + timedelta(hours=1), NOON - timedelta(hours=1))
    genuine = maker.make("lin", [Grant("staff", OWN_AUDIENCE)], clock.made, name="lin", audience=OWN_AUDIENCE)
    other = maker.make("lin", [Grant("staff", OWN_AUDIENCE)], clock.made, name="lin", audience="district")
    head, _, sign = genuine.split(".")
    claims = json.dumps({"aud": OWN_AUDIENCE, "sub": "lin", "grants": ["officer@district"]})
    assert rights(jwks, genuine, clock, HERE) == {STAFF}
    for forged in (other, f"{head}.{claims}.{sign}", f"{head}.e30.{sign}", f"{genuine[:-6]}AAAAAA"):
        assert rights(jwks, forged, clock, HERE) is None
