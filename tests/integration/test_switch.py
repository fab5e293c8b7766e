"""The language switch of every page that answers a form: the same again in the other language, with what was typed; nothing is
done twice."""

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from itertools import count
from typing import Any
from urllib.parse import unquote, urljoin

import pytest
import requests
from marshmallow import fields

from deploy.docs.doors import doors_of, who_may
from services.catalogue import service_class
from shared.kernel.ids import new_id, now
from shared.security.tokens import Grant, TokenMaker
from shared.web.endpoint import DONE_ALREADY, Endpoint
from shared.web.request import csrf_of
from tests.integration.test_crawl import Way, addresses, behind
from tests.integration.test_notify import ALERT
from tests.peopled import HERE, NOTICE, PASSWORD, ROLES, SELF, instances, people_it
from tests.stack import Stack

SWITCH = re.compile(r'<form class="language" method="post" action="([^"]*)">(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
LANGUAGE = re.compile(r'<html lang="([\w-]+)"')
TYPED = "这是填的字"
SECRET = {"secret"}  # is not shown again, as no password is
OF_WORDS = ("text", "search", "tel", "email")
SHIFTS, GRID = f"/communities/{HERE}/shifts", f"/communities/{HERE}/grid"

FORMS = [
    Way(entry.door, instance)
    for instance in instances()
    for entry in doors_of(service_class(instance.partition(".")[0]))
    if isinstance(entry.door, Endpoint) and entry.door.method == "POST"
]


class Browser:
    """Somebody with a window, signed in as their role says: cookies, forms, and what is pressed on a page."""

    def __init__(self, stack: Stack, role: str) -> None:
        self.stack, self.secret = stack, new_id()
        self.session = requests.Session()
        self.session.headers["Accept"] = "text/html"
        grants = ROLES[role]
        if grants is None:
            self.session.cookies.set("visit", self.secret, domain="127.0.0.1")
        else:
            held = [Grant(*one.split("@")) for one in grants]
            maker = TokenMaker(stack.signing_key)
            token = maker.make(SELF[role], held, now(), name=role, audience="district", session=self.secret)
            self.session.cookies.set("session", token, domain="127.0.0.1")

    def send(self, url: str, typed: dict[str, Any], **headers: str) -> requests.Response:
        fields_ = {"csrf_token": csrf_of(self.secret), **typed}
        return self.session.post(url, fields_, headers=headers, timeout=30, allow_redirects=False)

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.stack.url(path), timeout=30, allow_redirects=False)

    def switch(self, page: requests.Response, **instead: str) -> requests.Response:
        """Presses the other language."""
        ((action, inside),) = SWITCH.findall(page.text)
        carried = {name: unescape(value) for name, value in HIDDEN.findall(inside)}
        return self.send(urljoin(page.url, unescape(action)), {**carried, **instead})


class Lines(HTMLParser):
    """The lines in which one writes, of the forms that are sent to `action`: what stands in each, by name."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._action, self._is_ours, self._area = action, False, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_ours = said.get("action") == self._action
        elif self._is_ours and tag == "textarea":
            self._area = said["name"]
            self.found[self._area] = ""
        elif self._is_ours and tag == "input" and said.get("type", "text") in OF_WORDS:
            self.found[said["name"]] = said.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


def role_for(door: Endpoint) -> str:
    """Whoever may, and is more than signed in where that is enough."""
    said = who_may(door.who).split(", ")
    return {"anyone": "nobody", "signed in": "volunteer"}.get(said[0]) or next(role for role in ROLES if role in said)


def wrong(door: Endpoint) -> dict[str, Any]:
    """Words in every line, and one field that there is not, so that nothing can come of it."""
    words = {name: TYPED for name, one in door.body().fields.items() if isinstance(one, fields.String)}
    return {**words, "no-such-field": "x"}


@pytest.fixture(scope="module")
def there(stack: Stack) -> dict[str, list[str]]:
    stack.start(*instances())
    return people_it(stack)


@pytest.fixture(scope="module")
def browsers(stack: Stack, there: dict[str, list[str]]) -> dict[str, Browser]:
    return {role: Browser(stack, role) for role in ROLES}


@pytest.fixture(scope="module")
def journals(stack: Stack, there: dict[str, list[str]]) -> Callable[[], dict[str, int]]:
    """How much each service has said, and who looked at whom."""

    def said() -> dict[str, int]:
        databases = {one: stack.database(*one.split(".")) for one in instances()}
        return {
            f"{one} {name}": database[name].count_documents({})
            for one, database in databases.items()
            for name in ("journal", "answers", "looks", "links")
        }

    return said


@pytest.mark.parametrize("form", FORMS, ids=lambda one: one.door.url)
def test_a_refused_form_is_the_same_in_the_other_language_and_back(
    form: Way, stack: Stack, there: dict[str, list[str]], browsers: dict[str, Browser]
) -> None:
    browser = browsers[role_for(form.door)]
    sent = wrong(form.door).keys() - SECRET
    for address in addresses(form, there):
        refused = browser.send(stack.url(address, form.instance), wrong(form.door))
        if refused.status_code == 303:  # there is no such form for this caller; they are led to what there is
            assert form.door.again
            continue
        assert 400 <= refused.status_code < 500
        other = browser.switch(refused)
        back = browser.switch(other)
        assert (other.status_code, back.status_code) == (200, 200)
        assert [*map(language, (refused, other, back))] == ["zh-CN", "en", "zh-CN"]
        assert back.text == refused.text
        for page in (refused, other):
            lines = Lines(page.text, address).found
            assert {name: lines[name] for name in lines if name in sent} == {
                name: TYPED for name in lines if name in sent
            }


NUMBERS = (f"1900000{number}" for number in count(1000))  # a code goes to each but once a minute


def shown(there: dict[str, list[str]]) -> dict[str, tuple[str, dict[str, Any], str]]:
    """By the address of each form that is answered with a page: by whom it is sent, with what, and what only that page tells."""
    serving, waiting = there["volunteer"]
    one, other = next(NUMBERS), next(NUMBERS)
    return {
        "/accounts/pass": ("volunteer", {"community": HERE}, r">\s*([\w-]+\.[\w-]+\.[\w-]+)</textarea>"),
        "/accounts/phone": ("volunteer", {"phone": one, "present": PASSWORD}, one),
        "/accounts/sign-in/codes": ("nobody", {"phone": other}, other),
        f"{GRID}/care": ("staff", {}, "/care"),
        f"{GRID}/erasure/search": ("staff", {"phone": "19000000009"}, there["household"][0]),
        f"{GRID}/households/{there['household'][0]}/look": ("staff", {}, "周奶奶"),
        f"{SHIFTS}/calendar/link": ("volunteer", {}, r'href="([^"]*\.ics)"'),
        f"{SHIFTS}/posts/gate-2/screen/link": ("staff", {}, r'href="([^"]*/screens/[^"]*)"'),
        "/notices/bulletins/preview": (
            "officer",
            {**NOTICE, "public": "true", "paper": "true", "ask": "true"},
            "明天停水。",
        ),
        "/notices/bulletins/alerts/preview": ("officer", {"xml": ALERT.read_text()}, "xml"),
        f"/volunteers/{HERE}/{serving}/phone": ("staff", {}, "19000000001"),
        f"/volunteers/{HERE}/approvals": ("staff", {"volunteers": [waiting]}, "/volunteers/"),
    }


def test_a_page_that_came_of_a_form_is_the_same_in_the_other_language_and_nothing_is_done_again(
    stack: Stack, there: dict[str, list[str]], browsers: dict[str, Browser], journals: Callable[[], dict[str, int]]
) -> None:
    table = shown(there)
    answered = {form.door.url for form in FORMS if form.door.page}
    assert answered == {behind(address, FORMS).door.url for address in table}
    for address, (role, typed, tells) in table.items():
        browser, form = browsers[role], behind(address, FORMS)
        page = browser.send(stack.url(address, form.instance), {**typed, "once": new_id()})
        assert page.ok, f"{address}: {page.text}"
        before = journals()
        other = browser.switch(page)
        back = browser.switch(other)
        assert [(one.status_code, language(one)) for one in (other, back)] == [(200, "en"), (200, "zh-CN")], address
        assert back.text == page.text
        assert re.findall(tells, page.text) == re.findall(tells, other.text) != [], address
        assert journals() == before, address


def test_a_link_told_once_still_leads_there_after_the_switch(
    stack: Stack, there: dict[str, list[str]], browsers: dict[str, Browser]
) -> None:
    page = browsers["volunteer"].send(stack.url(f"{SHIFTS}/calendar/link"), {})
    (link,) = re.findall(r'href="[^"]*(/communities/[^"]*\.ics)"', browsers["volunteer"].switch(page).text)
    assert requests.get(stack.url(link), timeout=30).ok


def test_a_form_sent_twice_leads_back_and_says_that_it_was_done(
    stack: Stack, there: dict[str, list[str]], journals: Callable[[], dict[str, int]]
) -> None:
    """As reloading the page does that told a link once."""
    calendar, screen = f"{SHIFTS}/calendar", f"{SHIFTS}/posts/gate-2/codes"
    for role, form, back in [
        ("volunteer", f"{calendar}/link", calendar),
        ("staff", f"{SHIFTS}/posts/gate-2/screen/link", screen),
    ]:
        browser, once = Browser(stack, role), {"once": new_id()}
        assert browser.send(stack.url(form), once).ok
        before = journals()
        again = browser.send(stack.url(form), once, Referer=f"{stack.origin}{back}?x=1")
        assert (again.status_code, again.headers["Location"]) == (303, f"{back}?x=1")
        assert unquote(again.cookies["notice"]) == DONE_ALREADY.zh
        assert journals() == before


@pytest.mark.parametrize("instead", [{"carried": "x.y"}, {"carried": ""}, {"csrf_token": "0" * 64}])
def test_nothing_is_shown_that_we_drew_for_nobody_or_for_somebody_else(
    instead: dict[str, str], stack: Stack, there: dict[str, list[str]], browsers: dict[str, Browser]
) -> None:
    refused = browsers["volunteer"].send(stack.url(f"/volunteers/{HERE}/applications"), {"display_name": TYPED})
    answer = browsers["volunteer"].switch(refused, **instead)
    assert (answer.status_code, language(answer)) == (403, {"zh-CN": "en", "en": "zh-CN"}[language(refused)])
    ((_, inside),) = SWITCH.findall(refused.text)
    carried = dict(HIDDEN.findall(inside))["carried"]
    stranger = browsers["staff"].send(
        stack.url(f"/volunteers/{HERE}/applications?switching=1&lang=en"), {"carried": unescape(carried)}
    )
    assert stranger.status_code == 403
    assert TYPED not in stranger.text


def test_nothing_came_of_any_of_them(stack: Stack, there: dict[str, list[str]], journals: Any) -> None:
    """Runs after the above: whatever they said would stand in a journal."""
    said = [
        one
        for instance in instances()
        for one in stack.database(*instance.split("."))["journal"].find({"data": {"$exists": True}})
        if TYPED in str(one)
    ]
    assert said == []


def language(page: requests.Response) -> str:
    return LANGUAGE.findall(page.text)[0]
