"""The shape of an item."""

from marshmallow import fields, validate

from services.supplies.schemas.parts import missing
from shared.i18n.text import Text
from shared.web.schemas import Shape


class Item(Shape):
    id = fields.String(
        required=True,
        validate=validate.Regexp(r"^[a-z][a-z0-9-]{0,39}\Z", error="code"),
        error_messages=missing(Text("请填写代号。", "Please fill in a code.")),
    )
    name = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        error_messages=missing(Text("请填写中文名称。", "Please fill in the Chinese name.")),
    )
    name_en = fields.String(
        required=True,
        validate=validate.Length(1, 60),
        error_messages=missing(Text("请填写英文名称。", "Please fill in the English name.")),
    )
    unit = fields.String(
        required=True,
        validate=validate.Length(1, 10),
        error_messages=missing(Text("请填写单位。", "Please fill in the unit.")),
    )
    unit_en = fields.String(
        required=True,
        validate=validate.Length(1, 20),
        error_messages=missing(Text("请填写英文单位。", "Please fill in the unit in English.")),
    )
    dangerous_ml = fields.Integer(load_default=0, validate=validate.Range(0, 1_000_000))
    pack = fields.Integer(load_default=1, validate=validate.Range(1, 100_000))
