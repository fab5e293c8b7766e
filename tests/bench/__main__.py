"""Runs every scenario, or those named, prints their rows and writes them to bench.json in the run's folder.

With `--keep` what was measured there before, of other scenarios, stays beside it: an hour's work may be done in parts.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import orjson

from shared.kernel.ids import now
from tests.bench import beside, commanding, consuming, growth, latency, reading, relaying, rota, rush
from tests.bench.ground import Ground, ground
from tests.bench.page import place, write_page
from tests.bench.rows import Measured, Row

OF_THE_ROTA = rota.SCENARIOS
OF_EVENTS: dict[str, Callable[[Ground], Iterator[Row]]] = {
    **consuming.SCENARIOS,
    **relaying.SCENARIOS,
    **latency.SCENARIOS,
    **commanding.SCENARIOS,
    **growth.SCENARIOS,
    **reading.SCENARIOS,
    **rush.SCENARIOS,
    **beside.SCENARIOS,
}


def main() -> None:
    every = [*OF_EVENTS, *OF_THE_ROTA]
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="scenario", help=f"some of: {', '.join(every)}")
    parser.add_argument("--quick", action="store_true", help="as small as shows that all works; its figures say little")
    parser.add_argument("--rounds", type=int, default=3, help="turns of ours and theirs, whose median is told (3)")
    parser.add_argument("--keep", action="store_true", help="keep what was measured before of other scenarios")
    parser.add_argument("--page", action="store_true", help="write docs/benchmarks.md from the result")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(every):
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}; there are {', '.join(every)}")
    names = chosen.names or every
    home = Path(os.environ.get("LIANFANG_HOME") or ".local").resolve()
    home.mkdir(parents=True, exist_ok=True)
    kept = _kept(home) if chosen.keep else {}
    needs_parts = chosen.page or any(name in OF_EVENTS for name in names)
    with ground(home, quick=chosen.quick, rounds=chosen.rounds) if needs_parts else nullcontext() as stands:
        for name in names:
            kept[name] = Measured(f"{now():%Y-%m-%d %H:%M} UTC, load average {os.getloadavg()[0]:.1f}", rows := [])
            for row in OF_THE_ROTA[name]() if name in OF_THE_ROTA else OF_EVENTS[name](stands):
                print(row, flush=True)
                rows.append(row)
            _keep(home, kept)  # what was measured outlives a later scenario's fault
            if chosen.page:
                write_page([kept[one] for one in every if one in kept], place(stands), home)


def _keep(home: Path, measured: dict[str, Measured]) -> None:
    rows = [row.as_json() for one in measured.values() for row in one.rows]
    (home / "bench.json").write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
    (home / "bench-scenarios.json").write_bytes(orjson.dumps({name: asdict(one) for name, one in measured.items()}))


def _kept(home: Path) -> dict[str, Measured]:
    told = home / "bench-scenarios.json"
    found = orjson.loads(told.read_bytes()) if told.exists() else {}
    return {name: Measured(one["when"], [Row(**row) for row in one["rows"]]) for name, one in found.items()}


if __name__ == "__main__":
    main()
