"""A day of the district in figures."""

from marshmallow import fields

from services.district.schemas.parts import Words
from shared.web.schemas import Query, Shape


class OfDay(Query):
    """`day` on Shanghai's calendar; today unless it is said."""

    day = fields.Date(load_default=None)


class ReportRowShape(Shape):
    """One community: its figures by name; `in` and `out` are passages of its gates."""

    community = fields.String(required=True, attribute="community.id")
    name = fields.Nested(Words, required=True, attribute="community.title")
    figures = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class ReportHourShape(Shape):
    hour = fields.Integer(required=True)
    came = fields.Integer(required=True)
    went = fields.Integer(required=True)


class ReportShape(Shape):
    """A day of the district in figures, as far as it was heard by `at`."""

    day = fields.Date(required=True)
    at = fields.AwareDateTime(required=True)
    rows = fields.List(fields.Nested(ReportRowShape), required=True)
    totals = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    hours = fields.List(fields.Nested(ReportHourShape), required=True)
