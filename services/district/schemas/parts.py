"""What the shapes at several of the district's doors have in common."""

from marshmallow import fields, validate

from shared.web.schemas import Query, Shape


class Words(Shape):
    zh = fields.String(required=True)
    en = fields.String(required=True)


class SilenceShape(Shape):
    """`since` null: never heard at all."""

    why = fields.String(required=True, validate=validate.OneOf(["silent", "late"]))
    since = fields.AwareDateTime(allow_none=True)


class OutlookShape(Shape):
    """One community now; `silence` tells since when its figures are not fresh."""

    id = fields.String(required=True, attribute="community.id")
    name = fields.Nested(Words, required=True, attribute="community.title")
    residents = fields.Integer(allow_none=True, attribute="community.residents")
    street = fields.Nested(Words, required=True, attribute="community.street_title")
    volunteers = fields.Dict(keys=fields.String(), values=fields.Integer(), attribute="community.volunteers")
    state = fields.String(required=True)
    on_duty = fields.Integer(required=True)
    missing_now = fields.Integer(required=True)
    missing_ahead = fields.Integer(required=True)
    silence = fields.Nested(SilenceShape, allow_none=True)


class GapShape(Shape):
    """A shift that lacks `missing` people."""

    shift = fields.String(required=True, attribute="shift.id")
    community = fields.String(required=True, attribute="shift.community")
    place = fields.Nested(Words, required=True)
    post = fields.Nested(Words, required=True)
    starts = fields.AwareDateTime(required=True, attribute="shift.starts")
    ends = fields.AwareDateTime(required=True, attribute="shift.ends")
    missing = fields.Integer(required=True, attribute="shift.missing")
    silence = fields.Nested(SilenceShape, allow_none=True)


class ToldShape(Shape):
    """Something that happened; `actor` is an account id, `count` how often one act did it."""

    id = fields.String(required=True, attribute="happening.id")
    time = fields.AwareDateTime(required=True, attribute="happening.time")
    community = fields.String(required=True, attribute="happening.community")
    type = fields.String(required=True, attribute="happening.type")
    subject = fields.String(required=True, attribute="happening.subject")
    actor = fields.String(allow_none=True, attribute="happening.actor")
    count = fields.Integer(required=True, attribute="happening.count")
    words = fields.Nested(Words, required=True)


class MissionShape(Shape):
    """A disinfection that is not over; `team`: the rescue team that has it; `told`: the office was told that nobody takes it,
    or that it is late."""

    id = fields.String(required=True)
    community = fields.String(required=True)
    place = fields.String(required=True)
    kind = fields.String(required=True)
    urgency = fields.String(required=True)
    due = fields.AwareDateTime(required=True)
    since = fields.AwareDateTime(required=True)
    state = fields.String(required=True)
    team = fields.String(required=True, allow_none=True)
    number = fields.String(required=True)
    told = fields.Boolean(required=True)


class From(Query):
    """`after`: the last one shown, as the page before gave it in `next`."""

    after = fields.String(load_default="", validate=validate.Length(max=200))
