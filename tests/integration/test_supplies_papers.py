"""Supplies on paper and in Excel: what is printed says what happened, and what is read is looked at before it counts."""

import io
from datetime import date
from typing import Any

import pytest
import requests
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests.stack import Stack, eventually

HEAD = ["代号", "名称", "英文名称", "单位", "英文单位", "每包", "易燃毫升"]
COUNT_HEAD = ["代号", "批号", "有效期至", "实有数量", "原因"]
USE_BY = date(2031, 3, 1)


@pytest.fixture(scope="module", autouse=True)
def supplies(stack: Stack) -> Stack:
    started = stack.start("supplies")
    officer = started.token("officer@district")
    for code, name in (("mask", "医用口罩"), ("gloves", "手套"), ("soap", "肥皂")):
        told = {"id": code, "name": name, "name_en": code.title(), "unit": "件", "unit_en": "pc"}
        assert started.call("POST", "/supplies/items", officer, told).status_code == 201
    return started


@pytest.fixture(scope="module")
def staff(stack: Stack) -> str:
    return stack.token("staff@community:yueran")


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def upload(stack: Stack, token: str, path: str, content: bytes) -> requests.Response:
    return requests.post(
        stack.url(f"/supplies/{path}"), files={"file": ("盘点.xlsx", content)}, timeout=30, allow_redirects=False,
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip


def rows(content: bytes) -> list[list[Any]]:
    """As another program reads them."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def fetch(stack: Stack, token: str, path: str, **headers: str) -> bytes:
    answer = stack.call("GET", f"/supplies/{path}", token, **headers)
    assert answer.ok, answer.text
    return answer.content


def receive(stack: Stack, token: str, item: str, quantity: int, **more: Any) -> None:
    answer = stack.call("POST", f"/supplies/yueran/stock/{item}/receipts", token, {"quantity": quantity, **more})
    assert answer.ok, answer.text


def test_a_catalogue_is_looked_at_row_by_row_and_only_what_is_right_comes_in(stack: Stack, staff: str) -> None:
    content = workbook(
        HEAD,
        ["suit", "防护服", "Suit", "件", "pc", 5, None],
        ["mask", "别的口罩", "Another mask", "只", "pc", None, None],
        ["Bad Code", "体温枪", "Thermometer", "把", "pc", None, None],
        ["suit", "防护服", "Suit", "件", "pc", None, None],
        ["gel", "洗手液", None, "瓶", "bottle", "很多", 500],
    )
    read = upload(stack, staff, "items/imports", content).json()
    assert [(row["number"], row["known"], row["faulty"]) for row in read["items"]] == [
        (2, False, False), (3, True, False), (4, False, True), (5, False, True), (6, False, True),
    ]  # fmt: skip
    assert (read["faulty"], read["parts"]) == (3, 1)
    where = f"items/imports/{read['id']}"
    page = fetch(stack, staff, where, Accept="text/html").decode()
    assert "代号只能用小写字母" in page
    assert "这一行和前面的重复了" in page
    assert "每包：请填写数字" in page
    assert stack.call("POST", f"/supplies/{where}/confirmation", staff).ok
    assert stack.call("POST", f"/supplies/{where}/confirmation", staff).json()["code"] == "import-started"

    def names() -> dict[str, str]:
        return {one["id"]: one["name"] for one in stack.call("GET", "/supplies/items").json()["items"]}

    eventually(lambda: names().get("suit") == "防护服")
    assert (names()["mask"], "gel" in names()) == ("医用口罩", False)
    again = upload(stack, staff, "items/imports", fetch(stack, staff, "items/imports/template")).json()
    assert (again["faulty"], again["parts"]) == (0, 0), "what we write we can read, and it is all known"


def test_a_stock_take_in_excel_corrects_the_book_once_it_is_confirmed(stack: Stack, staff: str) -> None:
    receive(stack, staff, "mask", 20, code="A", expires=str(USE_BY))
    receive(stack, staff, "mask", 5)
    receive(stack, staff, "gloves", 8)
    receive(stack, staff, "soap", 4)
    sheet = load_workbook(io.BytesIO(fetch(stack, staff, "yueran/exports/count-sheet"))).active
    head, *lots = [list(row) for row in sheet.iter_rows(values_only=True)]
    place = {name.split()[0]: number for number, name in enumerate(head)}
    found = {("mask", 20): 18, ("mask", 5): 5, ("gloves", 8): 8, ("soap", 4): "许多"}
    for lot in lots:
        lot[place["实有数量"]] = found[lot[place["代号"]], lot[place["账面数量"]]]
    read = upload(stack, staff, "yueran/counts", workbook(head, *lots)).json()
    assert (read["faulty"], read["parts"]) == (1, 2)
    balance = lambda item: stack.call("GET", f"/supplies/yueran/stock/{item}", staff).json()["balance"]  # noqa: E731
    assert balance("mask") == 25, "reading books nothing"
    assert stack.call("POST", f"/supplies/yueran/counts/{read['id']}/confirmation", staff).ok
    eventually(lambda: balance("mask") == 23)
    assert (balance("gloves"), balance("soap")) == (8, 4)
    line = stack.call("GET", "/supplies/yueran/stock/mask", staff).json()["movements"][0]
    assert (line["kind"], line["quantity"], line["code"], line["reason"]) == ("counted", -2, "A", "Excel 盘点")
    done = eventually(
        lambda: "已完成" in fetch(stack, staff, f"yueran/counts/{read['id']}", Accept="text/html").decode()
    )
    assert done


def test_a_stock_take_names_what_it_cannot_take(stack: Stack, staff: str) -> None:
    read = upload(
        stack, staff, "yueran/counts", workbook(COUNT_HEAD, ["nothing", "", None, 3], ["mask", "", None, None])
    )
    page = fetch(stack, staff, f"yueran/counts/{read.json()['id']}", Accept="text/html").decode()
    assert "目录里没有这个代号" in page
    assert "请填实有数量" in page
    assert (
        stack.call("POST", f"/supplies/yueran/counts/{read.json()['id']}/confirmation", staff).json()["code"]
        == "nothing-to-import"
    )
    assert upload(stack, staff, "yueran/counts", b"not a workbook").json()["code"] == "not-a-workbook"
    there = stack.token("staff@community:biguiyuan")
    assert stack.call("GET", f"/supplies/biguiyuan/counts/{read.json()['id']}", there).status_code == 404


def test_stock_and_ledger_leave_in_excel_as_another_program_reads_them(stack: Stack, staff: str) -> None:
    receive(stack, staff, "gloves", 3, document="送货单 7", code="=1+1", expires=str(USE_BY))
    head, *stock = rows(fetch(stack, staff, "yueran/exports/stock"))
    assert head[:4] == ["代号", "物资", "单位", "可用"]
    shown = {row[0]: row[3] for row in stock}
    listed = stack.call("GET", "/supplies/yueran/stock", staff).json()["items"]
    assert shown == {one["item"]: one["usable"] for one in listed}
    head, *ledger = rows(fetch(stack, staff, "yueran/exports/ledger", Accept_Language="en"))
    assert head[:3] == ["When", "Code", "Item"]
    last = [row for row in ledger if row[1] == "gloves"][-1]
    assert last[2:6] == ["Gloves", last[3], "Received", 3]
    assert (last[7], last[8], last[9]) == ("=1+1", USE_BY, "送货单 7")
    for item in {row[1] for row in ledger}:
        card = [row for row in ledger if row[1] == item]
        assert [row[3] for row in card] == list(range(1, len(card) + 1))
        assert sum(row[5] for row in card) == card[-1][6]


def test_the_printed_card_tells_every_line_and_the_receipt_who_gave_what(stack: Stack, staff: str) -> None:
    given = {"item": "soap", "quantity": 6, "kind": "merchant", "name": "街角药店", "shown": False}
    donation = stack.call("POST", "/supplies/yueran/donations", staff, given).json()
    paper = PdfReader(io.BytesIO(fetch(stack, staff, f"yueran/donations/{donation['id']}/receipt")))
    words = paper.pages[0].extract_text()
    assert all(word in words for word in (donation["number"], "街角药店", "肥皂", "6 件"))
    card = PdfReader(io.BytesIO(fetch(stack, staff, "yueran/stock/soap/card")))
    words = "".join(page.extract_text() for page in card.pages)
    assert donation["number"] in words
    movements = stack.call("GET", "/supplies/yueran/stock/soap", staff).json()["movements"]
    assert f"现存：{movements[0]['balance']}" in words
    assert f"共 {len(movements)} 笔" in words
