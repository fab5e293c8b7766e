"""Two lengths of the suite: `make test` runs what an ordinary change can break, `make test-long` everything, with more examples.

tests/README.md says what stands where. LONG=1 in the environment chooses the long one.
"""

import os
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

LONG = os.environ.get("LONG") == "1"
T = TypeVar("T")

long = pytest.mark.long  # `@long("why")`: of the long suite only


def by_length(short: T, long: T) -> T:
    """The one that fits how long this run may be."""
    return long if LONG else short


def examples(usual: int) -> int:
    """How many examples of a property: a fifth of the usual in the short suite, three times as many in the long one."""
    return by_length(max(usual // 5, 2), usual * 3)


# One profile: a slow machine is no failure of a rule. Short runs ask the same examples each time; long ones ask fresh ones and
# remember which failed.
settings.register_profile(
    "lianfang",
    max_examples=examples(100),
    deadline=None,
    derandomize=not LONG,
    database=DirectoryBasedExampleDatabase(".hypothesis/examples") if LONG else None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=LONG,
)
settings.load_profile("lianfang")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long(why): runs with LONG=1 only (`make test-long`)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is long; pytest tells how many were deselected."""
    if LONG:
        return
    left_out: list[Any] = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]
