"""The HTTP door, seen from outside on volunteers: shapes, callers, representations, repeats and faults."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import requests

from shared.kernel.ids import new_id, now
from shared.security.tokens import Grant, TokenMaker
from shared.web.request import csrf_of
from tests.stack import Stack

APPLICATION = {
    "display_name": "林晓雨",
    "home": "3号楼",
    "phone": "19000000001",
    "skills": ["medical"],
    "name_shown": True,
}
APPLY = "/volunteers/yueran/applications"
LIST = "/volunteers/yueran/"
STAFF = "staff@community:yueran"


@pytest.fixture(scope="module", autouse=True)
def volunteers(stack: Stack) -> Stack:
    return stack.start("volunteers")


def test_a_good_request_is_answered_with_the_resource(stack: Stack) -> None:
    answer = stack.call("POST", APPLY, stack.token(), APPLICATION)
    assert answer.status_code == 201
    assert answer.json()["standing"] == "applied"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_field_at_fault_is_named_with_a_sentence_in_the_callers_language(stack: Stack) -> None:
    wrong = {**APPLICATION, "home": "", "unheard": 1}
    chinese = stack.call("POST", APPLY, stack.token(), wrong)
    english = stack.call("POST", APPLY, stack.token(), wrong, Accept_Language="en-GB")

    assert chinese.status_code == english.status_code == 422
    assert chinese.headers["Content-Type"] == "application/problem+json"
    assert chinese.json()["errors"] == {"home": "请填写此项，最多 40 个字。", "unheard": "没有这个字段。"}
    assert english.json()["errors"]["unheard"] == "There is no such field."


@pytest.mark.parametrize(
    ("status", "code", "headers", "body"),
    [
        (400, "malformed", {"Content-Type": "application/json"}, b"{not json"),
        (400, "malformed", {"Content-Type": "application/json"}, b"[]"),
        (415, "unsupported-media", {"Content-Type": "text/csv"}, b"a,b"),
        (413, "too-large", {"Content-Type": "application/json"}, b'{"home": "' + b"x" * 2_000_000 + b'"}'),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_by_name(
    stack: Stack, status: int, code: str, headers: dict[str, str], body: bytes
) -> None:
    headers = {**headers, "Authorization": f"Bearer {stack.token()}"}
    answer = requests.post(stack.url(APPLY), data=body, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_wrong_address_or_method_is_a_problem_too(stack: Stack) -> None:
    nowhere = stack.call("GET", "/volunteers/yueran/nowhere/at/all")
    wrong_method = stack.call("DELETE", LIST)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not-found")
    assert (wrong_method.status_code, wrong_method.json()["code"]) == (405, "method-not-allowed")
    assert wrong_method.headers["Allow"]


def test_programs_get_json_and_people_get_pages_from_one_address(stack: Stack) -> None:
    token = stack.token(STAFF)
    as_json = stack.call("GET", LIST, token)
    as_page = stack.call("GET", LIST, token, Accept="text/html,application/xhtml+xml")
    assert as_json.headers["Content-Type"] == "application/json"
    assert as_page.headers["Content-Type"].startswith("text/html")
    for answer in (as_json, as_page):
        assert {"Accept", "HX-Request", "Cookie"} <= set(answer.headers["Vary"].split(", "))


def test_pages_are_chinese_first_and_english_by_the_switch(stack: Stack) -> None:
    token = stack.token(STAFF)
    chinese = stack.call("GET", LIST, token, Accept="text/html", Accept_Language="en")
    english = stack.call("GET", LIST + "?lang=en", token, Accept="text/html")
    assert '<html lang="zh-CN">' in chinese.text
    assert '<html lang="en">' in english.text
    assert english.cookies["lang"] == "en"


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
def test_a_token_that_is_not_genuine_is_refused(stack: Stack, token: str) -> None:
    answer = stack.call("GET", LIST, token or None)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_signed_otherwise_or_for_another_audience_or_too_old_is_refused(stack: Stack) -> None:
    claims = {"iss": "lianfang", "aud": "district", "sub": "x", "iat": 0, "exp": 2**31, "grants": [STAFF]}
    unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": "test"})
    symmetric = jwt.encode(claims, "k" * 32, algorithm="HS256", headers={"kid": "test"})
    maker = TokenMaker(stack.signing_key)
    held = [Grant("staff", "community:yueran")]
    elsewhere = maker.make("x", held, now(), name="", audience="yueran")
    expired = maker.make("x", held, now() - timedelta(hours=1), name="", audience="district")
    for token in (unsigned, symmetric, elsewhere, expired):
        assert stack.call("GET", LIST, token).status_code == 401


def test_a_role_in_another_community_opens_nothing_here(stack: Stack) -> None:
    assert stack.call("GET", LIST, stack.token("staff@community:biguiyuan")).status_code == 403
    assert stack.call("GET", LIST, stack.token(STAFF)).status_code == 200
    assert stack.call("GET", LIST, stack.token("officer@district")).status_code == 200


def test_a_repeated_write_with_one_key_is_done_once_and_answered_the_same(stack: Stack) -> None:
    token = stack.token(account=new_id())
    first = stack.call("POST", APPLY, token, APPLICATION, Idempotency_Key="k1")
    again = stack.call("POST", APPLY, token, APPLICATION, Idempotency_Key="k1")
    other = stack.call("POST", APPLY, token, APPLICATION, Idempotency_Key="k2")
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "already-applied")


class Browser:
    """A signed-in browser without a window: cookies, forms and the pages they came from."""

    def __init__(self, stack: Stack, *grants: str) -> None:
        self.session = requests.Session()
        self.secret = new_id()
        held = [Grant(*one.split("@")) for one in grants]
        maker = TokenMaker(stack.signing_key)
        token = maker.make(new_id(), held, now(), name="lin", audience="district", session=self.secret)
        self.session.cookies.set("session", token, domain="127.0.0.1")
        self.stack = stack

    def post(self, path: str, fields: dict[str, Any], *, csrf: str | None = None, **headers: str) -> requests.Response:
        fields = {**fields, "csrf_token": csrf if csrf is not None else csrf_of(self.secret)}
        headers = {"Accept": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.session.post(self.stack.url(path), data=fields, headers=headers, timeout=10, allow_redirects=False)


def test_a_form_goes_through_the_same_door_and_people_are_sent_on(stack: Stack) -> None:
    browser = Browser(stack)
    answer = browser.post(APPLY, {**APPLICATION, "name_shown": "true", "skills": "medical"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/volunteers/yueran/applications/new"
    after = browser.session.get(stack.url(answer.headers["Location"]), headers={"Accept": "text/html"}, timeout=10)
    assert "报名已提交" in after.text


def test_a_form_with_a_fault_is_drawn_again_with_what_was_typed(stack: Stack) -> None:
    answer = Browser(stack).post(APPLY, {"display_name": "林晓雨", "home": "", "phone": "19000000001"})
    assert answer.status_code == 422
    assert "林晓雨" in answer.text
    assert "请填写住在几号楼" in answer.text


@pytest.mark.parametrize("change", [{"csrf": ""}, {"csrf": "0" * 64}, {"Origin": "https://elsewhere.example"}])
def test_a_write_by_cookie_from_anywhere_else_is_refused(stack: Stack, change: dict[str, str]) -> None:
    answer = Browser(stack).post(APPLY, APPLICATION, **change)
    assert answer.status_code == 403


def test_a_json_write_by_cookie_needs_the_token_too(stack: Stack) -> None:
    browser = Browser(stack)
    bare = browser.session.post(stack.url(APPLY), json=APPLICATION, timeout=10)
    proven = browser.session.post(
        stack.url(APPLY), json=APPLICATION, headers={"X-CSRF-Token": csrf_of(browser.secret)}, timeout=10
    )
    assert (bare.status_code, bare.json()["code"]) == (403, "cross-site")
    assert proven.status_code == 201


def test_people_who_are_not_signed_in_are_led_to_sign_in_and_back(stack: Stack) -> None:
    answer = stack.call("GET", LIST + "?standing=applied", Accept="text/html")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/accounts/sign-in?next=%2Fvolunteers%2Fyueran%2F%3Fstanding%3Dapplied"


def test_every_answer_forbids_foreign_scripts_and_guessing(stack: Stack) -> None:
    for path in (LIST, "/volunteers/nowhere/x/y/z"):
        headers = stack.call("GET", path, stack.token(STAFF)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_process_tells_its_health_and_its_figures(stack: Stack) -> None:
    address = stack.addresses["volunteers"]
    assert requests.get(f"http://{address}/healthz/live", timeout=5).json() == {"status": "live"}
    assert requests.get(f"http://{address}/healthz/ready", timeout=5).json()["status"] == "ready"
    figures = requests.get(f"http://{address}/metrics", timeout=5).text
    assert "lianfang_journal_depth" in figures
    assert "lianfang_http_seconds" in figures


def test_a_wrong_setting_is_told_with_all_the_others_at_start(stack: Stack) -> None:
    running = stack.processes["volunteers"]
    faulty = stack.spawn("volunteers", MONGODB_URI="http://wrong", AMQP_URI="", PUBLIC_ORIGIN="nowhere")
    stack.processes["volunteers"] = running
    assert faulty.wait(20) != 0
    said = stack.log("volunteers")
    for name in ("MONGODB_URI", "AMQP_URI", "PUBLIC_ORIGIN"):
        assert name in said
