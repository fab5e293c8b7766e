"""Who runs what: the whole suite is shared among workers, on one set of parts; what is chosen runs in one process."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from deploy.local import ports
from tests.forking import fork_server
from tests.parts import start_parts

WORKERS = 3  # on two cores, for much of a fault's proof is waiting until it is noticed
CACHE_GB = 1.0
LONG = ("e2e", "soak", "faults", "fuzz", "deploy", "test_readme", "browser", "integration")  # begun first
_until_over = ExitStack()
_shared: dict[str, Any] = {}


class ByModule(LoadScopeScheduling):
    """Whoever is free takes the next module, and all of tests/e2e/ at once, which looks at one district."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/e2e" if nodeid.startswith("tests/e2e/") else nodeid.partition("::")[0]


def shared_among_workers(config: pytest.Config) -> dict[str, Any]:
    """The addresses of what the session's workers share; empty in a process that runs alone."""
    return dict(getattr(config, "workerinput", {}).get("shared", {}))


def pytest_configure(config: pytest.Config) -> None:
    """Each worker chooses among ports of its own, for one that is chosen is free until somebody listens there."""
    if worker := getattr(config, "workerinput", None):
        ports.CHOICE = ports.CHOICE[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For `-n auto`, which stands in pyproject.toml."""
    chosen = config.option.keyword or config.option.markexpr or config.option.lf
    return 0 if chosen or config.args_source is not pytest.Config.ArgsSource.TESTPATHS else WORKERS


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByModule:
    return ByModule(config, log)


def pytest_configure_node(node: Any) -> None:
    """In the controller, before each worker starts."""
    if not _shared:
        home = Path(_until_over.enter_context(tempfile.TemporaryDirectory(prefix="lianfang-tests-")))
        parts = start_parts(home / "parts", cache_gb=CACHE_GB)
        _until_over.callback(parts.stop)
        _shared.update(parts=parts.addresses(), forks=_until_over.enter_context(fork_server(home)))
    node.workerinput["shared"] = _shared


def pytest_unconfigure() -> None:
    _until_over.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _turn(item.nodeid))


def _turn(nodeid: str) -> int:
    return next((turn for turn, room in enumerate(LONG) if nodeid.startswith(f"tests/{room}")), len(LONG))
