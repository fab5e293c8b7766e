"""The shapes of posts, plans and duty."""

import re
from datetime import date

from marshmallow import ValidationError, fields, validate

from shared.contracts.shifts import POST_KINDS
from shared.web.shapes import Query, Shape
from shared.words import Text

TURN_HOURS = (2, 4, 6, 8)
MOST_DAYS = 31
CALENDAR = validate.Range(date(2000, 1, 1), date(2099, 12, 31))
SLUG = re.compile(r"[a-z][a-z0-9-]{0,29}")


def slug(value: str) -> None:
    if not SLUG.fullmatch(value):
        zh = "用小写字母、数字和连字符，以字母开头，例如 gate-2。"
        raise ValidationError([Text(zh, "Small letters, digits and hyphens, beginning with a letter, such as gate-2.")])


class NewPost(Shape):
    id = fields.String(required=True, validate=slug)
    kind = fields.String(required=True, validate=validate.OneOf(POST_KINDS))
    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))
    place = fields.String(required=True, validate=validate.Length(1, 60))


class PostShape(NewPost):
    open = fields.Boolean(required=True)


class Plan(Shape):
    """Hours are of Shanghai's clock; `to_hour` not after `from_hour` is the next day's."""

    post = fields.String(required=True, validate=validate.Length(1, 40))
    first_day = fields.Date(required=True, validate=CALENDAR)
    days = fields.Integer(required=True, validate=validate.Range(1, MOST_DAYS))
    turn_hours = fields.Integer(required=True, validate=validate.OneOf(TURN_HOURS))
    head_count = fields.Integer(required=True, validate=validate.Range(1, 50))
    from_hour = fields.Integer(load_default=0, validate=validate.Range(0, 23))
    to_hour = fields.Integer(load_default=24, validate=validate.Range(1, 24))


class PlanResultShape(Shape):
    planned = fields.Integer(required=True)
    existing = fields.Integer(required=True)


class ForWhom(Shape):
    """`volunteer`: whom staff or a captain assign; without it, the caller."""

    volunteer = fields.String(validate=validate.Length(1, 64))


class Board(Query):
    day = fields.Date(validate=CALENDAR)
    lacking = fields.Boolean(load_default=False)


class ClaimShape(Shape):
    """`name` only where this person agreed to be named."""

    volunteer = fields.String(required=True)
    name = fields.String(allow_none=True)
    at = fields.AwareDateTime(required=True)
    checked_in = fields.AwareDateTime(allow_none=True)
    checked_out = fields.AwareDateTime(allow_none=True)
    minutes = fields.Integer(allow_none=True)


class ShiftShape(Shape):
    id = fields.String(required=True)
    post = fields.String(required=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)
    head_count = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    cancelled = fields.Boolean(required=True)
    claims = fields.List(fields.Nested(ClaimShape), required=True)


class MyDutyShape(Shape):
    volunteer = fields.String(allow_none=True)
    ahead = fields.List(fields.Nested(ShiftShape), required=True)
    behind = fields.List(fields.Nested(ShiftShape), required=True)
    minutes = fields.Integer(required=True)


class PostCoverShape(Shape):
    post = fields.String(required=True)
    missing = fields.Integer(required=True)
    now = fields.List(fields.Nested(ShiftShape), required=True)
    next = fields.List(fields.Nested(ShiftShape), required=True)


class CoverageShape(Shape):
    at = fields.AwareDateTime(required=True)
    posts = fields.List(fields.Nested(PostCoverShape), required=True)
    gaps = fields.List(fields.Nested(ShiftShape), required=True)
    unfinished = fields.List(fields.Nested(ShiftShape), required=True)
