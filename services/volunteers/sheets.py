"""Volunteers as Excel: the columns, and rows to people and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError

from services.volunteers.domain.abilities import Certificate
from services.volunteers.domain.imports import Line, Particulars
from services.volunteers.schemas.imports import Person
from shared.documents import excel_reader
from shared.documents.excel_reader import Column, Leaf, Row
from shared.i18n.domain_labels import ROLE_WORDS, SKILL_WORDS, TIME_WORDS
from shared.i18n.text import Lang, Text
from shared.kernel.phone_numbers import spoken
from shared.web.schemas import worded

MOST_ROWS = 10_000
LARGEST_FILE = 8 * 1024 * 1024
WHY = Column("why", Text("要改什么", "What to change"), width=60)

COLUMNS = (
    Column("name", Text("姓名", "Name"), also=("称呼", "怎么称呼", "名字"), required=True),
    Column("phone", Text("手机号", "Phone"), also=("手机", "电话", "联系电话", "手机号码", "mobile"), required=True),
    Column("home", Text("楼栋", "Building"), also=("楼号", "住址", "住在几号楼", "home"), required=True),
    Column("occupation", Text("职业", "Occupation"), also=("单位", "工作单位")),
    Column("party_member", Text("党员", "Party member"), also=("政治面貌", "是否党员"), width=10),
    Column("skills", Text("特长", "Skills"), also=("技能",)),
    Column("certificates", Text("证书", "Certificates"), width=32, longest=1000),
    Column("available", Text("可服务时间", "Available"), also=("时间",), width=24),
    Column("roles", Text("六大员", "Roles"), also=("角色",)),
    Column("teams", Text("志愿队", "Teams"), also=("队伍", "团队")),
    Column("name_shown", Text("同意显示称呼", "Name shown"), width=12),
)

_EXAMPLE = {
    "name": "李春雨", "phone": "190 0000 0000", "home": "3号楼", "occupation": "教师", "party_member": True,
    "skills": "教学、驾驶", "certificates": "驾驶 C1驾照 2031-05-20", "available": "平日晚上、周末上午", "roles": "宣传员",
    "teams": "", "name_shown": True,
}  # fmt: skip
_HOW = {
    "name": Text("必填，最多 40 个字。", "Needed; 40 characters at most."),
    "phone": Text("必填。用来认出同一个人；加密保存。", "Needed, to know people again; kept encrypted."),
    "home": Text("必填，例如 3号楼。", "Needed, such as No. 3."),
    "party_member": Text("是 或 否。", "Yes or no."),
    "certificates": Text(
        "特长 证书名 有效期，例如 医护 护士执业证 2027-03-31；几份用分号隔开，长期有效的不写日期。",
        "Skill, paper, last day: Medical nurse’s licence 2027-03-31. Several with semicolons; no day if it does not end.",
    ),
    "teams": Text("本社区已有的志愿队，几支用顿号隔开。", "Teams that exist in the community, with commas between them."),
    "name_shown": Text("本人同意让一起值守的人看到称呼才写“是”。", "Yes only if they agreed that those on duty with them see it."),
}  # fmt: skip
_CHOICES = {"skills": SKILL_WORDS, "available": TIME_WORDS, "roles": ROLE_WORDS}
_CHOOSE = Text("可以填：{words}", "Choose among: {words}")


def read(content: bytes) -> list[Line]:
    """The people in a file, faulty rows among them. Other requests go on meanwhile. Raises NotAWorkbook and its kin."""
    return excel_reader.workers.run(_read, content)


def template(lang: Lang) -> bytes:
    """An empty file with an example, and a second sheet that says what to write where."""
    head = (Column("column", Text("列", "Column")), Column("how", Text("怎么填", "What to write"), width=90))
    return excel_reader.write(
        Leaf(Text("志愿者", "Volunteers"), COLUMNS, [_EXAMPLE]),
        Leaf(Text("说明", "How to"), head, [{"column": one.words, "how": _how(one)} for one in COLUMNS]),
        lang=lang,
    )


def returned(rows: Iterable[tuple[Mapping[str, str], Text]], lang: Lang) -> bytes:
    """Rows as they were typed, each with why it was not taken, to be mended and sent again."""
    leaf = Leaf(Text("要改的行", "To change"), (*COLUMNS, WHY), [{**typed, WHY.name: why} for typed, why in rows])
    return excel_reader.write(leaf, lang=lang)


def listed(people: Sequence[tuple[Particulars, str | None, Text]], lang: Lang) -> bytes:
    """Particulars, phone and standing of each, in the columns that are read again."""
    standing = Column("standing", Text("状态", "Standing"), width=10)
    rows = [
        {**_cells(person, lang), "phone": phone and spoken(phone), "standing": said} for person, phone, said in people
    ]
    return excel_reader.write(Leaf(Text("志愿者", "Volunteers"), (*COLUMNS, standing), rows), lang=lang)


def _read(content: bytes) -> list[Line]:
    shape = Person()
    return [_line(shape, row) for row in excel_reader.take_apart(content, COLUMNS, MOST_ROWS).rows]


def _line(shape: Person, row: Row) -> Line:
    typed = {name: str(value) for name, value in row.cells.items()}
    sound = {name: value for name, value in typed.items() if name not in row.faults}
    try:
        loaded = shape.load(sound, partial=tuple(row.faults))
    except ValidationError as error:
        return Line(row.number, typed, None, None, {**row.faults, **_texts(error)})
    if row.faults:
        return Line(row.number, typed, None, None, row.faults)
    phone = loaded.pop("phone")
    papers = tuple(Certificate(*paper) for paper in loaded.pop("certificates"))
    return Line(row.number, typed, Particulars(**loaded, certificates=papers), phone, {})


def _texts(error: ValidationError) -> dict[str, Text]:
    messages = error.normalized_messages()
    english = worded(messages, "en")
    return {name: Text(said, english[name]) for name, said in worded(messages, "zh").items()}


def _cells(person: Particulars, lang: Lang) -> dict[str, Any]:
    cells: dict[str, Any] = {
        name: _join([words[key] for key in getattr(person, name) if key in words], lang)
        for name, words in _CHOICES.items()
    }
    papers = [
        " ".join([SKILL_WORDS[one.skill].in_(lang), one.kind, *([one.until.isoformat()] if one.until else [])])
        for one in person.certificates
        if one.skill in SKILL_WORDS
    ]
    return {
        "name": person.name, "home": person.home, "occupation": person.occupation, "party_member": person.party_member,
        **cells, "certificates": ("；" if lang == "zh" else "; ").join(papers), "name_shown": person.name_shown,
        "teams": ("、" if lang == "zh" else ", ").join(person.teams),
    }  # fmt: skip


def _join(words: Sequence[Text], lang: Lang) -> str:
    return "、".join(one.zh for one in words) if lang == "zh" else ", ".join(one.en for one in words)


def _how(column: Column) -> Text:
    if column.name in _CHOICES:
        words = list(_CHOICES[column.name].values())
        return _CHOOSE.format(words=Text(_join(words, "zh"), _join(words, "en")))
    return _HOW.get(column.name, Text("选填。", "Optional."))
