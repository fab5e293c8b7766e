"""Who runs what: the whole suite is shared among workers, each with parts of its own; what is chosen runs in one process."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

WORKERS = 3  # on two cores, for much of a fault's proof is waiting until it is noticed
LONG = ("e2e", "soak", "faults", "fuzz", "deploy", "test_readme", "browser", "integration")  # begun first


class ByModule(LoadScopeScheduling):
    """Whoever is free takes the next module, and all of tests/e2e/ at once, which looks at one district."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/e2e" if nodeid.startswith("tests/e2e/") else nodeid.partition("::")[0]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For `-n auto`, which stands in pyproject.toml."""
    chosen = config.option.keyword or config.option.markexpr or config.option.lf
    return 0 if chosen or config.args_source is not pytest.Config.ArgsSource.TESTPATHS else WORKERS


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByModule:
    return ByModule(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _turn(item.nodeid))


def _turn(nodeid: str) -> int:
    return next((turn for turn, room in enumerate(LONG) if nodeid.startswith(f"tests/{room}")), len(LONG))
