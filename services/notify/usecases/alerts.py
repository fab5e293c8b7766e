"""Alerts from outside, acted on: a new one is sent, an update corrects what it refers to, a cancellation withdraws it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.notify.domain.alerts import Alert, TakenAlert
from services.notify.domain.notices import WAYS, Notice, Wording, correction_of
from services.notify.domain.refusals import AlertTaken, AlertUnknown, AlreadyWithdrawn
from services.notify.store import NotifyStore
from services.notify.usecases import writing
from shared.i18n.text import Text
from shared.kernel.command import Command
from shared.kernel.ids import new_id

UPDATED = "预警有更新，以这一份为准。 / The warning was updated; this one holds."
OVER = Text("预警取消：{title}", "Warning cancelled: {title}")
OVER_BODY = Text(
    "之前的预警“{title}”已由发布单位取消，不再有效。",
    "The earlier warning “{title}” was cancelled by whoever issued it and no longer holds.",
)
LONGEST_TITLE = 50


@dataclass
class Outcome:
    """What an alert comes to: the notices that go out, each with the one it corrects, and those that are withdrawn.

    `earlier` are the alerts it refers to, `unknown` the names of those that were never taken in here. Gone through, it gives its
    notices, as they are answered.
    """

    bulletin: str
    going: list[tuple[Notice, Notice | None]] = field(default_factory=list)
    withdrawn: list[Notice] = field(default_factory=list)
    earlier: list[TakenAlert] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    repeated: bool = False

    @property
    def notices(self) -> list[Notice]:
        return [*(new for new, _ in self.going), *self.withdrawn]

    def __iter__(self) -> Iterator[Notice]:
        return iter(self.notices)

    def instead_of(self, notice: Notice) -> str | None:
        """The public notice that goes out where this one is withdrawn."""
        return next((new.id for new, _ in self.going if new.community == notice.community and new.public), None)


def look(store: NotifyStore, act: Command, alert: Alert, chosen: Sequence[str], everywhere: Sequence[str]) -> Outcome:
    """What taking it in would come to; nothing is sent or kept. `chosen`: the communities it is for, if somebody chose some.

    Raises AlertTaken, AlertDiffers, AlertUnknown, AlertOver, AlertOvertaken, AlreadyWithdrawn.
    """
    if (known := store.get(TakenAlert, alert.key)) is not None:
        known.check_repeat(alert.content)
        raise AlertTaken("xml")
    return _work_out(store, act, alert, chosen, everywhere)


def take_in(
    store: NotifyStore, act: Command, alert: Alert, chosen: Sequence[str], everywhere: Sequence[str]
) -> Outcome:
    """The same, in earnest. What was taken in before is not sent again: its notices are answered as they are now.

    Raises AlertTaken where it is wanted in communities that did not have it, AlertDiffers, AlertUnknown, AlertOver,
    AlertOvertaken, AlreadyWithdrawn.
    """

    def do(tx: NotifyStore) -> Outcome:
        if (known := tx.get(TakenAlert, alert.key)) is not None:
            known.check_repeat(alert.content)
            return _again(tx, known, chosen)
        outcome = _work_out(tx, act, alert, chosen, everywhere)
        for new, old in outcome.going:
            if old is None:
                writing.send_at_once(tx, new)
            else:
                writing.correct_in(tx, old, new)
        for notice in outcome.withdrawn:
            writing.withdraw_in(tx, notice, outcome.instead_of(notice))
        for earlier in outcome.earlier:
            tx.save(earlier)
        tx.save(TakenAlert(alert.key, alert.type, alert.sent, alert.content, outcome.bulletin, act.at))
        return outcome

    outcome = store.transaction(act, do)
    for over in [old.id for _, old in outcome.going if old is not None] + [one.id for one in outcome.withdrawn]:
        store.drop_waiting(over)
    return outcome


def _again(tx: NotifyStore, known: TakenAlert, chosen: Sequence[str]) -> Outcome:
    found = tx.of_bulletin(known.bulletin)
    if not set(chosen) <= {one.community for one in found}:
        raise AlertTaken("communities")
    return Outcome(known.bulletin, [(one, None) for one in found], repeated=True)


def _work_out(
    store: NotifyStore, act: Command, alert: Alert, chosen: Sequence[str], everywhere: Sequence[str]
) -> Outcome:  # fmt: skip
    if alert.type == "Alert":
        made = writing.written_for(act, {one: new_id() for one in chosen or everywhere}, _words(alert))
        return Outcome(act.id, [(one, None) for one in made])
    earlier, unknown = _referred(store, alert)
    for one in earlier:
        one.give_way(alert.key, alert.sent)
    outcome = Outcome(act.id, earlier=earlier, unknown=unknown)
    lines = [store.line_of(notice) for one in earlier for notice in store.of_bulletin(one.bulletin)]
    if alert.type == "Cancel":
        _cancel(act, alert, lines, outcome)
    else:
        _update(act, alert, lines, chosen, outcome)
    return outcome


def _referred(store: NotifyStore, alert: Alert) -> tuple[list[TakenAlert], list[str]]:
    """The alerts it refers to, each as it is known last, and the names of those never taken in here. An update names all that came
    before it, of which we may have had the last alone: it is enough to know one. Raises AlertUnknown."""
    found = {name: store.newest_of(name) for name in alert.references}
    unknown = [name for name, one in found.items() if one is None]
    known = {one.id: one for one in found.values() if one is not None}
    if not known:
        raise AlertUnknown("xml", references="、".join(unknown) or "–")
    return list(known.values()), unknown


def _cancel(act: Command, alert: Alert, lines: list[list[Notice]], outcome: Outcome) -> None:
    """What stands is withdrawn, and whoever was told hears of it. Raises AlreadyWithdrawn where nothing stands any more."""
    standing = [line for line in lines if line[-1].standing == "published"]
    if not standing:
        raise AlreadyWithdrawn("xml")
    outcome.going = [(_over(act, alert, line), None) for line in standing if any(one.has_reached for one in line)]
    outcome.withdrawn = [line[-1] for line in standing]
    if not outcome.going:
        outcome.bulletin = outcome.earlier[0].bulletin


def _update(act: Command, alert: Alert, lines: list[list[Notice]], chosen: Sequence[str], outcome: Outcome) -> None:
    """One new notice in each community that had one, or was chosen besides; it corrects what stands there, and what more stands
    there is withdrawn."""
    last = [line[-1] for line in lines]
    communities = dict.fromkeys([*(one.community for one in last), *chosen])
    for new in writing.written_for(act, {one: new_id() for one in communities}, _words(alert)):
        standing = [one for one in last if one.community == new.community and one.standing == "published"]
        old = standing[0] if standing else None
        outcome.going.append((correction_of(old, new, alert.note or UPDATED) if old else new, old))
        outcome.withdrawn += standing[1:]


def _over(act: Command, alert: Alert, line: list[Notice]) -> Notice:
    """In our own words: a cancellation mostly repeats those of the warning. Nobody is woken by it."""
    old = line[-1]
    title, title_en = (
        words[:LONGEST_TITLE] for words in (old.wording.title, old.wording.title_en or old.wording.title)
    )
    body, body_en = OVER_BODY.zh.format(title=title), OVER_BODY.en.format(title=title_en)
    if alert.note:
        body, body_en = f"{body}\n\n{alert.note}", f"{body_en}\n\n{alert.note}"
    wording = Wording(OVER.zh.format(title=title), body, OVER.en.format(title=title_en), body_en)
    return Notice(
        new_id(), old.community, "tip", wording, tuple(f"heard:{one.id}" for one in line), old.ways, old.public,
        paper=False, author=act.actor, written=act.at, bulletin=act.id,
    )  # fmt: skip


def _words(alert: Alert) -> dict[str, Any]:
    """The alert as the district would have written it: for everybody, by every way."""
    return {
        "kind": alert.kind, "title": alert.title, "body": alert.body, "title_en": alert.title_en,
        "body_en": alert.body_en, "audience": ["everyone"], "ways": WAYS, "public": True,
        "paper": alert.kind == "important",
    }  # fmt: skip
