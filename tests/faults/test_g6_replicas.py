"""G3 and G6 with two replicas of every service: one of them does the work, the other takes over, and nothing is done twice."""

import re
import signal

import pytest
import requests

from tests.faults.conftest import measured
from tests.faults.load import Load, all_arrives
from tests.stack import Stack, eventually, manage

ONES = ("volunteers", "shifts.yueran", "district", "accounts")
OTHERS = tuple(f"{one}#2" for one in ONES)
TAKEOVER_SECONDS = 25.0


@pytest.fixture(scope="module", autouse=True)
def _replicas(stack: Stack) -> None:
    stack.start(*ONES)
    stack.start(*OTHERS)


def at_work(stack: Stack, queue: str) -> tuple[int, int]:
    """How many consume, and how many of them are given messages."""
    consumers = manage(stack.parts, "GET", f"/api/queues/{stack.name}/{queue}")["consumer_details"]
    return len(consumers), sum(one["active"] for one in consumers)


def published(stack: Stack, instance: str) -> float:
    metrics = requests.get(stack.url("/metrics", instance), timeout=10).text
    found = re.search(r"^lianfang_events_published_total\{.*\} (\S+)$", metrics, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_one_of_two_replicas_relays_and_consumes_whoever_is_written_to(stack: Stack) -> None:
    with Load(stack, "volunteers") as one, Load(stack, "volunteers#2") as other:
        one.goes_on()
        other.goes_on()
    all_arrives(stack, one.acknowledged + other.acknowledged)

    assert sorted(published(stack, name) > 0 for name in ("volunteers", "volunteers#2")) == [False, True]
    for queue in ("volunteers", "shifts.yueran", "district", "accounts"):
        eventually(lambda queue=queue: at_work(stack, queue) == (2, 1))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("falling", "staying", "fate"), [(ONES, OTHERS, signal.SIGKILL), (OTHERS, ONES, signal.SIGSTOP)]
)
def test_when_one_replica_of_everything_dies_or_sleeps_the_other_takes_over_and_nothing_is_done_twice(
    stack: Stack, falling: tuple[str, ...], staying: tuple[str, ...], fate: signal.Signals
) -> None:
    processes = [stack.processes[name] for name in falling]
    with Load(stack, staying[0]) as load:
        load.goes_on()
        for process in processes:
            process.send_signal(fate)
        with measured(f"district and shifts told of new work again after {fate.name}", at_most=TAKEOVER_SECONDS):
            told_of_new_work(stack, load, staying[0])
        for process in processes:
            process.send_signal(signal.SIGCONT)
        load.goes_on()
    if fate == signal.SIGKILL:
        for name in falling:
            stack.kill(name)
        stack.start(*falling)

    assert set(load.answers) == {"201"}
    all_arrives(stack, load.acknowledged)
    rosters = stack.database("shifts", "yueran")["rosters"]
    approved = stack.database("volunteers")["volunteers"].count_documents({"standing": "approved"})
    twice = {"meta.version": 2}  # written for the approval and for what it tells of abilities, each once
    eventually(lambda: rosters.count_documents(twice) == rosters.count_documents({}) == approved)


def told_of_new_work(stack: Stack, load: Load, at: str) -> None:
    """Returns once an application of now has reached the district, and its approval the community's shifts."""
    load.goes_on()
    volunteer = load.acknowledged[-1]
    staff = stack.token("staff@community:yueran")
    assert stack.call("POST", f"/volunteers/yueran/{volunteer}/approval", staff, at=at).ok
    district, shifts = stack.database("district"), stack.database("shifts", "yueran")
    place = f"/district/volunteers|volunteers.volunteer|{volunteer}"
    said = stack.database("volunteers")["journal"].count_documents({"subject": volunteer})
    eventually(lambda: district["inbox"].find_one({"_id": place, "last": said}), seconds=TAKEOVER_SECONDS)
    eventually(lambda: shifts["rosters"].find_one({"_id": volunteer}), seconds=TAKEOVER_SECONDS)
