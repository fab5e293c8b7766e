"""A day of the district in figures."""

from datetime import timedelta

from services.district import paper, sheets
from services.district.domain.days import FIGURES
from services.district.endpoints.office import OFFICE
from services.district.read_views import reports
from services.district.schemas import reports as schemas
from services.district.usecases.past import NotYet
from shared.documents.excel_reader import XLSX
from shared.documents.pdf_response import PDF
from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import now
from shared.web import Call, Reply, endpoint

DAY = timedelta(days=1)


class ReportDoors:
    @endpoint("GET", "/district/report", who=OFFICE, query=schemas.OfDay, out=schemas.ReportShape,
          page="district/report.html")  # fmt: skip
    def report(self, call: Call) -> Reply:
        """A day of the district in figures: every community, and the flow through the gates by hour."""
        it = _report(call)
        days = {"before": it.day - DAY, "after": None if it.is_today else it.day + DAY}
        return Reply(it, page={"figures": FIGURES, **days})

    @endpoint("GET", "/district/report/workbook", who=OFFICE, query=schemas.OfDay, file=XLSX)
    def report_workbook(self, call: Call) -> Reply:
        """The report as an Excel file."""
        return sheets.write_report(_report(call))

    @endpoint("GET", "/district/report/paper", who=OFFICE, query=schemas.OfDay, file=PDF)
    def report_paper(self, call: Call) -> Reply:
        """The report as a PDF, with a chart."""
        return paper.print_report(_report(call))


def _report(call: Call) -> reports.Report:
    """Raises NotYet."""
    at = now()
    today = at.astimezone(SHANGHAI).date()
    day = call.query["day"] or today
    if day > today:
        raise NotYet("day")
    return reports.see_report(call.store, day, at)
