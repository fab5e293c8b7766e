"""Somebody from a list who registers and applies later: every service knows them by their own account from then on."""

from typing import Any

import pytest

from shared.persistence.store import POSITION
from tests.integration.test_imports import HOME, STAFF, named, phone, taken_in
from tests.stack import Stack, eventually

PASSWORD = "three warm lamps"


@pytest.fixture(scope="module", autouse=True)
def services(stack: Stack) -> Stack:
    return stack.start("accounts", "volunteers", "shifts.yueran", "district", "notify")


def registered(stack: Stack) -> tuple[str, str]:
    """A fresh account and its token."""
    told = {"user": "he.ming", "password": PASSWORD}
    account = stack.call("POST", "/accounts", None, told).json()["id"]
    return account, stack.call("POST", "/accounts/tokens", None, told).json()["access_token"]


def test_the_account_is_known_everywhere_and_the_application_counts_no_more(stack: Stack) -> None:
    staff = stack.token(STAFF)
    taken_in(stack, staff, ("何名单", phone(1), "3号楼", "", "", "驾驶"))
    listed = named(stack, "何名单")[0]["_id"]
    account, token = registered(stack)
    told = {"display_name": "何先生", "home": "3号楼", "phone": phone(1)}
    applied = stack.call("POST", f"{HOME}/applications", token, told).json()["id"]
    assert stack.call("POST", f"{HOME}/{applied}/same-person", staff, {"listed": listed}).status_code == 200

    def one(service: str, kind: str, query: dict[str, Any], community: str | None = None) -> Any:
        return stack.database(service, community)[kind].find_one(query)

    def known() -> bool:
        rights = one("accounts", "accounts", {"_id": account})["rights"]
        roster = one("shifts", "rosters", {"_id": listed}, "yueran")
        person = one("notify", "people", {"_id": account})
        assert [(right["role"], right["scope"]) for right in rights] == [("volunteer", "community:yueran")]
        assert (roster["account"], roster["standing"], list(roster["skills"])) == (account, "approved", ["driving"])
        assert [helping["volunteer"] for helping in person["helping"]] == [listed]
        return True

    eventually(known, seconds=60)
    shown = f"communities.{stack.database('district')['revisions'].find_one({'_id': POSITION})['generation']}"

    def counted() -> bool:
        counts = one("district", shown, {"_id": "yueran"})["volunteers"]
        return {name: count for name, count in counts.items() if count} == {"approved": 1}

    eventually(counted, seconds=60)
