"""What came from Excel: rows read and looked at by a person before any of them counts."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from services.supplies.domain.items import Item
from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken


class ImportStarted(RuleBroken):
    code = "import-started"
    says = Text("这次导入已经确认过了。", "This import has been confirmed already.")


class NothingToImport(RuleBroken):
    code = "nothing-to-import"
    says = Text(
        "没有可以导入的行，请改好文件再上传。", "No row can be imported; please mend the file and upload it again."
    )


@dataclass
class ItemRow:
    """A row of a catalogue. `known`: there is such an item, which stays as it is."""

    number: int
    item: Item | None
    known: bool
    faults: list[Text]


@dataclass
class CountRow:
    """A row of a stock take: of this lot `booked` are in the book, and `counted` were found."""

    number: int
    item: str
    code: str
    expires: date | None
    booked: int
    counted: int | None
    reason: str
    faults: list[Text]


@dataclass
class Import:
    """`place` None: a catalogue, for the whole district."""

    id: str
    place: str | None
    by: str
    at: datetime
    items: list[ItemRow] = field(default_factory=list)
    counts: list[CountRow] = field(default_factory=list)
    state: Literal["read", "confirmed"] = "read"

    @property
    def faulty(self) -> int:
        faults = [row.faults for row in self.items] + [row.faults for row in self.counts]
        return sum(1 for said in faults if said)

    @property
    def new_items(self) -> list[Item]:
        return [row.item for row in self.items if row.item is not None and not row.known and not row.faults]

    @property
    def counted_items(self) -> list[str]:
        """The items of which every row can be read: a lot left out would count as not found."""
        broken = {row.item for row in self.counts if row.faults}
        return sorted({row.item for row in self.counts} - broken)

    @property
    def parts(self) -> int:
        """How many parts the work has."""
        return len(self.new_items) + len(self.counted_items)

    def confirm(self) -> None:
        """Raises ImportStarted, NothingToImport."""
        if self.state != "read":
            raise ImportStarted
        if not self.parts:
            raise NothingToImport
        self.state = "confirmed"
