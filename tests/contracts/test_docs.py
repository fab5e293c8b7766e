"""The documents made from the code: never stale, valid, and true of the golden samples."""

from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from deploy.docs.__main__ import ROOT, documents
from services.catalogue import service_class, service_names
from shared.runtime.event_subscriptions import subscription_of
from tests.contracts.samples import TYPES, sample_bytes

OPENAPI = [Path(f"docs/openapi/{name}.json") for name in service_names()]
OTHERS = [Path("docs/asyncapi.json"), Path("tests/contracts/authorisation.txt")]


@cache
def made() -> dict[Path, bytes]:
    """Takes seconds, so only where it is asked for and once."""
    return documents()


@cache
def async_api() -> Any:
    return orjson.loads(made()[Path("docs/asyncapi.json")])


@pytest.mark.parametrize("place", [*OPENAPI, *OTHERS], ids=str)
def test_what_is_checked_in_is_what_the_code_says(place: Path) -> None:
    path = ROOT / place
    assert path.is_file(), f"{place} is missing: make docs"
    assert path.read_text() == made()[place].decode(), f"{place} is stale: make docs, and read what changed"


def test_every_document_is_known_here() -> None:
    assert made().keys() == {*OPENAPI, *OTHERS}


def test_no_document_outlives_its_service() -> None:
    assert {path.relative_to(ROOT) for path in (ROOT / "docs/openapi").iterdir()} == set(OPENAPI)


@pytest.mark.parametrize("place", OPENAPI, ids=str)
def test_openapi_is_valid(place: Path) -> None:
    OpenAPIV31SpecValidator(orjson.loads(made()[place])).validate()


def test_asyncapi_refers_to_nothing_that_is_not_there() -> None:
    for reference in references(async_api()):
        part = async_api()
        for step in reference.removeprefix("#/").split("/"):
            assert step in part, reference
            part = part[step]


@pytest.mark.parametrize("type_", TYPES)
def test_asyncapi_describes_the_golden_sample(type_: str) -> None:
    payload = async_api()["components"]["messages"][type_]["payload"]
    schema = {**payload, "components": async_api()["components"]}
    Draft202012Validator.check_schema(schema)
    event = orjson.loads(sample_bytes(type_))
    Draft202012Validator(schema).validate([event])
    assert not Draft202012Validator(schema).is_valid([{**event, "sequence": 0}])


def test_asyncapi_tells_who_receives_what() -> None:
    told = {name for name, one in async_api()["operations"].items() if one["action"] == "receive"}
    heard = {
        f"{name}.receives.{aggregate}"
        for name in service_names()
        for aggregate in subscription_of(service_class(name)).aggregates
    }
    assert told == heard


def references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [one for below in value.values() for one in references(below)]
    return [one for below in value for one in references(below)] if isinstance(value, list) else []
