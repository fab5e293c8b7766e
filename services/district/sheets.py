"""The day's report as a workbook."""

from services.district.domain.days import FIGURES
from services.district.read_views.reports import Report
from shared.documents.excel_reader import XLSX, Column, Leaf, write
from shared.i18n.text import Text
from shared.web import Reply

COLUMNS = (
    Column("community", Text("社区", "Community")),
    *(Column(name, figure.words, kind="number") for name, figure in FIGURES.items()),
    Column("in", Text("进", "In"), kind="number"),
    Column("out", Text("出", "Out"), kind="number"),
)
HOURS = (
    Column("hour", Text("时段", "Hour")),
    Column("in", Text("进", "In"), kind="number"),
    Column("out", Text("出", "Out"), kind="number"),
)


def write_report(report: Report) -> Reply:
    rows = [{"community": one.community.title, **one.figures} for one in report.rows]
    hours = [{"hour": f"{one.hour:02}:00", "in": one.came, "out": one.went} for one in report.hours]
    content = write(
        Leaf(Text("各社区", "Communities"), COLUMNS, [*rows, {"community": Text("合计", "All"), **report.totals}]),
        Leaf(Text("门岗人流", "Through the gates"), HOURS, hours),
    )
    return Reply.file(content, XLSX, f"联防日报 {report.day.isoformat()}.xlsx")
