"""The catalogue: what can be kept, needed and given, in which unit, and what of it burns."""

from dataclasses import dataclass

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken


@dataclass(frozen=True)
class ItemRegistered:
    name: str
    name_en: str
    unit: str
    unit_en: str
    dangerous_ml: int
    pack: int


class ItemExists(RuleBroken):
    code = "item-exists"
    says = Text("目录里已有这个代号。", "There is an item of this code already.")


class UnknownItem(RuleBroken):
    code = "unknown-item"
    status = 422
    says = Text("目录里没有这种物资，请先登记。", "The catalogue has no such item; please register it first.")


@dataclass
class Item:
    """One kind of goods, counted in whole units. `dangerous_ml`: millilitres of it in one unit that can burn or harm (0: none);
    `pack`: units in the smallest pack that is not opened for sharing."""

    id: str
    name: str
    name_en: str
    unit: str
    unit_en: str
    dangerous_ml: int = 0
    pack: int = 1

    @property
    def called(self) -> Text:
        return Text(self.name, self.name_en)

    @property
    def counted_in(self) -> Text:
        return Text(self.unit, self.unit_en)

    def registered(self) -> ItemRegistered:
        return ItemRegistered(self.name, self.name_en, self.unit, self.unit_en, self.dangerous_ml, self.pack)
