"""Writes the documents that are made from the code: `python -m deploy.docs`."""

import tomllib
from pathlib import Path

import orjson

from deploy.docs.asyncapi import asyncapi
from deploy.docs.doors import authorisation_table
from deploy.docs.openapi import openapi
from services.catalogue import service_class, service_names
from shared.events.contracts import registry

ROOT = Path(__file__).parents[2]


def documents() -> dict[Path, bytes]:
    """Every generated file, by its place under the root, with what it should hold."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    services = [service_class(name) for name in service_names()]
    return {
        **{Path(f"docs/openapi/{one.name}.json"): _as_json(openapi(one, version)) for one in services},
        Path("docs/asyncapi.json"): _as_json(asyncapi(registry, services, version)),
        Path("tests/contracts/authorisation.txt"): authorisation_table(services).encode(),
    }


def write() -> None:
    for place, content in documents().items():
        path = ROOT / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(place)


def _as_json(document: object) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    write()
