"""docs/benchmarks.md and the plot of the rush hour, written from what a run measured."""

import json
import os
import platform
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from shared.kernel.ids import now
from tests.bench.ground import LOCK, Ground
from tests.bench.reach import REACH
from tests.bench.rows import Measured
from tests.stack import ROOT, manage

PAGE = ROOT / "docs/benchmarks.md"
PLOT = ROOT / "docs/pictures/rush-hour.svg"
PEERS = ("nameko", "faststream", "celery", "fastapi", "uvicorn", "pymongo", "amqp")
WIDTH, HEIGHT, LEFT, TOP, GAP = 880, 130, 70, 34, 64
LINES = (
    ("journal", "events in the journals"),
    ("queue", "messages in the district's queue"),
    ("behind", "entries behind"),
)
COLOURS = {"journal": "#0b6e4f", "queue": "#7a3e9d", "behind": "#b3541e"}

INTRODUCTION = """\
# Benchmarks

Written by `make bench ARGS=--page` on {at:%Y-%m-%d %H:%M} UTC. {where}

Each scenario says when it was measured and the load average as it began. An idle machine is near 0. What others do on it makes
every figure worse, but ours and theirs alike: then read ratios, not figures.

All scenarios run the project's own processes on private parts of their own, the peers on the same broker and database, ours
and theirs by turns; the median of the turns is shown. To repeat:

    make bench                        # everything; an hour on two idle cores
    make bench ARGS=--quick           # that all works; its figures say little
    make bench ARGS="consumer relay"  # some; `python -m tests.bench --help` names all

A peer does the same work by its own best practice: a transaction an event, with a record by which a repeat is known, majority
writes, acknowledged after the commit. What we write besides (the log for rebuilding, the position that live pages follow) a
peer need not write, and peers publish without a journal. Their programs are in `tests/bench/peers/`.

## What was to be reached

| | verdict | ours | theirs |
|---|---|---|---|"""


def place(ground: Ground) -> str:
    """The machine and the versions, in a line each."""
    with MongoClient[dict[str, Any]](ground.parts.mongodb_uri) as client:
        mongodb = client.server_info()["version"]
    rabbitmq = manage(ground.parts, "GET", "/api/overview")["rabbitmq_version"]
    model = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = int(_lines("/proc/meminfo")[0].split()[1]) // 1_000_000
    pinned = dict(line.split(" ")[0].split("==") for line in LOCK.read_text().splitlines() if "==" in line)
    peers = ", ".join(f"{name} {pinned[name]}" for name in PEERS)
    return (
        f"{os.cpu_count()} cores ({model}), {memory} GB, Linux {platform.release()}, Python {platform.python_version()}, "
        f"MongoDB {mongodb}, RabbitMQ {rabbitmq}; peers: {peers}."
    )


def write_page(measured: Sequence[Measured], where: str, home: Path) -> None:
    rush = home / "rush.json"
    if rush.exists() and any(one.scenario.startswith("rush") for each in measured for one in each.rows):
        PLOT.write_text(plot(json.loads(rush.read_bytes())))
    told = [INTRODUCTION.format(at=now(), where=where)]
    rows = [row for one in measured for row in one.rows]
    parts = [
        (scenario, one.when, list(found))
        for one in measured
        for scenario, found in groupby(one.rows, key=lambda row: row.scenario)
    ]
    for reach in REACH:
        row = reach.of(rows)
        if row is None:
            told.append(f"| {reach.words} | not measured in this run | | |")
        else:
            theirs = f"{row.theirs:g}" if row.theirs is not None else ""
            told.append(f"| {reach.words} | {reach.verdict(row)} | {row.ours:g} | {theirs} |")
    told += ["", "Where the time goes, and why something is missed: [ADR 25](adr/0025-where-the-time-goes.md)."]
    for scenario, when, found in parts:
        told += ["", f"## {scenario}", "", when, "", "| | ours | against | theirs | ratio |", "|---|---|---|---|---|"]
        for row in found:
            cells = (row.ours, row.against, row.theirs, row.ratio)
            shown = (f"{cell:g}" if isinstance(cell, (int, float)) else cell or "" for cell in cells)
            told.append(f"| {row.measure} | {' | '.join(shown)} |")
        if scenario.startswith("rush") and PLOT.exists():
            told += ["", f"![What waited, second by second](pictures/{PLOT.name})"]
    PAGE.write_text("\n".join(told) + "\n")


def plot(rushes: dict[str, list[dict[str, Any]]]) -> str:
    """One strip for each rate and each thing that may pile up, over the seconds of the rush."""
    strips = []
    for rate, moments in rushes.items():
        for name, words in LINES:
            values = [(one["at"], one[name] if name != "behind" else one["sent"] - one["counted"]) for one in moments]
            strips.append((f"{words}, at {rate} entries/s", COLOURS[name], values))
    height = len(strips) * (HEIGHT + GAP) + TOP
    drawn = [_strip(number, *strip) for number, strip in enumerate(strips)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + LEFT + 20} {height}" font-family="sans-serif" '
        f'font-size="13"><rect width="100%" height="100%" fill="#fff"/>{"".join(drawn)}</svg>\n'
    )


def _strip(number: int, words: str, colour: str, values: list[tuple[float, int]]) -> str:
    top = TOP + number * (HEIGHT + GAP)
    longest, most = max(at for at, _ in values) or 1, max((1, *(value for _, value in values)))
    points = " ".join(
        f"{LEFT + WIDTH * at / longest:.1f},{top + HEIGHT * (1 - value / most):.1f}" for at, value in values
    )
    floor = top + HEIGHT
    return (
        f'<text x="{LEFT}" y="{top - 10}" fill="#222">{words}</text>'
        f'<path d="M{LEFT} {top}V{floor}H{LEFT + WIDTH}" fill="none" stroke="#999"/>'
        f'<text x="{LEFT - 6}" y="{top + 5}" text-anchor="end" fill="#555">{most:,}</text>'
        f'<text x="{LEFT - 6}" y="{floor}" text-anchor="end" fill="#555">0</text>'
        f'<text x="{LEFT + WIDTH}" y="{floor + 16}" text-anchor="end" fill="#555">{longest:.0f} s</text>'
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
