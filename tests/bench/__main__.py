"""Runs every scenario, or those named, prints their rows and writes them to bench.json in the run's folder."""

import argparse
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from tests.bench import commanding, consuming, growth, latency, relaying, rota, rush
from tests.bench.ground import Ground, ground
from tests.bench.rows import Row

OF_THE_ROTA = rota.SCENARIOS
OF_EVENTS: dict[str, Callable[[Ground], Iterator[Row]]] = {
    **consuming.SCENARIOS,
    **relaying.SCENARIOS,
    **latency.SCENARIOS,
    **commanding.SCENARIOS,
    **growth.SCENARIOS,
    **rush.SCENARIOS,
}


def main() -> None:
    every = [*OF_EVENTS, *OF_THE_ROTA]
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *every], default=[], help=", ".join(every))
    parser.add_argument("--quick", action="store_true", help="as small as shows that all works; its figures say little")
    chosen = parser.parse_args()
    home = Path(os.environ.get("LIANFANG_HOME") or ".local").resolve()
    home.mkdir(parents=True, exist_ok=True)
    rows = list(_measured(home, chosen.names or every, quick=chosen.quick))
    (home / "bench.json").write_bytes(orjson.dumps([row.as_json() for row in rows], option=orjson.OPT_INDENT_2))


def _measured(home: Path, names: list[str], *, quick: bool) -> Iterator[Row]:
    for name in names:
        if name in OF_THE_ROTA:
            yield from map(_tell, OF_THE_ROTA[name]())
    of_events = [name for name in names if name in OF_EVENTS]
    if of_events:
        with ground(home, quick=quick) as stands:
            for name in of_events:
                yield from map(_tell, OF_EVENTS[name](stands))


def _tell(row: Row) -> Row:
    print(row, flush=True)
    return row


if __name__ == "__main__":
    main()
