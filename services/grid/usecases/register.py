"""Drawing cells and putting buildings on the register."""

from services.grid.domain import register as domain
from services.grid.domain.register import Building, Cell, Unit
from services.grid.store import GridStore
from shared.events.contracts import registry
from shared.kernel.command import Command

publish = registry.publisher({
    domain.CellDrawn: "grid.cell.drawn.v1",
    domain.BuildingRegistered: "grid.building.registered.v1",
    domain.BuildingChanged: "grid.building.changed.v1",
})  # fmt: skip


def draw_cell(store: GridStore, act: Command, name: str, slug: str | None = None) -> Cell:
    """A new cell, or (`slug`) another name for one. Raises CellTaken, NotFound."""

    def do(tx: GridStore) -> Cell:
        if any(one.name == name and one.id != slug for one in tx.cells()):
            raise domain.CellTaken("name")
        cell = tx.load(Cell, slug) if slug else Cell(domain.cell_slug(name))
        if drawn := cell.draw(name):
            tx.save(cell, publish(drawn))
        return cell

    return store.transaction(act, do)


def register_building(store: GridStore, act: Command, name: str, cell: str | None, units: tuple[str, ...]) -> Building:
    """Puts a building on the register, or gives the one of that name this cell and these units besides its own.

    Raises NotFound for a cell that is not drawn, TooManyUnits.
    """

    def do(tx: GridStore) -> Building:
        if cell is not None:
            tx.load(Cell, cell)
        building = tx.get(Building, domain.building_slug(name))
        if building is None:
            building = Building(domain.building_slug(name), name, cell)
            building.count({unit: Unit(unit) for unit in units})
            tx.save(building, publish(building.register()))
        elif changed := [*building.change(cell=cell), *building.count({unit: Unit(unit) for unit in units})]:
            tx.save(building, publish(changed))
        return building

    return store.transaction(act, do)
