"""People in and out as Excel: upload, look through, confirm, follow; and the list to take along."""

from datetime import timedelta
from typing import Any

from services.volunteers import sheets
from services.volunteers.domain.imports import Import
from services.volunteers.schemas import imports as schemas
from services.volunteers.schemas.applications import STANDING_WORDS
from services.volunteers.usecases import imports
from shared.documents.excel_reader import XLSX
from shared.i18n.text import Text
from shared.jobs.long_jobs import Worker
from shared.kernel.errors import NotFound
from shared.replicas.communities import name_of
from shared.web import Call, Reply, endpoint, only

STAFF = only("staff")
PAGE_LENGTH = 50
FILES_SHOWN = 20
EXPORT_OPEN = timedelta(minutes=15)
COLUMN_WORDS = {column.name: column.words for column in sheets.COLUMNS}


class ImportDoors:
    jobs: Worker

    @endpoint("GET", "/volunteers/<community>/imports", who=STAFF, out=schemas.ImportShape, many=True,
          page="volunteers/imports.html")  # fmt: skip
    def list_imports(self, call: Call, community: str) -> Reply:
        """The newest files of people, and what became of them."""
        found = [_shown(call, one) for one in call.store.imports(community, FILES_SHOWN)]
        return Reply(found, page={"community": community, "place": name_of(call.store, community)})

    @endpoint("GET", "/volunteers/<community>/imports/template", who=STAFF, file=XLSX)
    def import_template(self, call: Call, community: str) -> Reply:
        """An empty file with an example, and what to write where."""
        name = Text(f"志愿者名单模板-{community}.xlsx", f"volunteers-template-{community}.xlsx")
        return Reply.file(sheets.template(call.lang), XLSX, name.in_(call.lang))

    @endpoint("POST", "/volunteers/<community>/imports", who=STAFF, body=schemas.ImportFile, out=schemas.ImportShape,
          again="list_imports", largest=sheets.LARGEST_FILE)  # fmt: skip
    def upload_import(self, call: Call, community: str) -> Reply:
        """Look through a file of people: who is new, who is there already, which rows are faulty. Nobody is taken in yet."""
        upload = call.body["file"]
        lines = sheets.read(upload.content)
        made = imports.look_through(call.store, call.act, community, upload.name[-100:], lines)
        return Reply(made, status=201, then=_page(community, made.id))

    @endpoint("GET", "/volunteers/<community>/imports/<file>", who=STAFF, query=schemas.Rows, out=schemas.ImportShape,
          page="volunteers/import.html")  # fmt: skip
    def see_import(self, call: Call, community: str, file: str) -> Reply:
        """One file: how many are new, there already or faulty, and how far taking them in has come."""
        found = call.store.import_of(community, file)
        verdict, after = call.query.get("verdict", ""), call.query.get("after", 0)
        shown = verdict or ("faulty" if found.faulty else "duplicate" if found.duplicate else "good")
        rows = call.store.import_rows(file, [shown], after, PAGE_LENGTH + 1)
        page = {
            "community": community,
            "place": name_of(call.store, community),
            "verdict": shown,
            "rows": [_said(row, call) for row in rows[:PAGE_LENGTH]],
            "next": rows[PAGE_LENGTH - 1]["number"] if rows[PAGE_LENGTH:] else None,
            "names": {one.id: one for one in call.store.by_id(_volunteers(rows)).values()},
            "column_words": COLUMN_WORDS,
        }
        return Reply(_shown(call, found), page=page)

    @endpoint("GET", "/volunteers/<community>/imports/<file>/rows", who=STAFF, query=schemas.Rows, out=schemas.RowShape,
          many=True)  # fmt: skip
    def list_import_rows(self, call: Call, community: str, file: str) -> Reply:
        """The rows of a file with the verdict on each, and in the caller's language what to do; `verdict` filters."""
        found = call.store.import_of(community, file)
        verdicts = [call.query["verdict"]] if call.query["verdict"] else list(schemas.VERDICTS)
        rows = call.store.import_rows(found.id, verdicts, call.query["after"], PAGE_LENGTH + 1)
        shown = [_said(row, call) for row in rows[:PAGE_LENGTH]]
        return Reply(shown, page={"listing": {"next": shown[-1]["number"] if rows[PAGE_LENGTH:] else None}})

    @endpoint("GET", "/volunteers/<community>/imports/<file>/returned", who=STAFF, file=XLSX)
    def download_returned(self, call: Call, community: str, file: str) -> Reply:
        """The rows that are not taken in, as they were typed, with a column that says why."""
        found = call.store.import_of(community, file)
        rows = list(imports.returned(call.store, found))
        names = call.store.by_id(_volunteers([row for row, _ in rows]))
        why = [(typed, _why(row, names)) for row, typed in rows]
        name = Text("要改的行.xlsx", "rows-to-change.xlsx")
        return Reply.file(sheets.returned(why, call.lang), XLSX, name.in_(call.lang))

    @endpoint("POST", "/volunteers/<community>/imports/<file>/confirmation", who=STAFF, body=schemas.Confirmation,
          out=schemas.ImportShape)  # fmt: skip
    def confirm_import(self, call: Call, community: str, file: str) -> Reply:
        """Take in who is new, as approved or to be decided; once, however often this is said."""
        confirmed = imports.confirm(call.store, call.act, community, file, **call.body)
        self.jobs.wake()
        return Reply(confirmed, status=202, then=_page(community, file))

    @endpoint("POST", "/volunteers/<community>/imports/<file>/cancellation", who=STAFF, out=schemas.ImportShape)
    def cancel_import(self, call: Call, community: str, file: str) -> Reply:
        """Put a file aside, or stop taking people in; whoever is in already stays."""
        cancelled = imports.cancel(call.store, call.act, community, file)
        return Reply(cancelled, then=_page(community, file))

    @endpoint("GET", "/volunteers/<community>/exports", who=STAFF, out=schemas.ExportShape, many=True,
          page="volunteers/exports.html")  # fmt: skip
    def list_exports(self, call: Call, community: str) -> Reply:
        """Who took the volunteers' particulars out, and when."""
        page: dict[str, Any] = {
            "community": community,
            "place": name_of(call.store, community),
            "standing_words": STANDING_WORDS,
            "account": call.account,
            "open_after": call.act.at - EXPORT_OPEN,
        }
        return Reply(call.store.exports(community, FILES_SHOWN), page=page)

    @endpoint("POST", "/volunteers/<community>/exports", who=STAFF, body=schemas.ExportWish, out=schemas.ExportShape)
    def export_volunteers(self, call: Call, community: str) -> Reply:
        """Put on record that the list is taken out, phones among it; the file is there for a quarter of an hour."""
        name = call.caller.name if call.caller else ""
        made = imports.export(call.store, call.act, community, call.body["standing"], name)
        return Reply(made, status=201, then=f"/volunteers/{community}/exports/{made['id']}")

    @endpoint("GET", "/volunteers/<community>/exports/<export>", who=STAFF, file=XLSX)
    def download_export(self, call: Call, community: str, export: str) -> Reply:
        """The list itself, for whoever put it on record, and only at that time."""
        made = next((one for one in call.store.exports(community, FILES_SHOWN) if one["id"] == export), None)
        if made is None or made["by"] != call.account or made["at"] < call.act.at - EXPORT_OPEN:
            raise NotFound
        people = imports.people_of(call.store, community, made["standing"])
        listed = [(told, phone, STANDING_WORDS[standing]) for told, phone, standing in people]
        name = Text(f"志愿者名单-{community}.xlsx", f"volunteers-{community}.xlsx")
        return Reply.file(sheets.listed(listed, call.lang), XLSX, name.in_(call.lang))


def _page(community: str, file: str) -> str:
    return f"/volunteers/{community}/imports/{file}"


def _shown(call: Call, found: Import) -> dict[str, Any]:
    job = imports.job_of(call.store, found)
    return {**vars(found), "job": job}


def _volunteers(rows: list[dict[str, Any]]) -> list[str]:
    return [row["twin"]["volunteer"] for row in rows if row["twin"] and row["twin"]["volunteer"]]


def _said(row: dict[str, Any], call: Call) -> dict[str, Any]:
    return {**row, "faults": {name: said[call.lang] for name, said in row["faults"].items()}}


def _why(row: dict[str, Any], names: dict[str, Any]) -> Text:
    """What to do about a row, in both languages."""
    twin = row["twin"]
    if twin is None:
        said = [
            Text(f"{COLUMN_WORDS[name].zh}：{fault['zh']}", f"{COLUMN_WORDS[name].en}: {fault['en']}")
            for name, fault in row["faults"].items()
        ]
        return Text("".join(one.zh for one in said), " ".join(one.en for one in said))
    same = _SAME[twin["by"]]
    if twin["row"] is not None:
        return same[0].format(row=twin["row"])
    other = names.get(twin["volunteer"])
    return same[1].format(name=other.display_name if other else Text("一名志愿者", "a volunteer"))


_SAME = {
    "phone": (
        Text("手机号与第 {row} 行相同。", "The same phone as row {row}."),
        Text("手机号与已有的{name}相同。", "The same phone as {name}, who is here already."),
    ),
    "name": (
        Text("姓名和楼栋与第 {row} 行相同。", "The same name and building as row {row}."),
        Text("姓名和楼栋与已有的{name}相同。", "The same name and building as {name}, who is here already."),
    ),
}
