"""Finds the services on disk, for whoever runs, tests or documents them all."""

import importlib
from pathlib import Path

from shared.web.service import Service


def service_names() -> list[str]:
    """Every service on disk."""
    return sorted(path.parent.name for path in Path(__file__).parent.glob("*/service.py"))


def service_class(name: str) -> type[Service]:
    """The nameko class in services/<name>/service.py."""
    module = importlib.import_module(f"services.{name}.service")
    (found,) = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Service) and one is not Service
    ]
    return found
