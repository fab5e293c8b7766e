"""`make soak MINUTES=5 SEED=1`: the district under load and faults, then the auditor; exit 1 on any difference."""

import argparse
import os
import random
import sys
from pathlib import Path

from tests.soak.page import write_page
from tests.soak.run import Plan, run


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--per-minute", type=float, default=40, help="faults (default 40)")
    parser.add_argument("--page", action="store_true", help="write docs/reliability.md from the result")
    chosen = parser.parse_args()
    home = Path(os.environ.get("LIANFANG_HOME", ".local")).resolve()
    home.mkdir(parents=True, exist_ok=True)
    plan = Plan(chosen.minutes, chosen.seed, chosen.per_minute)
    result = run(plan, home, tell)
    (home / "soak.json").write_bytes(result.as_json())
    if chosen.page:
        write_page(result)
    sys.exit(1 if result.differences else 0)


if __name__ == "__main__":
    main()
