"""What every test may ask for."""

from collections.abc import Iterator

import pytest

from tests.parts import Parts, start_parts


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A private RabbitMQ and MongoDB for this session."""
    started = start_parts(tmp_path_factory.mktemp("parts"))
    yield started
    started.stop()
