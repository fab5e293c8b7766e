"""Signing in by a code to one's phone on real parts: accounts asks, notify sends by a real gateway, the person shows it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.integration.test_accounts import PASSWORD, Browser, tokens
from tests.outside import Gateway
from tests.stack import Stack, eventually


@dataclass
class Town:
    stack: Stack
    gateway: Gateway
    made: int = 0

    def post(self, path: str, body: Any, token: str | None = None) -> requests.Response:
        return self.stack.call("POST", path, token, body)

    def person(self) -> tuple[str, str, str]:
        """Somebody with an account: user name, token, and the number they have in their pocket."""
        self.made += 1
        user, number = f"walker{self.made}", f"1900000{self.made:04}"
        assert self.post("/accounts", {"user": user, "password": PASSWORD}).status_code == 201
        return user, str(tokens(self.stack, user)["access_token"]), number

    def linked(self) -> tuple[str, str, str]:
        user, token, number = self.person()
        assert self.post("/accounts/phone", {"phone": number, "present": PASSWORD}, token).ok
        assert self.post("/accounts/phone/confirmation", {"phone": number, "code": self.code(number)}, token).ok
        self.rest()
        return user, token, number

    def code(self, number: str, nth: int = 1) -> str:
        """The one that came to this phone."""
        eventually(lambda: len(self.gateway.to(f"+86{number}")) >= nth)
        found = re.search(r"\d{6}", self.gateway.to(f"+86{number}")[nth - 1].body)
        assert found
        return found[0]

    def ask(self, number: str) -> requests.Response:
        return self.post("/accounts/sign-in/codes", {"phone": number})

    def rest(self) -> None:
        """As if a minute had passed since the last code."""
        self.stack.database("accounts")["phones"].update_many({}, {"$set": {"asked": []}})


@pytest.fixture(scope="module")
def town(stack: Stack) -> Iterator[Town]:
    gateway = Gateway()
    stack.start("accounts", "notify")
    channel = {"kind": "sms", "label": "网关", "address": gateway.address}
    assert stack.call("POST", "/notices/channels", stack.token("officer@district"), channel).status_code == 201
    yield Town(stack, gateway)
    gateway.stop()


@pytest.fixture(autouse=True)
def _calm(town: Town) -> None:
    town.gateway.answer = lambda _: 200


def other(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def test_a_phone_is_linked_by_its_code_and_signs_in_at_a_page_without_a_password(town: Town) -> None:
    user, token, number = town.person()
    wanted = {"phone": number, "present": "not my password"}
    assert town.post("/accounts/phone", wanted, token).json()["code"] == "wrong-password"
    assert town.post("/accounts/phone", wanted | {"present": PASSWORD}, token).ok
    code = town.code(number)
    refused = town.post("/accounts/phone/confirmation", {"phone": number, "code": other(code)}, token)
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong-code")
    assert town.post("/accounts/sign-in/code", {"phone": number, "code": code}).json()["code"] == "wrong-code"
    assert town.post("/accounts/phone/confirmation", {"phone": number, "code": code}, token).ok
    me = town.stack.call("GET", "/accounts/", token, Accept="text/html").text
    assert f"190 **** {number[-4:]}" in me
    town.rest()
    browser = Browser(town.stack)
    asked = browser.send("/accounts/sign-in/phone", "/accounts/sign-in/codes", phone=number)
    assert f'value="{number}"' in asked.text
    code = town.code(number, 2)
    shown = browser.send("/accounts/sign-in/code", "/accounts/sign-in/code", phone=number, code=f" {code} ")
    assert shown.status_code == 303, shown.text
    assert user in browser.get("/accounts/").text
    again = Browser(town.stack).send("/accounts/sign-in/code", "/accounts/sign-in/code", phone=number, code=code)
    assert again.status_code == 422
    assert "验证码不对或已过期" in again.text


def test_a_number_nobody_signs_in_with_is_answered_alike_and_sent_nothing(town: Town) -> None:
    _, _, number = town.linked()
    stranger = "19000009999"
    known, unknown = town.ask(number), town.ask(stranger)
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json()) == (200, {"seconds": 300})
    assert town.ask(number).json()["code"] == town.ask(stranger).json()["code"] == "code-too-soon"
    assert int(town.ask(stranger).headers["Retry-After"]) <= 60
    town.code(number, 2)
    assert town.gateway.to(f"+86{stranger}") == []
    assert town.ask("12").json()["code"] == "not-a-phone"


def test_guessing_ends_after_five_and_the_right_code_is_of_no_use_then(town: Town) -> None:
    _, _, number = town.linked()
    town.ask(number)
    code = town.code(number, 2)
    for _ in range(5):
        assert town.post("/accounts/sign-in/code", {"phone": number, "code": other(code)}).status_code == 422
    assert town.post("/accounts/sign-in/code", {"phone": number, "code": code}).json()["code"] == "wrong-code"


def test_who_forgot_the_password_sets_a_new_one_by_the_code_and_every_session_ends(town: Town) -> None:
    user, token, number = town.linked()
    for _ in range(5):
        answer = town.post("/accounts/tokens", {"user": user, "password": "was it this one?"})
    assert answer.status_code == 401
    assert town.post("/accounts/tokens", {"user": user, "password": PASSWORD}).json()["code"] == "locked-out"
    town.ask(number)
    code = town.code(number, 2)
    shown = {"phone": number, "code": code, "password": "four bright lanterns"}
    assert town.post("/accounts/sign-in/code", shown | {"password": "1234567890"}).json()["code"] == "common-password"
    assert town.post("/accounts/sign-in/code", shown).ok
    assert town.stack.call("GET", "/accounts/", token).status_code == 401
    assert tokens(town.stack, user, "four bright lanterns")
    fresh = tokens(town.stack, user, "four bright lanterns")["access_token"]
    assert town.post("/accounts/phone/removal", {}, fresh).ok
    assert town.post("/accounts/phone/removal", {}, fresh).json()["code"] == "no-phone"
    town.rest()
    assert town.ask(number).ok
    assert town.post("/accounts/sign-in/code", {"phone": number, "code": code}).status_code == 422


def test_a_code_is_tried_again_where_it_surely_failed_and_holds_up_nobody_where_the_gateway_stalls(town: Town) -> None:
    (_, _, late), (_, _, silent), (_, _, fine) = (town.linked() for _ in range(3))
    said: dict[str, list[int | None]] = {late: [503, 200], silent: [None], fine: [200]}
    town.gateway.answer = lambda got: said[got.to.removeprefix("+86")].pop(0)
    for number in (late, silent, fine):
        assert town.ask(number).ok
    assert town.post("/accounts/sign-in/code", {"phone": fine, "code": town.code(fine, 2)}).ok
    assert town.code(late, 3) == town.code(late, 2)
    keys = [one.key for one in town.gateway.to(f"+86{late}")[1:]]
    assert keys[0] == keys[1]
    assert len(town.gateway.to(f"+86{silent}")) == 2
    town.gateway.stalled.set()


def test_numbers_and_codes_rest_sealed_and_are_gone_from_notify_once_sent(town: Town) -> None:
    _, _, number = town.linked()
    town.ask(number)
    code = town.code(number, 2)
    notify = town.stack.database("notify")
    eventually(lambda: notify["codes"].count_documents({}) <= 1)  # the one the gateway kept waiting, at most
    for database in (town.stack.database("accounts"), notify):
        for name in database.list_collection_names():
            kept = str(list(database[name].find()))
            assert number not in kept, name
            assert f'"{code}"' not in kept, name
