"""The district's own notices, sent to all communities or some, and alerts that come in from outside."""

from collections.abc import Mapping
from typing import Any

from services.notify import views
from services.notify.cap import Alert, read_alert
from services.notify.domain.notices import Notice
from services.notify.schemas import notices as schemas
from services.notify.schemas.settings import CapForm
from services.notify.usecases import writing
from services.notify.usecases.sending import Desk
from shared.errors import Invalid, NotFound
from shared.places import names
from shared.web import Call, Reply, door, only
from shared.words import Text

HOME = "/notices/bulletins"
OFFICERS = only("officer")
PAGE_LENGTH = 30
_UNKNOWN = Text("没有这个社区。", "There is no such community.")


class BulletinDoors:
    outbox: Desk

    @door("GET", HOME, who=OFFICERS, query=schemas.From, out=schemas.NoticeShape, many=True,
          page="notify/bulletins.html")  # fmt: skip
    def list_bulletins(self, call: Call) -> Reply:
        """The district's notices, each by that of one community, the newest first; `after` pages on."""
        found = call.store.bulletins(call.query["after"], PAGE_LENGTH + 1)
        shown = found[:PAGE_LENGTH]
        following = shown[-1].bulletin if len(found) > PAGE_LENGTH else None
        return Reply(shown, page={"listing": {"next": following}, **_words(call)})

    @door("GET", f"{HOME}/new", who=OFFICERS, page="notify/bulletin_form.html")
    def bulletin_form(self, call: Call) -> Reply:
        """The form to write to many communities in, or to take in an alert."""
        return Reply(page=_words(call))

    @door("POST", f"{HOME}/preview", who=OFFICERS, body=schemas.NewBulletin, out=schemas.ExpectedShape, many=True,
          page="notify/bulletin_preview.html", again="bulletin_form")  # fmt: skip
    def preview_bulletin(self, call: Call) -> Reply:
        """A notice as it would be read, and to how many it would go in each community; nothing is sent or kept."""
        return self._previewed(call, call.body, HOME)

    @door("POST", f"{HOME}/alerts/preview", who=OFFICERS, body=CapForm, out=schemas.ExpectedShape, many=True,
          page="notify/bulletin_preview.html", again="bulletin_form", largest=512 * 1024)  # fmt: skip
    def preview_alert(self, call: Call) -> Reply:
        """An alert of the Common Alerting Protocol 1.2 as it would be read; nothing is sent or kept."""
        return self._previewed(call, _from_alert(read_alert(call.body["xml"]), call.body), f"{HOME}/alerts")

    @door("POST", HOME, who=OFFICERS, body=schemas.NewBulletin, out=schemas.NoticeShape, many=True,
          again="bulletin_form")  # fmt: skip
    def send_bulletin(self, call: Call) -> Reply:
        """Send a notice to many communities: each has it as one of its own, with its own reach."""
        return self._sent(call, call.body)

    @door("POST", f"{HOME}/alerts", who=OFFICERS, body=CapForm, out=schemas.NoticeShape, many=True,
          again="bulletin_form", largest=512 * 1024)  # fmt: skip
    def take_alert(self, call: Call) -> Reply:
        """Take in an alert of the Common Alerting Protocol 1.2 as a notice to many communities."""
        return self._sent(call, _from_alert(read_alert(call.body["xml"]), call.body))

    @door("GET", f"{HOME}/<bulletin>", who=OFFICERS, out=schemas.NoticeShape, many=True, page="notify/bulletin.html")
    def show_bulletin(self, call: Call, bulletin: str) -> Reply:
        """A district's notice in every community, with how far it is."""
        found = call.store.of_bulletin(bulletin)
        if not found:
            raise NotFound
        reached = {one.id: views.progress(call.store, [one])[1:] for one in found}
        told = views.tell(call.store, found[0], call.lang, self.outbox.origin, call.act.at)
        return Reply(found, page={"told": told, "reached": reached, **_words(call)})

    @door("POST", f"{HOME}/<bulletin>/withdrawal", who=OFFICERS, out=schemas.NoticeShape, many=True)
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
        origin, at = self.outbox.origin, call.act.at
        told = {lang: views.tell(call.store, made[0], lang, origin, at) for lang in ("zh", "en")}
        page = {"about": made[0], "told": told, "target": target, "typed": _typed(call), "values": call.visit.body}
        return Reply([views.expect(call.store, one, at) for one in made], page={**page, **_words(call)})

    def _sent(self, call: Call, written: Mapping[str, Any]) -> Reply:
        sent: list[Notice] = writing.send_everywhere(call.store, call.act, _chosen(call, written), written)
        says = Text("已发往 {count} 个社区。", "On its way to {count} communities.").format(count=len(sent))
        return Reply(sent, status=201, then=f"{HOME}/{sent[0].bulletin}", says=says)


def _chosen(call: Call, written: Mapping[str, Any]) -> list[str]:
    known = sorted(names(call.store))
    chosen: list[str] = written["communities"] or known
    if not set(chosen) <= set(known) or not chosen:
        raise Invalid({"communities": [_UNKNOWN]})
    return chosen


def _typed(call: Call) -> list[tuple[str, str]]:
    """What the form held, to be sent on as it is."""
    fields = {name: value for name, value in call.visit.body.items() if name not in ("csrf_token", "once")}
    return [
        (name, str(one)) for name, value in fields.items() for one in (value if isinstance(value, list) else [value])
    ]


def _from_alert(alert: Alert, form: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": alert.kind, "title": alert.title, "body": alert.body, "title_en": alert.title_en,
        "body_en": alert.body_en, "audience": ["everyone"], "ways": list(schemas.WAY_WORDS), "public": True,
        "paper": alert.kind == "important", "send_at": None,
        "communities": form["communities"],
    }  # fmt: skip


def _words(call: Call) -> dict[str, Any]:
    return {
        "places": names(call.store), "sort_words": schemas.SORT_WORDS, "sort_states": schemas.SORT_STATES,
        "way_words": schemas.WAY_WORDS, "fact_words": schemas.FACT_WORDS,
    }  # fmt: skip
