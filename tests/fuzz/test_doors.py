"""Whatever is sent to a door, by whomever: never a fault of ours, and an answer in JSON is what its OpenAPI says."""

import json
import re
from functools import cache
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
from tests.lengths import by_length
from tests.peopled import HERE, instances, known_as, people_it
from tests.stack import ROOT, Stack

EXAMPLES = by_length(3, 40)  # of each door
ROLES = {
    "nobody": None,
    "volunteer": "volunteer@community:yueran",
    "staff": "staff@community:yueran",
    "officer": "officer@district",
    "operator": "operator@district",
    "rescuer": "rescuer@team:blue-sky",
}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def operations() -> list[Any]:
    """Every endpoint by service, path and method; of what all services have alike, the first one's.

    Read from the documents in docs/openapi/, which a test holds against the code: to make them anew costs each worker seconds.
    """
    found, alike = [], set[Any]()
    for name in service_names():
        cls = service_class(name)
        paths = json.loads((ROOT / f"docs/openapi/{name}.json").read_text())["paths"]
        for path, verb, operation in ((path, verb, one) for path, of in paths.items() for verb, one in of.items()):
            method = getattr(cls, operation["operationId"], None)
            shared = (
                (method.__module__, method.__name__) if method and method.__module__.startswith("shared.") else None
            )
            is_second = re.search(r"_\d+$", operation["operationId"])  # the same method behind another URL
            if is_second or shared in alike:
                continue
            if shared:
                alike.add(shared)
            found.append(pytest.param(name, path, verb, id=f"{name} {verb.upper()} {path}"))
    return found


@cache
def documented(service: str) -> Any:
    """What a service's endpoints take and answer, as Schemathesis reads it."""
    return schemathesis.openapi.from_dict(openapi(service_class(service), "0"))


@pytest.fixture(scope="module")
def district(stack: Stack) -> Stack:
    return stack.start(*instances())


@pytest.fixture(scope="module")
def wire() -> requests.Session:
    return requests.Session()


@pytest.fixture(scope="module")
def there(district: Stack) -> dict[str, list[str]]:
    """What is there for a URL's names to name."""
    return people_it(district)


@pytest.mark.parametrize(("service", "path", "verb"), operations())
def test_no_request_is_answered_with_a_fault_of_ours_or_otherwise_than_documented(
    service: str, path: str, verb: str, district: Stack, wire: requests.Session, there: dict[str, list[str]]
) -> None:
    operation = documented(service)[path][verb]
    instance = f"{service}.{HERE}" if service_class(service).per_community else service
    base_url = f"http://{district.addresses[instance]}"
    tokens = {role: district.token(grant) if grant else None for role, grant in ROLES.items()}

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(case=cases(operation), role=st.sampled_from(sorted(ROLES)), shape=st.data())
    def ask(case: Case, role: str, shape: st.DataObject) -> None:
        for name in case.path_parameters:
            if known_as(there, service, name) != ["nothing"] and shape.draw(st.booleans(), f"a {name} that is there"):
                case.path_parameters[name] = shape.draw(st.sampled_from(known_as(there, service, name)), name)
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
