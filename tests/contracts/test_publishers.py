"""The publishers' side: what the services' rules state is what the golden samples say."""

import dataclasses
import importlib

import pytest

from services.catalogue import service_names
from shared.events.contracts import Publisher, registry
from tests.contracts.samples import TYPES, sample
from tests.stack import ROOT


def publish_tables(service: str) -> dict[str, type]:
    """The contract types a service states, each with the domain event it is stated from."""
    files = [
        path
        for path in sorted((ROOT / "services" / service).rglob("*.py"))
        if "registry.publisher(" in path.read_text()
    ]
    modules = [importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in files]
    tables = [value for module in modules for value in vars(module).values() if isinstance(value, Publisher)]
    return {type_: cls for table in tables for cls, type_ in table.types.items()}


STATED = {(service, type_): cls for service in service_names() for type_, cls in publish_tables(service).items()}


@pytest.mark.parametrize(("service", "type_"), sorted(STATED))
def test_a_service_states_only_what_its_contracts_say(service: str, type_: str) -> None:
    assert type_.split(".", maxsplit=1)[0] == service, f"{service} may not speak for others"
    told = {field.name for field in dataclasses.fields(STATED[service, type_])}
    assert told == registry.contract(type_).schema.fields.keys()


@pytest.mark.parametrize(("service", "type_"), sorted(STATED))
def test_a_domain_event_becomes_its_golden_sample(service: str, type_: str) -> None:
    happened = STATED[service, type_](**registry.read(sample(type_)).data)
    (fact,) = Publisher(registry, {type(happened): type_})([happened])
    assert fact == (type_, sample(type_).data)


@pytest.mark.parametrize("type_", [one for one in TYPES if one.split(".")[0] in service_names()])
def test_every_contract_of_a_service_is_published_by_it(type_: str) -> None:
    assert (type_.split(".", maxsplit=1)[0], type_) in STATED, f"no publish table of the service states {type_}"
