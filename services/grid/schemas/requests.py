"""The shapes of what residents ask for."""

from marshmallow import fields, validate

from shared.events.contracts.grid_gates import REQUEST_KINDS
from shared.web.schemas import PhoneField, Shape


class NewRequest(Shape):
    """`token`, drawn with the form, is the end of the asker's private link."""

    kind = fields.String(required=True, validate=validate.OneOf(REQUEST_KINDS))
    gate = fields.String(load_default=None, validate=validate.Length(1, 40))
    who = fields.String(required=True, validate=validate.Length(1, 40))
    phone = PhoneField(required=True)
    where = fields.String(required=True, validate=validate.Length(1, 60))
    what = fields.String(load_default=None, validate=validate.Length(1, 200))
    token = fields.String(load_default=None, validate=validate.Regexp(r"[A-Za-z0-9_-]{20,40}\Z"))


class RequestShape(Shape):
    id = fields.String(required=True)
    kind = fields.String(required=True)
    gate = fields.String(allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(["asked", "taken", "done", "withdrawn"]))
    asked = fields.AwareDateTime(required=True)
    taken_by = fields.String(allow_none=True)
    taken = fields.AwareDateTime(allow_none=True)
    settled = fields.AwareDateTime(allow_none=True)


class WordsShape(Shape):
    who = fields.String()
    phone = fields.String()
    where = fields.String()
    what = fields.String(allow_none=True)


class OpenRequestShape(Shape):
    """With who asks and what for, as long as that is kept."""

    request = fields.Nested(RequestShape, required=True)
    words = fields.Nested(WordsShape, required=True)
    is_mine = fields.Boolean(required=True)
    is_late = fields.Boolean(required=True)


class FollowedShape(Shape):
    """`ahead`: how many wait longer. `link`: where the asker follows it."""

    request = fields.Nested(RequestShape, required=True)
    ahead = fields.Integer(required=True)
    link = fields.String(required=True)
