"""The shapes of transfers between places, and of a delivery shared among them."""

from marshmallow import fields, validate

from services.supplies.schemas.parts import how_many, note, reference
from shared.web.schemas import Shape


class Offer(Shape):
    receiver = reference(required=True)
    item = reference(required=True)
    quantity = how_many()


class Dispatch(Shape):
    quantity = how_many()


class Arrival(Shape):
    """`lost` of them are broken or missing, with the reason."""

    quantity = how_many(least=0)
    lost = how_many(least=0, required=False, load_default=0)
    reason = note()


class LossShape(Shape):
    quantity = fields.Integer(required=True)
    reason = fields.String(required=True)


class TransferShape(Shape):
    id = fields.String(required=True)
    item = fields.String(required=True)
    sender = fields.String(required=True)
    receiver = fields.String(required=True)
    quantity = fields.Integer(required=True)
    state = fields.String(required=True)
    sent = fields.Integer(required=True)
    received = fields.Integer(required=True)
    returned = fields.Integer(required=True)
    on_the_way = fields.Integer(required=True)
    lost = fields.Integer(required=True)
    losses = fields.List(fields.Nested(LossShape), required=True)
    offered_at = fields.AwareDateTime(required=True)


class NewSharing(Shape):
    item = reference(required=True)
    quantity = how_many()


class ShareShape(Shape):
    """Days in tenths, rounded down."""

    place = fields.String(required=True)
    have = fields.Integer(required=True)
    tenths_before = fields.Integer(required=True)
    needed = fields.Integer(required=True)
    given = fields.Integer(required=True)
    short = fields.Integer(required=True)
    tenths_after = fields.Integer(required=True)


class SharingShape(Shape):
    id = fields.String(required=True)
    item = fields.String(required=True)
    quantity = fields.Integer(required=True)
    given = fields.Integer(required=True)
    pack = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("proposed", "confirmed", "dropped")))
    lines = fields.List(fields.Nested(ShareShape), required=True)
