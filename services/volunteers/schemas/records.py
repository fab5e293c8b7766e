"""The shapes of service records."""

from datetime import date

from marshmallow import fields, validate

from shared.web.schemas import Shape

DEED_KINDS = ("donated", "carried", "taught", "cared", "other")


class NewDeed(Shape):
    day = fields.Date(required=True, validate=validate.Range(date(2000, 1, 1), date(2099, 12, 31)))
    kind = fields.String(required=True, validate=validate.OneOf(DEED_KINDS))
    what = fields.String(required=True, validate=validate.Length(1, 100))


class DeedShape(NewDeed):
    id = fields.String(required=True)


class DutyShape(Shape):
    """`minutes` null: not checked out, or not there (`missed`)."""

    community = fields.String(required=True)
    shift = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    late = fields.Integer(required=True)
    minutes = fields.Integer(allow_none=True)
    missed = fields.Boolean(required=True)


class RecordShape(Shape):
    """`months`: minutes by month, `2020-02`. `stars`: the official rating that these hours allow."""

    volunteer = fields.String(required=True)
    minutes = fields.Integer(required=True)
    stars = fields.Integer(required=True)
    months = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    duties = fields.List(fields.Nested(DutyShape), required=True)
    deeds = fields.List(fields.Nested(DeedShape), required=True)
