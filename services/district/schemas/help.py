"""The shapes of help between neighbours."""

from marshmallow import fields, validate

from services.district.schemas.parts import GapShape, Words
from shared.web.schemas import Shape

_PLACE = validate.Length(1, 40)
MOST = 10_000_000


class HelpShape(Shape):
    """What the office asked `giver` to do for `receiver`; `subject`: a shift or an item. `state`: ok, gap (refused), attention (it
    waits for somebody) or quiet; `words` say how far it is."""

    id = fields.String(required=True, attribute="help.id")
    kind = fields.String(required=True, attribute="help.kind", validate=validate.OneOf(["people", "goods"]))
    giver = fields.String(required=True, attribute="help.giver")
    receiver = fields.String(required=True, attribute="help.receiver")
    subject = fields.String(required=True, attribute="help.subject")
    quantity = fields.Integer(required=True, attribute="help.quantity")
    asked = fields.AwareDateTime(required=True, attribute="help.asked")
    by = fields.String(required=True, attribute="help.by")
    state = fields.String(required=True)
    words = fields.Nested(Words, required=True)


class GiverShape(Shape):
    """A community with `spare` people or units beyond what it needs; `help`: what it was asked for the same lately."""

    community = fields.String(required=True, attribute="id")
    place = fields.Nested(Words, required=True)
    spare = fields.Integer(required=True)
    ask_for = fields.Integer(required=True)
    help = fields.Nested(HelpShape, required=True, allow_none=True)


class PeopleLackShape(Shape):
    gap = fields.Nested(GapShape, required=True)
    givers = fields.List(fields.Nested(GiverShape), required=True)


class GoodsLackShape(Shape):
    community = fields.String(required=True, attribute="shortage.stock.place")
    place = fields.Nested(Words, required=True, attribute="shortage.place")
    item = fields.String(required=True, attribute="shortage.stock.item")
    balance = fields.Integer(required=True, attribute="shortage.stock.balance")
    days_left = fields.Integer(required=True, attribute="shortage.days_left")
    givers = fields.List(fields.Nested(GiverShape), required=True)


class NeighboursShape(Shape):
    """`next`: where the gaps go on, null on their last page."""

    people = fields.List(fields.Nested(PeopleLackShape), required=True)
    goods = fields.List(fields.Nested(GoodsLackShape), required=True)
    asked = fields.List(fields.Nested(HelpShape), required=True)
    next = fields.String(required=True, allow_none=True)


class AskForPeople(Shape):
    giver = fields.String(required=True, validate=_PLACE)
    receiver = fields.String(required=True, validate=_PLACE)
    shift = fields.String(required=True, validate=validate.Length(1, 80))
    people = fields.Integer(required=True, validate=validate.Range(1, 50))


class AskForGoods(Shape):
    giver = fields.String(required=True, validate=_PLACE)
    receiver = fields.String(required=True, validate=_PLACE)
    item = fields.String(required=True, validate=validate.Length(1, 64))
    quantity = fields.Integer(required=True, validate=validate.Range(1, MOST))
