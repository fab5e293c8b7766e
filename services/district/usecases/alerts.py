"""Alerts: a look every few seconds raises and clears them; officers take them on, close them, and set their rules."""

from collections.abc import Callable, Sequence

from services.district.domain import alerts as domain
from services.district.domain.alerts import Alert, AlertEvent, Officer, Rule, Severity
from services.district.store import DistrictStore
from services.district.usecases.measures import look_around
from shared.events.contracts import registry
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.errors import NotFound
from shared.persistence.revision import note_change

publish = registry.publisher({
    domain.Raised: "district.alert.raised.v1",
    domain.Acknowledged: "district.alert.acknowledged.v1",
    domain.Cleared: "district.alert.cleared.v1",
    domain.Closed: "district.alert.closed.v1",
})  # fmt: skip


def watch(store: DistrictStore, rule: str) -> int:
    """One look by one rule; returns how many alerts it changed. What is there to see is read before the transaction, like the
    time: who looked later has the last word (Alerts.looks_first). Where a look changes nothing nothing is written."""
    act = Command()
    sight = look_around(store, rule, act.at)

    def changes(at: DistrictStore) -> list[tuple[Alert, list[AlertEvent]]]:
        return domain.look(sight, at.rule(rule), at.watched_alerts(rule), act.at, lambda number: f"{act.id}-{number}")

    def do(tx: DistrictStore) -> int:
        changed = changes(tx) if tx.looks_first(rule, act.at) else []
        for alert, happened in changed:
            tx.save(alert, publish(happened), community=alert.community)
        if changed:
            note_change(tx)
        return len(changed)

    return store.transaction(act, do) if changes(store) else 0


WATCH = Task("watch-alerts", every=5, do=watch, due=lambda _: list(domain.CONDITIONS))


def acknowledge(store: DistrictStore, act: Command, alert: str, by: Officer, note: str) -> Alert:
    """Raises NotFound, AlertOver, AlreadyAcknowledged."""
    return _change(store, act, alert, lambda one: one.acknowledge(by, note, act.at))


def close(store: DistrictStore, act: Command, alert: str, by: Officer, note: str) -> Alert:
    """Raises NotFound, AlertOver."""
    return _change(store, act, alert, lambda one: one.close(by, note, act.at))


def set_rule(
    store: DistrictStore, act: Command, rule: str, by: Officer, *, severity: Severity, raise_at: int, clear_below: int,
    clear_minutes: int, on: bool,
) -> Rule:  # fmt: skip
    """Raises NotFound, ThresholdsCrossed."""

    def do(tx: DistrictStore) -> Rule:
        known = tx.rules()
        if rule not in known:
            raise NotFound
        known[rule].set(severity, raise_at, clear_below, clear_minutes, on=on)
        known[rule].changed, known[rule].changed_by = act.at, by.name
        tx.save(known[rule])
        return known[rule]

    return store.transaction(act, do)


def _change(store: DistrictStore, act: Command, alert: str, change: Callable[[Alert], Sequence[AlertEvent]]) -> Alert:
    def do(tx: DistrictStore) -> Alert:
        one = tx.load(Alert, alert)
        tx.save(one, publish(change(one)), community=one.community)
        note_change(tx)
        return one

    return store.transaction(act, do)
