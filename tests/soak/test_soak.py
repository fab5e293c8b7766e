"""The short form of `make soak`: a minute of load and faults, then the whole audit."""

from pathlib import Path

from tests.lengths import long
from tests.soak.run import Plan, run

SEED = 20200213


@long("a minute of load and faults, and the audit")
def test_nothing_is_lost_or_doubled_by_a_minute_of_faults_in_any_order(tmp_path: Path) -> None:
    said: list[str] = []

    result = run(Plan(minutes=1, seed=SEED, faults_per_minute=40, rest_seconds=3), tmp_path, said.append)

    assert result.differences == [], "\n".join(said)
    assert sum(result.faults.values()) > 20
    assert result.acts_answered == result.acts
    assert result.events > 1_000
