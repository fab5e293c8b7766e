"""Excel in and out: the catalogue, stock takes, stock and ledger."""

from datetime import timedelta
from typing import Any

from services.supplies import sheets
from services.supplies.domain.imports import Import
from services.supplies.endpoints.places import STAFF_AND_OFFICERS, home, page, reads, writes
from services.supplies.read_views import Names, StockView, stocks_at
from services.supplies.schemas import imports as schemas
from services.supplies.usecases import imports as usecases
from services.supplies.usecases.stock import day_of
from shared.documents.excel_reader import XLSX
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text
from shared.jobs.long_jobs import Jobs
from shared.web import Call, Reply, endpoint

ITEMS = "/supplies/items/imports"
LEDGER_DAYS = 366
CONFIRMED = Text("已开始导入。", "The import has begun.")
UPLOAD: dict[str, Any] = {"body": schemas.Workbook, "out": schemas.ImportShape, "largest": sheets.LARGEST}


class SheetDoors:
    jobs = Jobs({usecases.KIND: usecases.take_in})

    @endpoint("GET", ITEMS, who=STAFF_AND_OFFICERS, page="supplies/import_items.html")
    def items_import_form(self, _call: Call) -> Reply:
        """The form to upload a catalogue in."""
        return Reply()

    @endpoint("POST", ITEMS, who=STAFF_AND_OFFICERS, again="items_import_form", **UPLOAD)
    def upload_items(self, call: Call) -> Reply:
        """Read a catalogue; nothing is registered before it is confirmed."""
        rows = sheets.read_items(call.body["file"].content, call.store.items())
        read = usecases.keep(call.store, call.act, None, call.account, rows, [])
        return Reply(read, status=201, then=f"{ITEMS}/{read.id}")

    @endpoint("GET", f"{ITEMS}/template", who=STAFF_AND_OFFICERS, file=XLSX)
    def items_template(self, call: Call) -> Reply:
        """The catalogue as a workbook: to be filled in further, or to be kept."""
        return Reply.file(sheets.items_sheet(call.store.items()), XLSX, "物资目录.xlsx")

    @endpoint("GET", f"{ITEMS}/<import_>", who=STAFF_AND_OFFICERS, out=schemas.ImportShape, page="supplies/import.html")
    def show_items_import(self, call: Call, import_: str) -> Reply:
        """What was read, row by row, or how far the import is."""
        return _shown(call, usecases.load(call.store, import_, None), names=Names(call.store), way=ITEMS)

    @endpoint("POST", f"{ITEMS}/<import_>/confirmation", who=STAFF_AND_OFFICERS, out=schemas.ImportShape)
    def confirm_items_import(self, call: Call, import_: str) -> Reply:
        """Register every new item of it that has no fault."""
        confirmed = usecases.confirm(call.store, call.act, import_, None)
        self.jobs.wake()
        return Reply(confirmed, then=f"{ITEMS}/{import_}", says=CONFIRMED)

    @reads("/counts", page="supplies/import_counts.html")
    def count_form(self, call: Call, community: str = DISTRICT) -> Reply:
        """The form to upload a stock take in."""
        return Reply(page=page(call, community))

    @writes("/counts", again="count_form", **UPLOAD)
    def upload_counts(self, call: Call, community: str = DISTRICT) -> Reply:
        """Read a stock take; nothing is booked before it is confirmed."""
        names, stocks = _stocks(call, community)
        rows = sheets.read_counts(call.body["file"].content, stocks, names)
        read = usecases.keep(call.store, call.act, community, call.account, [], rows)
        return Reply(read, status=201, then=f"{home(community)}/counts/{read.id}")

    @reads("/counts/<import_>", out=schemas.ImportShape, page="supplies/import.html")
    def show_counts(self, call: Call, import_: str, community: str = DISTRICT) -> Reply:
        """What was read, row by row, or how far it is booked."""
        read = usecases.load(call.store, import_, community)
        return _shown(call, read, **page(call, community), way=f"{home(community)}/counts")

    @writes("/counts/<import_>/confirmation", out=schemas.ImportShape)
    def confirm_counts(self, call: Call, import_: str, community: str = DISTRICT) -> Reply:
        """Book what was counted of every item that has no fault."""
        confirmed = usecases.confirm(call.store, call.act, import_, community)
        self.jobs.wake()
        return Reply(confirmed, then=f"{home(community)}/counts/{import_}", says=CONFIRMED)

    @reads("/exports/count-sheet", file=XLSX)
    def count_sheet(self, call: Call, community: str = DISTRICT) -> Reply:
        """A workbook to count with: every lot in the book."""
        names, stocks = _stocks(call, community)
        return Reply.file(sheets.count_sheet(stocks, call.lang), XLSX, f"盘点表 {names.place(community).zh}.xlsx")

    @reads("/exports/stock", file=XLSX)
    def export_stock(self, call: Call, community: str = DISTRICT) -> Reply:
        """The stock as a workbook."""
        names, stocks = _stocks(call, community)
        return Reply.file(sheets.stock_sheet(stocks, call.lang), XLSX, f"库存 {names.place(community).zh}.xlsx")

    @reads("/exports/ledger", file=XLSX)
    def export_ledger(self, call: Call, community: str = DISTRICT) -> Reply:
        """The ledger of the last year as a workbook."""
        names = page(call, community)["names"]
        movements = call.store.ledger(community, call.act.at - timedelta(days=LEDGER_DAYS))
        name = f"台账 {names.place(community).zh}.xlsx"
        return Reply.file(sheets.ledger_sheet(names, movements, call.lang), XLSX, name)


def _stocks(call: Call, place: str) -> tuple[Names, list[StockView]]:
    names: Names = page(call, place)["names"]
    return names, stocks_at(call.store, names, place, day_of(call.act))


def _shown(call: Call, read: Import, **told: Any) -> Reply:
    return Reply(read, page={"job": usecases.progress(call.store, read), **told})
