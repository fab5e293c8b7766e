"""The shapes of stock: what moves, what is there, and what was found to differ."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.supplies.schemas.parts import KIND_WORDS, MOST, how_many, note
from shared.i18n.text import Text
from shared.web.schemas import Query, Shape


class Receipt(Shape):
    quantity = how_many()
    code = note(40)
    expires = fields.Date(load_default=None, allow_none=True)
    document = note(60)
    at_gate = fields.Boolean(load_default=False)


class Issue(Shape):
    """`reason`: to whom or what for, without names. `at_gate`: people go on at the door's page."""

    quantity = how_many()
    reason = note()
    document = note(60)
    at_gate = fields.Boolean(load_default=False)


class Disposal(Shape):
    """`lot` as a stock's `lots` name it."""

    lot = fields.String(required=True, validate=validate.Length(1, 80))
    quantity = how_many()
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class Count(Shape):
    """All that stands there: for each of `lots` how many, in the same order; a lot found besides them by `code` and `expires`."""

    lots = fields.List(
        fields.String(validate=validate.Length(1, 80)), load_default=list, validate=validate.Length(max=500)
    )
    quantities = fields.List(
        fields.Integer(validate=validate.Range(0, MOST)), load_default=list, validate=validate.Length(max=500)
    )
    found = fields.Integer(load_default=0, validate=validate.Range(0, MOST))
    code = note(40)
    expires = fields.Date(load_default=None, allow_none=True)
    reason = note()

    @validates_schema
    def _as_many(self, data: dict[str, Any], **_: Any) -> None:
        if len(data["lots"]) != len(data["quantities"]):
            raise ValidationError(
                [Text("每一批都要填数量，没有就填 0。", "Fill in every lot; 0 where there is none.")], "quantities"
            )


class Expectation(Shape):
    per_day = how_many(least=0)


class Limit(Shape):
    litres = fields.Integer(required=True, validate=validate.Range(0, 10_000))


class StockQuery(Query):
    show = fields.String(load_default="all", validate=validate.OneOf(("all", "short", "expiring", "expired")))


class CardQuery(Query):
    """`before`: lines below this number."""

    before = fields.Integer(load_default=0, validate=validate.Range(0, 2**31))


class LotShape(Shape):
    """`lot` names it in a count or a disposal."""

    lot = fields.String(required=True)
    code = fields.String(required=True)
    expires = fields.Date(required=True, allow_none=True)
    quantity = fields.Integer(required=True)
    good = fields.Boolean(required=True)


class StockShape(Shape):
    """`days_left` at the present rate of use, rounded down; None where no use is known."""

    place = fields.String(required=True)
    item = fields.String(required=True)
    balance = fields.Integer(required=True)
    usable = fields.Integer(required=True)
    expired = fields.Integer(required=True)
    expiring = fields.Integer(required=True)
    days_left = fields.Integer(required=True, allow_none=True)
    per_day = fields.Float(required=True)
    short = fields.Boolean(required=True)
    lots = fields.List(fields.Nested(LotShape), required=True)


class LineShape(Shape):
    number = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(tuple(KIND_WORDS)))
    quantity = fields.Integer(required=True)
    code = fields.String(required=True)
    expires = fields.Date(required=True, allow_none=True)
    balance = fields.Integer(required=True)


class EntryShape(Shape):
    """What an act wrote: the lines say which lots it took from, or put in."""

    balance = fields.Integer(required=True, attribute="stock.balance")
    lines = fields.List(fields.Nested(LineShape), required=True)


class MovementShape(LineShape):
    at = fields.AwareDateTime(required=True)
    actor = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    document = fields.String(required=True)


class CardShape(StockShape):
    """A stock with the newest lines of its card; `next`: give it as `before` for older ones."""

    movements = fields.List(fields.Nested(MovementShape), required=True)
    next = fields.Integer(required=True, allow_none=True)


class DiscrepancyShape(Shape):
    id = fields.String(required=True)
    place = fields.String(required=True)
    item = fields.String(required=True)
    quantity = fields.Integer(required=True)
    document = fields.String(required=True)
    owner = fields.String(required=True, allow_none=True)
    settled_at = fields.AwareDateTime(required=True, allow_none=True)
