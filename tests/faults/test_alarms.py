"""The alarms ring while what they watch is out of reach: measured in every replica, scraped by Prometheus, judged by its rules."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from shared.jobs.backlog_measures import EVERY_SECONDS
from shared.kernel.ids import new_id, now
from tests.faults.load import APPLICATION, APPLY
from tests.faults.proxy import Proxy
from tests.faults.watching import Watch, rings
from tests.stack import Stack, eventually, manage

AGE = "lianfang_journal_oldest_seconds"
HOUR = 3600
UNREAD = 5.0  # seconds: a queue is looked at every second
UNMEASURED = EVERY_SECONDS + 2


@pytest.fixture
def wire(stack: Stack) -> Iterator[Proxy]:
    """A line to the broker."""
    with closing(Proxy(stack.parts.amqp_port)) as made:
        yield made


@pytest.fixture(autouse=True)
def _ended(stack: Stack) -> Iterator[None]:
    yield
    for instance in list(stack.processes):
        stack.kill(instance)


def over(stack: Stack, wire: Proxy) -> dict[str, str]:
    return {"AMQP_URI": stack.amqp_uri.replace(str(stack.parts.amqp_port), str(wire.port))}


def start(stack: Stack, instance: str = "volunteers", **environment: str) -> None:
    """Without waiting until it reaches the broker, which it may never do."""
    stack.spawn(instance, **environment)
    eventually(lambda: stack.call("GET", "/healthz/live", at=instance).ok, seconds=60)


def say(stack: Stack, at: str = "volunteers") -> None:
    """Somebody applies; the event they made is an hour old."""
    assert stack.call("POST", APPLY, stack.token(), APPLICATION, at=at).status_code == 201
    journal = stack.database("volunteers")["journal"]
    assert journal.update_many({"unpublished": True}, {"$set": {"time": now() - timedelta(hours=1)}}).modified_count


def withdraw(stack: Stack, **rights: str) -> None:
    """From now on the broker refuses volunteers what these do not name."""
    path = f"/api/permissions/{stack.name}/volunteers"
    manage(stack.parts, "PUT", path, {"configure": "^$", "write": "^backbone$", "read": "^volunteers$", **rights})


def test_while_the_broker_cannot_be_reached_the_age_of_what_waits_grows_and_the_alarm_rings(
    stack: Stack, wire: Proxy, tmp_path: Path
) -> None:
    start(stack, **over(stack, wire))
    stack.await_ready("volunteers")
    wire.shut()
    say(stack)
    with Watch(stack, tmp_path / "watch", "volunteers") as watch:
        age = watch.growing(AGE, above=HOUR)
        assert age.labels["source"] == "/district/volunteers"
        rings(age, tmp_path, "EventsNotLeaving")
        rings(watch.growing("lianfang_consumer_silent_seconds", above=UNREAD), tmp_path, "QueueNotRead")
        wire.heal()
        eventually(lambda: watch.series(AGE)[0].values[-1] == 0, seconds=60)


def test_so_it_does_while_the_broker_swallows_everything(stack: Stack, wire: Proxy, tmp_path: Path) -> None:
    start(stack, **over(stack, wire))
    stack.await_ready("volunteers")
    wire.black_hole()
    say(stack)
    with Watch(stack, tmp_path / "watch", "volunteers") as watch:
        rings(watch.growing(AGE, above=HOUR), tmp_path, "EventsNotLeaving")


def test_so_it_does_with_credentials_the_broker_refuses(stack: Stack, tmp_path: Path) -> None:
    start(stack, AMQP_PASSWORDS="volunteers=guessed")
    say(stack)
    with Watch(stack, tmp_path / "watch", "volunteers") as watch:
        rings(watch.growing(AGE, above=HOUR), tmp_path, "EventsNotLeaving")
        rings(watch.growing("lianfang_consumer_silent_seconds", above=UNREAD), tmp_path, "QueueNotRead")


def test_so_it_does_when_the_right_to_publish_is_withdrawn(stack: Stack, wire: Proxy, tmp_path: Path) -> None:
    """The broker asks for it once on each connection."""
    start(stack, **over(stack, wire))
    stack.await_ready("volunteers")
    withdraw(stack, write="^$")
    try:
        wire.cut()
        say(stack)
        with Watch(stack, tmp_path / "watch", "volunteers") as watch:
            rings(watch.growing(AGE, above=HOUR), tmp_path, "EventsNotLeaving")
            rings(watch.series("lianfang_consumer_silent_seconds")[0], tmp_path)
    finally:
        withdraw(stack)


def test_when_the_right_to_read_is_withdrawn_that_alarm_rings_and_the_other_does_not(
    stack: Stack, wire: Proxy, tmp_path: Path
) -> None:
    start(stack, **over(stack, wire))
    stack.await_ready("volunteers")
    withdraw(stack, read="^$")
    try:
        wire.cut()
        with Watch(stack, tmp_path / "watch", "volunteers") as watch:
            silent = watch.growing("lianfang_consumer_silent_seconds", above=UNREAD)
            assert silent.labels["queue"] == "volunteers"
            rings(silent, tmp_path, "QueueNotRead")
            eventually(
                lambda: watch.series(AGE)[0].values[-1] == 0, seconds=60
            )  # what was left over has gone out meanwhile
    finally:
        withdraw(stack)


def test_a_replica_that_is_not_in_charge_tells_the_age_as_well_as_the_one_that_is(
    stack: Stack, wire: Proxy, tmp_path: Path
) -> None:
    for instance in ("volunteers", "volunteers#2"):
        start(stack, instance, **over(stack, wire))
        stack.await_ready(instance)
    wire.shut()
    say(stack, "volunteers#2")
    with Watch(stack, tmp_path / "watch", "volunteers", "volunteers#2") as watch:
        for instance in ("volunteers", "volunteers#2"):
            told = watch.growing(f'{AGE}{{instance="{stack.addresses[instance]}"}}', above=HOUR)
            rings(told, tmp_path, "EventsNotLeaving")


def test_while_the_database_is_away_its_alarm_rings_though_nobody_asks_for_anything(
    stack: Stack, tmp_path: Path
) -> None:
    port = int(stack.parts.mongodb_uri.split(":")[2].split("/")[0])
    with closing(Proxy(port)) as line:
        start(stack, MONGODB_URI=f"mongodb://127.0.0.1:{line.port}/?directConnection=true")
        stack.await_ready("volunteers")
        line.black_hole()
        with Watch(stack, tmp_path / "watch", "volunteers") as watch:
            rings(watch.growing("lianfang_database_silent_seconds", above=UNMEASURED), tmp_path, "DatabaseAway")
            late = watch.growing('lianfang_job_late_seconds{job="measure"}', above=1)
            rings(late, tmp_path, "ScheduledWorkLate")


def test_what_is_set_aside_is_told_by_a_process_to_which_nothing_comes(stack: Stack, tmp_path: Path) -> None:
    held, id_ = stack.database("volunteers")["held"], new_id()
    held.insert_one({"_id": id_, "key": id_, "sequence": 1, "state": "parked", "since": now(), "next_try": None})
    start(stack, AMQP_PASSWORDS="volunteers=guessed")
    with Watch(stack, tmp_path / "watch", "volunteers") as watch:
        parked = 'lianfang_events_held{state="parked"}'
        told = eventually(lambda: [one for one in watch.series(parked) if one.values[-1] == 1])
        rings(told[0], tmp_path, "EventsParked")
    held.delete_one({"_id": id_})


def test_what_fails_by_the_clock_is_told_with_its_service_its_job_and_its_community(
    stack: Stack, tmp_path: Path
) -> None:
    covers, id_ = stack.database("shifts", "yueran")["covers"], new_id()
    covers.insert_one({"_id": id_, "ended": None})
    start(stack, "shifts.yueran")
    with Watch(stack, tmp_path / "watch", "shifts.yueran") as watch:
        labels = 'service="shifts",job="tend-covers",community="yueran"'
        told = eventually(lambda: [one for one in watch.series(f"lianfang_job_failing{{{labels}}}") if one.values[-1]])
        rings(told[0], tmp_path, "ScheduledWorkFails")
    covers.delete_one({"_id": id_})
