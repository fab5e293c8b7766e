"""The district's own notices, sent to all communities or some, and alerts that come in from outside."""

from collections.abc import Mapping
from typing import Any

from services.notify import read_views
from services.notify.cap import read_alert
from services.notify.domain.notices import Notice
from services.notify.schemas import notices as schemas
from services.notify.schemas.settings import CapForm
from services.notify.usecases import alerts, writing
from services.notify.usecases.sending import Desk
from shared.i18n.text import Text
from shared.kernel.errors import Invalid, NotFound
from shared.replicas.communities import names
from shared.web import Call, Reply, endpoint, only

HOME = "/notices/bulletins"
OFFICERS = only("officer")
PAGE_LENGTH = 30
_SENT = Text("已发往 {count} 个社区。", "On its way to {count} communities.")
_OVER = Text(
    "已在 {count} 个社区撤回，并告诉收到过的人。", "Withdrawn in {count} communities; whoever was told hears of it."
)
_REPEATED = Text("这份预警收过了，没有再发。", "Taken in before; it was not sent again.")
_UNKNOWN = Text("没有这个社区。", "There is no such community.")


class BulletinDoors:
    outbox: Desk

    @endpoint("GET", HOME, who=OFFICERS, query=schemas.From, out=schemas.NoticeShape, many=True,
          page="notify/bulletins.html")  # fmt: skip
    def list_bulletins(self, call: Call) -> Reply:
        """The district's notices, each by that of one community, the newest first; `after` pages on."""
        found = call.store.bulletins(call.query["after"], PAGE_LENGTH + 1)
        shown = found[:PAGE_LENGTH]
        following = shown[-1].bulletin if len(found) > PAGE_LENGTH else None
        return Reply(shown, page={"listing": {"next": following}, **_words(call)})

    @endpoint("GET", f"{HOME}/new", who=OFFICERS, page="notify/bulletin_form.html")
    def bulletin_form(self, call: Call) -> Reply:
        """The form to write to many communities in, or to take in an alert."""
        return Reply(page=_words(call))

    @endpoint("POST", f"{HOME}/preview", who=OFFICERS, body=schemas.NewBulletin, out=schemas.ExpectedShape, many=True,
          page="notify/bulletin_preview.html", again="bulletin_form")  # fmt: skip
    def preview_bulletin(self, call: Call) -> Reply:
        """A notice as it would be read, and to how many it would go in each community; nothing is sent or kept."""
        return self._previewed(call, call.body, HOME)

    @endpoint("POST", f"{HOME}/alerts/preview", who=OFFICERS, body=CapForm, out=schemas.ExpectedShape, many=True,
          page="notify/bulletin_preview.html", again="bulletin_form", largest=512 * 1024)  # fmt: skip
    def preview_alert(self, call: Call) -> Reply:
        """An alert of the Common Alerting Protocol 1.2 as it would be read, and what it would correct or withdraw; nothing is sent
        or kept."""
        alert = read_alert(call.body["xml"], call.act.at)
        outcome = alerts.look(call.store, call.act, alert, _named(call), sorted(names(call.store)))
        for new, _ in outcome.going:
            new.release(call.act.at)
        return self._looked_at(call, outcome.notices, f"{HOME}/alerts", change={"type": alert.type, "outcome": outcome})

    @endpoint("POST", HOME, who=OFFICERS, body=schemas.NewBulletin, out=schemas.NoticeShape, many=True,
          again="bulletin_form")  # fmt: skip
    def send_bulletin(self, call: Call) -> Reply:
        """Send a notice to many communities: each has it as one of its own, with its own reach."""
        return self._sent(call, call.body)

    @endpoint("POST", f"{HOME}/alerts", who=OFFICERS, body=CapForm, out=schemas.NoticeShape, many=True,
          again="bulletin_form", largest=512 * 1024)  # fmt: skip
    def take_alert(self, call: Call) -> Reply:
        """Take in an alert of the Common Alerting Protocol 1.2: a new one as a notice to many communities; an update corrects, a
        cancellation withdraws what was made of the alert it refers to. What was taken in before is not sent again."""
        alert = read_alert(call.body["xml"], call.act.at)
        outcome = alerts.take_in(call.store, call.act, alert, _named(call), sorted(names(call.store)))
        then, status = f"{HOME}/{outcome.bulletin}", 200 if outcome.repeated else 201
        says = _REPEATED if outcome.repeated else _OVER if alert.type == "Cancel" else _SENT
        counted = {"count": len(outcome.withdrawn if alert.type == "Cancel" else outcome.going)}
        return Reply(outcome.notices, status=status, then=then, says=says.format(**counted))

    @endpoint(
        "GET", f"{HOME}/<bulletin>", who=OFFICERS, out=schemas.NoticeShape, many=True, page="notify/bulletin.html"
    )
    def show_bulletin(self, call: Call, bulletin: str) -> Reply:
        """A district's notice in every community, with how far it is."""
        found = call.store.of_bulletin(bulletin)
        if not found:
            raise NotFound
        reached = {one.id: read_views.progress(call.store, [one])[1:] for one in found}
        told = read_views.tell(call.store, found[0], call.lang, self.outbox.origin, call.act.at)
        return Reply(found, page={"told": told, "reached": reached, **_words(call)})

    @endpoint("POST", f"{HOME}/<bulletin>/withdrawal", who=OFFICERS, out=schemas.NoticeShape, many=True)
    def withdraw_bulletin(self, call: Call, bulletin: str) -> Reply:
        """Withdraw a district's notice everywhere."""
        if not call.store.of_bulletin(bulletin):
            raise NotFound
        withdrawn = writing.withdraw_everywhere(call.store, call.act, bulletin)
        return Reply(withdrawn, then=f"{HOME}/{bulletin}", says=Text("已全部撤回。", "Withdrawn everywhere."))

    def _previewed(self, call: Call, written: Mapping[str, Any], target: str) -> Reply:
        made = writing.written_for(call.act, {one: one for one in _chosen(call, written)}, written)
        for notice in made:
            notice.release(call.act.at)
        return self._looked_at(call, made, target)

    def _looked_at(self, call: Call, made: list[Notice], target: str, change: Mapping[str, Any] | None = None) -> Reply:
        """`change`: what an alert does to what was sent before."""
        origin, at = self.outbox.origin, call.act.at
        told = {lang: read_views.tell(call.store, made[0], lang, origin, at) for lang in ("zh", "en")}
        page = {"about": made[0], "told": told, "target": target, "typed": _typed(call), "values": call.visit.body}
        going = made if change is None else [new for new, _ in change["outcome"].going]
        expected = [read_views.expect(call.store, one, at) for one in going]
        return Reply(expected, page={**page, "change": change, **_words(call)})

    def _sent(self, call: Call, written: Mapping[str, Any]) -> Reply:
        sent: list[Notice] = writing.send_everywhere(call.store, call.act, _chosen(call, written), written)
        return Reply(sent, status=201, then=f"{HOME}/{sent[0].bulletin}", says=_SENT.format(count=len(sent)))


def _chosen(call: Call, written: Mapping[str, Any]) -> list[str]:
    known = sorted(names(call.store))
    chosen: list[str] = written["communities"] or known
    if not set(chosen) <= set(known) or not chosen:
        raise Invalid({"communities": [_UNKNOWN]})
    return chosen


def _named(call: Call) -> list[str]:
    """The communities somebody chose for an alert; none: wherever it belongs."""
    return _chosen(call, call.body) if call.body["communities"] else []


def _typed(call: Call) -> list[tuple[str, str]]:
    """What the form held, to be sent on as it is."""
    fields = {name: value for name, value in call.visit.body.items() if name not in ("csrf_token", "once")}
    return [
        (name, str(one)) for name, value in fields.items() for one in (value if isinstance(value, list) else [value])
    ]


def _words(call: Call) -> dict[str, Any]:
    return {
        "places": names(call.store), "sort_words": schemas.SORT_WORDS, "sort_states": schemas.SORT_STATES,
        "way_words": schemas.WAY_WORDS, "fact_words": schemas.FACT_WORDS,
    }  # fmt: skip
