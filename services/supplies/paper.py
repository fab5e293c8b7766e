"""What supplies prints: the receipt for a donation, and a stock card."""

from collections.abc import Sequence
from datetime import datetime

from services.supplies.domain.items import Item
from services.supplies.domain.movements import Movement
from services.supplies.domain.pledges import Donation
from services.supplies.read_views import Names, person
from services.supplies.schemas.parts import KIND_WORDS
from shared.documents.pdf_response import PDF, print_paper
from shared.i18n.timezone import SHANGHAI
from shared.web import Reply


def print_receipt(names: Names, donation: Donation) -> Reply:
    content = print_paper(draw_receipt, donation, names.item(donation.item), names.place(donation.place).zh)
    return Reply.file(content, PDF, f"捐赠收据 {donation.number}.pdf", shown=True)


def print_card(names: Names, place: str, item: Item, lines: Sequence[Movement], at: datetime) -> Reply:
    """All lines, from the first."""
    where = names.place(place).zh
    content = print_paper(draw_card, where, item, lines, at)
    return Reply.file(content, PDF, f"台账卡 {where} {item.name}.pdf", shown=True)


def draw_receipt(donation: Donation, item: Item, place: str) -> bytes:
    from shared.documents.pdf import Paper

    paper = Paper(f"捐赠收据 {donation.number}", f"{place} · 捐赠收据 {donation.number}")
    paper.ln(8)
    paper.write_line("捐赠物资收据", size=26, align="C")
    paper.ln(2)
    paper.write_line(f"编号 {donation.number}", size=12, grey=True, align="C")
    paper.ln(8)
    name = donation.donor.name or "一位不愿具名的捐赠人"
    paper.write_line(f"今收到{name}无偿捐赠的下列物资，已登记入库，用于防护和救助工作。", size=13)
    paper.ln(4)
    row = [item.name, f"{donation.quantity} {item.unit}", f"{donation.at.astimezone(SHANGHAI):%Y年%m月%d日 %H:%M}"]
    paper.write_table(["物资", "数量", "收到时间"], [row], widths=(4, 2, 4), size=13)
    paper.ln(8)
    paper.write_line("感谢您在最需要的时候伸出手。", size=13)
    paper.ln(16)
    paper.write_line(f"接收单位：{place}", size=13, align="R")
    paper.ln(4)
    paper.write_line("（盖章）　　　　　　　　　　经手人：________________", size=13, align="R")
    return paper.finished()


def draw_card(place: str, item: Item, lines: Sequence[Movement], at: datetime) -> bytes:
    from shared.documents.pdf import Paper

    title = f"{place} · 物资台账 · {item.name}"
    paper = Paper(title, f"{title} · 打印于 {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", orientation="landscape")
    paper.write_line(f"物资台账卡：{item.name}", size=20)
    balance = lines[-1].balance if lines else 0
    paper.write_line(f"{place}　单位：{item.unit}　现存：{balance}　共 {len(lines)} 笔", size=11, grey=True)
    paper.ln(3)
    heads = ["序号", "时间", "事由", "收入", "发出", "结存", "批号", "有效期至", "单据、说明", "经手"]
    paper.write_table(heads, [_card_row(line) for line in lines], widths=(5, 12, 9, 7, 7, 7, 11, 10, 22, 11), size=9)
    return paper.finished()


def _card_row(line: Movement) -> list[str]:
    said = "，".join(word for word in (line.document, line.reason) if word)
    came, left = (str(line.quantity), "") if line.quantity > 0 else ("", str(-line.quantity))
    when = f"{line.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    expires = str(line.expires or "")
    return [
        str(line.number), when, KIND_WORDS[line.kind].zh, came, left, str(line.balance), line.code, expires, said,
        person(line.actor).zh,
    ]  # fmt: skip
