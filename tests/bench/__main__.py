"""Runs every scenario, or those named, prints their rows and writes them to bench.json in the run's folder."""

import os
import sys
from pathlib import Path

import orjson

from tests.bench import rota

SCENARIOS = {**rota.SCENARIOS}


def main(names: list[str]) -> None:
    unknown = set(names) - SCENARIOS.keys()
    if unknown:
        sys.exit(f"no such scenario: {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}")
    rows = []
    for name in names or SCENARIOS:
        for row in SCENARIOS[name]():
            print(row, flush=True)
            rows.append(row.as_json())
    folder = Path(os.environ.get("LIANFANG_HOME") or ".local")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main(sys.argv[1:])
