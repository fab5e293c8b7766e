"""Whatever is sent to a door, by whomever: never a fault of ours, and an answer in JSON is what its OpenAPI says."""

import re
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.docs.openapi import openapi
from services.catalogue import service_class, service_names
from shared.ids import new_id, now
from shared.zone import SHANGHAI
from tests.lengths import by_length
from tests.stack import Stack

EXAMPLES = by_length(3, 40)  # of each door
HERE = "yueran"
ROLES = {
    "nobody": None,
    "volunteer": "volunteer@community:yueran",
    "staff": "staff@community:yueran",
    "officer": "officer@district",
    "operator": "operator@district",
    "rescuer": "rescuer@team:blue-sky",
}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
APPLICATION = {
    "display_name": "林晓雨",
    "home": "3号楼",
    "phone": "19000000001",
    "skills": ["medical"],
    "name_shown": True,
    "occupation": "教师",
}
ITEM = {"id": "alcohol", "name": "酒精", "name_en": "Alcohol", "unit": "瓶", "unit_en": "bottle", "dangerous_ml": 10}
TEAM = {
    "id": "blue-sky", "name": "蓝天救援队", "name_en": "Blue Sky", "capacity": 9, "equipment": ["sprayer"], "on_call_from": 0,
    "on_call_until": 24,
}  # fmt: skip
DISINFECTION = {"kind": "lift", "place": "3号楼电梯", "why": "发热", "urgency": "today"}
POST = {"id": "gate-2", "kind": "gate", "name": "二号门", "name_en": "Gate 2", "place": "西侧"}


def operations() -> list[Any]:
    """Every door that OpenAPI tells of, by service and `GET /path`; of what all services have alike, the first one's."""
    found, alike = [], set[Any]()
    for name in service_names():
        cls = service_class(name)
        document = schemathesis.openapi.from_dict(openapi(cls, "0"))
        for one in (result.ok() for result in document.get_all_operations()):
            method = getattr(cls, one.definition.raw["operationId"], None)
            shared = (
                (method.__module__, method.__name__) if method and method.__module__.startswith("shared.") else None
            )
            if is_second(one) or shared in alike:
                continue
            if shared:
                alike.add(shared)
            found.append(pytest.param(name, one, id=f"{name} {one.label}"))
    return found


def is_second(operation: APIOperation) -> bool:
    """Whether it is the same method behind another URL."""
    return re.search(r"_\d+$", operation.definition.raw["operationId"]) is not None


@pytest.fixture(scope="module")
def district(stack: Stack) -> Stack:
    return stack.start(*(f"{name}.{HERE}" if service_class(name).per_community else name for name in service_names()))


@pytest.fixture(scope="module")
def wire() -> requests.Session:
    return requests.Session()


@pytest.fixture(scope="module")
def there(district: Stack) -> dict[str, list[str]]:
    """What is there for a URL's names to name."""
    staff = district.token("staff@community:yueran")
    own = district.token(account=new_id())
    volunteer = district.call("POST", f"/volunteers/{HERE}/applications", own, APPLICATION).json()["id"]
    district.call("POST", f"/volunteers/{HERE}/{volunteer}/approval", staff)
    today = str(now().astimezone(SHANGHAI).date())
    elsewhere = {"borrower": "biguiyuan", "first_day": today, "last_day": today}
    loan = district.call("POST", f"/volunteers/{HERE}/loans", own, elsewhere).json()["id"]
    shifts = f"/communities/{HERE}/shifts"
    district.call("POST", f"{shifts}/posts", staff, POST)
    wanted = {"post": "gate-2", "first_day": today, "days": 2, "turn_hours": 8, "head_count": 2}
    district.call("POST", f"{shifts}/plan", staff, wanted)
    planned = district.call("GET", f"{shifts}/", staff).json()["items"]
    registered = district.call("POST", "/accounts", None, {"user": "lin.xiaoyu", "password": "nine bright gates"})
    return {
        "community": [HERE],
        "volunteer": [volunteer],
        "loan": [loan],
        "post": ["gate-2"],
        "shift": [one["id"] for one in planned],
        "account": [registered.json()["id"]],
        **supplied(district, staff),
        **disinfected(district, staff),
    }


def disinfected(district: Stack, staff: str) -> dict[str, list[str]]:
    """A rescue team, and what it is asked for."""
    district.call("POST", "/rescue/teams", district.token("officer@district"), TEAM)
    asked = f"/communities/{HERE}/grid/disinfection"
    request = district.call("POST", asked, staff, DISINFECTION).json()["id"]
    return {"team": [str(TEAM["id"])], "request": [request], "mission": [request]}


def supplied(district: Stack, staff: str) -> dict[str, list[str]]:
    """Goods in store, on the way, needed and promised."""
    officer = district.token("officer@district")

    def made(token: str, path: str, body: dict[str, Any]) -> str:
        return str(district.call("POST", f"/supplies/{path}", token, body).json().get("id"))

    item = made(officer, "items", ITEM)
    for token, place in ((staff, HERE), (officer, "district")):
        district.call("POST", f"/supplies/{place}/stock/{item}/receipts", token, {"quantity": 1000, "code": "A"})
    district.call("POST", f"/supplies/{HERE}/stock/{item}/expectation", staff, {"per_day": 900})
    return {
        "item": [item],
        "need": [made(staff, f"{HERE}/needs", {"item": item})],
        "pledge": [made(staff, "pledges", {"item": item, "quantity": 5, "place": place}) for place in (HERE, None)],
        "donation": [made(staff, f"{HERE}/donations", {"item": item, "quantity": 5})],
        "transfer": [
            made(officer, "district/transfers", {"item": item, "quantity": 5, "receiver": HERE}),
            made(staff, f"{HERE}/transfers", {"item": item, "quantity": 5, "receiver": "district"}),
        ],
        "sharing": [made(officer, "district/sharings", {"item": item, "quantity": 50})],
    }


@pytest.mark.parametrize(("service", "operation"), operations())
def test_no_request_is_answered_with_a_fault_of_ours_or_otherwise_than_documented(
    service: str, operation: APIOperation, district: Stack, wire: requests.Session, there: dict[str, list[str]]
) -> None:
    instance = f"{service}.{HERE}" if service_class(service).per_community else service
    base_url = f"http://{district.addresses[instance]}"
    tokens = {role: district.token(grant) if grant else None for role, grant in ROLES.items()}

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(case=cases(operation), role=st.sampled_from(sorted(ROLES)), shape=st.data())
    def ask(case: Case, role: str, shape: st.DataObject) -> None:
        for name in case.path_parameters:
            if name in there and shape.draw(st.booleans(), f"a {name} that is there"):
                case.path_parameters[name] = shape.draw(st.sampled_from(there[name]), name)
        headers = {"Authorization": f"Bearer {tokens[role]}"} if tokens[role] else {}
        as_page = shape.draw(st.booleans(), "asked for as a page")
        if as_page:
            headers["Accept"] = "text/html"
            headers["Accept-Language"] = "en"
        answer = case.call(base_url, session=wire, headers=headers, timeout=30, allow_redirects=False)
        case.validate_response(answer, checks=[not_a_server_error] if as_page else CHECKS)

    ask()


def cases(operation: APIOperation) -> st.SearchStrategy[Case]:
    """Requests as documented and, where there is anything to get wrong, others."""
    fitting = operation.as_strategy(GenerationMode.POSITIVE)
    takes_words = bool(operation.body) or any(True for _ in operation.iter_parameters())
    return fitting | operation.as_strategy(GenerationMode.NEGATIVE) if takes_words else fitting
