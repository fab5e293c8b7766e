"""The shapes of the participation board, which everybody may read."""

from marshmallow import fields, validate

from shared.web.schemas import Query, Shape


class BoardList(Query):
    after = fields.String(load_default="", validate=validate.Length(max=64))


class CardShape(Shape):
    """One person on the board: `name` as they agreed to be named, `photo` where it can be seen, `hours` of verified duty and
    the `stars` they stand for, and which roles and teams they take part in."""

    name = fields.String(required=True)
    photo = fields.String(allow_none=True, required=True)
    hours = fields.Integer(required=True)
    stars = fields.Integer(required=True)
    roles = fields.List(fields.String(), required=True)
    teams = fields.List(fields.String(), required=True)
