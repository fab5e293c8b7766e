"""Services at work here begin every transaction twice: MongoDB may, and nothing may come of it."""

import pytest


@pytest.fixture(scope="session")
def program() -> str:
    return "tests.repeating"
