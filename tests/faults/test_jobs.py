"""Long work under kill -9: it goes on where it was broken off, and every part of it is done once."""

from collections.abc import Iterator

import pytest

from shared.jobs import long_jobs
from shared.jobs.long_jobs import Job
from shared.kernel.command import Command
from shared.kernel.ids import new_id
from shared.persistence.store import Store
from tests.faults.conftest import Start, dead
from tests.link import Link, Running
from tests.stack import eventually

PATIENCE = 90.0  # a killed process's transaction may stand in the way for a while


def begin(link: Link, *, total: int, at_once: int = 7) -> str:
    id_, task = new_id(), {"at_once": at_once}
    link.board.transaction(Command(actor="staff"), lambda tx: long_jobs.begin(tx, "count", id_, total=total, task=task))
    return id_


def state(link: Link, id_: str) -> Job:
    return long_jobs.job_of(link.board, id_, "count")


def times(link: Link) -> list[int]:
    return [one["times"] for one in link.board["tally"].find()]


def ended(link: Link, id_: str) -> bool:
    return state(link, id_).state != "working"


def test_a_job_whose_process_is_killed_again_and_again_is_done_whole_and_once(link: Link, child: Start) -> None:
    id_ = begin(link, total=60)
    for number in (3, 59):
        process = child("jobs", dies_at=str(number))
        eventually(lambda one=process: dead(one), seconds=PATIENCE)
        assert state(link, id_).done <= number
    child("jobs")
    eventually(lambda: ended(link, id_), seconds=PATIENCE)
    assert (state(link, id_).state, state(link, id_).done) == ("done", 60)
    assert times(link) == [1] * 60


def test_two_replicas_and_a_killed_third_never_do_a_step_twice(link: Link, child: Start) -> None:
    ids = [begin(link, total=total, at_once=1) for total in (1, 40)]
    for dies_at in ("20", "", ""):
        child("jobs", dies_at=dies_at)
    eventually(lambda: all(ended(link, id_) for id_ in ids), seconds=PATIENCE)
    assert sorted(times(link)) == [1] * 39 + [2], "the number 0 belongs to both jobs"


@pytest.fixture
def at_work(link: Link) -> Iterator[Link]:
    """A worker that counts, but fails at 13 and stands still at 30."""

    def count(tx: Store, job: Job) -> None:
        if job.done == 13:
            raise RuntimeError("thirteen")
        job.done += 0 if job.done == 30 else 1
        job.result["counted"] = job.done

    worker = long_jobs.Worker([link.board], {"count": count}, "one")
    worker.prepare()
    with Running(worker):
        yield link


@pytest.mark.parametrize(("total", "outcome", "done"), [(0, "done", 0), (5, "done", 5), (20, "failed", 13)])
def test_a_job_ends_with_what_it_came_to(at_work: Link, total: int, outcome: str, done: int) -> None:
    id_ = begin(at_work, total=total)
    eventually(lambda: ended(at_work, id_))
    job = state(at_work, id_)
    assert (job.state, job.done, job.finished is not None) == (outcome, done, True)
    assert job.result == ({"counted": done} if done else {})


def test_a_cancelled_job_takes_no_further_step(link: Link) -> None:
    id_ = begin(link, total=5)
    link.board.transaction(Command(), lambda tx: long_jobs.cancel(tx, long_jobs.job_of(tx, id_, "count")))
    with pytest.raises(long_jobs.NotAtWork):
        link.board.transaction(Command(), lambda tx: long_jobs.cancel(tx, long_jobs.job_of(tx, id_, "count")))
    assert (state(link, id_).state, state(link, id_).done) == ("cancelled", 0)
