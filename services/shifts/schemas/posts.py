"""The shapes of posts, their needs by the hour, plans, closings and the community's rules."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.events.contracts.shifts import POST_KINDS
from shared.i18n.domain_labels import SKILL_WORDS
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.web.schemas import Query, Shape

TURN_HOURS = (2, 4, 6, 8)
MOST_DAYS = 31
CALENDAR = validate.Range(date(2000, 1, 1), date(2099, 12, 31))
SLUG = re.compile(r"[a-z][a-z0-9-]{0,29}")
NEED = re.compile(r"\s*(\d{1,2})\s*[-–~至到]\s*(\d{1,2})\s*点?\s*[:：]?\s*(\d{1,2})\s*人?\s*")


def slug(value: str) -> None:
    if not SLUG.fullmatch(value):
        zh = "用小写字母、数字和连字符，以字母开头，例如 gate-2。"
        raise ValidationError([Text(zh, "Small letters, digits and hyphens, beginning with a letter, such as gate-2.")])


class NeedShape(Shape):
    """Hours are of Shanghai's clock; `to_hour` not after `from_hour` is the next day's."""

    from_hour = fields.Integer(required=True, validate=validate.Range(0, 23))
    to_hour = fields.Integer(required=True, validate=validate.Range(1, 24))
    heads = fields.Integer(required=True, validate=validate.Range(1, 50))


class Needs(fields.List[dict[str, int]]):
    """Spans of hours with their head-count; in a form written as people write them: `8-20: 2`, one a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.Nested(NeedShape), validate=validate.Length(max=24), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> list[Any]:
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = [_need(line) for written in value for line in re.split(r"[\n,，;；、]", written) if line.strip()]
        return super()._deserialize(value, attr, data, **options)


class _PostWords(Shape):
    kind = fields.String(required=True, validate=validate.OneOf(POST_KINDS))
    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))
    place = fields.String(required=True, validate=validate.Length(1, 60))
    skill = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(tuple(SKILL_WORDS)))
    needs = Needs(load_default=list)
    buildings = fields.List(
        fields.String(validate=validate.Length(1, 80)), load_default=list, validate=validate.Length(max=200)
    )


class ChangedPost(_PostWords):
    pass


class NewPost(_PostWords):
    id = fields.String(required=True, validate=slug)


class ClosureShape(Shape):
    """`ends` null: until it is taken back; `move_to`: the post at which its people stand meanwhile."""

    id = fields.String(required=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(allow_none=True)
    move_to = fields.String(allow_none=True)
    in_force = fields.Boolean(required=True)


class PostShape(NewPost):
    open = fields.Boolean(required=True)
    closures = fields.List(fields.Nested(ClosureShape), required=True)


class Closing(Shape):
    """From when (now if not said), until when (until it is taken back), and where its people stand meanwhile (or not at all)."""

    starts = fields.AwareDateTime(default_timezone=SHANGHAI, load_default=None)
    ends = fields.AwareDateTime(default_timezone=SHANGHAI, load_default=None)
    move_to = fields.String(load_default=None, validate=validate.Length(1, 40))


class ClosingAsked(Query):
    """What a closing would mean, before it is decided."""

    look = fields.Boolean(load_default=False)
    starts = fields.AwareDateTime(default_timezone=SHANGHAI)
    ends = fields.AwareDateTime(default_timezone=SHANGHAI)
    move_to = fields.String(validate=validate.Length(1, 40))


class ClosingResultShape(Shape):
    """`shifts` cancelled or moved, `people` who had a place in them."""

    closure = fields.Nested(ClosureShape, required=True)
    shifts = fields.Integer(required=True)
    people = fields.Integer(required=True)
    open = fields.Boolean(required=True, attribute="post.open")


class Plan(Shape):
    """Hours are of Shanghai's clock; `to_hour` not after `from_hour` is the next day's. Without `head_count` as many people as
    the post needs then. `weekdays`: 0 is Monday; none means every day."""

    post = fields.String(required=True, validate=validate.Length(1, 40))
    first_day = fields.Date(required=True, validate=CALENDAR)
    days = fields.Integer(required=True, validate=validate.Range(1, MOST_DAYS))
    turn_hours = fields.Integer(required=True, validate=validate.OneOf(TURN_HOURS))
    head_count = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 50))
    from_hour = fields.Integer(load_default=0, validate=validate.Range(0, 23))
    to_hour = fields.Integer(load_default=24, validate=validate.Range(1, 24))
    weekdays = fields.List(
        fields.Integer(validate=validate.Range(0, 6)), load_default=list, validate=validate.Length(max=7)
    )


class PlanResultShape(Shape):
    planned = fields.Integer(required=True)
    existing = fields.Integer(required=True)


class HeadCount(Shape):
    head_count = fields.Integer(required=True, validate=validate.Range(1, 50))


class RulesShape(Shape):
    """What a community asks of its rota, in whole hours, nights and minutes; each within what a person can bear."""

    rest_hours = fields.Integer(required=True, validate=validate.Range(0, 24))
    most_hours_a_day = fields.Integer(required=True, validate=validate.Range(2, 16))
    most_hours_a_week = fields.Integer(required=True, validate=validate.Range(4, 84))
    most_nights_in_a_row = fields.Integer(required=True, validate=validate.Range(1, 7))
    release_hours = fields.Integer(required=True, validate=validate.Range(0, 72))
    ladder_hours = fields.Integer(required=True, validate=validate.Range(0, 72))
    stand_by_minutes = fields.Integer(required=True, validate=validate.Range(1, 720))
    volunteers_minutes = fields.Integer(required=True, validate=validate.Range(1, 720))
    neighbours_minutes = fields.Integer(required=True, validate=validate.Range(1, 720))


def _need(line: str) -> dict[str, int]:
    match = NEED.fullmatch(line)
    if match is None:
        zh = "请写成“8-20: 2”：从几点到几点，几个人，一行一段。"
        raise ValidationError([Text(zh, "Write 8-20: 2, from hour to hour and how many people, one a line.")])
    from_hour, to_hour, heads = map(int, match.groups())
    return {"from_hour": from_hour, "to_hour": to_hour, "heads": heads}
