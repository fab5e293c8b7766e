"""Figures that tests measure, printed at the end of the run whoever of the workers took them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_figures: list[str] = []


def note(figure: str) -> None:
    """Has a figure printed at the end of the run: it tells how things stand and decides nothing."""
    _figures.append(figure)


@contextmanager
def measured(what: str, *, at_most: float) -> Iterator[None]:
    """Notes how long the block took; longer than `at_most` seconds is a failure."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    note(f"{what}: {took:.1f} s")
    assert took <= at_most, f"{what} took {took:.1f} s"


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = _figures


def pytest_testnodedown(node: Any) -> None:
    _figures.extend(getattr(node, "workeroutput", {}).get("figures", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for figure in _figures:
        terminalreporter.write_line(f"measured: {figure}")
