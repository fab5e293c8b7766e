"""Handing a shift over and swapping it: offering, accepting, declining."""

from services.shifts.domain.shifts import Shift
from services.shifts.endpoints.page import HOME, OURS, home, page, viewer_of
from services.shifts.read_views.swaps import choices
from services.shifts.schemas import duty as schemas
from services.shifts.usecases import swaps as usecases
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint


class SwapDoors:
    @endpoint("GET", f"{HOME}/swaps", who=OURS, out=schemas.SwapShape, many=True)
    def list_swaps(self, call: Call, community: str) -> Reply:  # noqa: ARG002
        """The open offers that the caller made or may accept; people see them on the page of their own shifts."""
        roster = call.store.roster_of(call.account)
        open_ones = call.store.open_swaps(call.act.at)
        return Reply([one for one in open_ones if roster and (one.giver == roster.id or one.is_for(roster.id))])

    @endpoint("GET", f"{HOME}/<shift>/swap", who=OURS, out=schemas.SwapChoicesShape, page="shifts/swap.html")
    def swap_form(self, call: Call, community: str, shift: str) -> Reply:
        """How the caller can get rid of a shift: hand it over to somebody or anybody, or swap it for a colleague's."""
        held = call.store.load(Shift, shift)
        return Reply(choices(viewer_of(call), held), page=page(call, community))

    @endpoint(
        "POST", f"{HOME}/<shift>/swap", who=OURS, body=schemas.SwapOffer, out=schemas.SwapShape, again="swap_form"
    )
    def offer_swap(self, call: Call, community: str, shift: str) -> Reply:
        """Offer one's own place in this shift; it stays one's own until somebody accepts."""
        swap = usecases.offer_swap(call.store, call.act, call.account, shift=shift, **call.body)
        says = Text(
            "已发出。对方同意前，这一班仍是您的。", "Offered. Until somebody accepts, the shift is still yours."
        )
        return Reply(swap, status=201, then=f"{home(community)}/mine", says=says)

    @endpoint("POST", f"{HOME}/swaps/<swap>/acceptance", who=OURS, out=schemas.SwapShape)
    def accept_swap(self, call: Call, community: str, swap: str) -> Reply:
        """Accept an offer: the places change hands at once, if every rule agrees for both."""
        accepted = usecases.accept_swap(call.store, call.act, call.account, swap)
        return Reply(
            accepted, then=f"{home(community)}/mine", says=Text("换班成功。", "The shifts have changed hands.")
        )

    @endpoint("POST", f"{HOME}/swaps/<swap>/refusal", who=OURS, out=schemas.SwapShape)
    def decline_swap(self, call: Call, community: str, swap: str) -> Reply:
        """Say no to an offer made to the caller by name."""
        declined = usecases.decline_swap(call.store, call.act, call.account, swap)
        return Reply(declined, then=f"{home(community)}/mine", says=Text("已回绝。", "Declined."))

    @endpoint("POST", f"{HOME}/swaps/<swap>/withdrawal", who=OURS, out=schemas.SwapShape)
    def withdraw_swap(self, call: Call, community: str, swap: str) -> Reply:
        """Take one's own offer back."""
        withdrawn = usecases.withdraw_swap(call.store, call.act, call.account, swap)
        return Reply(withdrawn, then=f"{home(community)}/mine", says=Text("已撤回。", "Taken back."))
