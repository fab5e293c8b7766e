"""docs/reliability.md, written from the result of a soak."""

import os
import platform
from collections.abc import Iterable, Mapping

from tests.soak.faults import KINDS, STOP_SECONDS, TOGETHER
from tests.soak.run import Result
from tests.stack import ROOT

PAGE = ROOT / "docs/reliability.md"
WANTED_EVENTS, WANTED_FAULTS = 1_000_000, 1_000

INTRODUCTION = """\
# Reliability: what was done to the district, and what became of it

This page is written by `make soak` from one run on real parts. The single faults, each a test, are in `tests/faults/`;
this is the long evening in which they come in any order and on top of each other.

## What a soak does

It starts a RabbitMQ and a MongoDB of its own and every service found on disk as processes: two communities, some services
twice ({members} processes). Each process reaches broker and database over links of its own that can be made slow,
cut, or swallow everything. What dies is started again, as a supervisor does. Then, for {minutes:g} minutes:

- **Load** through the HTTP doors: people register, apply, are approved, suspended and taken back; posts are opened,
  planned for a month or two of two-hour turns, claimed, given back, checked in and out, and closed again, by many people
  at once. Planning and closing make hundreds of events an act: that is where most events come from. Every act that gets
  no answer (time-out, 5xx) is repeated under the same `Idempotency-Key` until it has one, and every answer is on record.
- **Faults** in an order that the seed decides, about {per_minute:g} a minute, one in {together} with a second one at the
  same moment; many last for seconds and so overlap.

Then everything is healed, what is under way ends, and once journals are sent and heard the services are ended and an
**auditor** compares, straight in the databases, what was done with what became of it.

## Result
"""

CAVEATS = """
## What is not covered

- One machine: no fault between broker nodes or database members, no lost disk; power loss only as far as `kill -9` goes.
- Nothing lasts for hours: no fault lasts longer than about {longest} seconds here, but for a part's own start. A broker
  that is away or silent for long, poison events and forged messages are single tests in `tests/faults/`.
- Clocks are those of one machine; a clock that runs behind is a test of the store.
- Load goes to the services' own doors, not through nginx, and the pages and live pages are not looked at.
- Read models are compared with a fold of the journals through the same reactions: a rule that is wrong is wrong in
  both, and is for the services' own tests to find.

## Do it again

    make soak MINUTES={minutes:g} SEED={seed} ARGS="--page --per-minute {per_minute:g}"

The seed decides which fault comes when, to whom and for how long; what each finds the services doing is the machine's
own timing. A short form (`tests/soak/test_soak.py`) runs in `make test`. When anything differs the exit code is 1, the
folder with all logs stays, and the whole way of each event is printed. The figures are in `.local/soak.json`.
"""


def write_page(result: Result) -> None:
    PAGE.write_text("\n".join(_lines(result)))


def _lines(result: Result) -> Iterable[str]:
    plan = result.plan
    faults = sum(result.faults.values())
    yield INTRODUCTION.format(
        members=result.members, minutes=plan.minutes, per_minute=plan.faults_per_minute, together=round(1 / TOGETHER)
    )
    yield _verdict(result, faults)
    yield ""
    yield from _table({
        "begun (UTC)": result.began,
        "machine": _machine(),
        "seed": plan.seed,
        "under load and faults": f"{plan.minutes:g} minutes",
        "events in the journals": f"{result.events:,} ({result.events / result.under_load_seconds:,.0f} a second)",
        "effects at subscribers": f"{result.effects:,}",
        "acts asked for, answered": f"{result.acts:,}, {result.acts_answered:,}",
        "HTTP answers by status": _listed(result.statuses),
        "attempts without an answer, repeated": f"{result.unanswered:,}",
        "faults": f"{faults:,} ({faults / plan.minutes:,.0f} a minute)",
        "programs started again": f"{sum(result.restarts.values()):,}",
        f"asked to end and killed after {STOP_SECONDS:.0f} s": result.did_not_end,
        "most events on their way at once": f"{result.longest_behind:,}",
        "from the last fault until all was sent and heard": f"{result.rest_seconds:.0f} s",
        "parked, waiting or raw in the end": result.left,
        "time the audit took": f"{result.audit_seconds:.0f} s",
    })  # fmt: skip
    yield "\n### Faults\n"
    yield from _table({kind: f"{result.faults.get(kind, 0):,}" for kind in KINDS})
    yield "\n### What the auditor compared\n"
    yield from _table({promise: f"{count:,}" for promise, count in result.checks.items()})
    if result.differences:
        yield "\n### What differed\n"
        yield from (f"- {one}" for one in result.differences[:20])
    yield CAVEATS.format(minutes=plan.minutes, seed=plan.seed, per_minute=plan.faults_per_minute, longest=11)


def _verdict(result: Result, faults: int) -> str:
    count = len(result.differences)
    found = f"the auditor's differences: {count}, below" if count else "nothing lost, doubled or out of order"
    short = [
        f"{had:,} of the {wanted:,} {what} asked for"
        for what, had, wanted in (("events", result.events, WANTED_EVENTS), ("faults", faults, WANTED_FAULTS))
        if had < wanted
    ]
    said = f"**{result.events:,} events, {faults:,} faults: {found}.**"
    return f"{said} This run reached only {' and '.join(short)}." if short else said


def _table(rows: Mapping[str, object]) -> Iterable[str]:
    yield "| | |\n|---|---|"
    yield from (f"| {name} | {value} |" for name, value in rows.items())


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {count:,}" for name, count in counts.items())


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"
