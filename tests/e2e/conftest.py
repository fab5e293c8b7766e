"""One whole district behind the real ingress, with the demo day loaded, for all end-to-end tests."""

from collections.abc import Iterator

import pytest

from deploy.ingress import Place, nginx_conf
from deploy.instances import Instance, instances
from deploy.local.parts import Nginx
from deploy.local.ports import answers, choose_ports
from deploy.local.programs import wait_until
from tests.e2e.demo import OPERATOR, Demo, made_by_a_run
from tests.lengths import by_length
from tests.parts import Parts
from tests.stack import Stack


@pytest.fixture(scope="package")
def stack(parts: Parts, forks: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(parts, tmp_path_factory.mktemp("district"), forks=forks)
    yield made
    made.stop()


@pytest.fixture(scope="package")
def ingress(stack: Stack) -> Iterator[str]:
    port = choose_ports(["ingress"], stack.home / "ports.json")["ingress"]
    stack.origin = f"http://127.0.0.1:{port}"
    stack.start(**OPERATOR)
    nginx = Nginx(stack.home / "nginx", stack.home / "nginx.log")
    place = Place(f"127.0.0.1:{port}", str(nginx.folder), str(stack.home / "access.log"), "stderr")
    nginx.prepare(nginx_conf(instances(), lambda one: _address(stack, one), place))
    process = nginx.program().start()
    try:
        wait_until(lambda: answers(port), nginx.program(), lambda: process.poll() is None)
        yield stack.origin
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="package")
def demo(stack: Stack, ingress: str) -> Demo:
    sign_ins = stack.home / "demo.json"
    return Demo(ingress, sign_ins, [made_by_a_run(stack, ingress, sign_ins) for _ in range(by_length(1, 2))])


def _address(stack: Stack, one: Instance) -> str:
    return stack.addresses[f"{one.service}.{one.community}" if one.community else one.service]
