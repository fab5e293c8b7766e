"""One soak from beginning to end: start, load and faults, heal, come to rest, audit, count."""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from pymongo.errors import PyMongoError

from shared.persistence.store import POSITION
from tests.soak.audit import audit, ways
from tests.soak.district import District
from tests.soak.faults import FaultDriver
from tests.soak.ground import Ground
from tests.soak.load import Load

ANSWERS_PATIENCE_SECONDS = 120  # for the acts under way when the load ends
REST_PATIENCE_SECONDS = 300  # for journals and queues to empty once everything is healed
LOOK_SECONDS = 1.0
TELL_SECONDS = 15.0

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    minutes: float
    seed: int
    faults_per_minute: float
    rest_seconds: float = 0  # of who plans month after month between two posts: 0 asks for all that the machine can do


@dataclass(frozen=True)
class Result:
    """The counts of one soak. `statuses`: HTTP answers; `checks`: promise → how much was compared; times in seconds."""

    plan: Plan
    began: str
    members: int
    acts: int
    acts_answered: int
    unanswered: int
    statuses: dict[str, int]
    events: int
    events_by_journal: dict[str, int]
    effects: int
    faults: dict[str, int]
    restarts: dict[str, int]
    did_not_end: int
    under_load_seconds: float
    longest_behind: int
    rest_seconds: float
    audit_seconds: float
    left: int
    checks: dict[str, int]
    differences: list[str]

    def as_json(self) -> bytes:
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)


class Watch:
    """Looks every second how many events there are and how many are still on their way to the district, roughly: MongoDB
    only estimates its counts, and after a kill not well."""

    def __init__(self, ground: Ground, tell: Tell) -> None:
        self._ground = ground
        self._tell = tell
        self.events = 0
        self.behind = 0
        self.longest = 0
        self.status: Callable[[], str] = str
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        told = time.monotonic()
        while True:
            try:
                self.events = sum(one.store["journal"].estimated_document_count() for one in self._ground.tenants)
                (district,) = self._ground.of("district")
                log = district.store["revisions"].find_one({"_id": POSITION})
                self.behind = self.events - (log["last"] if log else 0)
                self.longest = max(self.longest, self.behind)
            except PyMongoError:
                pass  # killed just now
            if time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                self._tell(
                    f"{time.strftime('%H:%M:%S')} {self.events:,} events, {self.behind:,} on their way{self.status()}"
                )
            time.sleep(LOOK_SECONDS)


def run(plan: Plan, home: Path, tell: Tell) -> Result:
    """Runs the plan in a folder of its own under `home`, which stays only when something differed."""
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=home))
    tell(f"seed {plan.seed}, {plan.minutes:g} minutes, {plan.faults_per_minute:g} faults a minute, in {folder.name}")
    district = District(folder)
    try:
        result = _soak(plan, district, tell)
    finally:
        district.stop()
    if not result.differences:
        shutil.rmtree(folder, ignore_errors=True)
    return result


def _soak(plan: Plan, district: District, tell: Tell) -> Result:
    began = time.strftime("%Y-%m-%d %H:%M")
    stack = district.stack
    ground = Ground(stack.parts.mongodb_uri, stack.name, stack.communities)
    district.start()
    watch = Watch(ground, tell)
    load = Load(district, plan.seed, lambda: watch.behind, plan.rest_seconds)
    faults = FaultDriver(district, plan.seed, plan.faults_per_minute)
    watch.status = lambda: f", {len(load.record.deeds):,} acts, {faults.done.total()} faults"
    load.start()
    faults.start()
    time.sleep(plan.minutes * 60)
    faults.stop()
    healed = time.monotonic()
    tell("everything is healed; what is under way ends")
    load.finish(ANSWERS_PATIENCE_SECONDS)
    come_to_rest(district, ground, tell)
    rest = time.monotonic() - healed
    tell(f"at rest {rest:.0f} s after the last fault")
    audited = time.monotonic()
    findings = audit(ground, load.record.deeds, tell)
    differences = [f"{one.promise}: {it.says}" for one in findings for it in one.differences]
    for line in ways(ground, findings):
        tell(line)
    result = Result(
        plan=plan,
        began=began,
        members=len(district.members),
        acts=len(load.record.deeds),
        acts_answered=sum(deed.status is not None for deed in load.record.deeds),
        unanswered=sum(deed.unanswered for deed in load.record.deeds),
        statuses={str(status): count for status, count in sorted(load.record.statuses.items())},
        events=ground.events(),
        events_by_journal={one.name: one.store["journal"].count_documents({}) for one in ground.tenants},
        effects=ground.effects(),
        faults=dict(faults.done.most_common()),
        restarts=dict(sorted(district.restarts.items())),
        did_not_end=faults.did_not_end,
        under_load_seconds=plan.minutes * 60,
        longest_behind=watch.longest,
        rest_seconds=rest,
        audit_seconds=time.monotonic() - audited,
        left=ground.left(),
        checks={one.promise: one.compared for one in findings},
        differences=differences,
    )
    tell(
        f"{result.events:,} events, {result.acts:,} acts, {faults.done.total()} faults, {len(differences)} differences"
    )
    return result


def come_to_rest(district: District, ground: Ground, tell: Tell) -> None:
    """Waits until everything is sent and heard, then ends the services; starts them again if time alone made an event
    between the two. What is not at rest in the end is for the auditor to say."""
    deadline = time.monotonic() + REST_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        quiet = 0  # twice in a row, for an effect may be an event's cause
        while quiet < 2 and time.monotonic() < deadline:
            quiet = 0 if ground.unsettled() else quiet + 1
            time.sleep(LOOK_SECONDS)
        events = ground.events()
        district.stop_members()
        if ground.events() == events:
            break
        tell("something happened while the services ended; once more")
        district.start()
    for line in ground.unsettled():
        tell(f"not at rest after {REST_PATIENCE_SECONDS} s: {line}")
