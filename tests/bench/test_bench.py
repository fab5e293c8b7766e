"""`make bench` works: one small scenario with a real peer."""

from pathlib import Path

import pytest

from tests.bench.consuming import nameko, ours
from tests.bench.ground import Ground
from tests.lengths import long
from tests.parts import Parts


@pytest.fixture
def ground(parts: Parts, tmp_path: Path) -> Ground:
    return Ground(parts, tmp_path, quick=True)


@long("installs the peers' packages")
def test_both_we_and_a_peer_take_every_event_of_a_full_queue(ground: Ground) -> None:
    assert ours(ground, 20_000).events > 0
    assert nameko(ground, 100).events > 0
