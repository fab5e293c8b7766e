"""The shapes of importing: a person as a row of a file tells of them, the file itself, and what staff decide."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from marshmallow import ValidationError, fields, validate

from shared.i18n.domain_labels import ROLE_WORDS, SKILL_WORDS, TIME_WORDS
from shared.i18n.text import Text
from shared.web.schemas import JobShape, PhoneField, Query, Shape, UploadField

T = TypeVar("T")
VERDICTS = ("good", "faulty", "duplicate")
BETWEEN = re.compile(r"[、,，;；/|\n]+")
BETWEEN_PAPERS = re.compile(r"[;；\n]+")
LAST_DAY = re.compile(r"(?P<rest>.*?)\s*(?P<day>\d{4}-\d{2}-\d{2})$")
YES, NO = ("是", "yes", "y", "true", "1", "√", "✓"), ("否", "no", "n", "false", "0", "×", "群众", "无")
_NOT_A_WORD = Text("没有“{said}”这一项，可以填：{known}。", "There is no “{said}”; choose among: {known}.")
_NOT_YES = Text("请填写“是”或“否”。", "Yes or no, please.")
_NOT_A_PAPER = Text(
    "请写成：特长 证书名 有效期，例如 医护 护士执业证 2027-03-31；几份证书用分号隔开。",
    "Please write: skill, paper, last day, such as Medical nurse’s licence 2027-03-31; several with semicolons between.",
)


class Written(fields.Field[T]):
    """What people write in a cell; `read` makes something of it. Raises ValidationError."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> T:
        if not isinstance(value, str):
            raise ValidationError("Not a valid string.")
        return self.read(value)

    def read(self, said: str) -> T:
        raise NotImplementedError


class WordList(Written[tuple[str, ...]]):
    """Some of our words, in either language, with commas or the like between them."""

    def __init__(self, words: Mapping[str, Text], **more: Any) -> None:
        super().__init__(**more)
        self.words = words
        self._known = {said.casefold(): key for key, text in words.items() for said in (key, text.zh, text.en)}

    def read(self, said: str) -> tuple[str, ...]:
        return tuple(sorted({self.key_of(word.strip()) for word in BETWEEN.split(said) if word.strip()}))

    def key_of(self, said: str) -> str:
        """Raises ValidationError."""
        key = self._known.get(said.casefold())
        if key is None:
            known = Text(
                "、".join(one.zh for one in self.words.values()), ", ".join(one.en for one in self.words.values())
            )
            raise ValidationError([_NOT_A_WORD.format(said=said[:20], known=known)])
        return key


class YesNo(Written[bool]):
    """As people write it in a list; `also` are other words for yes."""

    def __init__(self, *also: str, **more: Any) -> None:
        super().__init__(**more)
        self.also = also

    def read(self, said: str) -> bool:
        said = said.casefold()
        if said not in (*YES, *NO, *self.also):
            raise ValidationError([_NOT_YES])
        return said not in NO


class Papers(Written[tuple[tuple[str, str, date | None], ...]]):
    """Certificates: skill, kind and last day (None: it does not end) of each."""

    _skills = WordList(SKILL_WORDS)

    def read(self, said: str) -> tuple[tuple[str, str, date | None], ...]:
        return tuple(self._paper(paper.strip()) for paper in BETWEEN_PAPERS.split(said) if paper.strip())

    def _paper(self, said: str) -> tuple[str, str, date | None]:
        dated = LAST_DAY.fullmatch(said)
        skill, _, kind = (dated["rest"] if dated else said).partition(" ")
        if not 1 <= len(kind.strip()) <= LONGEST_KIND:
            raise ValidationError([_NOT_A_PAPER])
        try:
            return self._skills.key_of(skill), kind.strip(), date.fromisoformat(dated["day"]) if dated else None
        except ValueError as fault:
            raise ValidationError([_NOT_A_PAPER]) from fault


LONGEST_KIND = 40


class Names(Written[tuple[str, ...]]):
    """Names with commas or the like between them."""

    def read(self, said: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.strip() for name in BETWEEN.split(said) if name.strip()))


class Person(Shape):
    """One row."""

    name = fields.String(required=True, validate=validate.Length(1, 40))
    phone = PhoneField(required=True)
    home = fields.String(required=True, validate=validate.Length(1, 40))
    name_shown = YesNo(load_default=False)
    occupation = fields.String(load_default=None, validate=validate.Length(1, 40))
    party_member = YesNo("党员", "中共党员", load_default=False)
    skills = WordList(SKILL_WORDS, load_default=())
    certificates = Papers(load_default=())
    available = WordList(TIME_WORDS, load_default=())
    roles = WordList(ROLE_WORDS, load_default=())
    teams = Names(load_default=())


class ImportFile(Shape):
    file = UploadField(required=True)


class Rows(Query):
    verdict = fields.String(load_default="", validate=validate.OneOf(("", *VERDICTS)))
    after = fields.Integer(load_default=0, validate=validate.Range(min=0))


class Confirmation(Shape):
    standing = fields.String(load_default="approved", validate=validate.OneOf(("approved", "applied")))
    alike_too = fields.Boolean(load_default=False)


class ImportShape(Shape):
    id = fields.String(required=True)
    community = fields.String(required=True)
    file = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("waiting", "confirmed", "discarded")))
    good = fields.Integer(required=True)
    faulty = fields.Integer(required=True)
    duplicate = fields.Integer(required=True)
    alike = fields.Integer(required=True)
    job = fields.Nested(JobShape, allow_none=True)


class TwinShape(Shape):
    by = fields.String(required=True, validate=validate.OneOf(("phone", "name")))
    row = fields.Integer(allow_none=True)
    volunteer = fields.String(allow_none=True)


class RowShape(Shape):
    number = fields.Integer(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    name = fields.String(required=True)
    home = fields.String(required=True)
    faults = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    twin = fields.Nested(TwinShape, allow_none=True)


class ExportWish(Shape):
    standing = fields.String(
        load_default="", validate=validate.OneOf(("", "applied", "approved", "refused", "suspended"))
    )


class ExportShape(Shape):
    id = fields.String(required=True)
    community = fields.String(required=True)
    by = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    standing = fields.String(required=True)
    people = fields.Integer(required=True)
