"""Pledges as those see them whom they are for: accepting, taking in, receipts and thanks."""

from services.supplies.domain.pledges import Donation, Donor
from services.supplies.domain.stock import Batch
from services.supplies.endpoints.places import AT_COMMUNITY, AT_DISTRICT, OFFICERS, STAFF, home, page, reads, writes
from services.supplies.paper import print_receipt
from services.supplies.schemas import pledges as schemas
from services.supplies.usecases import pledges as usecases
from services.supplies.usecases.matching import in_sight, matches
from shared.documents.pdf_response import PDF
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text
from shared.replicas.communities import check_known
from shared.web import Call, Reply, endpoint


class PledgeDoors:
    @reads("/pledges", out=schemas.PledgeShape, many=True, page="supplies/pledges.html")
    def list_pledges(self, call: Call, community: str = DISTRICT) -> Reply:
        """Pledges to accept, each with the need it fits best and why; those to come; those to thank for."""
        told = page(call, community)
        store = call.store
        waiting = store.pledges_for_anyone() if community == DISTRICT else store.pledges("made", wishes=community)
        more = {
            "best": in_sight(matches(store, call.act), waiting),
            "coming": store.pledges("accepted", goes_to=community),
            "unthanked": store.thanked_late(community),
        }
        return Reply(waiting, page={**told, **more})

    @endpoint("POST", f"{AT_COMMUNITY}/pledges/<pledge>/acceptance", who=STAFF, body=schemas.Acceptance,
          out=schemas.PledgeShape, again="list_pledges")  # fmt: skip
    def accept_pledge(self, call: Call, community: str, pledge: str) -> Reply:
        """Accept what was pledged for this community; `need` says for which of its needs."""
        accepted = usecases.accept(call.store, call.act, community, pledge, community, call.body["need"])
        return Reply(
            accepted, then=_list(community), says=Text("已接受，等捐赠人送来。", "Accepted; the donor brings it.")
        )

    @endpoint("POST", f"{AT_DISTRICT}/pledges/<pledge>/acceptance", who=OFFICERS, body=schemas.Placing,
          out=schemas.PledgeShape, again="list_pledges")  # fmt: skip
    def place_pledge(self, call: Call, pledge: str) -> Reply:
        """Decide where a pledge for whoever needs it most goes."""
        place, need = call.body["place"], call.body["need"]
        if place != DISTRICT:
            check_known(call.store, place)
        accepted = usecases.accept(call.store, call.act, DISTRICT, pledge, place, need)
        return Reply(accepted, then=_list(DISTRICT), says=Text("已安排去处。", "It has a place to go."))

    @writes("/pledges/<pledge>/refusal", body=schemas.Refusal, out=schemas.PledgeShape, again="list_pledges")
    def decline_pledge(self, call: Call, pledge: str, community: str = DISTRICT) -> Reply:
        """Decline with thanks, and with the reason the donor is told."""
        declined = usecases.decline(call.store, call.act, community, pledge, call.body["reason"])
        return Reply(declined, then=_list(community), says=Text("已婉拒。", "Declined."))

    @writes("/pledges/<pledge>/deliveries", body=schemas.Delivery, out=schemas.DonationShape, again="list_pledges")
    def deliver_pledge(self, call: Call, pledge: str, community: str = DISTRICT) -> Reply:
        """Take in a part of a pledge, or all of it; the donor gets a receipt."""
        batch = Batch(call.body["code"], call.body["expires"])
        donation = usecases.deliver(
            call.store, call.act, community, pledge, quantity=call.body["quantity"], batch=batch
        )
        return _received(community, donation)

    @writes("/pledges/<pledge>/thanks", body=schemas.Thanks, out=schemas.PledgeShape, again="list_pledges")
    def thank(self, call: Call, pledge: str, community: str = DISTRICT) -> Reply:
        """Thank a donor in words of one's own."""
        thanked = usecases.thank(call.store, call.act, community, pledge, call.body["words"])
        return Reply(thanked, then=_list(community), says=Text("已致谢，捐赠人会看到。", "Thanked; the donor sees it."))

    @reads("/donations/new", page="supplies/new_donation.html")
    def donation_form(self, call: Call, community: str = DISTRICT) -> Reply:
        """The form for what somebody brings unannounced."""
        return Reply(page=page(call, community))

    @writes("/donations", body=schemas.AtTheDoor, out=schemas.DonationShape, again="donation_form")
    def give_at_the_door(self, call: Call, community: str = DISTRICT) -> Reply:
        """Take in what somebody brings unannounced; they get a receipt."""
        donor = Donor(call.body["kind"], call.body["name"], call.body["shown"])
        batch = Batch(call.body["code"], call.body["expires"])
        page(call, community)
        donation = usecases.give_at_the_door(
            call.store, call.act, community, donor, item=call.body["item"], quantity=call.body["quantity"], batch=batch
        )
        return _received(community, donation)

    @reads("/donations/<donation>", out=schemas.DonationShape, page="supplies/donation.html")
    def show_donation(self, call: Call, donation: str, community: str = DISTRICT) -> Reply:
        """What was given, with its receipt to print."""
        return Reply(usecases.receipt_of(call.store, donation, place=community), page=page(call, community))

    @reads("/donations/<donation>/receipt", file=PDF)
    def receipt(self, call: Call, donation: str, community: str = DISTRICT) -> Reply:
        """The receipt as PDF."""
        found = usecases.receipt_of(call.store, donation, place=community)
        return print_receipt(page(call, community)["names"], found)


def _list(place: str) -> str:
    return f"{home(place)}/pledges"


def _received(place: str, donation: Donation) -> Reply:
    says = Text("已入库，收据 {number}。", "Received, with receipt {number}.").format(number=donation.number)
    return Reply(donation, status=201, then=f"{home(place)}/donations/{donation.id}", says=says)
