"""G1, and an end to waiting: an act whose database goes away in the middle."""

from contextlib import closing

import pytest
from pymongo.errors import PyMongoError

from shared.events.contracts import Fact
from shared.kernel.command import Command
from shared.persistence.store import connect, is_away
from tests.faults.conftest import measured
from tests.faults.proxy import Proxy
from tests.link import CLOSED, Gate, GateStore, Link


def test_an_act_whose_database_goes_away_in_the_middle_is_given_up_within_seconds_and_leaves_nothing(
    link: Link,
) -> None:
    """Left to itself, pymongo would try again for two minutes, and whoever asked would wait."""
    with closing(Proxy(int(link.parts.mongodb_uri.split(":")[2].split("/")[0]))) as wire:
        client = connect(f"mongodb://127.0.0.1:{wire.port}/?directConnection=true", "cut-off")
        gates = GateStore(client[link.gates.database.name], "yueran")

        def lose_the_database(tx: GateStore) -> None:
            tx.save(Gate("west", 1), [Fact(CLOSED, {})])
            wire.shut()

        with measured("giving up an act", at_most=20), pytest.raises(PyMongoError) as fault:
            gates.transaction(Command(), lose_the_database)
        client.close()

    assert is_away(fault.value)
    assert link.gates.get(Gate, "west") is None
    assert link.rung() == []
