"""Checking in and out: by a captain, or by the code that changes on the post's screen."""

from datetime import datetime
from typing import Any

from services.shifts.domain import codes
from services.shifts.domain.posts import Post
from services.shifts.endpoints.page import HOME, LEADING, OURS, home, page, told_once, viewer_of
from services.shifts.schemas import duty as schemas
from services.shifts.store import ShiftsStore
from services.shifts.usecases import attendance as usecases
from services.shifts.usecases import links
from shared.documents import qr
from shared.i18n.text import Text
from shared.persistence.capability_links import follow_link, link_given
from shared.replicas.communities import name_of
from shared.web import Call, Reply, anyone, endpoint, only

SEEN_FOR = {
    "in": Text("已签到，辛苦了。", "Checked in; thank you."),
    "out": Text("已签退，时长已记。", "Checked out and credited."),
}
SAID = Text("已告诉队长您到了，等队长确认。", "The captain is told that you are there, and will confirm it.")


class AttendanceDoors:
    @endpoint("POST", f"{HOME}/<shift>/claims/<volunteer>/check-in", who=LEADING, out=schemas.ShiftShape)
    def check_in(self, call: Call, community: str, shift: str, volunteer: str) -> Reply:
        """Note that this person stands at the post."""
        there = usecases.check_in(call.store, call.act, shift, volunteer)
        return Reply(there, then=f"{home(community)}/coverage", says=Text("已签到。", "Checked in."))

    @endpoint("POST", f"{HOME}/<shift>/claims/<volunteer>/check-out", who=LEADING, out=schemas.ShiftShape)
    def check_out(self, call: Call, community: str, shift: str, volunteer: str) -> Reply:
        """Note that this person leaves the post; the time there is credited."""
        gone = usecases.check_out(call.store, call.act, shift, volunteer)
        return Reply(gone, then=f"{home(community)}/coverage", says=SEEN_FOR["out"])

    @endpoint("POST", f"{HOME}/<shift>/claims/<volunteer>/confirmation", who=LEADING, out=schemas.ShiftShape)
    def confirm(self, call: Call, community: str, shift: str, volunteer: str) -> Reply:
        """Confirm somebody who scanned the printed code: they were there since then."""
        there = usecases.confirm(call.store, call.act, shift, volunteer)
        return Reply(there, then=f"{home(community)}/coverage", says=Text("已确认到岗。", "Confirmed."))

    @endpoint("GET", f"{HOME}/posts/<post>/screen", who=LEADING, out=schemas.CodeShape, page="shifts/screen.html")
    def show_screen(self, call: Call, community: str, post: str) -> Reply:
        """The post's check-in code of this half minute, on the phone or tablet of whoever leads there."""
        return _screen(call, community, call.store.load(Post, post))

    @endpoint("GET", f"{HOME}/screens/<token>", who=anyone, out=schemas.CodeShape, page="shifts/screen.html")
    def show_linked_screen(self, call: Call, community: str, token: str) -> Reply:
        """The same for a tablet at the post on which nobody is signed in; by private link."""
        return _screen(call, community, call.store.load(Post, follow_link(call.store, links.SCREEN, token)))

    @endpoint("GET", f"{HOME}/posts/<post>/codes", who=LEADING, page="shifts/codes.html")
    def show_codes(self, call: Call, community: str, post: str) -> Reply:
        """The ways to check in at a post: its screen, the link for a tablet, and the printed code."""
        found = call.store.load(Post, post)
        printed = _code_url(call, community, post, codes.printed_code(call.store.code_secret(), post))
        given = link_given(call.store, links.SCREEN, post)
        return Reply(found, page=page(call, community, printed=qr.svg(printed), given=given, url=None))

    @endpoint(
        "POST", f"{HOME}/posts/<post>/screen/link", who=only("staff"), out=schemas.LinkShape, page="shifts/link.html"
    )
    def give_screen(self, call: Call, community: str, post: str) -> Reply:
        """Make a private link to the post's screen, told once; the one before leads nowhere from now on."""
        url = f"{call.visit.origin}{home(community)}/screens/{links.give_screen(call.store, call.act, post)}"
        return told_once(call, community, url, f"{home(community)}/posts/{post}/codes")

    @endpoint("POST", f"{HOME}/posts/<post>/screen/revocation", who=only("staff"))
    def revoke_screen(self, call: Call, community: str, post: str) -> Reply:
        """Let the post's private link lead nowhere."""
        links.revoke_screen(call.store, call.act, post)
        return Reply(then=f"{home(community)}/posts/{post}/codes", says=Text("链接已作废。", "The link is revoked."))

    @endpoint("GET", f"{HOME}/check-in/<post>/<code>", who=OURS, out=schemas.ScanShape, page="shifts/scan.html")
    def read_code(self, call: Call, community: str, post: str, code: str) -> Reply:
        """What the camera opens: what the code would do for the caller, and a ticket to do it with. Nothing has happened yet."""
        secret = call.store.code_secret()
        scan = codes.read_code(secret, post, code, call.act.at)
        shift, claim = usecases.duty_here(call.store, call.account, post, call.act)
        what = "say" if scan.window is None else "in" if claim.checked_in is None else "out"
        ticket = codes.ticket_for(secret, post, call.account, scan, call.act.at)
        shown = {"ticket": ticket, "what": what, "shift": viewer_of(call).seen([shift])[0], "post": post}
        return Reply(shown, page=page(call, community))

    @endpoint("POST", f"{HOME}/check-in/<post>", who=OURS, body=schemas.Ticket, out=schemas.ShiftShape)
    def scan(self, call: Call, community: str, post: str) -> Reply:
        """Check in, or out, with what scanning the post's code gave; the printed code asks a captain to confirm."""
        shift = usecases.scan(call.store, call.act, call.account, post, call.body["ticket"])
        return Reply(shift, then=f"{home(community)}/mine", says=_scanned(call, shift))


def _screen(call: Call, community: str, post: Post) -> Reply:
    store: ShiftsStore = call.store
    until: datetime = codes.next_code_at(call.act.at)
    url = _code_url(call, community, post.id, codes.code_now(store.code_secret(), post.id, call.act.at))
    shown: dict[str, Any] = {"post": post.id, "url": url, "until": until}
    return Reply(shown, page={"post": post, "code": qr.svg(url), "place": name_of(store, community)})


def _code_url(call: Call, community: str, post: str, code: str) -> str:
    return f"{call.visit.origin}{home(community)}/check-in/{post}/{code}"


def _scanned(call: Call, shift: Any) -> Text:
    roster = call.store.roster_of(call.account)
    claim = shift.claim_of(roster.id) if roster else None
    if claim is None or claim.checked_in is None:
        return SAID
    return SEEN_FOR["out" if claim.checked_out else "in"]
