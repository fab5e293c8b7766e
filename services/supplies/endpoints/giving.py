"""For donors and everybody: what is needed, pledging it, one's own pledges, and who gave what."""

from services.supplies.domain.pledges import Donor
from services.supplies.endpoints.places import words
from services.supplies.paper import print_receipt
from services.supplies.read_views import Names
from services.supplies.schemas import needs as need_schemas
from services.supplies.schemas import pledges as schemas
from services.supplies.usecases import pledges as usecases
from services.supplies.usecases.matching import wants
from shared.documents.pdf_response import PDF
from shared.i18n.text import Text
from shared.replicas.communities import check_known
from shared.web import Call, Reply, anyone, endpoint, signed_in

PAGE_LENGTH = 50
OWN = "/supplies/pledges/mine"


class GivingDoors:
    @endpoint("GET", "/supplies/", who=anyone, query=need_schemas.WantedQuery, out=need_schemas.WantedShape, many=True,
          page="supplies/wanted.html")  # fmt: skip
    def wanted(self, call: Call) -> Reply:
        """What is needed now, the most urgent first: confirmed, fresh, and less what is promised already."""
        names, community = Names(call.store), call.query["community"]
        rank = {name: number for number, name in enumerate(words()["urgency_words"])}
        open_ = [one for one in wants(call.store, call.act) if one.missing != 0]
        shown = sorted(
            (one for one in open_ if community in ("", one.place)),
            key=lambda one: (rank[one.urgency], one.raised_at, one.need),
        )
        places = sorted({one.place for one in open_})
        return Reply(shown, page={"names": names, "community": community, "places": places, **words()})

    @endpoint(
        "GET", "/supplies/pledges/new", who=signed_in, query=schemas.NewPledgeQuery, page="supplies/new_pledge.html"
    )
    def pledge_form(self, call: Call) -> Reply:
        """The form to pledge in."""
        first = {"item": call.query.get("item", ""), "place": call.query.get("community", "")}
        return Reply(page={"names": Names(call.store), "first": first, **words()})

    @endpoint(
        "POST", "/supplies/pledges", who=signed_in, body=schemas.NewPledge, out=schemas.PledgeShape, again="pledge_form"
    )
    def make_pledge(self, call: Call) -> Reply:
        """Pledge something, for a community or for whoever needs it most."""
        told = dict(call.body)
        donor = Donor(told.pop("kind"), told.pop("name"), told.pop("shown"))
        if told["place"] is not None:
            check_known(call.store, told["place"])
        pledge = usecases.make(call.store, call.act, call.account, donor, **told)
        says = Text("谢谢！我们会尽快告诉您送到哪里。", "Thank you! We will soon tell you where to bring it.")
        return Reply(pledge, status=201, then=OWN, says=says)

    @endpoint("GET", OWN, who=signed_in, out=schemas.PledgeShape, many=True, page="supplies/my_pledges.html")
    def my_pledges(self, call: Call) -> Reply:
        """The caller's own pledges, the newest first, with the receipts for what was delivered."""
        pledges = call.store.pledges_of(call.account)
        receipts = {one.id: call.store.donations_of(one.id) for one in pledges if one.delivered}
        return Reply(pledges, page={"names": Names(call.store), "receipts": receipts, **words()})

    @endpoint("POST", "/supplies/pledges/<pledge>/withdrawal", who=signed_in, out=schemas.PledgeShape)
    def withdraw_pledge(self, call: Call, pledge: str) -> Reply:
        """Take back what one cannot bring after all."""
        withdrawn = usecases.withdraw(call.store, call.act, call.account, pledge)
        return Reply(withdrawn, then=OWN, says=Text("已撤回，没关系。", "Taken back; never mind."))

    @endpoint("POST", "/supplies/pledges/<pledge>/name-withdrawal", who=signed_in, out=schemas.PledgeShape)
    def hide_name(self, call: Call, pledge: str) -> Reply:
        """Take one's name off the public list."""
        hidden = usecases.hide_name(call.store, call.act, call.account, pledge)
        return Reply(hidden, then=OWN, says=Text("公示里已改为匿名。", "The public list names you no more."))

    @endpoint("GET", "/supplies/donations", who=anyone, query=schemas.GivenQuery, out=schemas.GivenShape, many=True,
          page="supplies/donations.html")  # fmt: skip
    def donations(self, call: Call) -> Reply:
        """What was given, the newest first; by name only who wishes it. `community` filters, `after` pages on."""
        community, after = call.query["community"], call.query["after"]
        found = call.store.donations(community or None, after, PAGE_LENGTH + 1)
        shown, more = found[:PAGE_LENGTH], found[PAGE_LENGTH:]
        listing = {"next": shown[-1].id if more else None}
        return Reply(shown, page={"names": Names(call.store), "community": community, "listing": listing, **words()})

    @endpoint("GET", "/supplies/donations/<donation>/receipt", who=signed_in, file=PDF)
    def own_receipt(self, call: Call, donation: str) -> Reply:
        """The receipt for something the caller gave, as PDF."""
        found = usecases.receipt_of(call.store, donation, account=call.account)
        return print_receipt(Names(call.store), found)
