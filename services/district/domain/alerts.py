"""Alerts: raised by rules that are data, gone by themselves once it has been quiet long enough, seen to by officers by name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

Severity = Literal["urgent", "attention"]
AlertState = Literal["open", "cleared", "closed"]
MINUTE = timedelta(minutes=1)


class Condition(NamedTuple):
    """What can be watched. `says` is what an alert tells; `measure` is what a rule's threshold, its `{level}`, is set in; `counts`:
    a number of cases, not how many minutes it lasts. What the part `source` told last is fresh, or nothing is concluded from it.
    """

    name: Text
    says: Text
    measure: Text
    source: str = ""
    counts: bool = False


CONDITIONS = {
    "uncovered-gate": Condition(
        Text("门岗无人", "Uncovered gate"), Text("{about}没有人值守", "Nobody is at {about}"),
        Text("开着的门岗无人值守满 {level} 分钟", "nobody at an open gate for {level} min"), "/communities/{community}/shifts",
    ),
    "fever-cluster": Condition(
        Text("发热聚集", "Fever cluster"), Text("1 小时内报告 {level} 例发热", "{level} fevers reported within an hour"),
        Text("1 小时内报告发热达到 {level} 例", "{level} fevers reported within an hour"),
        "/communities/{community}/grid", counts=True,
    ),
    "shortage": Condition(
        Text("物资短缺", "Shortage"), Text("{about}快用完了", "Short of {about}"),
        Text("物资短缺满 {level} 分钟", "something runs short for {level} min"), "/district/supplies",
    ),
    "mission-late": Condition(
        Text("消杀没人接或超时", "Mission not taken, or late"),
        Text("{about}的消杀没人接或超时", "The disinfection of {about} is not taken, or late"),
        Text("消杀超时或报到指挥部满 {level} 分钟", "{level} min past its time, or since the office was told"), "/district/rescue",
    ),
    "silent-link": Condition(
        Text("失联", "Silent link"), Text("{about}失联或数据滞后", "{about} is silent, or its news is late"),
        Text("失联或滞后满 {level} 分钟", "silent or late for {level} min"),
    ),
    "parked-events": Condition(
        Text("消息积压", "Events set aside"), Text("{about}有 {level} 条消息没能处理", "{about} could not take {level} events"),
        Text("没能处理的消息达到 {level} 条", "{level} events set aside"), counts=True,
    ),
    "screening-stalled": Condition(
        Text("摸排停滞", "Screening stalled"),
        Text("摸排没有进展，还剩 {about} 户", "Screening does not go on, {about} households left"),
        Text("摸排没有新进展满 {level} 分钟", "no progress for {level} min"), "/communities/{community}/grid",
    ),
}  # fmt: skip


class ThresholdsCrossed(RuleBroken):
    code = "thresholds-crossed"
    status = 422
    says = Text(
        "解除的界限不能高于提醒的界限（{raise_at}），不然会反复提醒。",
        "An alert cannot clear above where it is raised ({raise_at}), or it would come and go.",
    )


class AlertOver(RuleBroken):
    code = "alert-over"
    says = Text("这条预警已经结束，不用再处理。", "This alert is over; nothing more is to be done.")


class AlreadyAcknowledged(RuleBroken):
    code = "alert-already-acknowledged"
    says = Text("{name} 已经接手了。", "{name} has taken it on already.")


@dataclass
class Rule:
    """One condition's thresholds, its id. Raised from `raise_at` on; cleared once it has been below `clear_below` for
    `clear_minutes`: the distance and the time between keep it from coming and going."""

    id: str
    severity: Severity
    raise_at: int
    clear_below: int
    clear_minutes: int
    on: bool = True
    changed: datetime | None = None
    changed_by: str = ""

    @property
    def condition(self) -> Condition:
        return CONDITIONS[self.id]

    @property
    def measure(self) -> Text:
        return self.condition.measure.format(level=self.raise_at)

    def set(self, severity: Severity, raise_at: int, clear_below: int, clear_minutes: int, *, on: bool) -> None:
        """Raises ThresholdsCrossed."""
        if clear_below > raise_at:
            raise ThresholdsCrossed("clear_below", raise_at=raise_at)
        self.severity, self.raise_at, self.clear_below = severity, raise_at, clear_below
        self.clear_minutes, self.on = clear_minutes, on


USUAL_RULES = (
    Rule("uncovered-gate", "urgent", raise_at=10, clear_below=1, clear_minutes=2),
    Rule("fever-cluster", "urgent", raise_at=3, clear_below=2, clear_minutes=30),
    Rule("shortage", "attention", raise_at=1, clear_below=1, clear_minutes=10),
    Rule("mission-late", "urgent", raise_at=1, clear_below=1, clear_minutes=2),
    Rule("silent-link", "attention", raise_at=5, clear_below=1, clear_minutes=2),
    Rule("parked-events", "attention", raise_at=1, clear_below=1, clear_minutes=2),
    Rule("screening-stalled", "attention", raise_at=720, clear_below=1, clear_minutes=2),
)


class Subject(NamedTuple):
    """What an alert is about: at most one alert of a rule watches it."""

    rule: str
    community: str
    id: str


@dataclass(frozen=True)
class Seen:
    """How it stands with a subject, in its condition's measure, and since when; `about` names it to people."""

    subject: Subject
    level: int
    since: datetime
    about: Text


@dataclass(frozen=True)
class Sight:
    """All that one look saw; a subject that is not among it is at 0. Of the `stale` (sources) nothing is known now."""

    seen: Mapping[Subject, Seen]
    stale: frozenset[str] = frozenset()

    def level(self, subject: Subject) -> int | None:
        """None: not known now."""
        if CONDITIONS[subject.rule].source.format(community=subject.community) in self.stale:
            return None
        return self.seen[subject].level if subject in self.seen else 0


@dataclass(frozen=True)
class Raised:
    rule: str
    subject: str
    severity: Severity
    since: datetime
    words: str
    words_en: str


@dataclass(frozen=True)
class Acknowledged:
    pass


@dataclass(frozen=True)
class Cleared:
    """It went by itself, whether or not somebody had closed it before."""


@dataclass(frozen=True)
class Closed:
    pass


AlertEvent = Raised | Acknowledged | Cleared | Closed


@dataclass(frozen=True)
class Officer:
    account: str
    name: str


@dataclass(frozen=True)
class Step:
    """One line of an alert's record; `by` None: it happened by itself."""

    what: Literal["raised", "acknowledged", "cleared", "closed"]
    at: datetime
    by: Officer | None = None
    note: str = ""

    @property
    def name(self) -> str | None:
        return self.by.name if self.by else None


@dataclass
class Alert:
    """It stays `watched`, also when somebody closed it, until its condition is gone; only then can the same come anew.

    `level` and `about` as they were seen last; `quiet_since`: since when the condition is gone.
    """

    id: str
    rule: str
    community: str
    subject: str
    severity: Severity
    about: Text
    level: int
    since: datetime
    raised: datetime
    state: AlertState = "open"
    watched: bool = True
    quiet_since: datetime | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def of(self) -> Subject:
        return Subject(self.rule, self.community, self.subject)

    @property
    def words(self) -> Text:
        return CONDITIONS[self.rule].says.format(about=self.about, level=self.level)

    @property
    def taken(self) -> Step | None:
        """Who has taken it on."""
        return next((one for one in self.steps if one.what == "acknowledged"), None)

    def acknowledge(self, by: Officer, note: str, at: datetime) -> list[AlertEvent]:
        """Raises AlertOver, AlreadyAcknowledged."""
        self._check_open()
        if self.taken is not None:
            raise AlreadyAcknowledged(name=self.taken.name)
        self.steps.append(Step("acknowledged", at, by, note))
        return [Acknowledged()]

    def close(self, by: Officer, note: str, at: datetime) -> list[AlertEvent]:
        """Raises AlertOver."""
        self._check_open()
        self.state = "closed"
        self.steps.append(Step("closed", at, by, note))
        return [Closed()]

    def look(self, rule: Rule, level: int | None, at: datetime) -> list[AlertEvent]:
        """What is seen of it now; None: nothing can be, so that it stays as it is, and no quiet is counted."""
        if not rule.on:
            return self._end(at)
        if level is None or level >= rule.clear_below:
            self.quiet_since = None
        else:
            self.quiet_since = self.quiet_since or at
        if self.quiet_since is None or at - self.quiet_since < rule.clear_minutes * MINUTE:
            return []
        return self._end(at)

    def note(self, seen: Seen) -> None:
        """How many, and how it is called now; of what lasts, the time since tells more."""
        self.about = seen.about
        if CONDITIONS[self.rule].counts:
            self.level = seen.level

    def _end(self, at: datetime) -> list[AlertEvent]:
        self.watched = False
        self.state = "cleared" if self.state == "open" else self.state
        self.steps.append(Step("cleared", at))
        return [Cleared()]

    def _check_open(self) -> None:
        if self.state != "open":
            raise AlertOver


def raise_alert(id_: str, rule: Rule, seen: Seen, at: datetime) -> tuple[Alert, list[AlertEvent]]:
    alert = Alert(
        id_, *seen.subject, rule.severity, seen.about, seen.level, seen.since, at, steps=[Step("raised", at)]
    )  # fmt: skip
    told = Raised(rule.id, alert.subject, rule.severity, alert.since, alert.words.zh, alert.words.en)
    return alert, [told]


def look(
    sight: Sight, rule: Rule, watched: Iterable[Alert], at: datetime, name: Callable[[int], str]
) -> list[tuple[Alert, list[AlertEvent]]]:
    """All that one look by a rule changes, where `sight` and `watched` are its own: alerts that end or read otherwise now, and
    those raised, named by `name` in their order."""
    changes = list[tuple[Alert, list[AlertEvent]]]()
    known = {alert.of: alert for alert in watched}
    for alert in known.values():
        before, level = replace(alert), sight.level(alert.of)
        if level:
            alert.note(sight.seen[alert.of])
        happened = alert.look(rule, level, at)
        if happened or alert != before:
            changes.append((alert, happened))
    fresh = [
        seen
        for seen in (sight.seen[subject] for subject in sorted(sight.seen.keys() - known.keys()))
        if rule.on and (sight.level(seen.subject) or 0) >= rule.raise_at
    ]
    raised = [raise_alert(name(number), rule, seen, at) for number, seen in enumerate(fresh)]
    return [*changes, *raised]
