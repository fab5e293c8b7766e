"""Residents in and out as Excel: upload, look through, confirm, follow; and the list to take along."""

from datetime import timedelta
from typing import Any

from services.grid import sheets
from services.grid.domain.imports import Import
from services.grid.endpoints.page import HOME, STAFF, asker, home, page
from services.grid.schemas import households as schemas
from services.grid.usecases import households, imports
from shared.documents.excel_reader import XLSX
from shared.i18n.text import Text
from shared.jobs.long_jobs import Worker
from shared.kernel.errors import NotFound
from shared.web import Call, Reply, endpoint

PAGE_LENGTH = 50
FILES_SHOWN = 20
EXPORT_OPEN = timedelta(minutes=15)
COLUMN_WORDS = {column.name: column.words for column in sheets.COLUMNS}


class ImportDoors:
    jobs: Worker

    @endpoint("GET", f"{HOME}/imports", who=STAFF, out=schemas.ImportShape, many=True, page="grid/imports.html")
    def list_imports(self, call: Call, community: str) -> Reply:
        """The newest files of residents, what became of them, and who took the list out."""
        found = [_shown(call, one) for one in call.store.imports(FILES_SHOWN)]
        more = {
            "exports": call.store.exports(FILES_SHOWN),
            "account": call.account,
            "open_after": call.act.at - EXPORT_OPEN,
        }
        return Reply(found, page=page(call, community, **more))

    @endpoint("GET", f"{HOME}/imports/template", who=STAFF, file=XLSX)
    def import_template(self, call: Call, community: str) -> Reply:
        """An empty file with an example, and what to write where."""
        name = Text(f"住户名单模板-{community}.xlsx", f"residents-template-{community}.xlsx")
        return Reply.file(sheets.template(call.lang), XLSX, name.in_(call.lang))

    @endpoint("POST", f"{HOME}/imports", who=STAFF, body=schemas.ImportFile, out=schemas.ImportShape,
          again="list_imports", largest=sheets.LARGEST_FILE)  # fmt: skip
    def upload_import(self, call: Call, community: str) -> Reply:
        """Look through a file of residents: who is new, changed, there or twice, which rows are faulty. Nothing changes yet."""
        upload = call.body["file"]
        made = imports.look_through(call.store, call.act, upload.name[-100:], sheets.read(upload.content))
        return Reply(_shown(call, made), status=201, then=f"{home(community)}/imports/{made.id}")

    @endpoint("GET", f"{HOME}/imports/<file>", who=STAFF, query=schemas.Rows, out=schemas.ImportShape,
          page="grid/import.html")  # fmt: skip
    def see_import(self, call: Call, community: str, file: str) -> Reply:
        """One file: what is in it, and how far taking it in has come."""
        found = call.store.load(Import, file)
        verdict = call.query.get("verdict", "") or next(
            (one for one in ("faulty", "double", "new", "changed", "same") if found.counts.get(one)), "new"
        )
        rows = call.store.import_rows(file, [verdict], call.query.get("after", 0), PAGE_LENGTH + 1)
        shown = rows[:PAGE_LENGTH]
        more = {
            "verdict": verdict,
            "rows": [(row, _why(call, row)) for row in shown],
            "next": shown[-1]["number"] if rows[PAGE_LENGTH:] else None,
        }
        return Reply(_shown(call, found), page=page(call, community, **more))

    @endpoint("GET", f"{HOME}/imports/<file>/returned", who=STAFF, file=XLSX)
    def download_returned(self, call: Call, community: str, file: str) -> Reply:  # noqa: ARG002
        """The rows that are not taken in, as they were typed, with a column that says why."""
        rows = imports.returned(call.store, call.store.load(Import, file))
        content = sheets.returned([(typed, _why(call, row)) for row, typed in rows], call.lang)
        return Reply.file(content, XLSX, Text("要改的行.xlsx", "rows-to-change.xlsx").in_(call.lang))

    @endpoint("POST", f"{HOME}/imports/<file>/confirmation", who=STAFF, out=schemas.ImportShape)
    def confirm_import(self, call: Call, community: str, file: str) -> Reply:
        """Take in what is new or changed; once, however often this is said."""
        confirmed = imports.confirm(call.store, call.act, file)
        self.jobs.wake()
        return Reply(confirmed, status=202, then=f"{home(community)}/imports/{file}")

    @endpoint("POST", f"{HOME}/imports/<file>/cancellation", who=STAFF, out=schemas.ImportShape)
    def cancel_import(self, call: Call, community: str, file: str) -> Reply:
        """Put a file aside, or stop taking people in; whoever is in already stays."""
        cancelled = imports.cancel(call.store, call.act, file)
        return Reply(cancelled, then=f"{home(community)}/imports/{file}")

    @endpoint("POST", f"{HOME}/exports", who=STAFF, out=schemas.ExportShape)
    def export_residents(self, call: Call, community: str) -> Reply:
        """Put on record that the list is taken out, phones among it; the file is there for a quarter of an hour."""
        made = households.export(call.store, call.act, asker(call, community))
        return Reply(made, status=201, then=f"{home(community)}/exports/{made['id']}")

    @endpoint("GET", f"{HOME}/exports/<export>", who=STAFF, file=XLSX)
    def download_export(self, call: Call, community: str, export: str) -> Reply:
        """The list itself, for whoever put it on record, and only at that time."""
        made = next((one for one in call.store.exports(FILES_SHOWN) if one["id"] == export), None)
        if made is None or made["by"] != call.account or made["at"] < call.act.at - EXPORT_OPEN:
            raise NotFound
        cells = {one.id: one.name for one in call.store.cells()}
        buildings = {one.id: (one.name, cells.get(one.cell) if one.cell else None) for one in call.store.buildings()}
        content = sheets.listed(list(households.everybody(call.store)), buildings, call.lang)
        name = Text(f"住户名单-{community}.xlsx", f"residents-{community}.xlsx")
        return Reply.file(content, XLSX, name.in_(call.lang))


def _shown(call: Call, found: Import) -> dict[str, Any]:
    return {**vars(found), "job": imports.job_of(call.store, found)}


def _why(call: Call, row: dict[str, Any]) -> Text:
    """What to do about a row, in both languages."""
    if row["row"] is not None:
        return Text("与第 {row} 行是同一个人。", "The same person as row {row}.").format(row=row["row"])
    if row["household"] is not None:
        at = call.store.by_ids([row["household"]]).get(row["household"])
        where = f"{at.building} {at.unit} {at.door}" if at else ""
        return Text(
            "同名同手机号的人登记在 {where}。搬家的话，先在那里移出。",
            "Somebody of this name and phone is registered at {where}. If they moved, remove them there first.",
        ).format(where=where)
    said = [
        Text(f"{COLUMN_WORDS[name].zh}：{fault['zh']}", f"{COLUMN_WORDS[name].en}: {fault['en']}")
        for name, fault in row["faults"].items()
    ]
    return Text("".join(one.zh for one in said), " ".join(one.en for one in said))
