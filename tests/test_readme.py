"""What README and documents tell to type works, and the files, names, events and metrics they name are there."""

import os
import re
import shlex
import subprocess
from pathlib import Path
from pkgutil import resolve_name

import pytest

from deploy.secrets import Secrets
from services.grid.store import GridStore
from shared.events.contracts import Fact, registry
from shared.kernel.command import Command
from tests.link import CLOSED, Gate, GateStore, Link
from tests.stack import ROOT

READMES = ("README.md", "README.zh.md")
GENERATED = ("docs/benchmarks.md", "docs/reliability.md")
DOCUMENTS = (
    *READMES,
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md")) if "adr" not in path.parts),
)
WRITTEN = tuple(one for one in DOCUMENTS if one not in GENERATED)
CI = ".ci/run"
RUN_BY_CI = {"make check", "make test"}
RUN_BELOW = {"make help"}
RUN_BY_LOCAL_RUN = {"make run", "make stop", "make clean"}  # tests/deploy/test_local_run.py
RUN_BY_BACKUP = {"make backup TO=folder", "make restore FROM=folder"}  # tests/faults/test_backup.py
RUN_ELSEWHERE = RUN_BY_LOCAL_RUN | RUN_BY_BACKUP
FOLDERS = ("", "services/*/")  # where a file named without its folder is looked for


def blocks(document: str) -> list[str]:
    """The shell blocks, each a list of commands, one a line."""
    return re.findall(r"```sh\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)


def spans(pattern: str) -> list[str]:
    """What stands in `code` and is written like this, in any README or document."""
    texts = [re.sub(r"```.*?```", "", (ROOT / one).read_text(), flags=re.DOTALL) for one in WRITTEN]
    return sorted({span for text in texts for span in re.findall(r"`([^`\n]+)`", text) if re.fullmatch(pattern, span)})


def operators_block(language: str) -> str:
    return next(block for block in blocks(f"docs/operate/parked-events.{language}.md") if "replay" in block)


def remains_block(language: str) -> str:
    return next(block for block in blocks(f"docs/operate/privacy.{language}.md") if "deploy.remains" in block)


def make(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *words], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=True, timeout=60
    )


@pytest.mark.parametrize("document", WRITTEN)
def test_every_command_is_run_by_a_test_or_by_ci(document: str) -> None:
    told = {command for block in blocks(document) for command in block.splitlines()}
    run = {*operators_block("en").splitlines(), *remains_block("en").splitlines()}
    assert told <= {CI, *RUN_BY_CI, *RUN_BELOW, *RUN_ELSEWHERE, *run}


def test_ci_runs_what_is_left_to_it() -> None:
    steps = (ROOT / CI).read_text()
    assert all(f'step="{command}"' in steps for command in RUN_BY_CI)


def test_help_tells_every_make_command() -> None:
    targets = {word for word in spans(r"make \w+") if word != "make lock"} | RUN_BELOW | RUN_BY_LOCAL_RUN | RUN_BY_CI
    assert all(f"  {target} " in make("help").stdout for target in targets)


def test_an_operators_commands_work_as_written(link: Link, tmp_path: Path) -> None:
    gates = GateStore(link.client[f"{link.name}_shifts_yueran"], "yueran")
    gates.prepare()
    gates.transaction(Command(), lambda tx: tx.save(Gate("west"), [Fact(CLOSED, {})]))
    (event,) = gates.journal.unpublished(1)
    gates.journal.mark_published([event.id])
    link.fail_on.add(event.id)
    link.take([event])
    addresses = {"MONGODB_URI": link.parts.mongodb_uri, "AMQP_URI": link.admin_uri}
    (tmp_path / "env").write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in addresses.items()))
    script = operators_block("en").replace("ID", event.id).replace(".local/env", str(tmp_path / "env"))
    script = script.replace("lianfang_district", link.board.database.name).replace("lianfang_", f"{link.name}_")
    try:
        done = subprocess.run(["bash", "-ec", script], cwd=ROOT, capture_output=True, text=True, check=True)
    finally:
        link.client.drop_database(gates.database.name)
    assert "1 events sent to district" in done.stdout
    (entry,) = link.board["held"].find()
    assert (entry["state"], entry["discarded_by"], entry["discard_reason"]) == ("discarded", "your name", "why")


def test_what_is_kept_of_persons_is_told_as_written(link: Link, tmp_path: Path) -> None:
    told = f"MONGODB_URI={shlex.quote(link.parts.mongodb_uri)}\nDATABASE_PREFIX={link.name}\n"
    (tmp_path / "env").write_text(told)
    Secrets(tmp_path / "secrets").field_key("grid-yueran")
    grid = GridStore(link.client[f"{link.name}_grid_yueran"], "yueran")
    grid.prepare()
    script = remains_block("en").replace(".local", str(tmp_path))
    try:
        done = subprocess.run(["bash", "-ec", script], cwd=ROOT, capture_output=True, text=True, check=True)
    finally:
        link.client.drop_database(grid.database.name)
    assert f"{link.name}_grid_yueran.gate_passers: 0 kept, 0 past their time" in done.stdout


def test_an_operators_commands_are_the_same_in_both_languages() -> None:
    assert operators_block("zh") == operators_block("en")
    assert remains_block("zh") == remains_block("en")


@pytest.mark.parametrize(
    "path", spans(r"(?!/|\.local/|secrets/|databases/)(?:[\w.*<>-]+/[\w./*<>-]*|[\w-]+\.(?:py|yml|env|md))")
)
def test_every_file_named_is_there(path: str) -> None:
    pattern = re.sub(r"NAME|<\w+>", "*", path).rstrip("/")
    assert any(next(ROOT.glob(folder + pattern), None) for folder in FOLDERS)


@pytest.mark.parametrize("name", spans(r"(?:shared|services|deploy|tests)(?:\.\w+)+"))
def test_every_name_in_the_code_is_there(name: str) -> None:
    assert resolve_name(name)


@pytest.mark.parametrize("type_", spans(r"\w+\.\w+\.[\w-]+\.v\d+"))
def test_every_event_named_has_its_contract_but_the_one_that_recipes_add(type_: str) -> None:
    known = {one.type for one in registry.contracts()}
    assert (type_ in known) is (type_ != "shifts.shift.swapped.v1")


@pytest.mark.parametrize("metric", spans(r"lianfang_[a-z]+_[a-z_]+(?:\{.*\})?"))
def test_every_metric_named_is_measured(metric: str) -> None:
    name = metric.partition("{")[0]
    if re.fullmatch(r"lianfang_(shifts|grid)_\w+", name):
        return  # a database
    assert f'"{name}"' in (ROOT / "shared/observability/metrics.py").read_text()
