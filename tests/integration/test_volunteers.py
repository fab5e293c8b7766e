"""volunteers on real parts: applying and deciding, at the doors and on the pages, and what is published of it."""

import threading
from typing import Any

import pytest
import requests

from shared.kernel.ids import new_id
from tests.stack import Stack

STAFF, OFFICER = "staff@community:yueran", "officer@district"
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module", autouse=True)
def volunteers(stack: Stack) -> Stack:
    return stack.start("volunteers")


@pytest.fixture
def staff(stack: Stack) -> str:
    return stack.token(STAFF)


def apply(stack: Stack, community: str = "yueran", account: str | None = None, **more: Any) -> requests.Response:
    body = {"display_name": "叶知秋", "home": "6号楼", "phone": "19000000001", "skills": ["medical"], **more}
    return stack.call("POST", f"/volunteers/{community}/applications", stack.token(account=account), body)


def decide(stack: Stack, token: str, volunteer: str, how: str, reason: str | None = None) -> requests.Response:
    body = {"reason": reason} if reason else None
    return stack.call("POST", f"/volunteers/yueran/{volunteer}/{how}", token, body)


def published(stack: Stack, volunteer: str) -> list[str]:
    journal = stack.database("volunteers")["journal"].find({"subject": volunteer}).sort("sequence")
    return [one["type"].split(".")[2] for one in journal]


def test_an_application_waits_for_staff_and_is_published_without_a_name(stack: Stack, staff: str) -> None:
    applied = apply(stack).json()
    assert applied["standing"] == "applied"
    assert published(stack, applied["id"]) == ["applied", "reachable"]
    assert decide(stack, staff, applied["id"], "approval").json()["standing"] == "approved"
    assert published(stack, applied["id"]) == ["applied", "reachable", "approved", "abilities-changed"]
    assert "叶知秋" not in str(list(stack.database("volunteers")["journal"].find({"subject": applied["id"]})))


def test_who_agreed_is_introduced_by_name_once_approved(stack: Stack, staff: str) -> None:
    applied = apply(stack, name_shown=True).json()
    decide(stack, staff, applied["id"], "approval")
    assert published(stack, applied["id"]) == ["applied", "reachable", "approved", "introduced", "abilities-changed"]


def test_a_reason_is_needed_to_refuse_and_to_suspend(stack: Stack, staff: str) -> None:
    volunteer = apply(stack).json()["id"]
    assert decide(stack, staff, volunteer, "refusal").status_code == 422
    decide(stack, staff, volunteer, "approval")
    assert decide(stack, staff, volunteer, "suspension").status_code == 422
    assert decide(stack, staff, volunteer, "suspension", "静养").json()["standing"] == "suspended"
    assert decide(stack, staff, volunteer, "reinstatement").json()["standing"] == "approved"
    assert published(stack, volunteer) == [
        "applied",
        "reachable",
        "approved",
        "abilities-changed",
        "suspended",
        "reinstated",
    ]


def test_a_rule_that_says_no_is_named(stack: Stack, staff: str) -> None:
    account = new_id()
    volunteer = apply(stack, account=account).json()["id"]
    again = apply(stack, account=account)
    assert (again.status_code, again.json()["code"]) == (409, "already-applied")
    assert decide(stack, staff, volunteer, "suspension", "静养").json()["code"] == "not-an-approved-volunteer"


def test_a_person_may_offer_help_in_two_communities(stack: Stack) -> None:
    account = new_id()
    assert apply(stack, account=account).status_code == apply(stack, "biguiyuan", account).status_code == 201


def test_one_application_is_decided_once_however_many_press_at_once(stack: Stack) -> None:
    volunteer = apply(stack).json()["id"]
    codes: list[int] = []

    def press(how: str) -> None:
        reason = "不在本社区" if how == "refusal" else None
        codes.append(decide(stack, stack.token(STAFF), volunteer, how, reason).status_code)

    pressing = [threading.Thread(target=press, args=(how,)) for how in ["approval", "refusal"] * 3]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert sorted(codes) == [200] + [409] * 5
    assert sum(published(stack, volunteer).count(how) for how in ("approved", "refused")) == 1


def test_staff_decide_in_their_own_community_only(stack: Stack) -> None:
    volunteer = apply(stack).json()["id"]
    assert decide(stack, stack.token("staff@community:biguiyuan"), volunteer, "approval").status_code == 403
    assert decide(stack, stack.token(OFFICER), volunteer, "approval").status_code == 403
    there = stack.token("staff@community:biguiyuan")
    assert stack.call("POST", f"/volunteers/biguiyuan/{volunteer}/approval", there).status_code == 404


def test_the_list_pages_on_in_the_order_of_applying(stack: Stack) -> None:
    mine = [apply(stack, "biguiyuan").json()["id"] for _ in range(55)]
    there = stack.token("staff@community:biguiyuan")
    seen, after = list[str](), ""
    while after is not None:
        page = stack.call("GET", f"/volunteers/biguiyuan/?standing=applied&after={after}", there).json()
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
    assert seen == sorted(seen)
    assert set(mine) <= set(seen)


def test_the_staffs_page_shows_who_waits_with_what_they_may_decide(stack: Stack, staff: str) -> None:
    volunteer = apply(stack, display_name="陆清和").json()["id"]
    page = stack.call("GET", "/volunteers/yueran/?standing=applied", staff, **PAGE).text
    assert "陆清和" in page
    assert f"/volunteers/yueran/{volunteer}/approval" in page
    assert f"/volunteers/yueran/{volunteer}/refusal" in page
    assert "/approval" not in stack.call("GET", "/volunteers/yueran/", stack.token(OFFICER), **PAGE).text


def test_the_applicants_page_tells_how_it_stands_and_why(stack: Stack, staff: str) -> None:
    account = new_id()
    where, token = "/volunteers/yueran/applications/new", stack.token(account=account)
    assert "<form" in stack.call("GET", where, token, **PAGE).text
    volunteer = apply(stack, account=account).json()["id"]
    assert "报名已提交" in stack.call("GET", where, token, **PAGE).text
    decide(stack, staff, volunteer, "refusal", "请在您住的社区报名")
    assert "请在您住的社区报名" in stack.call("GET", where, token, **PAGE).text


def test_both_pages_speak_english_too(stack: Stack, staff: str) -> None:
    apply(stack)
    assert "To decide" in stack.call("GET", "/volunteers/yueran/?lang=en", staff, **PAGE).text
    form = stack.call("GET", "/volunteers/yueran/applications/new?lang=en", stack.token(), **PAGE).text
    assert "What to call you" in form


def test_nobody_applies_in_a_community_nobody_has_heard_of(stack: Stack) -> None:
    for path in ("/volunteers/nowhere/applications", "/volunteers/a.b/applications"):
        assert (
            stack.call(
                "POST", path, stack.token(), {"display_name": "林晓雨", "home": "3号楼", "phone": "19000000001"}
            ).status_code
            == 404
        )
