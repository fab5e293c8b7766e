"""A loan as both communities' own shifts live it: home gives up the days before the borrower may plan with them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.i18n.timezone import SHANGHAI
from tests.integration.test_loans import AWAY, HOME, TODAY, Person, agreed, ok, send, staff, state
from tests.stack import Stack, eventually

DAY = TODAY + timedelta(days=1)
POST = {"gate-9": HOME, "west-gate": AWAY}
SHIFT = {community: f"{post}-{DAY:%Y%m%d}T0800" for post, community in POST.items()}


@pytest.fixture(scope="module", autouse=True)
def district(stack: Stack) -> Stack:
    """Each community has one post with a turn from eight to twelve tomorrow."""
    stack.start("volunteers", "accounts", f"shifts.{HOME}", f"shifts.{AWAY}")
    for post, community in POST.items():
        names = {"name": "西门", "name_en": "West gate", "place": "西侧"}
        ok(shifts(stack, community, "/posts", {"id": post, "kind": "gate", **names}))
        turns = {"post": post, "first_day": str(DAY), "days": 1, "turn_hours": 4, "from_hour": 8, "to_hour": 12}
        ok(shifts(stack, community, "/plan", {**turns, "head_count": 2}))
    return stack


def shifts(stack: Stack, community: str, path: str, body: Any = None, token: str | None = None) -> Any:
    method = "GET" if body is None else "POST"
    return stack.call(method, f"/communities/{community}/shifts{path}", token or staff(stack, community), body)


def claim(stack: Stack, person: Person, community: str) -> Any:
    token = stack.token(f"volunteer@community:{community}", account=person.account)
    return shifts(stack, community, f"/{SHIFT[community]}/claims", {}, token)


def holders(stack: Stack, community: str) -> list[str]:
    return [one["volunteer"] for one in shifts(stack, community, f"/{SHIFT[community]}").json()["claims"]]


def test_home_gives_up_the_days_first_and_only_then_the_borrower_plans_with_them(stack: Stack) -> None:
    person = Person(stack)
    eventually(lambda: claim(stack, person, HOME).ok)
    assert claim(stack, person, AWAY).json()["code"] == "volunteer-not-approved"
    loan = agreed(stack, person, 1, 1)
    eventually(lambda: state(stack, loan) == "running")
    assert person.volunteer not in holders(stack, HOME)
    eventually(lambda: claim(stack, person, AWAY).ok)
    assert claim(stack, person, HOME).json()["code"] == "volunteer-on-loan"
    assert said_at(stack, HOME, "shifts.roster.dates-released.v1") <= said_at(stack, None, "volunteers.stay.begun.v1")
    names = [one["name"] for one in shifts(stack, AWAY, f"/{SHIFT[AWAY]}").json()["claims"]]
    assert names == ["叶知秋"]

    ok(person.say(loan, "withdrawal"))
    eventually(lambda: person.volunteer not in holders(stack, AWAY))
    eventually(lambda: claim(stack, person, HOME).ok)
    assert claim(stack, person, AWAY).json()["code"] == "volunteer-not-approved"


def test_a_gap_that_a_community_cannot_fill_is_filled_by_a_neighbour(stack: Stack) -> None:
    person = Person(stack)
    ok(shifts(stack, AWAY, f"/{SHIFT[AWAY]}/cover", {}))
    path = f"/volunteers/{HOME}/loans/requests/{AWAY}/{SHIFT[AWAY]}"
    eventually(lambda: stack.call("GET", path, staff(stack, HOME)).ok)
    ok(send(stack, SHIFT[AWAY], person))
    eventually(lambda: outside(stack) == [(HOME, "yes", 1)])
    (loan,) = person.loans()
    assert claim(stack, person, AWAY).json()["code"] == "volunteer-not-approved"
    ok(person.say(loan["id"], "consent"))
    eventually(lambda: claim(stack, person, AWAY).ok)
    assert person.volunteer in holders(stack, AWAY)


def outside(stack: Stack) -> list[tuple[str, str, int]]:
    answers = shifts(stack, AWAY, f"/{SHIFT[AWAY]}/cover").json()["outside"]
    return [(one["who"], one["answer"], one["people"]) for one in answers]


def said_at(stack: Stack, community: str | None, type_: str) -> datetime:
    service = "shifts" if community else "volunteers"
    return stack.database(service, community)["journal"].find_one({"type": type_})["time"].astimezone(SHANGHAI)
