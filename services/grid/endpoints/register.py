"""The grid as a schematic: cells, and the buildings in them."""

from services.grid.domain.register import Building
from services.grid.domain.screening import Tally
from services.grid.endpoints.page import EVERYONE, HOME, STAFF, home, page
from services.grid.read_views.owners import called
from services.grid.read_views.screening import by_building
from services.grid.schemas import register as schemas
from services.grid.usecases import register
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint


class RegisterDoors:
    @endpoint("GET", f"{HOME}/", who=EVERYONE, out=schemas.BuildingShape, many=True, page="grid/map.html")
    def show_grid(self, call: Call, community: str) -> Reply:
        """All buildings with what they count; on the page cell by cell, coloured by how far the round under way is."""
        running = call.store.running_rounds()
        tallies: dict[str, Tally] = {}
        for one in running:
            tallies |= by_building(call.store, one)
        more = {"cells": call.store.cells(), "rounds": running, "tallies": tallies}
        return Reply(call.store.buildings(), page=page(call, community, **more))

    @endpoint("GET", f"{HOME}/cells", who=EVERYONE, out=schemas.CellShape, many=True)
    def list_cells(self, call: Call, community: str) -> Reply:  # noqa: ARG002
        """All cells."""
        return Reply(call.store.cells())

    @endpoint("POST", f"{HOME}/cells", who=STAFF, body=schemas.NewCell, out=schemas.CellShape, again="draw_form")
    def draw_cell(self, call: Call, community: str) -> Reply:
        """Draw a cell, or give one another name."""
        cell = register.draw_cell(call.store, call.act, call.body["name"], call.body["cell"])
        says = Text("网格已划好。", "The cell is drawn.")
        return Reply(cell, status=201, then=f"{home(community)}/", says=says)

    @endpoint("GET", f"{HOME}/buildings/new", who=STAFF, page="grid/draw.html")
    def draw_form(self, call: Call, community: str) -> Reply:
        """The forms to draw a cell and to register a building."""
        return Reply(page=page(call, community, cells=call.store.cells()))

    @endpoint("GET", f"{HOME}/buildings/<slug>", who=EVERYONE, out=schemas.BuildingShape, page="grid/building.html")
    def show_building(self, call: Call, community: str, slug: str) -> Reply:
        """One building: what each unit counts, who looks after it, and on the page its doors for those who work here."""
        found = call.store.load(Building, slug)
        carers = call.store.carers()
        held = {one.unit: carers.of(slug, one.unit) for one in found.units}
        people = called(call.store, [one for carer in held.values() for one in (carer.owner, carer.deputy)])
        cells = {one.id: one.name for one in call.store.cells()}
        more = {"held": held, "people": people, "rows": call.store.door_rows([slug]), "cells": cells}
        return Reply(found, page=page(call, community, **more))

    @endpoint("GET", f"{HOME}/owners", who=EVERYONE, out=schemas.CoverShape, many=True, page="grid/owners.html")
    def list_owners(self, call: Call, community: str) -> Reply:
        """Who looks after which unit, as volunteers tells it; first where nobody does."""
        carers = call.store.carers()
        found = [
            {
                "building": one.id, "name": one.name, "uncovered": carers.uncovered(one),
                "units": [{"unit": unit.unit, **vars(carers.of(one.id, unit.unit))} for unit in one.units],
            }
            for one in call.store.buildings()
        ]  # fmt: skip
        ids = [unit[part] for one in found for unit in one["units"] for part in ("owner", "deputy")]
        return Reply(found, page=page(call, community, people=called(call.store, ids)))

    @endpoint("POST", f"{HOME}/buildings", who=STAFF, body=schemas.NewBuilding, out=schemas.BuildingShape,
          again="draw_form")  # fmt: skip
    def register_building(self, call: Call, community: str) -> Reply:
        """Put a building on the register, or give the one of that name this cell and these units besides its own."""
        wanted = call.body
        building = register.register_building(
            call.store, call.act, wanted["name"], wanted["cell"], tuple(wanted["units"])
        )
        says = Text("楼栋已登记。", "The building is registered.")
        return Reply(building, status=201, then=f"{home(community)}/", says=says)
