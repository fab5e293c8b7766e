"""Proposing a rota and healing one: begin, follow, change, lock, ask again, publish."""

from datetime import datetime, timedelta

from services.shifts.domain.proposals import Away, Proposal, Shut
from services.shifts.domain.refusals import EndsBeforeItBegins
from services.shifts.endpoints.page import HOME, LEADING, home, noon, page, today, viewer_of
from services.shifts.providers import Searches
from services.shifts.read_views.proposals import view_proposal
from services.shifts.schemas import proposals as schemas
from services.shifts.usecases import proposals as usecases
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.web import Call, Reply, endpoint

ALL = f"{HOME}/proposals"
ONE = f"{ALL}/<proposal>"
SHOWN = 12
REPAIR_SECONDS = 10


class ProposalDoors:
    rotas: Searches

    @endpoint("GET", ALL, who=LEADING, out=schemas.ProposalShape, many=True, page="shifts/proposals.html")
    def list_proposals(self, call: Call, community: str) -> Reply:
        """The newest proposals, and where to begin one or heal what is published."""
        found = call.store.proposals(SHOWN)
        team = viewer_of(call).called([one.id for one in call.store.approved()])
        days = {one.id: noon(one.first_day) for one in found}
        posts = [post for post in call.store.posts() if post.open]
        shown = {"days": days, "posts": posts, "team": team, "tomorrow": today(call) + timedelta(days=1)}
        return Reply(found, page=page(call, community, seconds=schemas.SECONDS, **shown))

    @endpoint("POST", ALL, who=LEADING, body=schemas.NewProposal, out=schemas.ProposalShape, again="list_proposals")
    def begin_proposal(self, call: Call, community: str) -> Reply:
        """Begin a rota: who may, offered the time and is rested is put where somebody is missing; nobody is told yet."""
        body = call.body
        posts = body["posts"] or [post.id for post in call.store.posts()]
        asked = Proposal(
            call.act.id, "plan", call.act.at, body["first_day"], body["days"], posts, body["seconds"], call.account
        )
        return self._begun(community, usecases.begin(call.store, call.act, asked))

    @endpoint("POST", f"{ALL}/repairs", who=LEADING, body=schemas.NewRepair, out=schemas.ProposalShape,
          again="list_proposals")  # fmt: skip
    def begin_repair(self, call: Call, community: str) -> Reply:
        """Somebody cannot come, or a post closes: look for the change that disturbs the fewest others; nobody is told yet."""
        body = call.body
        since, until = max(body["since"], call.act.at), body["until"]
        if until <= since:
            raise EndsBeforeItBegins("until")
        first = since.astimezone(SHANGHAI).date()
        days = min((until.astimezone(SHANGHAI).date() - first).days + 2, schemas.MOST_DAYS)
        asked = Proposal(
            call.act.id, "repair", call.act.at, first, days, [post.id for post in call.store.posts()], REPAIR_SECONDS,
            call.account, away=Away(body["volunteer"], since, until) if body["volunteer"] else None,
            shut=Shut(body["post"], since, until) if body["post"] else None,
        )  # fmt: skip
        return self._begun(community, usecases.begin(call.store, call.act, asked))

    @endpoint("GET", ONE, who=LEADING, query=schemas.Shown, out=schemas.WholeProposalShape, page="shifts/proposal.html")
    def show_proposal(self, call: Call, community: str, proposal: str) -> Reply:
        """One proposal: its tables, how fair it is, every gap with its reasons; of a repair who is asked to do what."""
        found = view_proposal(viewer_of(call), call.act, call.store.load(Proposal, proposal))
        json = {**vars(found), "shares": [row.share for row in found.people]}
        return Reply(json, page=page(call, community, view=found, by=call.query["by"], first_shown=_first(found.days)))

    @endpoint("GET", f"{ONE}/shifts/<shift>", who=LEADING, page="shifts/proposed_shift.html")
    def show_proposed_shift(self, call: Call, community: str, proposal: str, shift: str) -> Reply:
        """One shift of a proposal: who is in it, and who else could be."""
        viewer = viewer_of(call)
        found = view_proposal(viewer, call.act, call.store.load(Proposal, proposal))
        turns = {
            turn.shift: turn for table in found.posts for _, cells in table.days for cell in cells for turn in cell
        }
        there = {one.volunteer for one in turns[shift].people} if shift in turns else set()
        free = [(one, name) for one, name in viewer.who_can_take(shift) if one not in there]
        gap = next((one for one in found.gaps if one.turn.shift == shift), None)
        return Reply(page=page(call, community, view=found, turn=turns.get(shift), free=free, gap=gap))

    @endpoint("POST", f"{ONE}/stop", who=LEADING, out=schemas.ProposalShape)
    def stop_search(self, call: Call, community: str, proposal: str) -> Reply:
        """Stop the search; the best plan so far is kept."""
        stopped = usecases.stop(call.store, call.act, proposal)
        return Reply(
            stopped,
            then=_page(community, proposal),
            says=Text("正在停下，保留目前最好的。", "Stopping; the best is kept."),
        )

    @endpoint("POST", f"{ONE}/search", who=LEADING, out=schemas.ProposalShape)
    def search_again(self, call: Call, community: str, proposal: str) -> Reply:
        """Search again around what is locked; all else may change."""
        return self._begun(community, usecases.search_again(call.store, call.act, proposal))

    @endpoint("POST", f"{ONE}/places", who=LEADING, body=schemas.InShift, out=schemas.ProposalShape)
    def put_into_proposal(self, call: Call, community: str, proposal: str) -> Reply:
        """Put somebody into a shift of the proposal, locked; what is proposed for them and cannot stand beside it is given up."""
        body = call.body
        changed = usecases.put(call.store, call.act, proposal, body["shift"], body["volunteer"])
        then = f"{_page(community, proposal)}/shifts/{body['shift']}"
        return Reply(changed, then=then, says=Text("已放进方案并锁定。", "In the proposal, and locked."))

    @endpoint("POST", f"{ONE}/places/removal", who=LEADING, body=schemas.InShift, out=schemas.ProposalShape)
    def take_out_of_proposal(self, call: Call, community: str, proposal: str) -> Reply:
        """Take somebody out of a shift of the proposal."""
        body = call.body
        changed = usecases.take_out(call.store, call.act, proposal, body["shift"], body["volunteer"])
        return Reply(
            changed, then=f"{_page(community, proposal)}/shifts/{body['shift']}", says=Text("已拿出。", "Taken out.")
        )

    @endpoint("POST", f"{ONE}/locks", who=LEADING, body=schemas.Lock, out=schemas.ProposalShape)
    def lock_in_proposal(self, call: Call, community: str, proposal: str) -> Reply:
        """Lock somebody into a shift, or let the next search decide again."""
        body = call.body
        changed = usecases.lock(call.store, call.act, proposal, body["shift"], body["volunteer"], locked=body["locked"])
        says = Text("已锁定。", "Locked.") if body["locked"] else Text("已解锁。", "Unlocked.")
        return Reply(changed, then=f"{_page(community, proposal)}/shifts/{body['shift']}", says=says)

    @endpoint("POST", f"{ONE}/publication", who=LEADING, out=schemas.ProposalShape)
    def publish_proposal(self, call: Call, community: str, proposal: str) -> Reply:
        """Make it so: ordinary assignments by the ordinary rules; everybody concerned is told now."""
        done = usecases.publish_proposal(call.store, call.act, proposal)
        says = Text("已发布，会通知每个人。", "Published; everybody is told.")
        if done.refused:
            words = Text(
                "已发布；有 {number} 处已不合规则，没有安排。",
                "Published; {number} places no longer fitted and were left out.",
            )
            says = words.format(number=len(done.refused))
        return Reply(done, then=_page(community, proposal), says=says)

    @endpoint("POST", f"{ONE}/withdrawal", who=LEADING, out=schemas.ProposalShape)
    def drop_proposal(self, call: Call, community: str, proposal: str) -> Reply:
        """Drop it; nobody was told and nothing changes."""
        dropped = usecases.drop(call.store, call.act, proposal)
        return Reply(
            dropped,
            then=f"{home(community)}/proposals",
            says=Text("已放弃，什么都没变。", "Dropped; nothing has changed."),
        )

    def _begun(self, community: str, proposal: Proposal) -> Reply:
        self.rotas.wake()
        return Reply(proposal, status=201, then=_page(community, proposal.id))


def _page(community: str, proposal: str) -> str:
    return f"{home(community)}/proposals/{proposal}"


def _first(days: list[datetime]) -> datetime | None:
    return days[0] if days else None
