"""A service that asks the name server of NAME_SERVER: `python -m tests.faults.named_service volunteers`."""

from services.__main__ import run  # patches the standard library, so it comes first

# isort: split
import os
import sys
from typing import Any

from eventlet.support import greendns


class TestsOwn(greendns.dns.resolver.Resolver):
    """What a resolv.conf cannot say: the name server's port, which is one that needs no rights."""

    def __init__(self, **_: Any) -> None:
        super().__init__(configure=False)
        host, _, port = os.environ["NAME_SERVER"].partition(":")
        self.port = int(port)
        self.nameservers = [host]


if __name__ == "__main__":
    greendns.dns.resolver.Resolver = TestsOwn
    run(sys.argv[1])
