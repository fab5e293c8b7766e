"""What every test may ask for."""

from collections.abc import Iterator

import pytest

from tests.chromium import browser, page_at
from tests.forking import fork_server
from tests.link import Link
from tests.parts import Parts, start_parts
from tests.shares import shared_among_workers
from tests.stack import Stack

__all__ = ["browser", "page_at"]
pytest_plugins = ["tests.figures", "tests.lengths", "tests.shares"]


@pytest.fixture(scope="session")
def parts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A private RabbitMQ and MongoDB, one for all workers of the session; who ends or fills a part has parts of its own."""
    if shared := shared_among_workers(request.config):
        yield Parts.at(shared["parts"])
    else:
        started = start_parts(tmp_path_factory.mktemp("parts"))
        yield started
        started.stop()


@pytest.fixture(scope="session")
def forks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the session's pre-fork server."""
    if shared := shared_among_workers(request.config):
        yield shared["forks"]
    else:
        with fork_server(tmp_path_factory.mktemp("forks")) as address:
            yield address


@pytest.fixture(scope="session")
def program() -> str:
    """The module that runs a stack's services."""
    return "services"


@pytest.fixture(scope="module")
def stack(parts: Parts, forks: str, program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A vhost and databases for this module's tests; the module starts the services it needs."""
    made = Stack(parts, tmp_path_factory.mktemp("stack"), program=program, forks=forks)
    yield made
    made.stop()


@pytest.fixture
def link(parts: Parts) -> Iterator[Link]:
    """A publisher and a subscriber of this test's own."""
    made = Link(parts)
    yield made
    made.drop()
