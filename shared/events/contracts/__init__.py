"""The published language: one module per publisher, one schema per event type and version, one registry of them all."""

import importlib
import pkgutil

from shared.events.contracts.registry import BreaksContract, Contract, EventData, Fact, Publisher, Registry, UnknownType

registry = Registry()

__all__ = ["BreaksContract", "Contract", "EventData", "Fact", "Publisher", "Registry", "UnknownType", "registry"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
