"""The questions asked of cells and buildings."""

from services.grid.domain.register import Building, Cell
from shared.i18n.text import counted
from shared.persistence.store import Kind, Store


class Register(Store):
    kinds = {Cell: Kind("cells", "grid.cell"), Building: Kind("buildings", "grid.building")}

    def cells(self) -> list[Cell]:
        return sorted(self.find(Cell, {}), key=lambda one: counted(one.name))

    def buildings(self) -> list[Building]:
        """As people count them."""
        return sorted(self.find(Building, {}), key=lambda one: counted(one.name))
