"""G2 and G6 when a part is away: the doors go on or say when to come again, nothing acknowledged is lost, no service dies."""

import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.faults.conftest import measured, note
from tests.faults.load import APPLICATION, APPLY, Load, all_arrives
from tests.faults.proxy import Proxy
from tests.lengths import by_length
from tests.parts import Parts, start_parts
from tests.stack import Stack, eventually

RABBITMQCTL = "/usr/lib/rabbitmq/bin/rabbitmqctl"
WAYS = by_length([signal.SIGKILL], [signal.SIGTERM, signal.SIGKILL])  # to end a part
READ_ONLY_SECONDS = 15
SLOWEST_ANSWER = 20.0


@pytest.fixture(scope="module")
def own(forks: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Volunteers and district on parts of their own, which a test may end."""
    parts = start_parts(tmp_path_factory.mktemp("own"))
    stack = Stack(parts, tmp_path_factory.mktemp("stack"), forks=forks)
    yield stack.start("volunteers", "district")
    stack.stop()
    parts.stop()


@pytest.fixture(autouse=True)
def _no_service_dies(own: Stack) -> Iterator[None]:
    yield
    assert {name: process.poll() for name, process in own.processes.items()} == dict.fromkeys(own.processes)


@pytest.mark.parametrize("how", WAYS)
def test_while_the_broker_is_away_every_write_succeeds_and_arrives_when_it_is_back(
    own: Stack, how: signal.Signals
) -> None:
    with Load(own) as load:
        load.goes_on()
        own.parts.end("rabbitmq", how)
        load.goes_on()
        own.parts.restart("rabbitmq")
        load.goes_on()

    assert set(load.answers) == {"201"}
    all_arrives(own, load.acknowledged)


@pytest.mark.parametrize("how", WAYS)
def test_while_the_database_is_away_writes_are_asked_to_come_again_and_nothing_acknowledged_is_lost(
    own: Stack, how: signal.Signals
) -> None:
    with Load(own) as load:
        load.goes_on()
        own.parts.end("mongodb", how)
        eventually(lambda: load.answers["503, again in 3 s"], seconds=SLOWEST_ANSWER)
        own.parts.restart("mongodb")
        with measured(f"writing again after {how.name} of the database", at_most=20):
            load.goes_on()

    note(f"slowest answer while the database was away: {load.slowest:.1f} s")
    assert set(load.answers) == {"201", "503, again in 3 s"}
    assert load.slowest < SLOWEST_ANSWER
    all_arrives(own, load.acknowledged)


def test_when_the_databases_disk_is_full_writes_are_asked_to_come_again_until_there_is_room(own: Stack) -> None:
    """A mongod that cannot write ends itself."""
    with Load(own) as load:
        load.goes_on()
        write_nothing(own.parts, "mongodb")
        eventually(lambda: load.answers["503, again in 3 s"], seconds=SLOWEST_ANSWER)
        own.parts.running["mongodb"][1].wait(20)
        own.parts.restart("mongodb")
        load.goes_on()

    assert set(load.answers) == {"201", "503, again in 3 s"}
    all_arrives(own, load.acknowledged)


def test_when_the_database_only_reads_writes_are_asked_to_come_again_until_it_takes_them(own: Stack) -> None:
    """As a member is that has been told to step down: it answers, and takes nothing."""
    with Load(own) as load:
        load.goes_on()
        with own.client as client:
            client.admin.command({"replSetStepDown": READ_ONLY_SECONDS, "force": True})
        eventually(lambda: load.answers["503, again in 3 s"], seconds=SLOWEST_ANSWER)
        load.goes_on()

    assert set(load.answers) == {"201", "503, again in 3 s"}
    all_arrives(own, load.acknowledged)


def test_when_the_brokers_disk_is_nearly_full_every_write_succeeds_and_arrives_once_there_is_room(own: Stack) -> None:
    """It then takes nothing from publishers."""
    control(own.parts, "set_disk_free_limit", "90000GB")
    with Load(own) as load:
        load.goes_on()
        eventually(lambda: waiting(own) > 20)
    control(own.parts, "set_disk_free_limit", "50MB")

    assert set(load.answers) == {"201"}
    all_arrives(own, load.acknowledged)


def test_when_the_broker_cannot_write_to_its_disk_every_write_succeeds_and_arrives_once_it_can(own: Stack) -> None:
    with Load(own) as load:
        load.goes_on()
        write_nothing(own.parts, "rabbitmq")
        load.goes_on()
        eventually(lambda: waiting(own) > 20)
    own.parts.end("rabbitmq")
    own.parts.restart("rabbitmq")

    assert set(load.answers) == {"201"}
    all_arrives(own, load.acknowledged)


def test_a_broker_that_swallows_everything_slows_no_write_and_gets_all_of_it_later(own: Stack) -> None:
    with closing(Proxy(own.parts.amqp_port)) as wire:
        own.spawn("volunteers#2", AMQP_URI=own.amqp_uri.replace(str(own.parts.amqp_port), str(wire.port)))
        own.kill("volunteers")
        own.await_ready("volunteers#2")
        with Load(own) as load:
            load.goes_on()
            wire.black_hole()
            load.goes_on(40)
            wire.heal()
        note(f"slowest write beside a broker that swallows everything: {load.slowest:.1f} s")
        assert load.slowest < 5
        assert set(load.answers) == {"201"}
        all_arrives(own, load.acknowledged)
        own.start("volunteers")
        own.kill("volunteers#2")


def test_a_database_that_swallows_everything_is_given_up_within_seconds(own: Stack) -> None:
    port = int(own.parts.mongodb_uri.split(":")[2].split("/")[0])
    with closing(Proxy(port)) as wire:
        own.spawn("volunteers#2", MONGODB_URI=f"mongodb://127.0.0.1:{wire.port}/?directConnection=true")
        own.kill("volunteers")
        own.await_ready("volunteers#2")
        wire.black_hole()
        with measured("refusing beside a database that swallows everything", at_most=SLOWEST_ANSWER):
            answer = own.call("POST", APPLY, own.token(), APPLICATION)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
        wire.heal()
        with Load(own) as load:
            load.goes_on()
        all_arrives(own, load.acknowledged)
        own.start("volunteers")
        own.kill("volunteers#2")


def waiting(stack: Stack) -> int:
    """How many events the journal keeps for the broker."""
    return int(stack.database("volunteers")["journal"].count_documents({"unpublished": True}))


def write_nothing(parts: Parts, name: str) -> None:
    """From now on a part can make no file longer than a few bytes, as on a disk that is full or read-only."""
    _, process = parts.running[name]
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, hard))


def control(parts: Parts, *words: str) -> None:
    """What an operator does with rabbitmqctl."""
    program, _ = parts.running["rabbitmq"]
    subprocess.run([RABBITMQCTL, *words], env=dict(program.environment) | {"PATH": "/usr/bin:/bin"}, check=True)
