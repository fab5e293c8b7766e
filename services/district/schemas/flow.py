"""Who passed the gates."""

from marshmallow import fields, validate

from services.district.schemas.overview import KnownAt
from shared.web.schemas import Shape


class FlowAsked(KnownAt):
    """`community`: its gates only; `as-known-at`: as it was known then."""

    community = fields.String(load_default="", validate=validate.Length(max=40))


class FlowStepShape(Shape):
    """How many came and went in the step that begins at `starts`, and in that of the day before; `over` once it cannot grow."""

    starts = fields.AwareDateTime(required=True)
    came = fields.Integer(required=True)
    went = fields.Integer(required=True)
    came_before = fields.Integer(required=True)
    went_before = fields.Integer(required=True)
    over = fields.Boolean(required=True)


class FlowShape(Shape):
    """A row of steps without a hole, oldest first; sums are of those that are over."""

    steps = fields.List(fields.Nested(FlowStepShape), required=True)
    total = fields.Integer(required=True)
    total_before = fields.Integer(required=True)


class GatesShape(Shape):
    last_hour = fields.Nested(FlowShape, required=True)
    today = fields.Nested(FlowShape, required=True)
