"""The shapes of needs."""

from marshmallow import fields, validate

from services.supplies.schemas.parts import MOST, URGENCY_WORDS, reference
from shared.web.schemas import Query, Shape


class NewNeed(Shape):
    """`quantity` left out: not known yet."""

    item = reference(required=True)
    quantity = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, MOST))
    urgency = fields.String(load_default="days", validate=validate.OneOf(tuple(URGENCY_WORDS)))


class Stop(Shape):
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class NeedShape(Shape):
    id = fields.String(required=True)
    place = fields.String(required=True)
    item = fields.String(required=True)
    quantity = fields.Integer(required=True, allow_none=True)
    urgency = fields.String(required=True)
    state = fields.String(required=True)
    stale = fields.Boolean(required=True)
    received = fields.Integer(required=True)
    raised_at = fields.AwareDateTime(required=True)
    fresh_until = fields.AwareDateTime(required=True)
    reason = fields.String(required=True, allow_none=True)


class WantedQuery(Query):
    community = fields.String(load_default="", validate=validate.Length(max=40))


class WantedShape(Shape):
    """What donors may bring: `missing` less what is promised already, None where the quantity is not known."""

    need = fields.String(required=True)
    place = fields.String(required=True)
    item = fields.String(required=True)
    missing = fields.Integer(required=True, allow_none=True)
    urgency = fields.String(required=True)
