"""The shapes of rescue teams."""

import re
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from shared.i18n.domain_labels import EQUIPMENT_WORDS
from shared.i18n.text import Text
from shared.web.schemas import Shape

_SLUG = Text("代号只用小写英文字母、数字和 -，以字母开头。", "Small letters, digits and -, beginning with a letter.")
_RANKS = Text(
    "每行一个社区，写成“代号 远近”，如 yueran 1。", "One community a line, its slug and its rank, such as yueran 1."
)
_SAME = Text("起止时间不能相同；全天请填 0 到 24。", "From and until differ; for all day, 0 to 24.")


def _slug(value: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,30}", value):
        raise ValidationError([_SLUG])


class Ranks(fields.Field[dict[str, int]]):
    """How near the team is to each community: an object, or in a form a line each."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, int]:
        if isinstance(value, str):
            lines = [line.split() for line in value.splitlines() if line.strip()]
            value = {line[0]: line[1] for line in lines if len(line) == 2}  # noqa: PLR2004
            if len(value) != len(lines):
                raise ValidationError([_RANKS])
        return _RANK_TABLE.deserialize(value)  # type: ignore[no-any-return]


_RANK_TABLE = fields.Dict(
    keys=fields.String(validate=validate.Regexp(r"[a-z][a-z0-9-]{0,39}\Z", error="Unknown field.")),
    values=fields.Integer(validate=validate.Range(1, 999)),
    validate=validate.Length(max=200),
)


class TeamDetails(Shape):
    """`on_call_from`, `on_call_until`: hours of Shanghai's day, 0 and 24 for always; `ranks`: community → 1 the nearest."""

    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))
    capacity = fields.Integer(required=True, validate=validate.Range(1, 50))
    equipment = fields.List(
        fields.String(validate=validate.OneOf(tuple(EQUIPMENT_WORDS))), required=True, validate=validate.Length(1, 10)
    )
    on_call_from = fields.Integer(required=True, validate=validate.Range(0, 23))
    on_call_until = fields.Integer(required=True, validate=validate.Range(1, 24))
    ranks = Ranks(load_default=dict)
    active = fields.Boolean(load_default=False)

    @validates_schema
    def _has_hours(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("on_call_from") == data.get("on_call_until"):
            raise ValidationError([_SAME], "on_call_until")


class NewTeam(TeamDetails):
    """`id` stands in addresses, in the scope of its members' right and in the name of its queue."""

    id = fields.String(required=True, validate=_slug)

    @post_load
    def _is_there(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "active": True}


class TeamShape(Shape):
    id = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    capacity = fields.Integer(required=True)
    equipment = fields.List(fields.String(), required=True)
    on_call_from = fields.Integer(required=True)
    on_call_until = fields.Integer(required=True)
    ranks = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    active = fields.Boolean(required=True)
    missions = fields.List(fields.String(), required=True)
