"""The shapes of buildings and of who looks after them."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.i18n.text import Text
from shared.web.schemas import Query, Shape

SLUG = re.compile(r"[a-z][a-z0-9-]{0,29}")
MOST_BUILDINGS = 200
MOST_UNITS = 20


def _slug(value: str) -> None:
    if not SLUG.fullmatch(value):
        zh = "用小写字母、数字和连字符，以字母开头，例如 b3。"
        raise ValidationError([Text(zh, "Small letters, digits and hyphens, beginning with a letter, such as b3.")])


def _split(value: str) -> list[str]:
    return [one.strip() for one in re.split(r"[,，、\n]", value) if one.strip()]


class _Units(fields.List[str]):
    """A list; in a form one line, its units parted by commas."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        texts = value if isinstance(value, list) else [value]
        parted = [part for one in texts for part in (_split(one) if isinstance(one, str) else [one])]
        return super()._deserialize(parted, attr, data, **kwargs)


class NewBuilding(Shape):
    slug = fields.String(required=True, validate=_slug)
    name = fields.String(required=True, validate=validate.Length(1, 40))
    units = _Units(
        fields.String(validate=validate.Length(1, 20)), load_default=list, validate=validate.Length(max=MOST_UNITS)
    )

    @validates_schema
    def _names_each_once(self, data: dict[str, Any], **_: Any) -> None:
        if len(set(data["units"])) < len(data["units"]):
            raise ValidationError([Text("单元名称不能重复。", "Name each unit once.")], "units")


class Pattern(Query):
    """Buildings `first` to `last` with `units` units each."""

    first = fields.Integer(load_default=1, validate=validate.Range(1, 999))
    last = fields.Integer(validate=validate.Range(1, 999))
    units = fields.Integer(load_default=0, validate=validate.Range(0, MOST_UNITS))


class PatternBody(Shape):
    first = fields.Integer(required=True, validate=validate.Range(1, 999))
    last = fields.Integer(required=True, validate=validate.Range(1, 999))
    units = fields.Integer(required=True, validate=validate.Range(0, MOST_UNITS))

    @validates_schema
    def _spans_few_enough(self, data: dict[str, int], **_: Any) -> None:
        check_span(data["first"], data["last"])


def check_span(first: int, last: int) -> None:
    """Raises ValidationError."""
    if last < first:
        raise ValidationError([Text("末号不能小于首号。", "The last number comes after the first.")], "last")
    if last - first >= MOST_BUILDINGS:
        says = Text(f"一次最多 {MOST_BUILDINGS} 栋，请分几次。", f"{MOST_BUILDINGS} buildings at once at most.")
        raise ValidationError([says], "last")


class _Place(Shape):
    """`unit` left out: the whole building."""

    unit = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 20))
    volunteer = fields.String(required=True, validate=validate.Length(1, 64))


class Naming(_Place):
    """`instead_of`: whom this person follows; without it a place that somebody has stays theirs."""

    part = fields.String(load_default="owner", validate=validate.OneOf(("owner", "deputy")))
    instead_of = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 64))


class Giving(_Place):
    pass


class PlaceShape(Shape):
    unit = fields.String(allow_none=True)
    owner = fields.String(allow_none=True)
    deputy = fields.String(allow_none=True)


class BuildingShape(Shape):
    """`places`: the whole building first, then unit by unit. `uncovered`: the units nobody owns, null for the whole building."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    units = fields.List(fields.String(), required=True)
    places = fields.List(fields.Nested(PlaceShape), required=True)
    uncovered = fields.List(fields.String(allow_none=True), required=True)


class RegisteredShape(Shape):
    slug = fields.String(required=True)
    name = fields.String(required=True)


class RegistrationShape(Shape):
    """`existing` ones were there and stay as they are."""

    new = fields.List(fields.Nested(RegisteredShape), required=True)
    existing = fields.List(fields.Nested(RegisteredShape), required=True)


class CarriedShape(Shape):
    slug = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(allow_none=True)
    part = fields.String(required=True)
