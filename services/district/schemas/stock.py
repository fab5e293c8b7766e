"""What is short, needed and on the way."""

from marshmallow import fields

from services.district.schemas.parts import Words
from shared.web.schemas import Shape


class ShortageShape(Shape):
    """`days_left` whole days at the rate of use when that was said; short `since`."""

    id = fields.String(required=True, attribute="stock.id")
    place = fields.String(required=True, attribute="stock.place")
    item = fields.String(required=True, attribute="stock.item")
    name = fields.Nested(Words, required=True, attribute="item.title")
    balance = fields.Integer(required=True, attribute="stock.balance")
    days_left = fields.Integer(required=True)
    since = fields.AwareDateTime(required=True, attribute="stock.short_since")


class NeedShape(Shape):
    """`quantity` null: not known yet."""

    id = fields.String(required=True, attribute="need.id")
    place = fields.String(required=True, attribute="need.place")
    item = fields.String(required=True, attribute="need.item")
    name = fields.Nested(Words, required=True, attribute="item.title")
    quantity = fields.Integer(required=True, allow_none=True, attribute="need.quantity")
    urgency = fields.String(required=True, attribute="need.urgency")
    state = fields.String(required=True, attribute="need.state")
    since = fields.AwareDateTime(required=True, attribute="need.since")


class TransferShape(Shape):
    """`on_the_way`: so many are in nobody's stock."""

    id = fields.String(required=True, attribute="transfer.id")
    sender = fields.String(required=True, attribute="transfer.sender")
    receiver = fields.String(required=True, attribute="transfer.receiver")
    item = fields.String(required=True, attribute="transfer.item")
    name = fields.Nested(Words, required=True, attribute="item.title")
    quantity = fields.Integer(required=True, attribute="transfer.quantity")
    on_the_way = fields.Integer(required=True, attribute="transfer.on_the_way")
    state = fields.String(required=True, attribute="transfer.state")
    since = fields.AwareDateTime(required=True, attribute="transfer.since")
