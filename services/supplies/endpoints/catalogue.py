"""What can be kept, needed and given."""

from services.supplies.domain.items import Item
from services.supplies.endpoints.places import STAFF_AND_OFFICERS
from services.supplies.schemas import catalogue as schemas
from services.supplies.usecases import catalogue
from shared.i18n.text import Text
from shared.web import Call, Reply, anyone, endpoint

HOME = "/supplies/items"


class CatalogueDoors:
    @endpoint("GET", HOME, who=anyone, out=schemas.Item, many=True, page="supplies/items.html")
    def list_items(self, call: Call) -> Reply:
        """Everything in the catalogue."""
        edits = call.caller is not None and (call.caller.may("staff") or call.caller.may("officer"))
        return Reply(call.store.items(), page={"edits": edits})

    @endpoint("GET", f"{HOME}/new", who=STAFF_AND_OFFICERS, page="supplies/new_item.html")
    def item_form(self, _call: Call) -> Reply:
        """The form to register an item in."""
        return Reply()

    @endpoint("POST", HOME, who=STAFF_AND_OFFICERS, body=schemas.Item, out=schemas.Item, again="item_form")
    def register_item(self, call: Call) -> Reply:
        """Register an item for the whole district."""
        item = catalogue.register(call.store, call.act, Item(**call.body))
        return Reply(item, status=201, then=HOME, says=Text("已登记。", "Registered."))
