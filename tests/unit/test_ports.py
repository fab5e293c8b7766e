"""A port is one process's: it is given once, and whoever finds it taken says so instead of sharing it."""

import socket

import pytest

from deploy.local import ports
from shared.runtime.nameko_compat import Server


def test_a_port_is_given_to_nobody_twice_also_before_anybody_listens_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "CHOICE", range(20_000, 20_020))
    monkeypatch.setattr(ports, "_given", set())
    monkeypatch.setattr(ports, "is_free", lambda _port: True)
    assert len({ports.any_free_port() for _ in ports.CHOICE}) == len(ports.CHOICE)


def test_a_service_does_not_share_the_port_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr(Server, "bind_addr", other.getsockname())
        with pytest.raises(OSError, match="in use"):
            Server().start()
