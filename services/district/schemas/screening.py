"""How far screening rounds are."""

from marshmallow import fields

from services.district.schemas.parts import Words
from shared.web.schemas import Shape


class TallyShape(Shape):
    """Households, and at how many of them what was found last; `left` are still to visit, at `unseen` nobody has knocked."""

    households = fields.Integer(required=True)
    visited = fields.Integer(required=True)
    not_home = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    revisit = fields.Integer(required=True)
    unwell = fields.Integer(required=True)
    left = fields.Integer(required=True)
    unseen = fields.Integer(required=True)


class CellShape(Shape):
    name = fields.Function(lambda cell: Words().dump(cell[0]), required=True)
    tally = fields.Function(lambda cell: TallyShape().dump(cell[1]), required=True)


class RoundShape(Shape):
    """`ended` null: it runs. `moved`: when it was told of last."""

    id = fields.String(required=True, attribute="round.id")
    community = fields.String(required=True, attribute="round.community")
    begun = fields.AwareDateTime(required=True, attribute="round.begun")
    moved = fields.AwareDateTime(required=True, attribute="round.moved")
    ended = fields.AwareDateTime(required=True, allow_none=True, attribute="round.ended")
    whole = fields.Nested(TallyShape, required=True)
    cells = fields.List(fields.Nested(CellShape), required=True)
