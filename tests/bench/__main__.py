"""Runs every scenario, or those named, prints their rows and writes them to bench.json in the run's folder."""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import orjson

from tests.bench import beside, commanding, consuming, growth, latency, relaying, rota, rush
from tests.bench.ground import Ground, ground
from tests.bench.page import place, write_page
from tests.bench.rows import Row

OF_THE_ROTA = rota.SCENARIOS
OF_EVENTS: dict[str, Callable[[Ground], Iterator[Row]]] = {
    **consuming.SCENARIOS,
    **relaying.SCENARIOS,
    **latency.SCENARIOS,
    **commanding.SCENARIOS,
    **growth.SCENARIOS,
    **rush.SCENARIOS,
    **beside.SCENARIOS,
}


def main() -> None:
    every = [*OF_EVENTS, *OF_THE_ROTA]
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="scenario", help=f"some of: {', '.join(every)}")
    parser.add_argument("--quick", action="store_true", help="as small as shows that all works; its figures say little")
    parser.add_argument("--rounds", type=int, default=3, help="turns of ours and theirs, whose median is told (3)")
    parser.add_argument("--page", action="store_true", help="write docs/benchmarks.md from the result")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(every):
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}; there are {', '.join(every)}")
    names = chosen.names or every
    home = Path(os.environ.get("LIANFANG_HOME") or ".local").resolve()
    home.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    needs_parts = chosen.page or any(name in OF_EVENTS for name in names)
    with ground(home, quick=chosen.quick, rounds=chosen.rounds) if needs_parts else nullcontext() as stands:
        rows: list[Row] = []
        for name in names:
            for row in OF_THE_ROTA[name]() if name in OF_THE_ROTA else OF_EVENTS[name](stands):
                print(row, flush=True)
                rows.append(row)
                (home / "bench.json").write_bytes(_as_json(rows))  # what was measured outlives a later scenario's fault
        if chosen.page:
            write_page(rows, place(stands), (load, os.getloadavg()[0]), home)


def _as_json(rows: list[Row]) -> bytes:
    return orjson.dumps([row.as_json() for row in rows], option=orjson.OPT_INDENT_2)


if __name__ == "__main__":
    main()
