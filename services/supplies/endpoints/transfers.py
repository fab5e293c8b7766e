"""Goods between places."""

from services.supplies.endpoints.places import home, page, reads, writes
from services.supplies.schemas import transfers as schemas
from services.supplies.schemas.parts import ForWhom
from services.supplies.usecases import transfers as usecases
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text
from shared.web import Call, Reply

CLOSED_SHOWN = 20


class TransferDoors:
    @reads("/transfers", query=ForWhom, out=schemas.TransferShape, many=True, page="supplies/transfers.html")
    def list_transfers(self, call: Call, community: str = DISTRICT) -> Reply:
        """Transfers to and from this place that are not over, the oldest first."""
        told = page(call, community)
        closed = call.store.closed_transfers(community, CLOSED_SHOWN)
        first = {"item": call.query.get("item", ""), "quantity": call.query.get("quantity", "")}
        return Reply(call.store.transfers(community), page={**told, "closed": closed, "first": first})

    @writes("/transfers", body=schemas.Offer, out=schemas.TransferShape, again="list_transfers")
    def offer_transfer(self, call: Call, community: str = DISTRICT) -> Reply:
        """Offer goods to another place."""
        offered = usecases.offer(call.store, call.act, community, **call.body)
        says = Text("已提出，等对方同意。", "Offered; the other side is to agree.")
        return Reply(offered, status=201, then=_list(community), says=says)

    @writes("/transfers/<transfer>/offer", body=schemas.Dispatch, out=schemas.TransferShape, again="list_transfers")
    def offer_asked_transfer(self, call: Call, transfer: str, community: str = DISTRICT) -> Reply:
        """Offer what can be spared of what the district office asked for."""
        offered = usecases.offer_asked(call.store, call.act, community, transfer, call.body["quantity"])
        says = Text("已提出，等对方同意。", "Offered; the other side is to agree.")
        return Reply(offered, then=_list(community), says=says)

    @writes("/transfers/<transfer>/regret", out=schemas.TransferShape)
    def regret_transfer(self, call: Call, transfer: str, community: str = DISTRICT) -> Reply:
        """Nothing can be spared of what the district office asked for."""
        regretted = usecases.regret(call.store, call.act, community, transfer)
        return Reply(regretted, then=_list(community), says=Text("已告诉指挥部。", "The district office is told."))

    @writes("/transfers/<transfer>/agreement", out=schemas.TransferShape)
    def agree_transfer(self, call: Call, transfer: str, community: str = DISTRICT) -> Reply:
        """Agree to take what is offered."""
        agreed = usecases.agree(call.store, call.act, community, transfer)
        return Reply(agreed, then=_list(community), says=Text("已同意，等对方发出。", "Agreed; they will send it."))

    @writes("/transfers/<transfer>/refusal", out=schemas.TransferShape)
    def decline_transfer(self, call: Call, transfer: str, community: str = DISTRICT) -> Reply:
        """Decline what is offered."""
        declined = usecases.decline(call.store, call.act, community, transfer)
        return Reply(declined, then=_list(community), says=Text("已婉拒。", "Declined."))

    @writes("/transfers/<transfer>/withdrawal", out=schemas.TransferShape)
    def withdraw_transfer(self, call: Call, transfer: str, community: str = DISTRICT) -> Reply:
        """Take an offer back, as long as nothing was sent."""
        withdrawn = usecases.withdraw(call.store, call.act, community, transfer)
        return Reply(withdrawn, then=_list(community), says=Text("已撤回。", "Taken back."))

    @writes("/transfers/<transfer>/dispatch", body=schemas.Dispatch, out=schemas.TransferShape, again="list_transfers")
    def send_transfer(self, call: Call, transfer: str, community: str = DISTRICT) -> Reply:
        """Send it: the goods leave this store and are on the way."""
        sent = usecases.send(call.store, call.act, community, transfer, call.body["quantity"])
        return Reply(sent, then=_list(community), says=Text("已发出，途中。", "Sent, and on the way."))

    @writes("/transfers/<transfer>/arrival", body=schemas.Arrival, out=schemas.TransferShape, again="list_transfers")
    def receive_transfer(self, call: Call, transfer: str, community: str = DISTRICT) -> Reply:
        """Take in what arrived, all or a part; name what is lost."""
        received = usecases.receive(call.store, call.act, community, transfer, **call.body)
        says = Text("已入库，途中还有 {left}。", "Received; {left} are still on the way.")
        return Reply(received, then=_list(community), says=says.format(left=received.on_the_way))

    @writes("/transfers/<transfer>/return", body=schemas.Dispatch, out=schemas.TransferShape, again="list_transfers")
    def take_transfer_back(self, call: Call, transfer: str, community: str = DISTRICT) -> Reply:
        """Take in again what came back because the other side could not take it."""
        returned = usecases.take_back(call.store, call.act, community, transfer, call.body["quantity"])
        says = Text("已退回入库，途中还有 {left}。", "Back in store; {left} are still on the way.")
        return Reply(returned, then=_list(community), says=says.format(left=returned.on_the_way))


def _list(place: str) -> str:
    return f"{home(place)}/transfers"
