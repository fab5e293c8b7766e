"""Request and response schemas' common base: unknown fields are errors, and errors are worded for the caller."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from shared.events.envelope import END_OF_TIME, MAX_DEPTH
from shared.i18n.text import Lang, Text
from shared.kernel.errors import Invalid
from shared.kernel.phone_numbers import NotAPhone, e164
from shared.web.request import Upload


class Shape(Schema):
    """A body that comes in: a misspelt field is told, not ignored. Fields beginning with `_` of ours are taken off before."""

    class Meta:
        unknown = RAISE


class Query(Schema):
    """A query string: what we do not know (a campaign's mark, the language) is left aside."""

    class Meta:
        unknown = EXCLUDE


@cache
def ready(shape: type[Schema]) -> Schema:
    """The one instance that serves all requests: making one copies every field of it."""
    return shape()


_NO_FILE = Text("请选择文件。", "Please choose a file.")


class UploadField(fields.Field[Upload]):
    """A file, in a form of the type `multipart/form-data`: its name, the type it is said to be, and its bytes."""

    default_error_messages = {"required": [_NO_FILE], "null": [_NO_FILE]}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Upload:
        if not isinstance(value, Upload):
            raise ValidationError([_NO_FILE])
        return value


class RowsField(fields.List[Any]):
    """Rows that whoever reads them judges one by one, so that a faulty one costs none of the others; `inner` says what each
    should look like."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        return value


def load(schema: Schema, values: Mapping[str, Any], *, form: bool) -> dict[str, Any]:
    """What was sent, as this shape reads it. In a form an empty field was not filled in, one tick of a list is a list, and a list
    in which nothing is ticked is not sent at all.

    Raises Invalid.
    """
    if form:
        nothing: dict[str, Any] = {
            name: [] for name, known in schema.fields.items() if isinstance(known, fields.List) and not known.required
        }
        values = nothing | {
            name: [value] if isinstance(schema.fields.get(name), fields.List) and isinstance(value, str) else value
            for name, value in values.items()
            if value != ""
        }
    rows = {name for name, one in schema.fields.items() if isinstance(one, RowsField)}
    _check_keepable({name: value for name, value in values.items() if name not in rows})
    try:
        loaded: dict[str, Any] = schema.load(values)
    except ValidationError as error:
        raise Invalid(error.normalized_messages()) from error
    _check_keepable({_known_as(schema, name): value for name, value in loaded.items() if name not in rows})
    return loaded


def _known_as(schema: Schema, name: str) -> str:
    """A field's name as the caller knows it."""
    return getattr(schema.fields.get(name), "data_key", None) or name


def _check_keepable(values: Mapping[str, Any]) -> None:
    if faults := unkeepable(values):
        raise Invalid(faults)


class JobShape(Shape):
    """A job of shared.jobs.long_jobs as programs see it."""

    id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["working", "done", "cancelled", "failed"]))
    done = fields.Integer(required=True)
    total = fields.Integer(required=True)
    faults = fields.Integer(required=True)
    asked = fields.AwareDateTime(required=True)
    finished = fields.AwareDateTime(allow_none=True)
    result = fields.Dict(keys=fields.String(), required=True)


class PhoneField(fields.String):
    """A phone number as anybody writes it; what is loaded is E.164."""

    def _deserialize(self, value: Any, *more: Any, **options: Any) -> str:
        try:
            return e164(super()._deserialize(value, *more, **options))
        except NotAPhone as fault:
            raise ValidationError([fault.says]) from fault


class Empty(Shape):
    """A POST that needs no words."""


# marshmallow's own sentences, as people should read them; `{0}` is the sentence's number.
_WORDINGS: tuple[tuple[str, Text], ...] = (
    (r"Missing data for required field\.", Text("请填写此项。", "Please fill this in.")),
    (r"Field may not be null\.", Text("请填写此项。", "Please fill this in.")),
    (r"Unknown field\.", Text("没有这个字段。", "There is no such field.")),
    (r"Shorter than minimum length 1\.", Text("请填写此项。", "Please fill this in.")),
    (
        r"Length must be between 1 and (\d+)\.",
        Text("请填写此项，最多 {0} 个字。", "Please fill this in, {0} characters at most."),
    ),
    (r"Shorter than minimum length (\d+)\.", Text("至少 {0} 个字。", "At least {0} characters.")),
    (r"Longer than maximum length (\d+)\.", Text("最多 {0} 个字。", "{0} characters at most.")),
    (
        r"Length must be between (\d+) and (\d+)\.",
        Text("需要 {0} 到 {1} 个字。", "Between {0} and {1} characters, please."),
    ),
    (r"Must be greater than or equal to (\S+?)\.?(?: and .*)?", Text("不能小于 {0}。", "Not less than {0}, please.")),
    (r"Must be less than or equal to (\S+?)\.", Text("不能大于 {0}。", "Not more than {0}, please.")),
    (r"Not a valid (?:integer|number)\.", Text("请填写数字。", "A number, please.")),
    (
        r"Not a valid (?:aware )?(?:date|datetime|time)\.",
        Text("日期或时间格式不对。", "This is not a date or time we can read."),
    ),
    (r"Not a valid boolean\.", Text("请选择是或否。", "Yes or no, please.")),
    (r"Must be one of: (.*)\.", Text("请从选项中选择：{0}", "Please choose one of: {0}")),
)
_UNKEEPABLE = Text("这一项含有无法保存的内容。", "This holds what cannot be kept.")
_TOO_LARGE = Text("这个数太大。", "This number is too large.")
_TOO_FAR = Text("这个日期太早或太晚。", "This date is too early or too late.")
_FIRST_DAY = date(1900, 1, 1)  # whatever is earlier is a mistake, and near the year 1 no clock but UTC's can show it
_LAST_DAY = END_OF_TIME.date()
_OTHERWISE = Text("这一项不对，请检查。", "This is not right; please check.")


def unkeepable(values: Mapping[str, Any]) -> dict[str, list[Text]]:
    """The fields that no shape of ours asks for and no search can be made with, by name, as marshmallow tells faults:
    text with a NUL in it, a number of more than 64 bits, a day nobody means, and what is nested very deep."""
    reasons = {name: _why_unkeepable(value, MAX_DEPTH) for name, value in values.items()}
    return {name: [why] for name, why in reasons.items() if why}


def _why_unkeepable(value: Any, depth: int) -> Text | None:
    if isinstance(value, str):
        return _UNKEEPABLE if "\0" in value else None
    if isinstance(value, int):
        return None if -(2**63) <= value < 2**63 else _TOO_LARGE
    if isinstance(value, date):
        return None if _FIRST_DAY <= (value.date() if isinstance(value, datetime) else value) < _LAST_DAY else _TOO_FAR
    if depth == 0:
        return _UNKEEPABLE
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return next((why for one in within if (why := _why_unkeepable(one, depth - 1))), None)


def worded(messages: Any, lang: Lang) -> dict[str, str]:
    """The account marshmallow gives of faults as one sentence per field (`claims.0.person` for nested ones)."""
    return {name or "_": _sentence(said, lang) for name, said in _flat(messages)}


def _flat(messages: Any, prefix: str = "") -> list[tuple[str, Any]]:
    if isinstance(messages, dict):
        return [row for name, below in messages.items() for row in _flat(below, f"{prefix}.{name}".lstrip("."))]
    return [(prefix.removesuffix("._schema").removeprefix("_schema"), messages)]


def _sentence(said: Any, lang: Lang) -> str:
    first = said[0] if isinstance(said, list) and said else said
    if isinstance(first, Text):
        return first.in_(lang)
    for pattern, text in _WORDINGS:
        match = re.fullmatch(pattern, str(first))
        if match:
            return text.in_(lang).format(*match.groups())
    return _OTHERWISE.in_(lang)
