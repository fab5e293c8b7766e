"""accounts on real parts: signing in at a page and by program, rights and their end, and what volunteers' decisions grant."""

import re
import threading
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import requests

from shared.security.tokens import Grant
from tests.stack import Stack, eventually

OPERATOR = {"user": "first.operator", "password": "seven brown gates"}
PASSWORD = "three warm lamps"
APPLICATION = {"display_name": "林晓雨", "home": "3号楼", "phone": "19000000001"}
COMMUNITIES = {"yueran": ("悦然馨苑", "Yueran Xinyuan", 5000), "biguiyuan": ("碧桂园", "Biguiyuan", 13000)}


@pytest.fixture(scope="module", autouse=True)
def services(stack: Stack) -> Stack:
    first = {"FIRST_OPERATOR_USER": OPERATOR["user"], "FIRST_OPERATOR_PASSWORD": OPERATOR["password"]}
    stack.start("accounts", "volunteers", **first)
    token = tokens(stack, OPERATOR["user"], OPERATOR["password"])["access_token"]
    for slug, (name, name_en, residents) in COMMUNITIES.items():
        body = {"slug": slug, "name": name, "name_en": name_en, "residents": residents}
        assert stack.call("POST", "/accounts/communities", token, body).status_code == 201
    return stack


@pytest.fixture
def operator(stack: Stack) -> str:
    return str(tokens(stack, OPERATOR["user"], OPERATOR["password"])["access_token"])


@pytest.fixture(scope="module")
def person(stack: Stack) -> Callable[..., tuple[str, str]]:
    """Somebody new with these rights: their account id and user name."""
    made = 0

    def register(*rights: str) -> tuple[str, str]:
        nonlocal made
        made += 1
        user = f"person{made}"
        account = stack.call("POST", "/accounts", None, {"user": user, "password": PASSWORD}).json()["id"]
        by = tokens(stack, OPERATOR["user"], OPERATOR["password"])["access_token"]
        for right in rights:
            assert change(stack, by, account, right).status_code == 200
        return account, user

    return register


def tokens(stack: Stack, user: str, password: str = PASSWORD, **more: str) -> dict[str, Any]:
    answer = stack.call("POST", "/accounts/tokens", None, {"user": user, "password": password, **more})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def change(stack: Stack, by: str, account: str, right: str, how: str = "grants") -> requests.Response:
    role, scope = right.split("@")
    return stack.call("POST", f"/accounts/{account}/{how}", by, {"role": role, "scope": scope})


def withdraw(stack: Stack, by: str, account: str, right: str) -> requests.Response:
    return change(stack, by, account, right, "grants/withdrawal")


def rights_in(token: str) -> list[str]:
    return list(jwt.decode(token, options={"verify_signature": False, "verify_aud": False})["grants"])


class Browser:
    """Somebody at a page, without JavaScript: keeps cookies, sends forms as they were drawn, follows no redirect by itself."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.session = requests.Session()
        self.session.headers["Accept"] = "text/html"

    def get(self, path: str) -> requests.Response:
        return self.session.get(self._url(path), allow_redirects=False, timeout=20)

    def send(self, form_at: str, path: str, **fields: Any) -> requests.Response:
        hidden = re.findall(r'name="(csrf_token|once)" value="([^"]+)"', self.get(form_at).text)
        return self.post(path, {**dict(hidden), **fields})

    def post(self, path: str, fields: dict[str, Any]) -> requests.Response:
        return self.session.post(self._url(path), data=fields, allow_redirects=False, timeout=20)

    def sign_in(self, user: str, password: str = PASSWORD, **more: str) -> requests.Response:
        return self.send("/accounts/sign-in", "/accounts/sign-in", user=user, password=password, **more)

    def forget(self, cookie: str) -> None:
        path = "/accounts" if cookie == "renewal" else "/"
        self.session.cookies.clear("127.0.0.1", path, cookie)

    def _url(self, path: str) -> str:
        return f"http://{self.stack.addresses['accounts']}{path}"


@pytest.fixture
def browser(stack: Stack) -> Browser:
    return Browser(stack)


# --- programs


def test_a_program_signs_in_and_its_token_opens_a_door(stack: Stack, person: Any) -> None:
    account, user = person("staff@community:yueran")
    told = tokens(stack, user.upper())
    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 900
    me = stack.call("GET", "/accounts/", told["access_token"]).json()
    assert me == {"id": account, "user": user, "rights": [{"role": "staff", "scope": "community:yueran"}]}


def test_wrong_user_and_wrong_password_are_told_the_same(stack: Stack, person: Any) -> None:
    _, user = person()
    wrong = [
        stack.call("POST", "/accounts/tokens", None, {"user": one, "password": "not at all right"})
        for one in (user, "nobody-here")
    ]
    assert wrong[0].status_code == 401
    assert wrong[0].json() == wrong[1].json()
    assert wrong[0].json()["code"] == "wrong-user-or-password"


def test_five_wrong_passwords_lock_out_even_when_tried_at_once(stack: Stack, person: Any) -> None:
    _, user = person()
    codes: list[int] = []

    def guess() -> None:
        body = {"user": user, "password": "a good guess?"}
        codes.append(stack.call("POST", "/accounts/tokens", None, body).status_code)

    guesses = [threading.Thread(target=guess) for _ in range(8)]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()
    assert sorted(codes) == [401] * 5 + [429] * 3
    locked = stack.call("POST", "/accounts/tokens", None, {"user": user, "password": PASSWORD})
    assert (locked.status_code, locked.json()["code"]) == (429, "locked-out")
    assert 0 < int(locked.headers["Retry-After"]) <= 60


def test_a_program_renews_its_token_until_it_is_revoked(stack: Stack, person: Any) -> None:
    refresh = {"refresh_token": tokens(stack, person()[1])["refresh_token"]}
    assert stack.call("POST", "/accounts/tokens/refresh", None, refresh).json()["access_token"]
    assert stack.call("POST", "/accounts/tokens/revocation", None, refresh).status_code == 204
    assert stack.call("POST", "/accounts/tokens/refresh", None, refresh).status_code == 401
    assert stack.call("POST", "/accounts/tokens/revocation", None, refresh).status_code == 204


def test_a_token_for_a_communitys_own_services_carries_that_communitys_rights_only(stack: Stack, person: Any) -> None:
    _, user = person("officer@district", "staff@community:yueran")
    assert rights_in(tokens(stack, user, audience="community:yueran")["access_token"]) == ["staff@community:yueran"]
    stranger = stack.call(
        "POST", "/accounts/tokens", None, {"user": user, "password": PASSWORD, "audience": "community:biguiyuan"}
    )
    assert stranger.status_code == 403


def test_a_token_for_one_community_opens_no_door_of_the_district(stack: Stack, person: Any) -> None:
    _, user = person("staff@community:yueran")
    token = tokens(stack, user, audience="community:yueran")["access_token"]
    assert stack.call("GET", "/volunteers/yueran/", token).status_code == 401


def test_the_public_keys_verify_a_token(stack: Stack, person: Any) -> None:
    keys = jwt.PyJWKSet.from_dict(stack.call("GET", "/accounts/keys").json())
    token = tokens(stack, person()[1])["access_token"]
    kid = jwt.get_unverified_header(token)["kid"]
    assert jwt.decode(token, keys[kid], algorithms=["EdDSA"], audience="district")["grants"] == []


# --- registering


def test_one_user_name_is_taken_once_however_many_want_it_at_once(stack: Stack) -> None:
    codes: list[int] = []

    def register() -> None:
        body = {"user": "Wanted.Name", "password": PASSWORD}
        codes.append(stack.call("POST", "/accounts", None, body).status_code)

    wanting = [threading.Thread(target=register) for _ in range(6)]
    for one in wanting:
        one.start()
    for one in wanting:
        one.join()
    assert sorted(codes) == [201] + [409] * 5


@pytest.mark.parametrize(
    ("user", "password", "field"),
    [("ab", PASSWORD, "user"), ("王小雨", PASSWORD, "user"), ("wang", "short", "password"), ("wang", "1234567890", "password")],
)  # fmt: skip
def test_a_faulty_registration_names_the_field(stack: Stack, user: str, password: str, field: str) -> None:
    answer = stack.call("POST", "/accounts", None, {"user": user, "password": password})
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_registering_at_a_page_signs_in_and_goes_on(browser: Browser) -> None:
    form = "/accounts/register"
    answer = browser.send(form, "/accounts", user="fresh.face", password=PASSWORD, next="/volunteers/yueran/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/volunteers/yueran/")
    assert "fresh.face" in browser.get("/accounts/").text


def test_the_same_registration_sent_twice_is_one_account_signed_in(browser: Browser) -> None:
    hidden = dict(re.findall(r'name="(csrf_token|once)" value="([^"]+)"', browser.get("/accounts/register").text))
    sent = {**hidden, "user": "double.click", "password": PASSWORD}
    before = browser.session.cookies.copy()
    first = browser.post("/accounts", sent)
    browser.session.cookies = before
    second = browser.post("/accounts", sent)
    assert [first.status_code, second.status_code] == [303, 303]
    assert browser.get("/accounts/").status_code == 200


# --- pages


def test_signing_in_at_a_page_leads_where_the_role_begins(browser: Browser, person: Any) -> None:
    answer = browser.sign_in(person("staff@community:yueran")[1])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/communities/yueran/shifts/")
    cookies = "\n".join(value for name, value in answer.raw.headers.items() if name == "Set-Cookie")
    assert cookies.count("HttpOnly") == cookies.count("SameSite=Lax") == 3
    assert re.search(r"renewal=[^;]+;.*Path=/accounts\b", cookies)
    assert browser.get("/").headers["Location"] == "/communities/yueran/shifts/"


def test_a_wrong_password_draws_the_form_again_without_it(browser: Browser, person: Any) -> None:
    answer = browser.sign_in(person()[1], "certainly wrong")
    assert answer.status_code == 401
    assert "用户名或密码不对" in answer.text
    assert "certainly wrong" not in answer.text


def test_nobody_is_sent_to_another_site_after_signing_in(browser: Browser, person: Any) -> None:
    assert browser.sign_in(person()[1], next="//elsewhere.example/").headers["Location"] == "/"


def test_a_form_from_elsewhere_signs_nobody_in(browser: Browser, person: Any) -> None:
    answer = browser.post("/accounts/sign-in", {"user": person()[1], "password": PASSWORD})
    assert answer.status_code == 403
    assert "session" not in browser.session.cookies


def test_a_browser_renews_its_token_on_the_way_and_while_a_page_is_open(browser: Browser, person: Any) -> None:
    browser.sign_in(person("volunteer@community:yueran")[1])
    csrf = re.search(r'name="csrf" content="([^"]+)"', browser.get("/accounts/").text)
    assert csrf
    browser.session.cookies.set("session", "an-old-one", domain="127.0.0.1", path="/")
    headers = {"Accept": "application/json", "X-CSRF-Token": csrf[1]}
    renewed = browser.session.post(
        f"http://{browser.stack.addresses['accounts']}/accounts/sessions/renew", headers=headers, timeout=20
    )
    assert renewed.status_code == 200
    assert renewed.json()["renew_at"].endswith("+00:00")
    browser.session.cookies.set("session", "an-old-one", domain="127.0.0.1", path="/")
    onward = browser.get("/accounts/")
    assert onward.headers["Location"] == "/accounts/sessions/renewed?next=%2Faccounts%2F"
    assert browser.get(onward.headers["Location"]).headers["Location"] == "/accounts/"
    assert browser.get("/accounts/").status_code == 200


def test_without_a_renewal_one_signs_in_again(browser: Browser, person: Any) -> None:
    browser.sign_in(person()[1])
    browser.forget("renewal")
    answer = browser.get("/accounts/sessions/renewed?next=%2Faccounts%2F")
    assert answer.headers["Location"] == "/accounts/sign-in?next=%2Faccounts%2F"
    assert "session" not in browser.session.cookies


def test_signing_out_ends_this_session_only(stack: Stack, browser: Browser, person: Any) -> None:
    _, user = person()
    refresh = {"refresh_token": tokens(stack, user)["refresh_token"]}
    browser.sign_in(user)
    kept = browser.session.cookies.copy()
    assert browser.send("/accounts/", "/accounts/sign-out").headers["Location"] == "/"
    assert "session" not in browser.session.cookies
    browser.session.cookies = kept
    assert browser.get("/accounts/sessions/renewed").headers["Location"].startswith("/accounts/sign-in")
    assert stack.call("POST", "/accounts/tokens/refresh", None, refresh).status_code == 200


def test_signing_out_everywhere_ends_every_token_here_at_once_and_elsewhere_soon(stack: Stack, person: Any) -> None:
    _, user = person("staff@community:yueran")
    told = tokens(stack, user)
    assert stack.call("GET", "/volunteers/yueran/", told["access_token"]).status_code == 200
    assert stack.call("POST", "/accounts/sign-out/everywhere", told["access_token"]).status_code == 204
    assert stack.call("GET", "/accounts/", told["access_token"]).status_code == 401
    refresh = {"refresh_token": told["refresh_token"]}
    assert stack.call("POST", "/accounts/tokens/refresh", None, refresh).status_code == 401
    eventually(lambda: stack.call("GET", "/volunteers/yueran/", told["access_token"]).status_code == 401)
    assert stack.call("GET", "/volunteers/yueran/", tokens(stack, user)["access_token"]).status_code == 200


def test_a_changed_password_ends_all_sessions_but_the_one_it_was_changed_in(
    stack: Stack, browser: Browser, person: Any
) -> None:
    _, user = person()
    elsewhere = tokens(stack, user)
    browser.sign_in(user)
    refused = browser.send("/accounts/", "/accounts/password", old="not my password", password="four cold lamps")
    assert refused.status_code == 422
    answer = browser.send("/accounts/", "/accounts/password", old=PASSWORD, password="four cold lamps")
    assert answer.headers["Location"] == "/accounts/"
    assert browser.get("/accounts/").status_code == 200
    assert stack.call("GET", "/accounts/", elsewhere["access_token"]).status_code == 401
    assert tokens(stack, user, "four cold lamps")


def test_the_start_page_tells_strangers_where_to_begin(browser: Browser) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    for href in ("/accounts/sign-in", "/accounts/register", "/volunteers/yueran/applications/new"):
        assert f'href="{href}"' in page.text


# --- rights


def test_staff_make_captains_of_their_own_community_and_nothing_more(stack: Stack, person: Any) -> None:
    account, _ = person("volunteer@community:yueran")
    by = tokens(stack, person("staff@community:yueran")[1])["access_token"]
    assert change(stack, by, account, "captain@community:yueran").status_code == 200
    assert change(stack, by, account, "captain@community:biguiyuan").status_code == 403
    assert change(stack, by, account, "staff@community:yueran").status_code == 403
    assert withdraw(stack, by, account, "volunteer@community:yueran").status_code == 403


def test_only_an_operator_makes_officers(stack: Stack, operator: str, person: Any) -> None:
    account, _ = person()
    officer = tokens(stack, person("officer@district")[1])["access_token"]
    assert change(stack, officer, account, "officer@district").status_code == 403
    assert change(stack, officer, account, "staff@community:yueran").status_code == 200
    assert change(stack, operator, account, "officer@district").status_code == 200


def test_an_operator_never_gives_up_the_role_by_themselves(stack: Stack, operator: str) -> None:
    me = stack.call("GET", "/accounts/", operator).json()["id"]
    answer = withdraw(stack, operator, me, "operator@district")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-yourself")


def test_there_is_no_right_in_a_community_that_is_not_registered(stack: Stack, operator: str, person: Any) -> None:
    assert change(stack, operator, person()[0], "staff@community:nowhere").status_code == 404


def test_a_withdrawn_right_ends_at_every_service_and_is_gone_from_the_next_token(
    stack: Stack, operator: str, person: Any
) -> None:
    account, user = person("staff@community:yueran")
    token = tokens(stack, user)["access_token"]
    assert stack.call("GET", "/volunteers/yueran/", token).status_code == 200
    assert withdraw(stack, operator, account, "staff@community:yueran").json()["rights"] == []
    assert stack.call("GET", "/accounts/", token).status_code == 401
    eventually(lambda: stack.call("GET", "/volunteers/yueran/", token).status_code == 401)
    assert stack.call("GET", "/volunteers/yueran/", tokens(stack, user)["access_token"]).status_code == 403


def test_the_history_tells_every_change_and_who_made_it(stack: Stack, operator: str, person: Any) -> None:
    account, user = person("staff@community:yueran")
    withdraw(stack, operator, account, "staff@community:yueran")
    told = stack.call("GET", f"/accounts/people/{account}", operator).json()
    assert [one["what"] for one in told["history"]] == ["right-withdrawn", "right-granted", "registered"]
    assert [one["actor"] for one in told["history"]] == [OPERATOR["user"], OPERATOR["user"], None]
    assert user in stack.call("GET", f"/accounts/people?user={user[:6]}", operator).text


def test_staff_see_the_people_of_their_own_community_only(stack: Stack, operator: str, person: Any) -> None:
    here, _ = person("volunteer@community:yueran", "volunteer@community:biguiyuan")
    there, _ = person("volunteer@community:biguiyuan")
    by = tokens(stack, person("staff@community:yueran")[1])["access_token"]
    seen = stack.call("GET", f"/accounts/people/{here}", by).json()
    assert seen["rights"] == [{"role": "volunteer", "scope": "community:yueran"}]
    assert {one["scope"] for one in seen["history"]} == {"community:yueran"}
    assert stack.call("GET", f"/accounts/people/{there}", by).status_code == 404
    listed = {one["id"] for one in stack.call("GET", "/accounts/people?community=biguiyuan", by).json()["items"]}
    assert listed == set()
    assert there in {one["id"] for one in stack.call("GET", "/accounts/people", operator).json()["items"]}


# --- events


def test_a_volunteer_is_one_from_approval_to_suspension_and_again(stack: Stack, person: Any) -> None:
    account, user = person()
    staff = tokens(stack, person("staff@community:yueran")[1])["access_token"]
    applicant = tokens(stack, user)["access_token"]
    application = stack.call("POST", "/volunteers/yueran/applications", applicant, APPLICATION).json()
    place = f"/volunteers/yueran/{application['id']}"
    may_help = str(Grant("volunteer", "community:yueran"))

    def helps() -> bool:
        return may_help in rights_in(tokens(stack, user)["access_token"])

    assert not helps()
    stack.call("POST", f"{place}/approval", staff)
    eventually(helps)
    stack.call("POST", f"{place}/suspension", staff, {"reason": "静养"})
    eventually(lambda: not helps())
    stack.call("POST", f"{place}/reinstatement", staff)
    eventually(helps)
    told = [one["type"] for one in stack.database("accounts")["journal"].find({"subject": account}).sort("sequence")]
    assert [one.split(".")[2] for one in told] == ["registered", "right-granted", "right-withdrawn", "right-granted"]


def test_every_service_learns_what_a_community_is_called(stack: Stack) -> None:
    eventually(lambda: stack.database("volunteers")["places"].count_documents({}) == 2)
    assert stack.database("accounts")["places"].find_one({"_id": "yueran"})["name"] == "悦然馨苑"


def test_no_event_and_no_log_names_a_user_or_a_secret(stack: Stack, person: Any) -> None:
    _, user = person("staff@community:yueran")
    secrets = [user, PASSWORD, OPERATOR["user"], tokens(stack, user)["refresh_token"]]
    journal = str(list(stack.database("accounts")["journal"].find()))
    log = (stack.home / "accounts.log").read_text()
    assert [one for one in secrets if one in journal or one in log] == []


def test_passwords_and_refresh_tokens_are_kept_as_hashes_only(stack: Stack, person: Any) -> None:
    _, user = person()
    refresh = tokens(stack, user)["refresh_token"]
    kept = str([list(stack.database("accounts")[name].find()) for name in ("accounts", "sessions", "answers")])
    assert PASSWORD not in kept
    assert refresh not in kept
