"""The walls between the rooms stand around every service on disk, and the rules within are pure."""

import ast
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from services.catalogue import service_class, service_names

ROOT = Path(__file__).parents[2]
ROOMS = ("domain", "schemas", "service", "store", "usecases")
RULES = ("domain", "rota")
# What rules may stand on: no file, socket, process, clock or chance among it.
PURE = {
    "abc", "base64", "bisect", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools",
    "hashlib", "heapq", "hmac", "itertools", "math", "operator", "re", "statistics", "string", "types", "typing",
    "unicodedata", "zoneinfo",
}  # fmt: skip
OURS = {"shared.kernel.errors", "shared.i18n.text", "shared.i18n.domain_labels", "shared.i18n.timezone"}
CLOCKS = {"now", "today", "utcnow"}


def test_the_walls_stand() -> None:
    assert lint_imports(str(ROOT / "pyproject.toml"), no_cache=True) == 0, "lint-imports tells which wall fell"


def test_whatever_lies_under_services_is_a_service() -> None:
    folders = {path.parent.name for path in (ROOT / "services").glob("*/*.py")}
    assert folders == set(service_names())


@pytest.mark.parametrize("service", service_names())
def test_every_service_has_the_same_rooms(service: str) -> None:
    """A room that has grown is a folder, with a module a subject."""
    here = ROOT / "services" / service
    assert [room for room in ROOMS if not ((here / f"{room}.py").is_file() or (here / room).is_dir())] == []


@pytest.mark.parametrize("service", service_names())
def test_no_door_hides_another_of_the_same_name(service: str) -> None:
    named = [name for cls in service_class(service).__mro__ for name, one in vars(cls).items() if is_door(one)]
    assert len(named) == len(set(named)), sorted({name for name in named if named.count(name) > 1})


@pytest.mark.parametrize("service", service_names())
def test_rules_stand_on_the_plain_language_only(service: str) -> None:
    for room in rooms_of_rules(service):
        for module in imported(room):
            own = module.startswith(f"services.{service}.")
            assert own or module in OURS or module.split(".")[0] in PURE, f"{room.name} imports {module}"


@pytest.mark.parametrize("service", service_names())
def test_rules_are_told_the_time(service: str) -> None:
    for room in rooms_of_rules(service):
        asked = [node.attr for node in ast.walk(tree(room)) if isinstance(node, ast.Attribute) and node.attr in CLOCKS]
        assert asked == [], f"{room.name} asks a clock"


def is_door(method: object) -> bool:
    return hasattr(method, "nameko_entrypoints")


def rooms_of_rules(service: str) -> list[Path]:
    """The rooms of rules, and what they stand on within their service."""
    here = ROOT / "services" / service
    ahead = [path for room in RULES for path in (*here.glob(f"{room}.py"), *here.glob(f"{room}/*.py"))]
    found = list[Path]()
    while ahead:
        room = ahead.pop()
        if room not in found:
            found.append(room)
            own = [module for module in imported(room) if module.startswith(f"services.{service}.")]
            ahead += [ROOT / f"{module.replace('.', '/')}.py" for module in own]
    return found


def imported(room: Path) -> list[str]:
    """The modules a file imports; `from services.x import y` counts as services.x.y where that is a module."""
    modules = []
    for node in ast.walk(tree(room)):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            within = [f"{node.module}.{alias.name}" for alias in node.names]
            rooms = [name for name in within if (ROOT / f"{name.replace('.', '/')}.py").is_file()]
            modules += rooms or [node.module or "."]
    return modules


def tree(room: Path) -> ast.Module:
    return ast.parse(room.read_text(), str(room))
