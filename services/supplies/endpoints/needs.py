"""What a place needs from outside."""

from services.supplies.endpoints.places import home, page, reads, writes
from services.supplies.read_views import needs_at
from services.supplies.schemas import needs as schemas
from services.supplies.schemas.parts import ForWhom
from services.supplies.usecases import needs as usecases
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text
from shared.web import Call, Reply

CLOSED_SHOWN = 20


class NeedDoors:
    @reads("/needs", query=ForWhom, out=schemas.NeedShape, many=True, page="supplies/needs.html")
    def list_needs(self, call: Call, community: str = DISTRICT) -> Reply:
        """The open needs, the oldest first; a form to raise one beside them."""
        told = page(call, community)
        needs = call.store.needs(community)
        shown = needs_at(call.store, told["names"], community, needs)
        closed = call.store.closed_needs(community, CLOSED_SHOWN)
        first = {"item": call.query.get("item", ""), "quantity": call.query.get("quantity", "")}
        return Reply(needs, page={**told, "shown": shown, "closed": closed, "first": first})

    @writes("/needs", body=schemas.NewNeed, out=schemas.NeedShape, again="list_needs")
    def raise_need(self, call: Call, community: str = DISTRICT) -> Reply:
        """Say what is needed; a second person confirms it before donors see it."""
        page(call, community)
        need = usecases.raise_need(call.store, call.act, community, call.account, **call.body)
        says = Text("已提出，请另一位工作人员核实。", "Raised; a second person is to confirm it.")
        return Reply(need, status=201, then=_list(community), says=says)

    @writes("/needs/<need>/confirmation", also_officers=True, out=schemas.NeedShape)
    def confirm_need(self, call: Call, need: str, community: str = DISTRICT) -> Reply:
        """Confirm somebody else's need: from now on donors see it."""
        confirmed = usecases.confirm(call.store, call.act, community, need, call.account)
        return Reply(
            confirmed, then=_list(community), says=Text("已核实，并向捐赠人公开。", "Confirmed; donors see it now.")
        )

    @writes("/needs/<need>/renewal", out=schemas.NeedShape)
    def renew_need(self, call: Call, need: str, community: str = DISTRICT) -> Reply:
        """Say that it still holds."""
        renewed = usecases.renew(call.store, call.act, community, need)
        return Reply(renewed, then=_list(community), says=Text("已更新，继续公开三天。", "Renewed for three days."))

    @writes("/needs/<need>/fulfilment", out=schemas.NeedShape)
    def say_enough(self, call: Call, need: str, community: str = DISTRICT) -> Reply:
        """Say that there is enough: nobody should send any more."""
        met = usecases.say_enough(call.store, call.act, community, need)
        return Reply(met, then=_list(community), says=Text("已标为足够，停止接收。", "Met; donors are told to stop."))

    @writes("/needs/<need>/stop", body=schemas.Stop, out=schemas.NeedShape)
    def stop_need(self, call: Call, need: str, community: str = DISTRICT) -> Reply:
        """Take a need back, with the reason."""
        stopped = usecases.stop(call.store, call.act, community, need, call.body["reason"])
        return Reply(stopped, then=_list(community), says=Text("需求已撤回。", "The need is taken back."))


def _list(place: str) -> str:
    return f"{home(place)}/needs"
