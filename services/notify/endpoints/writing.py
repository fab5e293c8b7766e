"""Where staff write notices, look at them before they go out, and see how far they reached."""

from typing import Any

from services.notify import read_views
from services.notify.endpoints.reading import STAFF, page_of
from services.notify.schemas import notices as schemas
from services.notify.usecases import placing, writing
from services.notify.usecases.sending import Desk
from shared.i18n.text import Text
from shared.replicas.communities import check_known
from shared.web import Call, Reply, endpoint, only

PAGE_LENGTH = 30
UNDECIDED_SHOWN = 100
MISSED_SHOWN = 200
WRITERS = only(*STAFF)
HOME = "/notices/<community>"


class WritingDoors:
    outbox: Desk

    @endpoint("GET", f"{HOME}/desk", who=WRITERS, query=schemas.NoticeList, out=schemas.NoticeShape, many=True,
          page="notify/desk.html")  # fmt: skip
    def desk(self, call: Call, community: str) -> Reply:
        """All of a community's notices, drafts too, the newest first; `standing` for some of them, `after` pages on."""
        check_known(call.store, community)
        standing, after = call.query["standing"], call.query["after"]
        found = call.store.notices(community, standing, after, PAGE_LENGTH + 1)
        shown = found[:PAGE_LENGTH]
        page = {
            "standing": standing,
            "counts": call.store.count_by_standing(community),
            "undecided": len(call.store.undecided(community, UNDECIDED_SHOWN)),
            "open_posters": len(call.store.open_posters(community, UNDECIDED_SHOWN)),
            "listing": {"next": shown[-1].id if len(found) > PAGE_LENGTH else None},
        }
        return Reply(shown, page={**page, **page_of(call, community)})

    @endpoint("GET", f"{HOME}/new", who=WRITERS, page="notify/write.html")
    def notice_form(self, call: Call, community: str) -> Reply:
        """The form to write a notice in."""
        check_known(call.store, community)
        return Reply(page={"written": None, **self._form(call, community)})

    @endpoint(
        "POST", f"{HOME}/drafts", who=WRITERS, body=schemas.NewNotice, out=schemas.NoticeShape, again="notice_form"
    )
    def draft(self, call: Call, community: str) -> Reply:
        """Write a notice; nothing is sent before it is released."""
        check_known(call.store, community)
        notice = writing.draft(call.store, call.act, community, call.body)
        return Reply(notice, status=201, then=f"/notices/{community}/{notice.id}/preview")

    @endpoint("GET", f"{HOME}/<notice>/edit", who=WRITERS, page="notify/write.html")
    def edit_form(self, call: Call, community: str, notice: str) -> Reply:
        """The form again, with what was written."""
        found = call.store.notice(community, notice)
        return Reply(found, page={"written": found, **self._form(call, community)})

    @endpoint("POST", f"{HOME}/<notice>/draft", who=WRITERS, body=schemas.NewNotice, out=schemas.NoticeShape,
          again="edit_form")  # fmt: skip
    def rewrite(self, call: Call, community: str, notice: str) -> Reply:
        """Write a draft, or one that is scheduled, anew."""
        rewritten = writing.rewrite(call.store, call.act, community, notice, call.body)
        return Reply(rewritten, then=f"/notices/{community}/{notice}/preview")

    @endpoint("GET", f"{HOME}/audience", who=WRITERS, out=schemas.CountShape, page="notify/count.html")
    def count_audience(self, call: Call, community: str) -> Reply:
        """How many people the groups named in `audience` (repeated) have between them right now."""
        groups = call.visit.request.args.getlist("audience")[:200]
        return Reply({"people": call.store.count_audience(community, groups, call.act.at)})

    @endpoint("GET", f"{HOME}/<notice>/preview", who=WRITERS, out=schemas.NoticeShape, page="notify/preview.html")
    def preview(self, call: Call, community: str, notice: str) -> Reply:
        """A notice as it will be read, in both languages, with how many it will go to."""
        found = call.store.notice(community, notice)
        groups = read_views.groups_of(call.store, community, call.act.at)
        page = {
            "told": {
                lang: read_views.tell(call.store, found, lang, self.outbox.origin, call.act.at) for lang in ("zh", "en")
            },
            "expected": read_views.expect(call.store, found, call.act.at),
            "groups": [read_views.words_of(one, groups) for one in found.audience],
        }
        return Reply(found, page={**page, **page_of(call, community)})

    @endpoint("POST", f"{HOME}/<notice>/release", who=WRITERS, out=schemas.NoticeShape, again="preview")
    def release(self, call: Call, community: str, notice: str) -> Reply:
        """Send a notice, now or at its time."""
        released = writing.release(call.store, call.act, community, notice)
        later = Text("已定时，到时自动发出。", "Scheduled; it goes out by itself.")
        says = later if released.standing == "scheduled" else Text("已发出。", "It is on its way.")
        return Reply(released, then=f"/notices/{community}/{notice}/reach", says=says)

    @endpoint("POST", f"{HOME}/<notice>/withdrawal", who=WRITERS, out=schemas.NoticeShape)
    def withdraw(self, call: Call, community: str, notice: str) -> Reply:
        """Withdraw a notice: what was not sent yet never is, and its page says that it no longer holds."""
        withdrawn = writing.withdraw(call.store, call.act, community, notice)
        return Reply(withdrawn, then=f"/notices/{community}/desk", says=Text("已撤回。", "Withdrawn."))

    @endpoint("GET", f"{HOME}/<notice>/correction", who=WRITERS, out=schemas.NoticeShape, page="notify/correct.html")
    def correction_form(self, call: Call, community: str, notice: str) -> Reply:
        """The form to correct a notice in."""
        return Reply(call.store.notice(community, notice), page=page_of(call, community))

    @endpoint("POST", f"{HOME}/<notice>/corrections", who=WRITERS, body=schemas.Correction, out=schemas.NoticeShape,
          again="correction_form")  # fmt: skip
    def correct(self, call: Call, community: str, notice: str) -> Reply:
        """Correct a notice: the same people are told what was wrong and what holds instead."""
        words = {name: call.body[name] for name in ("title", "body", "title_en", "body_en")}
        new = writing.correct(call.store, call.act, community, notice, reason=call.body["reason"], wording=words)
        says = Text("更正已发出。", "The correction is on its way.")
        return Reply(new, status=201, then=f"/notices/{community}/{new.id}/reach", says=says)

    @endpoint("GET", f"{HOME}/<notice>/reach", who=WRITERS, out=schemas.ReachShape, page="notify/reach.html")
    def reach(self, call: Call, community: str, notice: str) -> Reply:
        """How far a notice has reached: deliveries by way, buildings, and who was not reached."""
        found = call.store.notice(community, notice)
        page = {
            "about": found,
            "told": read_views.tell(call.store, found, call.lang, self.outbox.origin, call.act.at),
            "unknown": call.store.deliveries_of(notice, "unknown", "failed", limit=UNDECIDED_SHOWN),
            "missed_shown": MISSED_SHOWN,
        }
        return Reply(read_views.reach_of(call.store, found), page={**page, **page_of(call, community)})

    @endpoint(
        "GET", f"{HOME}/undecided", who=WRITERS, out=schemas.DeliveryShape, many=True, page="notify/undecided.html"
    )
    def undecided(self, call: Call, community: str) -> Reply:
        """Deliveries of which nobody knows whether they arrived, for a person to decide."""
        found = call.store.undecided(community, UNDECIDED_SHOWN)
        return Reply(found, page=page_of(call, community))

    @endpoint("POST", f"{HOME}/deliveries/<delivery>/decision", who=WRITERS, body=schemas.Decision,
          out=schemas.DeliveryShape)  # fmt: skip
    def decide(self, call: Call, community: str, delivery: str) -> Reply:
        """Send a delivery once more, or take it for arrived."""
        decided = placing.decide(call.store, call.act, community, delivery, again=call.body["again"])
        says = Text("会再发一次。", "It will be sent again.") if call.body["again"] else Text("已记下。", "Noted.")
        return Reply(decided, says=says)

    def _form(self, call: Call, community: str) -> dict[str, Any]:
        groups, lacking = (
            read_views.groups_of(call.store, community, call.act.at),
            read_views.ways_lacking(call.store, community),
        )

        def called(group: str) -> Text:
            return read_views.words_of(group, groups)

        return {"groups": groups, "lacking": lacking, "called": called, **page_of(call, community)}
