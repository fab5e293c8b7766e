"""Buildings, who looks after them, and where nobody does."""

from collections.abc import Sequence
from typing import Any

from marshmallow import ValidationError

from services.volunteers.domain.buildings import Building, loads, ranked
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.endpoints.desk import around, is_staff, names, own
from services.volunteers.schemas import buildings as schemas
from services.volunteers.usecases import buildings
from services.volunteers.usecases.buildings import NewBuilding
from shared.i18n.text import Text
from shared.kernel.errors import Invalid
from shared.web import Call, Reply, endpoint, only, signed_in

SUGGESTED = 3  # people shown beside a place without an owner, to be named with one tap


class BuildingDoors:
    @endpoint("GET", "/volunteers/<community>/buildings", who=only("staff", "officer"), out=schemas.BuildingShape,
          many=True, page="volunteers/buildings.html")  # fmt: skip
    def list_buildings(self, call: Call, community: str) -> Reply:
        """Every building with who looks after it; on the page first what has no owner, with whom to ask."""
        found: list[Building] = call.store.buildings(community)
        helping = call.store.helping(community)
        load = loads(found)
        page = around(call, community)
        page["open"] = [
            {"building": one, "unit": unit, "people": ranked(one, unit, helping, load)[:SUGGESTED]}
            for one in found
            for unit in one.uncovered
        ]
        page["load"] = load
        page["places"] = sum(max(len(one.units), 1) for one in found)
        page["called"] = names(call.store, _carers(found), desk=True)
        return Reply(found, page=page)

    @endpoint("POST", "/volunteers/<community>/buildings", who=only("staff"), body=schemas.NewBuilding,
          out=schemas.BuildingShape, again="register_form")  # fmt: skip
    def register_building(self, call: Call, community: str) -> Reply:
        """Put a building on the register, or give the one of that slug this name and these units."""
        wanted = NewBuilding(call.body["slug"], call.body["name"], tuple(call.body["units"]))
        building = buildings.register(call.store, call.act, community, wanted)
        then = f"/volunteers/{community}/buildings/{building.slug}"
        return Reply(building, status=201, then=then, says=Text("楼栋已登记。", "The building is registered."))

    @endpoint("GET", "/volunteers/<community>/buildings/new", who=only("staff"), query=schemas.Pattern,
          page="volunteers/register.html")  # fmt: skip
    def register_form(self, call: Call, community: str) -> Reply:
        """The forms to register many buildings by a pattern, which shows what it would make, or a single one."""
        page = around(call, community)
        page["pattern"], page["plan"] = call.query, None
        if call.query.get("last") is not None:
            try:
                schemas.check_span(call.query["first"], call.query["last"])
            except ValidationError as fault:
                raise Invalid(fault.normalized_messages()) from fault
            page["plan"] = buildings.sort_out(call.store, community, _by_pattern(call.query))
        return Reply(page=page)

    @endpoint("POST", "/volunteers/<community>/buildings/many", who=only("staff"), body=schemas.PatternBody,
          out=schemas.RegistrationShape, again="register_form")  # fmt: skip
    def register_buildings(self, call: Call, community: str) -> Reply:
        """Register buildings `first` to `last` with so many units each; those that are there stay as they are."""
        done = buildings.register_many(call.store, call.act, community, _by_pattern(call.body))
        counted = {"new": len(done.new), "existing": len(done.existing)}
        says = Text("新登记 {new} 栋，原有 {existing} 栋不变。", "{new} registered; {existing} were there and stay.")
        return Reply(done, then=f"/volunteers/{community}/buildings", says=says.format(**counted))

    @endpoint("GET", "/volunteers/<community>/buildings/<slug>", who=only("staff", "officer"), out=schemas.BuildingShape,
          page="volunteers/building.html")  # fmt: skip
    def show_building(self, call: Call, community: str, slug: str) -> Reply:
        """One building: who looks after the whole and each unit."""
        building = call.store.building(community, slug)
        load = loads(call.store.buildings(community))
        helping = call.store.helping(community)
        page = around(call, community)
        page["called"] = names(call.store, _carers([building]), desk=True)
        page["people"] = [_choice(one, load) for one in ranked(building, None, helping, load)]
        return Reply(building, page=page)

    @endpoint("POST", "/volunteers/<community>/buildings/<slug>/care", who=only("staff"), body=schemas.Naming,
          out=schemas.BuildingShape, again="show_building")  # fmt: skip
    def name_carer(self, call: Call, community: str, slug: str) -> Reply:
        """Name the owner or deputy of a building or of one of its units; where somebody is already, they stay and you are told."""
        building = buildings.name_carer(call.store, call.act, community, slug, **call.body)
        person = call.store.volunteer(community, call.body["volunteer"])
        left = sum(len(one.uncovered) for one in call.store.buildings(community))
        done = Text("{where}由{who}负责。", "{who} looks after {where}.").format(
            where=f"{building.name}{call.body['unit'] or ''}", who=person.display_name
        )
        ahead = (
            Text(f"还有 {left} 处没有负责人。", f"{left} more to name.")
            if left
            else Text("全部有人负责了。", "None is left.")
        )
        return Reply(building, says=Text(done.zh + ahead.zh, f"{done.en} {ahead.en}"))

    @endpoint("POST", "/volunteers/<community>/buildings/<slug>/care/release", who=only("staff", "volunteer"),
          body=schemas.Giving, out=schemas.BuildingShape)  # fmt: skip
    def release_building(self, call: Call, community: str, slug: str) -> Reply:
        """Take a place off somebody, or give back one's own; it is open again for all to see."""
        asker: dict[str, Any] = {"account": call.account, "staff": is_staff(call, community)}
        building = buildings.release(call.store, call.act, community, slug, **call.body, **asker)
        return Reply(building, says=Text("已放下，这里需要另找人。", "Given up; somebody else is needed here."))

    @endpoint("GET", "/volunteers/<community>/me/buildings", who=signed_in, out=schemas.CarriedShape, many=True,
          page="volunteers/my_buildings.html")  # fmt: skip
    def own_buildings(self, call: Call, community: str) -> Reply:
        """The buildings and units that the caller looks after."""
        me = own(call, community)
        carried = [
            {"slug": one.slug, "name": one.name, "unit": unit, "part": part, "care": one.care_for(unit)}
            for one in call.store.buildings(community)
            for unit, part in one.carried_by(me.id)
        ]
        with_whom = {id_ for row in carried for id_ in (row["care"].owner, row["care"].deputy) if id_}
        page = {
            "me": me.id,
            "called": names(call.store, with_whom, desk=False),
            **around(call, community),
        }
        return Reply(carried, page=page)


def _by_pattern(said: Any) -> list[NewBuilding]:
    units = tuple(f"{number}单元" for number in range(1, said["units"] + 1))
    return [NewBuilding(f"b{number}", f"{number}号楼", units) for number in range(said["first"], said["last"] + 1)]


def _carers(found: Sequence[Building]) -> set[str]:
    return {id_ for one in found for care in one.care.values() for id_ in (care.owner, care.deputy) if id_}


def _choice(one: Volunteer, load: dict[str, int]) -> tuple[str, Text]:
    has = load.get(one.id, 0)
    return one.id, Text(
        f"{one.display_name}（{one.home}，已负责 {has} 处）", f"{one.display_name} ({one.home}, has {has})"
    )
