"""In the long suite services at work here begin every transaction twice: MongoDB may, and nothing may come of it."""

import pytest

from tests.lengths import by_length


@pytest.fixture(scope="session")
def program() -> str:
    return by_length("services", "tests.repeating")
