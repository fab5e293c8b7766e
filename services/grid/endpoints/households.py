"""Households, who lives there (each look on record), and what is to be minded."""

from services.grid.domain.households import FLAG_WORDS, Household
from services.grid.domain.register import Building
from services.grid.endpoints.page import HOME, OURS, STAFF, asker, home, page
from services.grid.read_views.owners import called
from services.grid.schemas import households as schemas
from services.grid.usecases import households
from services.grid.usecases.households import Particulars
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint

LOOKS_SHOWN = 50


class HouseholdDoors:
    @endpoint("POST", f"{HOME}/households", who=STAFF, body=schemas.NewResident, out=schemas.HouseholdShape,
          again="resident_form")  # fmt: skip
    def add_resident(self, call: Call, community: str) -> Reply:
        """Register a person in a household, which is made where there was none."""
        body = call.body
        told = Particulars(body["name"], body["phone"], body["born"])
        household = households.add_resident(call.store, call.act, body["building"], body["unit"], body["door"], told)
        says = Text("已登记。", "Registered.")
        return Reply(household, status=201, then=f"{home(community)}/households/{household.id}", says=says)

    @endpoint("GET", f"{HOME}/households/new", who=STAFF, page="grid/resident.html")
    def resident_form(self, call: Call, community: str) -> Reply:
        """The form to register a person in."""
        return Reply(page=page(call, community, buildings=call.store.buildings()))

    @endpoint("GET", f"{HOME}/households/<household>", who=OURS, out=schemas.HouseholdShape, page="grid/household.html")
    def show_household(self, call: Call, community: str, household: str) -> Reply:
        """Where a household is and how many live there; who they are is told at a look, which is on record."""
        found = call.store.load(Household, household)
        where = call.store.load(Building, found.building)
        may_look = bool(households.may_look(call.store, asker(call, community), [found]))
        return Reply(found, page=page(call, community, building=where, may_look=may_look))

    @endpoint("POST", f"{HOME}/households/<household>/look", who=OURS, out=schemas.LookedAtShape,
          page="grid/looked_at.html")  # fmt: skip
    def look_at_household(self, call: Call, community: str, household: str) -> Reply:
        """Who lives there and what to mind, for staff and for who looks after the building or unit; the look is on record."""
        found, people = households.look(call.store, call.act, asker(call, community), household)
        told = {**vars(found), "flags": found.flags, "residents": people}
        where = call.store.load(Building, found.building)
        return Reply(told, page=page(call, community, building=where, flag_words=FLAG_WORDS))

    @endpoint(
        "POST", f"{HOME}/households/<household>/care", who=STAFF, body=schemas.Minding, out=schemas.HouseholdShape
    )
    def mind_household(self, call: Call, community: str, household: str) -> Reply:
        """Say what is to be minded at this door from now on, and nothing else."""
        found = households.mind(call.store, call.act, household, call.body["flags"])
        then = f"{home(community)}/households/{household}"
        return Reply(found, then=then, says=Text("关怀信息已保存。", "What to mind is saved."))

    @endpoint(
        "POST", f"{HOME}/households/<household>/removal", who=STAFF, body=schemas.Removal, out=schemas.HouseholdShape
    )
    def remove_resident(self, call: Call, community: str, household: str) -> Reply:
        """Take a person off the register: they moved away."""
        found = households.remove_resident(call.store, call.act, household, call.body["resident"])
        then = f"{home(community)}/households/{household}"
        return Reply(found, then=then, says=Text("已移出这户。", "They are off the register."))

    @endpoint("POST", f"{HOME}/households/<household>/closing", who=STAFF, out=schemas.HouseholdShape)
    def remove_household(self, call: Call, community: str, household: str) -> Reply:
        """Take a door off the register at which nobody is registered."""
        found = households.remove_household(call.store, call.act, household)
        then = f"{home(community)}/buildings/{found.building}"
        return Reply(found, then=then, says=Text("这户已删除。", "The household is removed."))

    @endpoint("GET", f"{HOME}/care", who=OURS, page="grid/care.html")
    def care_page(self, call: Call, community: str) -> Reply:
        """Where what is to be minded can be looked at; until then nothing is shown."""
        return Reply(page=page(call, community, found=None))

    @endpoint("POST", f"{HOME}/care", who=OURS, out=schemas.ToMindShape, many=True, page="grid/care.html")
    def look_at_care(self, call: Call, community: str) -> Reply:
        """What the caller has to mind: everywhere for staff, else where they look after the building or unit; on record."""
        found = households.look_at_care(call.store, call.act, asker(call, community))
        names = {one.id: one.name for one in call.store.buildings()}
        told = [{**vars(one), "flags": one.flags} for one in found]
        return Reply(told, page=page(call, community, found=told, names=names, flag_words=FLAG_WORDS))

    @endpoint("GET", f"{HOME}/looks", who=STAFF, query=schemas.Older, out=schemas.LookShape, many=True,
          page="grid/looks.html")  # fmt: skip
    def list_looks(self, call: Call, community: str) -> Reply:
        """Who looked at which household, and when; the latest first."""
        before, household = call.query["before"], call.query["household"]
        found = call.store.looks(LOOKS_SHOWN + 1, before, household or None)
        shown = found[:LOOKS_SHOWN]
        more = shown[-1]["_id"] if found[LOOKS_SHOWN:] else None
        homes = call.store.by_ids(one["household"] for one in shown)
        names = {one.id: one.name for one in call.store.buildings()}
        who = called(call.store, [one["volunteer"] for one in shown])
        return Reply(shown, page=page(call, community, listing={"next": more}, homes=homes, names=names, who=who))
