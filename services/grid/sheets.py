"""Residents as Excel: the columns, and rows to people and back."""

from collections.abc import Iterable, Mapping

from marshmallow import ValidationError

from services.grid.domain.households import FLAG_WORDS, Flag, Household
from services.grid.schemas.households import ResidentRow
from services.grid.usecases.households import Opened, Particulars
from services.grid.usecases.imports import Told
from shared.documents import excel_reader
from shared.documents.excel_reader import Column, Leaf, Row
from shared.i18n.text import Lang, Text
from shared.kernel.phone_numbers import spoken
from shared.web.schemas import worded

MOST_ROWS = 20_000
LARGEST_FILE = 8 * 1024 * 1024
WHY = Column("why", Text("要改什么", "What to change"), width=60)

COLUMNS = (
    Column("cell", Text("网格", "Cell"), also=("网格名称", "所属网格")),
    Column("building", Text("楼栋", "Building"), also=("楼号", "栋"), required=True),
    Column("unit", Text("单元", "Unit"), also=("单元号",), required=True, width=10),
    Column("door", Text("门牌", "Door"), also=("房号", "户号", "室"), required=True, width=10),
    Column("name", Text("姓名", "Name"), also=("名字",), required=True),
    Column("phone", Text("手机号", "Phone"), also=("手机", "电话", "联系电话", "手机号码", "mobile")),
    Column("born", Text("出生年份", "Year of birth"), also=("出生年月", "出生日期", "生日"), width=12),
    Column("flags", Text("关怀", "To mind"), also=("备注", "关怀标记"), width=24),
)

_EXAMPLE = {
    "cell": "第一网格", "building": "3号楼", "unit": "1单元", "door": "301", "name": "李春雨", "phone": "190 0000 0000",
    "born": 1952, "flags": "独居老人",
}  # fmt: skip
_FLAGS = "、".join(words.zh for words in FLAG_WORDS.values()), ", ".join(words.en for words in FLAG_WORDS.values())
_HOW = {
    "cell": Text("选填。没有的网格会新划。", "Optional; a cell that does not exist yet is drawn."),
    "building": Text("必填，例如 3号楼。没有的楼会新登记。", "Needed; a building that is not there yet is registered."),
    "unit": Text("必填，例如 1单元。", "Needed, such as 1单元."),
    "door": Text("必填，例如 301。", "Needed, such as 301."),
    "name": Text("必填，一人一行；加密保存。", "Needed, one person a row; kept encrypted."),
    "phone": Text("选填；加密保存。", "Optional; kept encrypted."),
    "born": Text(
        "选填，只留年份，用来数60岁以上的人。不要填身份证号。", "Optional; only the year is kept. No identity numbers."
    ),
    "flags": Text(f"选填，可以填：{_FLAGS[0]}", f"Optional, of: {_FLAGS[1]}"),
}
_KNOWN: dict[str, Flag] = {
    said.casefold(): flag for flag, words in FLAG_WORDS.items() for said in (flag, words.zh, words.en)
}
_NOT_A_FLAG = Text("没有“{said}”这一项，可以填：{known}。", "There is no “{said}”; choose among: {known}.")


def read(content: bytes) -> list[Told]:
    """The people in a file, faulty rows among them. Other requests go on meanwhile. Raises NotAWorkbook and its kin."""
    return excel_reader.workers.run(_read, content)


def template(lang: Lang) -> bytes:
    """An empty file with an example, and a second sheet that says what to write where."""
    head = (Column("column", Text("列", "Column")), Column("how", Text("怎么填", "What to write"), width=90))
    return excel_reader.write(
        Leaf(Text("住户", "Residents"), COLUMNS, [_EXAMPLE]),
        Leaf(Text("说明", "How to"), head, [{"column": one.words, "how": _HOW[one.name]} for one in COLUMNS]),
        lang=lang,
    )


def returned(rows: Iterable[tuple[Mapping[str, str], Text]], lang: Lang) -> bytes:
    """Rows as they were typed, each with why it was not taken, to be mended and sent again."""
    leaf = Leaf(Text("要改的行", "To change"), (*COLUMNS, WHY), [{**typed, WHY.name: why} for typed, why in rows])
    return excel_reader.write(leaf, lang=lang)


def listed(
    people: Iterable[tuple[Household, Opened]], buildings: Mapping[str, tuple[str, str | None]], lang: Lang
) -> bytes:
    """Everybody, in the columns that are read again; `buildings`: name and cell of each by id."""
    rows = [
        {
            "cell": buildings[at.building][1], "building": buildings[at.building][0], "unit": at.unit, "door": at.door,
            "name": one.name, "phone": one.phone and spoken(one.phone), "born": one.born,
            "flags": "、".join(FLAG_WORDS[flag].in_(lang) for flag in at.flags),
        }
        for at, one in people
    ]  # fmt: skip
    return excel_reader.write(Leaf(Text("住户", "Residents"), COLUMNS, rows), lang=lang)


def _read(content: bytes) -> list[Told]:
    shape = ResidentRow()
    return [_told(shape, row) for row in excel_reader.take_apart(content, COLUMNS, MOST_ROWS).rows]


def _told(shape: ResidentRow, row: Row) -> Told:
    typed = {name: str(value) for name, value in row.cells.items()}
    faults = dict(row.faults)
    flags, unknown = _flags(typed.get("flags", ""))
    if unknown:
        faults["flags"] = _NOT_A_FLAG.format(said=unknown[0][:20], known=Text(*_FLAGS))
    sound = {name: value for name, value in typed.items() if name not in faults and name != "flags"}
    try:
        loaded = shape.load(sound, partial=tuple(faults))
    except ValidationError as error:
        return Told(row.number, typed, {**faults, **_texts(error)})
    if faults:
        return Told(row.number, typed, faults)
    person = Particulars(loaded.pop("name"), loaded.pop("phone"), loaded.pop("born"))
    return Told(row.number, typed, {}, person=person, flags=flags, **loaded)


def _flags(said: str) -> tuple[tuple[Flag, ...], list[str]]:
    """What is to be minded, and the words we do not know."""
    words = [one.strip() for one in said.replace("，", "、").replace(",", "、").replace("；", "、").split("、")]
    known = tuple(_KNOWN[one.casefold()] for one in words if one.casefold() in _KNOWN)
    return known, [one for one in words if one and one.casefold() not in _KNOWN]


def _texts(error: ValidationError) -> dict[str, Text]:
    messages = error.normalized_messages()
    english = worded(messages, "en")
    return {name: Text(said, english[name]) for name, said in worded(messages, "zh").items()}
