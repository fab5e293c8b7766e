"""How much of what burns a place may keep: one limit for all dangerous goods together, in litres."""

from dataclasses import dataclass
from math import ceil

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

# What one lockable metal cupboard holds; the district sets each place's own.
USUAL_LIMIT_ML = 50_000
ML = 1000


@dataclass(frozen=True)
class LimitSet:
    limit_ml: int


class TooMuchDangerous(RuleBroken):
    code = "storage-limit"
    says = Text(
        "易燃易爆物资超出存放上限：这里最多存 {limit} 升，已有 {held} 升，这批有 {more} 升。请少收一些，或改送别处。",
        "This would be over the limit for dangerous goods: {limit} L at most, {held} L are here, these are {more} L. "
        "Take less, or send it elsewhere.",
    )


@dataclass
class Cupboard:
    """The dangerous goods of one place, named by it."""

    id: str
    limit_ml: int = USUAL_LIMIT_ML
    held_ml: int = 0

    def admit(self, millilitres: int) -> None:
        """Goods that may still be turned away. Raises TooMuchDangerous."""
        if self.held_ml + millilitres > self.limit_ml:
            raise TooMuchDangerous(
                "quantity", limit=self.limit_ml // ML, held=ceil(self.held_ml / ML), more=ceil(millilitres / ML)
            )
        self.held_ml += millilitres

    def note(self, millilitres: int) -> None:
        """What left (negative), or was found by counting: a fact, whatever the limit."""
        self.held_ml += millilitres

    def limit(self, millilitres: int) -> list[LimitSet]:
        """What is there beyond a lower limit stays; no more comes in. The same again changes nothing."""
        if millilitres == self.limit_ml:
            return []
        self.limit_ml = millilitres
        return [LimitSet(millilitres)]
