"""The day's report as paper: figures by community, and the flow through the gates as a chart."""

from services.district.domain.days import FIGURES
from services.district.read_views.reports import Report
from shared.documents.pdf_response import PDF, print_paper
from shared.web import Reply

CHART_HEIGHT, BAR_WIDTH, STEP = 46.0, 4.4, 11.0  # mm


def print_report(report: Report) -> Reply:
    return Reply.file(print_paper(draw_report, report), PDF, f"联防日报 {report.day.isoformat()}.pdf", shown=True)


def draw_report(report: Report) -> bytes:
    from shared.documents.pdf import Paper

    title = f"联防日报 {report.day:%Y年%m月%d日}"
    paper = Paper(title, title, orientation="landscape")
    paper.write_line(title, size=20)
    if report.is_today:
        paper.write_line(f"截至 {report.at:%H:%M}，当天还没有结束。", size=11, grey=True)
    paper.ln(3)
    heads = ["社区", *(figure.words.zh for figure in FIGURES.values()), "进", "出"]
    rows = [[one.community.title.zh, *_cells(one.figures)] for one in report.rows]
    paper.write_table(heads, [*rows, ["合计", *_cells(report.totals)]], widths=(3, *[1.5] * (len(heads) - 1)), size=8)
    paper.ln(6)
    paper.write_line("门岗人流（深色进，浅色出）", size=13)
    top, most = paper.get_y() + 4, max((max(one.came, one.went) for one in report.hours), default=0) or 1
    for one in report.hours:
        left = paper.l_margin + one.hour * STEP
        for number, (count, shade) in enumerate(((one.came, 60), (one.went, 170))):
            height = CHART_HEIGHT * count / most
            paper.set_fill_color(shade)
            paper.rect(left + number * BAR_WIDTH, top + CHART_HEIGHT - height, BAR_WIDTH, height, style="F")
        paper.set_xy(left, top + CHART_HEIGHT + 1)
        paper.set_font("face", size=8)
        paper.cell(2 * BAR_WIDTH, 4, f"{one.hour}", align="C")
    paper.set_xy(paper.l_margin, top + CHART_HEIGHT + 7)
    paper.write_line(f"最高的一根：{most} 人次。", size=9, grey=True)
    return paper.finished()


def _cells(figures: dict[str, int]) -> list[str]:
    return [str(figures.get(name, 0)) for name in (*FIGURES, "in", "out")]
