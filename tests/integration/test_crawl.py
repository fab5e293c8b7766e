"""Every page and list there is, as everybody who may look, over a district that holds every state and every kind of event."""

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

import pytest
import requests
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from deploy.docs.doors import doors_of
from services.catalogue import service_class
from shared.web.endpoint import Endpoint
from tests.lengths import by_length
from tests.peopled import ROLES, instances, known_as, people_it, tell_everything, tell_the_unbearable, token_of
from tests.stack import Stack

OF_EACH = by_length(1, 2)  # pages behind one door that a role looks at
LINK = re.compile(r'(?:href|action|hx-get)="([^"#]*)')
AS_PAGE, AS_JSON = "text/html", "application/json"


class Way(NamedTuple):
    """A door that is looked through, and who answers there."""

    door: Endpoint
    instance: str


GETS = [
    Way(entry.door, instance)
    for instance in instances()
    for entry in doors_of(service_class(instance.partition(".")[0]))
    if isinstance(entry.door, Endpoint) and entry.door.method == "GET"
]


def behind(address: str, ways: Sequence[Way]) -> Way:
    """Which of these ways leads to this address. Raises NotFound."""
    rules = Map([Rule(one.door.url, endpoint=one) for one in ways])
    way: Way = rules.bind("").match(urlsplit(address).path)[0]
    return way


RULES = Map([Rule(one.door.url, endpoint=one) for one in GETS]).bind("")


def looked_through(address: str) -> Way | None:
    """None for what is not ours, and for what is the same for all."""
    parts = urlsplit(address)
    if parts.netloc or parts.path.startswith(("/static/", "/healthz", "/metrics")):
        return None
    try:
        way: Way = RULES.match(parts.path)[0]
    except HTTPException:
        return None
    return way


def addresses(way: Way, there: dict[str, list[str]]) -> Iterator[str]:
    """Of each thing that is there, as far as the URL's names are known; else of nothing that is."""
    service, door = way.instance.partition(".")[0], way.door
    known = {name: known_as(there, service, name) for name in re.findall(r"<(\w+)>", door.url)}
    for number in range(max(map(len, known.values()), default=1)):
        address = door.url
        for name, ids in known.items():
            address = address.replace(f"<{name}>", quote(ids[min(number, len(ids) - 1)], safe=""))
        yield address


@dataclass
class Crawl:
    """One role's walk along all links, a few pages of each door; `drawn` counts them, `shut` are those not for it, `answers`
    tells the status of each."""

    stack: Stack
    role: str
    wire: requests.Session = field(default_factory=requests.Session)
    drawn: Counter[str] = field(default_factory=Counter)
    shut: set[str] = field(default_factory=set)
    answers: dict[tuple[str, str], int] = field(default_factory=dict)

    @cached_property
    def token(self) -> str | None:
        return token_of(self.stack, self.role)

    def walk(self, there: dict[str, list[str]]) -> "Crawl":
        ahead = deque(address for way in GETS for address in addresses(way, there))
        while ahead:
            address = ahead.popleft()
            way = looked_through(address)
            if way is None or way.door.url in self.shut or self.drawn[way.door.url] >= OF_EACH:
                continue
            if (AS_PAGE, address) in self.answers:
                continue
            answer = self.ask(way, address, AS_PAGE)
            if answer.status_code == 200:
                self.drawn[way.door.url] += 1
                ahead.extendleft(urljoin(address, unescape(link)) for link in LINK.findall(answer.text))
                if way.door.file is None and self.drawn[way.door.url] == 1:
                    self.ask(way, address, AS_JSON)
            elif answer.status_code in (303, 403):  # not for this role, whatever stands in the address
                self.shut.add(way.door.url)
        return self

    def ask(self, way: Way, address: str, form: str) -> requests.Response:
        headers = {"Accept": form, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        answer = self.wire.get(
            self.stack.url(address, way.instance), headers=headers, timeout=30, allow_redirects=False
        )
        self.answers[form, address] = answer.status_code
        return answer


@pytest.fixture(scope="module")
def there(stack: Stack) -> dict[str, list[str]]:
    """What a URL's names may stand for."""
    stack.start(*instances())
    there = people_it(stack)
    tell_everything(stack)
    tell_the_unbearable(stack)
    return there


@pytest.fixture(scope="module")
def crawls(stack: Stack, there: dict[str, list[str]]) -> dict[str, Crawl]:
    return {role: Crawl(stack, role).walk(there) for role in ROLES}


@pytest.mark.parametrize("role", ROLES)
def test_no_page_or_list_is_a_fault_of_ours(role: str, crawls: dict[str, Crawl]) -> None:
    assert {way: status for way, status in crawls[role].answers.items() if status >= 500} == {}


def test_every_page_there_is_was_looked_at(crawls: dict[str, Crawl]) -> None:
    drawn = {url for crawl in crawls.values() for url in crawl.drawn}
    assert sorted({way.door.url for way in GETS if way.door.page} - drawn - NOT_THERE.keys()) == []


NOT_THERE = {
    "/communities/<community>/grid/pass": "is only at a community's own address",
    "/communities/<community>/shifts/pass": "is only at a community's own address",
    "/communities/<community>/shifts/check-in/<post>/<code>": "holds for half a minute",
    "/notices/answers/<token>": "is told to a phone",
    "/rescue/inbox": "leads to the team's own; tests/integration/test_rescue.py looks at it as a member of none",
    "/volunteers/<community>/loans/requests/<asker>/<shift>": "tests/integration/test_loans.py asks and looks at it",
}
