"""The auditor: compares, straight in the databases of a district at rest, what was done with what became of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, pairwise
from multiprocessing import get_context
from typing import Any

from tests.soak.folds import compare_folds
from tests.soak.ground import Ground, Tenant
from tests.soak.load import PLANNED, POST_CLOSED, REGISTERED, RELEASED, Deed

SHOWN_PER_CHECK = 5


@dataclass
class Difference:
    """One thing that is not as promised; `key` (source|aggregate|subject) names whose way to show."""

    says: str
    key: str | None = None


@dataclass
class Finding:
    """What one check came to: how much it compared, and what differed."""

    promise: str
    compared: int = 0
    differences: list[Difference] = field(default_factory=list)

    def expect(self, holds: bool, says: str, key: str | None = None) -> None:
        self.compared += 1
        if not holds:
            self.differences.append(Difference(says, key))


def audit(ground: Ground, deeds: list[Deed], tell: Callable[[str], None]) -> list[Finding]:
    """Every check; `tell` hears of each as it ends. The two that read all events again go on beside the others."""
    with ProcessPoolExecutor(2, get_context("spawn")) as beside:
        long = [beside.submit(check, ground) for check in (folds_equal, log_in_order)]
        quick = (confirmed, numbered, documented, positions, nothing_left, duty_rules, rights_follow)
        answers: list[Callable[[], Finding]] = [partial(check, ground) for check in quick]
        answers += [partial(acts_visible, ground, deeds), *(one.result for one in long)]
        findings = []
        for answer in answers:
            findings.append(answer())
            tell(f"{findings[-1].promise}: {findings[-1].compared:,} compared, {len(findings[-1].differences)} differ")
    return findings


def confirmed(ground: Ground) -> Finding:
    finding = Finding("every journal event is confirmed by the broker")
    for tenant in ground.tenants:
        journal = tenant.store["journal"]
        finding.compared += journal.count_documents({})
        for entry in journal.find({"unpublished": True}):
            key = f"{tenant.store.source}|{entry['aggregate']}|{entry['subject']}"
            finding.differences.append(Difference(f"{entry['type']} {entry['_id']} was never confirmed", key))
    return finding


def numbered(ground: Ground) -> Finding:
    finding = Finding("every aggregate's journal counts 1, 2, 3… without a gap")
    for tenant in ground.tenants:
        for (aggregate, subject), numbers in tenant.aggregates.items():
            whole = numbers.first == 1 and numbers.last == numbers.count
            finding.expect(whole, f"{subject}: {numbers}", f"{tenant.store.source}|{aggregate}|{subject}")
    return finding


def documented(ground: Ground) -> Finding:
    finding = Finding("every document stands at the sequence its journal ends with")
    for tenant in ground.tenants:
        unseen = {name for name, numbers in tenant.aggregates.items() if numbers.alone is None}
        for kind in tenant.store.kinds.values():
            for document in tenant.store[kind.collection].find({}, {"meta.sequence": 1}):
                name = (kind.aggregate, document["_id"])
                last = tenant.aggregates[name].last if name in tenant.aggregates else 0
                at = document["meta"]["sequence"]
                finding.expect(at == last, f"{name} stands at {at}, its journal at {last}")
                unseen.discard(name)
        for name in unseen:
            finding.expect(False, f"{name} has events and no document")
    return finding


def positions(ground: Ground) -> Finding:
    finding = Finding("every subscriber stands where the journals end, for every aggregate it listens to")
    for reader in ground.tenants:
        inbox = {one["_id"]: one for one in reader.store["inbox"].find()}
        singles = reader.singles()
        for key, numbers in ground.heard_by(reader):
            if numbers.alone is not None:
                finding.expect(numbers.alone in singles, f"{reader.name} never took {numbers.alone}", key)
                continue
            at = inbox.pop(key, {"last": 0, "held": 0, "parked": False})
            there = at["last"] == numbers.last and at["held"] == 0 and not at["parked"]
            finding.expect(there, f"{reader.name} stands at {at} of {numbers.last}", key)
        for key in inbox:
            finding.expect(False, f"{reader.name} heard of {key}, which no journal knows", key)
    return finding


def nothing_left(ground: Ground) -> Finding:
    """Notes of suspects may outlive what they are about: nobody is left to tear them up when a sleeper is killed as it wakes.
    Whether the events themselves took effect is for the other checks to say."""
    finding = Finding("nothing is parked, waiting, raw or discarded")
    for reader in ground.tenants:
        for name in ("held", "raw", "discarded"):
            left = list(reader.store[name].find(limit=100))
            finding.expect(not left, f"{reader.name} {name}: {len(left)} left, first {left[:1]}")
    return finding


def log_in_order(ground: Ground) -> Finding:
    """Only who keeps a log of what it received can be asked for the order of effects."""
    finding = Finding("every event took effect once and in its aggregate's order")
    for reader in (one for one in ground.tenants if one.door.keep_log):
        last = Counter[str]()
        seen = set[str]()
        fields = {"event.id": 1, "event.source": 1, "event.type": 1, "event.subject": 1, "event.sequence": 1}
        for entry in reader.store["received"].find({}, fields, sort=[("_id", 1)]):
            event = entry["event"]
            key = f"{event['source']}|{event['type'].rsplit('.', 2)[0]}|{event['subject']}"
            last[key] += 1
            says = f"{reader.name}: {event['type']} number {event['sequence']} took effect as number {last[key]}"
            finding.expect(event["sequence"] == last[key] and event["id"] not in seen, says, key)
            seen.add(event["id"])
        for key, numbers in ground.heard_by(reader):
            finding.expect(last[key] == numbers.last, f"{reader.name}: {last[key]} of {numbers.last} took effect", key)
    return finding


def duty_rules(ground: Ground) -> Finding:
    finding = Finding(
        "the rules of duty hold: no overlap, no crowd, rosters are the claims, minutes are the check-outs"
    )
    for tenant in ground.of("shifts"):
        claims, minutes = set[tuple[str, str]](), Counter[str]()
        for shift in tenant.store["shifts"].find({"claims": {"$ne": []}}):
            people = [claim["volunteer"] for claim in shift["claims"]]
            alone = len(people) == len(set(people)) <= shift["head_count"]
            finding.expect(alone, f"{shift['_id']}: {people} for {shift['head_count']} places")
            claims |= {(one, shift["_id"]) for one in people}
            minutes.update({claim["volunteer"]: claim["minutes"] or 0 for claim in shift["claims"]})
        duties = set[tuple[str, str]]()
        for roster in tenant.store["rosters"].find():
            held = sorted(roster["duties"], key=lambda duty: duty["starts"])
            duties |= {(roster["_id"], duty["shift"]) for duty in held}
            for one, following in pairwise(held):
                says = f"{roster['_id']} holds {one} and {following}"
                finding.expect(one["ends"] <= following["starts"], says)
        finding.expect(claims == duties, f"{tenant.name}: claims and rosters differ by {list(claims ^ duties)[:5]}")
        credited = Counter[str]()
        for entry in tenant.store["journal"].find({"type": "shifts.shift.checked-out.v1"}):
            credited[entry["data"]["volunteer"]] += entry["data"]["minutes"]
        for volunteer in minutes.keys() | credited.keys():
            told, kept = credited[volunteer], minutes[volunteer]
            finding.expect(told == kept, f"{volunteer}: {told} minutes credited by events, {kept} on record")
    return finding


def rights_follow(ground: Ground) -> Finding:
    finding = Finding("whoever volunteers may do so: rights at accounts follow the standing at volunteers")
    (volunteers,), (accounts,) = ground.of("volunteers"), ground.of("accounts")
    registered = {one["_id"]: one for one in accounts.store["accounts"].find()}
    for one in volunteers.store["volunteers"].find({"account": {"$in": list(registered)}}):
        rights = registered[one["account"]]["rights"]
        has = {"role": "volunteer", "scope": f"community:{one['community']}"} in rights
        finding.expect(has == (one["standing"] == "approved"), f"{one['_id']} is {one['standing']} but has {rights}")
    return finding


def acts_visible(ground: Ground, deeds: list[Deed]) -> Finding:
    """Each act's event bears its doer's account, which with staff is the act's own: so one done twice shows, too."""
    finding = Finding("every act answered yes is in the journal as often as it was done, no other is")
    happened = Counter[tuple[str, str | None, str | None]]()
    watched = list({deed.makes for deed in deeds} - {PLANNED})
    closers = {deed.actor for deed in deeds if deed.makes == POST_CLOSED}
    for tenant in ground.tenants:
        for entry in tenant.store["journal"].find({"type": {"$in": watched}}, {"type": 1, "actor": 1, "subject": 1}):
            of_closing = entry["type"] == RELEASED and entry["actor"] in closers
            if not of_closing and (entry["actor"] is not None or entry["type"] == REGISTERED):
                happened[entry["type"], entry["actor"], entry["subject"]] += 1
        for row in tenant.store["journal"].aggregate(
            [{"$match": {"type": PLANNED}}, {"$group": {"_id": "$actor", "count": {"$sum": 1}}}]
        ):
            happened[PLANNED, row["_id"], None] = row["count"]
    least, most = Counter[tuple[str, str | None, str | None]](), Counter[tuple[str, str | None, str | None]]()
    for deed in deeds:
        name = (deed.makes, deed.actor, deed.subject)
        if deed.status is not None and deed.status < 300:
            least[name] += deed.times
            most[name] += deed.times
        elif deed.unanswered:  # an attempt nobody saw the end of may have taken effect, before or after a refusal
            most[name] += 1
    for name in happened.keys() | least.keys():
        right = least[name] <= happened[name] <= most[name]
        finding.expect(right, f"{name}: done {least[name]} to {most[name]} times, in the journal {happened[name]}")
    return finding


def folds_equal(ground: Ground) -> Finding:
    finding = Finding("effects equal a fresh fold of the journals through the same reactions")
    for reader in ground.tenants:
        for document, says in compare_folds(ground, reader):
            finding.expect(says is None, f"{reader.name}: {document}: {says}")
    return finding


def ways(ground: Ground, findings: list[Finding]) -> Iterator[str]:
    """For the first differences of each check, the whole way of the events they are about."""
    for finding in findings:
        for difference in islice(finding.differences, SHOWN_PER_CHECK):
            yield f"{finding.promise}: {difference.says}"
            if difference.key is not None:
                yield from _way(ground.tenants, difference.key)


def _way(tenants: list[Tenant], key: str) -> Iterator[str]:
    source, aggregate, subject = key.split("|")
    for tenant in tenants:
        if tenant.store.source == source:
            for entry in tenant.store["journal"].find(
                {"aggregate": aggregate, "subject": subject}, sort=[("sequence", 1)]
            ):
                yield f"  journal of {tenant.name}: {_brief(entry)}"
        about = {"event.source": source, "event.subject": subject}
        for name, query in (("inbox", {"_id": key}), ("held", {"key": key}), ("received", about)):
            for entry in tenant.store[name].find(query).sort("_id", 1):
                yield f"  {name} of {tenant.name}: {_brief(entry)}"


def _brief(entry: dict[str, Any]) -> str:
    return str(entry)[:400]
