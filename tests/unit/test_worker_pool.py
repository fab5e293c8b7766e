"""Heavy work is done in processes beside the service: what comes of it comes back, and what goes wrong there stays there."""

import ast
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared import worker_pool
from shared.documents import photo_cleaning
from shared.kernel.errors import Unavailable
from shared.worker_pool import Unfinished, WorkerPool, WorkFailed
from tests.photos import png_that_says_it_is
from tests.stack import ROOT, eventually

REAL_THREADS = ("eventlet.tpool", "eventlet.patcher", "concurrent.futures", "multiprocessing", "_thread")


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_what_is_done_comes_back() -> None:
    assert WorkerPool(1).run(sorted, [3, 1, 2]) == [1, 2, 3]


def test_a_named_fault_comes_back_as_it_was_raised_with_its_words() -> None:
    with pytest.raises(photo_cleaning.TooManyPixels) as raised:
        WorkerPool(1).run(photo_cleaning.remade, png_that_says_it_is(60_000, 60_000))
    assert "1250 万像素" in raised.value.sentence("zh")


def test_a_mistake_of_ours_comes_back_with_the_place_where_it_happened() -> None:
    with pytest.raises(WorkFailed, match="in mistaken"):
        WorkerPool(1).run(mistaken)


def test_what_a_library_prints_is_no_answer() -> None:
    assert WorkerPool(1).run(print, "a word") is None


def test_one_worker_does_one_piece_after_another() -> None:
    pool = WorkerPool(1)
    with ThreadPoolExecutor(4) as people:
        pids = set(people.map(lambda _: pool.run(os.getpid), range(8)))
    assert len(pids) == 1


def test_who_would_wait_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(worker_pool, "WAIT_SECONDS", 0.01)
    pool, said = WorkerPool(1), tmp_path / "pid"
    with ThreadPoolExecutor(1) as other:
        long = other.submit(pool.run, pause, said)
        pid = int(eventually(lambda: said.exists() and said.read_text()))
        with pytest.raises(Unavailable):
            pool.run(os.getpid)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Unfinished):
            long.result()


@pytest.mark.parametrize("work", ["work", "wait"])
def test_work_that_does_not_end_is_ended_and_the_next_is_done(work: str) -> None:
    pool = WorkerPool(1, work_seconds=0.1)
    with pytest.raises(Unfinished):
        pool.run(go_on, work)
    assert pool.run(abs, -1) == 1


def test_work_that_takes_too_much_memory_is_ended_and_the_next_is_done() -> None:
    pool = WorkerPool(1)
    with pytest.raises(Unfinished):
        pool.run(bytes, 2**31)
    assert pool.run(abs, -1) == 1


def test_where_no_worker_can_be_started_the_work_is_unfinished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere")
    with pytest.raises(Unfinished):
        WorkerPool(1).run(abs, -1)


def test_a_worker_that_was_ended_while_it_rested_is_replaced() -> None:
    pool = WorkerPool(1)
    pid = pool.run(os.getpid)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z")
    assert pool.run(os.getpid) != pid


def test_a_worker_that_nobody_needs_is_ended() -> None:
    pid = WorkerPool(1, rest_seconds=0.01).run(os.getpid)
    eventually(lambda: not is_alive(pid))


def test_a_worker_ends_with_its_service() -> None:
    """Killed, so that nothing of it can clean up."""
    said = "import os, time; from shared.worker_pool import WorkerPool; p = WorkerPool(1)"
    service = subprocess.Popen(
        [sys.executable, "-c", f"{said}; print(p.run(os.getpid), flush=True); time.sleep(600)"], cwd=ROOT,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert service.stdout is not None
    pid = int(service.stdout.readline())
    service.kill()
    service.wait()
    service.stdout.close()
    eventually(lambda: not is_alive(pid))


def test_a_worker_knows_no_address_and_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MONGODB_URI", "AMQP_URI", "AMQP_PASSWORDS", "TOKEN_SIGNING_KEY"):
        monkeypatch.setenv(name, "a secret")
    assert "a secret" not in WorkerPool(1).run(environment).values()


def test_a_service_has_no_real_thread_beside_its_own() -> None:
    """What runs in one may meet a lock that is green, and hang the service; docs/adr/0027."""
    files = [*ROOT.glob("shared/**/*.py"), *ROOT.glob("services/**/*.py")]
    nodes = [(str(file), node) for file in files for node in ast.walk(ast.parse(file.read_text()))]
    assert not [(file, name) for file, node in nodes for name in imported(node) if name.startswith(REAL_THREADS)]


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{one.name}" for one in node.names]
    return []


def environment() -> dict[str, str]:
    return dict(os.environ)


def mistaken() -> None:
    raise KeyError


def go_on(how: str) -> None:
    while True:
        if how == "wait":
            signal.sigwait({signal.SIGUSR1})


def pause(said: Path) -> None:
    said.write_text(str(os.getpid()))
    signal.pause()
