"""A command: a volunteer takes a shift, by twenty clients at once, one process of ours beside one of FastAPI."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles
from typing import Any

from deploy.local.ports import answers, any_free_port
from services.shifts.domain.posts import Post
from services.shifts.domain.rosters import Roster
from services.shifts.domain.shifts import Shift
from services.shifts.store import ShiftsStore
from shared.kernel.command import Command
from shared.kernel.ids import new_id, now
from tests.bench.ground import Ground
from tests.bench.measuring import alternate, cpu_of, median
from tests.bench.rows import Row
from tests.stack import ROOT, eventually

CLIENTS = 20
COMMUNITY = "c000"
GRANT = f"volunteer@community:{COMMUNITY}"


@dataclass(frozen=True)
class Answered:
    rate: float
    p99: float
    cpu: float


def command(ground: Ground) -> Iterator[Row]:
    """`POST claim`: caller, shape, rules, transaction with both documents and the event. Ours relays the events meanwhile, too."""
    count = 200 if ground.quick else 2_500
    contestants: dict[str, Callable[[], Answered]] = {
        "ours": lambda: ours(ground, count),
        "fastapi": lambda: fastapi(ground, count),
    }
    samples = alternate(contestants, ground.rounds)
    for measure, digits, figure in (
        ("requests/s", 0, "rate"),
        ("p99, ms", 1, "p99"),
        ("CPU a request, µs", 0, "cpu"),
    ):
        of = {name: round(median([getattr(one, figure) for one in found]), digits) for name, found in samples.items()}
        yield Row("command", measure, of["ours"], "FastAPI, pymongo async", of["fastapi"])


def ours(ground: Ground, count: int) -> Answered:
    with ground.stack([COMMUNITY]) as stack:
        store = ShiftsStore(stack.database("shifts", COMMUNITY), COMMUNITY)
        stack.start(f"shifts.{COMMUNITY}")
        store.transaction(Command(), lambda tx: tx.save(Post("gate-2", "gate", "2号门", "Gate 2", "岗亭")))
        pairs = _pairs(count)
        for start in range(0, count, 500):
            part = [(one, []) for pair in pairs[start : start + 500] for one in pair]
            store.transaction(Command(), lambda tx, part=part: tx.save_all(part))
        home = f"/communities/{COMMUNITY}/shifts"
        requests = [
            {"path": f"{home}/{shift.id}/claims", "token": stack.token(GRANT, account=roster.account)}
            for shift, roster in pairs
        ]
        instance = f"shifts.{COMMUNITY}"
        return _ask(ground, stack.addresses[instance], requests, stack.processes[instance].pid)


def fastapi(ground: Ground, count: int) -> Answered:
    """It verifies the same tokens by the same key."""
    with ground.stack([COMMUNITY]) as stack, ground.place() as place:
        pairs = _pairs(count)
        place.database["shifts"].insert_many(map(_shift_document, (shift for shift, _ in pairs)))
        place.database["rosters"].insert_many(map(_roster_document, (roster for _, roster in pairs)))
        place.database["rosters"].create_index("account", unique=True)
        place.database["outbox"].create_index("time", partialFilterExpression={"unpublished": True})
        requests = [
            {"path": f"/shifts/{shift.id}/claims", "token": stack.token(GRANT, account=roster.account)}
            for shift, roster in pairs
        ]
        port = any_free_port()
        told = {**place.told, "TOKEN_PUBLIC_KEYS": str(stack.home / "keys.json")}
        with ground.peer("with_fastapi", str(port), told=told) as process:
            eventually(lambda: answers(port), seconds=60)
            return _ask(ground, f"127.0.0.1:{port}", requests, process.pid)


def _ask(ground: Ground, address: str, requests: list[dict[str, Any]], pid: int) -> Answered:
    plan = ground.home / "claims.json"
    plan.write_text(json.dumps({"address": address, "clients": CLIENTS, "requests": requests}))
    before = cpu_of(pid)
    clients = [sys.executable, "-m", "tests.bench.claimants", str(plan)]
    done = subprocess.run(clients, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    cpu = cpu_of(pid) - before
    told = json.loads(done.stdout)
    assert sum(told["answers"].get(code, 0) for code in ("200", "201")) == len(requests), told["answers"]
    p99 = quantiles(told["times"], n=100)[98]
    return Answered(len(requests) / told["seconds"], 1e3 * p99, 1e6 * cpu / len(requests))


def _pairs(count: int) -> list[tuple[Shift, Roster]]:
    """As many shifts as volunteers: nobody's refusal makes anything quicker."""
    starts = now() + timedelta(hours=20)
    return [
        (Shift(new_id(), "gate-2", starts, starts + timedelta(hours=4), 1), Roster(new_id(), new_id()))
        for _ in range(count)
    ]


def _shift_document(shift: Shift) -> dict[str, Any]:
    told = {name: getattr(shift, name) for name in ("post", "starts", "ends", "head_count")}
    return {"_id": shift.id, **told, "claims": [], "version": 1}


def _roster_document(roster: Roster) -> dict[str, Any]:
    return {"_id": roster.id, "account": roster.account, "standing": "approved", "duties": [], "version": 1}


SCENARIOS = {"command": command}
