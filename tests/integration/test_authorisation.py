"""Who may: every door of every service, found from the classes, called by every role, of its own and of another community."""

import re
from typing import NamedTuple

import pytest
import requests
from nameko.extensions import Entrypoint
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from deploy.docs.doors import Entry, doors_of, who_may
from services.catalogue import service_class, service_names
from shared.events.contracts.accounts import ROLES
from shared.kernel.ids import new_id
from shared.web.entrypoint import WebEntrypoint
from shared.web.live_hub import Live
from tests.stack import Stack

HERE, ELSEWHERE = "yueran", "biguiyuan"
REACH_EVERYWHERE = ("officer", "operator")
# Doors for anyone that ask for a credential of their own, not for a caller.
ASKS_FOR_ITS_OWN = {("POST", "/accounts/sessions/renew"): "the renewal cookie"}


class Caller(NamedTuple):
    """`rights` None: nobody; empty: signed in without a role."""

    rights: tuple[str, ...] | None

    def __str__(self) -> str:
        return "nobody" if self.rights is None else ", ".join(self.rights) or "signed in"


CALLERS = [
    Caller(None),
    Caller(()),
    *(Caller((f"{role}@district",)) for role in REACH_EVERYWHERE),
    *(Caller((f"{role}@community:{place}",)) for role in ROLES for place in (HERE, ELSEWHERE)
      if role not in REACH_EVERYWHERE),
    Caller((f"volunteer@community:{HERE}", f"staff@community:{ELSEWHERE}")),
]  # fmt: skip

DOORS = [(name, entry) for name in service_names() for entry in doors_of(service_class(name))]


def named(case: object) -> str:
    return f"{case.door.method} {case.door.url}" if isinstance(case, Entry) else str(case)


@pytest.fixture(scope="module")
def district(stack: Stack) -> Stack:
    instances = [f"{name}.{HERE}" if service_class(name).per_community else name for name in service_names()]
    return stack.start(*instances)


@pytest.fixture(scope="module")
def wire() -> requests.Session:
    return requests.Session()


@pytest.mark.parametrize("service", service_names())
def test_whatever_takes_requests_is_a_door_with_an_access(service: str) -> None:
    cls = service_class(service)
    entrypoints = [one for name in dir(cls) for one in getattr(getattr(cls, name), "nameko_entrypoints", ())]
    assert all(isinstance(one, Entrypoint) for one in entrypoints)
    assert [one for one in entrypoints if hasattr(one, "get_url_rule") and not isinstance(one, WebEntrypoint)] == []


@pytest.mark.parametrize(("service", "entry"), DOORS, ids=named)
def test_a_door_lets_in_whom_it_says_and_nobody_else(
    service: str, entry: Entry, district: Stack, wire: requests.Session
) -> None:
    instance = f"{service}.{HERE}" if service_class(service).per_community else service
    address = district.addresses[instance]
    ask = knock if isinstance(entry.door, Live) else call
    answers = {str(one): ask(district, wire, address, entry.door, one) for one in CALLERS}
    expected = {str(one): verdict(entry.door, one) for one in CALLERS}
    assert {who: refusal(status) for who, status in answers.items()} == expected
    assert all(status < 500 or entry.name == "ready" for status in answers.values()), answers


def verdict(door: WebEntrypoint, caller: Caller) -> int | None:
    """The rule, told once more: 401 for who is not signed in, 403 for who has no fitting right, else let in (None)."""
    said = who_may(door.who)
    if (door.method, door.url) in ASKS_FOR_ITS_OWN:
        return 401
    if said == "anyone":
        return None
    if caller.rights is None:
        return 401
    fitting = {"signed in"} & {said} or {right for right in caller.rights if fits(right, said.split(", "), door.url)}
    return None if fitting else 403


def fits(right: str, roles: list[str], url: str) -> bool:
    role, scope = right.split("@")
    reaches = role in REACH_EVERYWHERE or "<community>" not in url or scope == f"community:{HERE}"
    return role in roles and reaches


def refusal(status: int) -> int | None:
    return status if status in (401, 403) else None


def call(stack: Stack, wire: requests.Session, address: str, door: WebEntrypoint, caller: Caller) -> int:
    body = None if door.method == "GET" else {}
    url = f"http://{address}{filled(door.url)}"
    headers = credentials(stack, caller)
    with wire.request(door.method, url, json=body, headers=headers, timeout=30, allow_redirects=False) as answer:
        return answer.status_code


def knock(stack: Stack, _wire: requests.Session, address: str, door: WebEntrypoint, caller: Caller) -> int:
    """A websocket's handshake, from one of our own pages."""
    headers = credentials(stack, caller)
    try:
        with connect(f"ws://{address}{filled(door.url)}", origin=stack.origin, additional_headers=headers, proxy=None):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def credentials(stack: Stack, caller: Caller) -> dict[str, str]:
    return {} if caller.rights is None else {"Authorization": f"Bearer {stack.token(*caller.rights)}"}


def filled(url: str) -> str:
    """A URL of things that do not exist, in this community."""
    return re.sub(r"<(?:\w+:)?\w+>", lambda _: new_id(), url.replace("<community>", HERE))
