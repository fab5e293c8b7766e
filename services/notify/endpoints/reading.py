"""What everybody reads: a community's public notices, without signing in, and one's own inbox."""

from typing import Any

from werkzeug.wrappers import Response

from services.notify import read_views
from services.notify.cap import CAP_TYPE, say_alert
from services.notify.domain.notices import Notice
from services.notify.schemas import notices as schemas
from services.notify.schemas import people as people_schemas
from services.notify.usecases import answering, people
from services.notify.usecases.sending import Desk
from services.notify.usecases.wording import letter
from shared.i18n.text import Lang, Text
from shared.kernel.errors import NotFound
from shared.replicas.communities import check_known, name_of, names
from shared.web import Call, Reply, anyone, endpoint, signed_in

PAGE_LENGTH = 20
STAFF = ("staff", "officer")


class ReadingDoors:
    outbox: Desk

    @endpoint("GET", "/notices/", who=anyone, page="notify/communities.html")
    def list_places(self, call: Call) -> Reply:
        """The communities whose notices can be read here."""
        places = [
            {"id": row["_id"], "name": row["name"], "name_en": row["name_en"]}
            for row in call.store["places"].find().sort("_id")
        ]
        return Reply({"items": places})

    @endpoint("GET", "/notices/<community>/", who=anyone, query=schemas.From, out=schemas.PublicNoticeShape, many=True,
          page="notify/public.html")  # fmt: skip
    def read_notices(self, call: Call, community: str) -> Reply:
        """A community's public notices, the newest first; `after` pages on."""
        check_known(call.store, community)
        found = call.store.shown(community, call.query["after"], PAGE_LENGTH + 1)
        shown = [self._told(call, one) for one in found[:PAGE_LENGTH]]
        following = shown[-1].id if len(found) > PAGE_LENGTH else None
        return Reply(shown, page={"listing": {"next": following}, **page_of(call, community)})

    @endpoint(
        "GET", "/notices/<community>/<notice>", who=anyone, out=schemas.PublicNoticeShape, page="notify/notice.html"
    )
    def read_notice(self, call: Call, community: str, notice: str) -> Reply:
        """One public notice; of one that was withdrawn, that it was."""
        found = self._readable(call, community, notice)
        corrects = call.store.get(Notice, found.corrects) if found.corrects else None
        old = self._told(call, corrects) if corrects else None
        return Reply(self._told(call, found), page={"old": old, **page_of(call, community)})

    @endpoint("GET", "/notices/<community>/<notice>/cap.xml", who=anyone, file=CAP_TYPE)
    def read_alert(self, call: Call, community: str, notice: str) -> Reply:
        """The notice as an alert of the Common Alerting Protocol 1.2."""
        found = self._readable(call, community, notice)
        place = name_of(call.store, community)
        langs: tuple[Lang, ...] = ("zh", "en") if found.wording.title_en else ("zh",)
        said = {one: letter(found, None, place, self.outbox.origin, call.act.at, lang=one) for one in langs}
        corrected = call.store.get(Notice, found.corrects) if found.corrects else None
        words = {lang: (one.title, one.body) for lang, one in said.items()}
        alert = say_alert(found, corrected, words, place, self.outbox.origin)
        return Reply(raw=Response(alert, content_type=f"{CAP_TYPE}; charset=utf-8"))

    @endpoint("GET", "/notices/inbox", who=signed_in, query=schemas.From, out=people_schemas.LetterShape, many=True,
          page="notify/inbox.html")  # fmt: skip
    def inbox(self, call: Call) -> Reply:
        """What the caller was told, the newest first; `after` pages on."""
        found = call.store.inbox_of(call.account, call.query["after"], PAGE_LENGTH + 1)
        letters = read_views.tell_inbox(
            call.store, found[:PAGE_LENGTH], call.account, call.lang, self.outbox.origin, call.act.at
        )
        following = found[PAGE_LENGTH - 1].id if len(found) > PAGE_LENGTH else None
        return Reply(
            letters,
            page={
                "unread": call.store.unread(call.account),
                "listing": {"next": following},
                "places": read_views.places_of(call.store, letters),
            },
        )

    @endpoint("GET", "/notices/inbox/unread", who=signed_in, out=schemas.CountShape, page="notify/unread.html")
    def count_unread(self, call: Call) -> Reply:
        """How many letters the caller has not read."""
        return Reply({"people": call.store.unread(call.account)})

    @endpoint(
        "GET", "/notices/inbox/<delivery>", who=signed_in, out=people_schemas.LetterShape, page="notify/letter.html"
    )
    def read_letter(self, call: Call, delivery: str) -> Reply:
        """One letter of the caller's."""
        found = self._letter(call, delivery)
        return Reply(found, page={"place_told": name_of(call.store, found.community)})

    @endpoint("POST", "/notices/inbox/<delivery>/reading", who=signed_in)
    def note_read(self, call: Call, delivery: str) -> Reply:
        """Open a letter: from now on it counts as read."""
        people.read(call.store, call.act, call.account, delivery)
        return Reply(then=f"/notices/inbox/{delivery}")

    @endpoint("POST", "/notices/inbox/<delivery>/answer", who=signed_in, body=people_schemas.AnswerForm,
          out=people_schemas.AskShape)  # fmt: skip
    def answer_letter(self, call: Call, delivery: str) -> Reply:
        """Answer yes or no to what a letter asks."""
        notice = people.read(call.store, call.act, call.account, delivery)
        ask = answering.answer_signed_in(call.store, call.act, notice, call.account, call.body["answer"])
        return Reply(ask, then=f"/notices/inbox/{delivery}", says=thanks(ask.answer))

    @endpoint("GET", "/notices/me", who=signed_in, out=people_schemas.HabitsShape, page="notify/me.html")
    def my_habits(self, call: Call) -> Reply:
        """How the caller wants to be told: addresses (only that there are some), language, quiet hours, digest."""
        return Reply(self._habits(call), page={"places": names(call.store)})

    @endpoint("POST", "/notices/me", who=signed_in, body=people_schemas.HabitsForm, out=people_schemas.HabitsShape,
          again="my_habits")  # fmt: skip
    def settle_habits(self, call: Call) -> Reply:
        """Change how the caller wants to be told. Addresses are kept sealed and shown to nobody."""
        people.settle_habits(call.store, call.act, call.account, call.body)
        return Reply(self._habits(call), then="/notices/me", says=Text("已保存。", "Saved."))

    @endpoint("GET", "/notices/answers/<token>", who=anyone, out=people_schemas.AskShape, page="notify/answer.html")
    def see_ask(self, call: Call, token: str) -> Reply:
        """What a private link asks; looking answers nothing."""
        ask = answering.asked_by(call.store, token)
        notice = call.store.load(Notice, ask.notice)
        told = read_views.tell(
            call.store, notice, call.lang, self.outbox.origin, call.act.at, call.store.person(ask.person)
        )
        late = ask.until is not None and call.act.at > ask.until
        place = name_of(call.store, ask.community)
        return Reply(ask, page={"told": told, "token": token, "late": late, "place": place})

    @endpoint("POST", "/notices/answers/<token>", who=anyone, body=people_schemas.AnswerForm, out=people_schemas.AskShape,
          again="see_ask")  # fmt: skip
    def answer_by_link(self, call: Call, token: str) -> Reply:
        """Answer yes or no by a private link; the last answer counts."""
        ask = answering.answer_by_link(call.store, call.act, token, call.body["answer"])
        return Reply(ask, then=f"/notices/answers/{token}", says=thanks(ask.answer))

    def _told(self, call: Call, notice: Notice) -> read_views.Told:
        return read_views.tell(call.store, notice, call.lang, self.outbox.origin, call.act.at)

    def _readable(self, call: Call, community: str, notice: str) -> Notice:
        """Raises NotFound for what is not public, or not out."""
        found: Notice = call.store.notice(community, notice)
        if not found.public or found.published is None:
            raise NotFound
        return found

    def _letter(self, call: Call, delivery: str) -> read_views.InboxLetter:
        found = call.store.delivery(delivery)
        if found.person != call.account or found.way != "inbox":
            raise NotFound
        told = read_views.tell_inbox(call.store, [found], call.account, call.lang, self.outbox.origin, call.act.at)
        if not told:
            raise NotFound
        return told[0]

    def _habits(self, call: Call) -> dict[str, Any]:
        person = call.store.person(call.account)
        if person is None:
            return {
                "lang": "zh", "quiet_from": 22, "quiet_to": 7, "digest": False, "over_60": False, "ways": [],
                "community": None, "building": None, "unit": None,
            }  # fmt: skip
        habits, home = person.habits, person.home
        return {
            "lang": habits.lang, "quiet_from": habits.quiet_from, "quiet_to": habits.quiet_to, "digest": habits.digest,
            "over_60": person.over_60, "ways": sorted(person.addresses), "community": home.community if home else None,
            "building": home.building if home else None, "unit": home.unit if home else None,
        }  # fmt: skip


def thanks(answer: str | None) -> Text:
    if answer == "yes":
        return Text("谢谢，已告诉社区您能来。", "Thank you; the community knows that you can come.")
    return Text("知道了，谢谢您的答复。", "Noted; thank you for answering.")


def page_of(call: Call, community: str) -> dict[str, Any]:
    """What every page of a community is drawn with."""
    writes = call.caller is not None and any(call.caller.may(role, community) for role in STAFF)
    return {
        "home": f"/notices/{community}/",
        "community": community,
        "place": name_of(call.store, community),
        "writes": writes,
        "sort_words": schemas.SORT_WORDS,
        "sort_states": schemas.SORT_STATES,
        "way_words": schemas.WAY_WORDS,
        "fact_words": schemas.FACT_WORDS,
    }
