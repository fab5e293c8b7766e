"""What every test may ask for."""

from collections.abc import Iterator

import pytest

from tests.chromium import browser, page_at
from tests.link import Link
from tests.parts import Parts, start_parts
from tests.stack import Stack

__all__ = ["browser", "page_at"]
pytest_plugins = ["tests.figures", "tests.shares"]


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A private RabbitMQ and MongoDB for this session."""
    started = start_parts(tmp_path_factory.mktemp("parts"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def program() -> str:
    """The module that runs a stack's services."""
    return "services"


@pytest.fixture(scope="module")
def stack(parts: Parts, program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A vhost and databases for this module's tests; the module starts the services it needs."""
    made = Stack(parts, tmp_path_factory.mktemp("stack"), program=program)
    yield made
    made.stop()


@pytest.fixture
def link(parts: Parts) -> Iterator[Link]:
    """A publisher and a subscriber of this test's own."""
    made = Link(parts)
    yield made
    made.drop()
