"""G6 when parts move: a broker or database that comes back under another address is found, and no name server stops a service."""

from collections.abc import Iterator
from contextlib import closing

import pytest
import requests

from tests.faults.conftest import measured
from tests.faults.load import Load, all_arrives
from tests.faults.nameserver import NameServer
from tests.faults.proxy import Proxy
from tests.stack import Stack, eventually

A_DAY = 24 * 3600
OLD, NEW = "127.0.0.2", "127.0.0.3"
FOUND_AGAIN_SECONDS = 10
QUICK_SECONDS = 2  # for an answer that waits for nobody


@pytest.fixture
def names() -> Iterator[NameServer]:
    with closing(NameServer({}, ttl=A_DAY)) as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def _district(stack: Stack) -> None:
    stack.start("district")


@pytest.fixture(autouse=True)
def _volunteers_end(stack: Stack) -> Iterator[None]:
    yield
    stack.kill("volunteers")


def test_a_broker_that_comes_back_under_another_address_is_found_at_once(stack: Stack, names: NameServer) -> None:
    names.addresses["broker.test"] = OLD
    with closing(Proxy(stack.parts.amqp_port, OLD)) as old:
        start(stack, names, AMQP_URI=f"amqp://broker.test:{old.port}/{stack.name}")
        with Load(stack) as load:
            load.goes_on()
        all_arrives(stack, load.acknowledged)

    names.addresses["broker.test"] = NEW
    with closing(Proxy(stack.parts.amqp_port, NEW, old.port)):
        with measured("the next event's effect after the broker moved", at_most=FOUND_AGAIN_SECONDS):
            with Load(stack) as load:
                load.goes_on(1)
            all_arrives(stack, load.acknowledged)
        eventually(lambda: is_ready(stack))


def test_a_database_that_comes_back_under_another_address_is_found_at_once(stack: Stack, names: NameServer) -> None:
    names.addresses["database.test"] = OLD
    port = int(stack.parts.mongodb_uri.split(":")[2].split("/")[0])
    with closing(Proxy(port, OLD)) as old:
        start(stack, names, MONGODB_URI=f"mongodb://database.test:{old.port}/?directConnection=true")
        with Load(stack) as load:
            load.goes_on()

    names.addresses["database.test"] = NEW
    with (
        closing(Proxy(port, NEW, old.port)),
        measured("the next write after the database moved", at_most=FOUND_AGAIN_SECONDS),
        Load(stack) as load,
    ):
        load.goes_on(1)


def test_while_the_name_server_is_silent_a_service_goes_on_and_finds_the_broker_when_it_speaks_again(
    stack: Stack, names: NameServer
) -> None:
    names.addresses["broker.test"] = OLD
    with closing(Proxy(stack.parts.amqp_port, OLD)) as wire:
        start(stack, names, AMQP_URI=f"amqp://broker.test:{wire.port}/{stack.name}")
        names.silent, asked = True, names.asked
        wire.cut()
        with Load(stack) as load:
            eventually(lambda: names.asked >= asked + 4)
            load.goes_on()
        assert load.slowest < QUICK_SECONDS
        assert set(load.answers) == {"201"}
        names.silent = False
        all_arrives(stack, load.acknowledged)
        eventually(lambda: is_ready(stack))


def start(stack: Stack, names: NameServer, **addresses: str) -> None:
    """Volunteers, which asks this name server."""
    told = {"NAME_SERVER": names.at, "EVENTLET_NO_GREENDNS": "", **addresses}
    stack.spawn("volunteers", program="tests.faults.named_service", **told)
    stack.await_ready("volunteers")


def is_ready(stack: Stack) -> bool:
    return requests.get(stack.url("/healthz/ready", "volunteers"), timeout=5).ok
