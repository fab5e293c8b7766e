"""The shapes at the district's doors."""

from marshmallow import fields, validate

from shared.web.shapes import Query, Shape


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


class DistrictShape(Shape):
    """Figures count the communities that are heard; silent ones are in none but `needing` and `silent`."""

    at = fields.AwareDateTime(required=True, attribute="overview.at")
    needing = fields.Integer(required=True, attribute="overview.needing")
    silent = fields.Integer(required=True, attribute="overview.silent")
    on_duty = fields.Integer(required=True, attribute="overview.on_duty")
    missing_now = fields.Integer(required=True, attribute="overview.missing_now")
    missing_ahead = fields.Integer(required=True, attribute="overview.missing_ahead")
    communities = fields.List(fields.Nested(OutlookShape), required=True, attribute="overview.outlooks")
    gaps = fields.List(fields.Nested(GapShape), required=True)
    happenings = fields.List(fields.Nested(ToldShape), required=True)


class DutyShape(Shape):
    """A shift that runs now; `claimed` and `present` are volunteer ids."""

    shift = fields.String(required=True, attribute="shift.id")
    post = fields.Nested(Words, required=True)
    starts = fields.AwareDateTime(required=True, attribute="shift.starts")
    ends = fields.AwareDateTime(required=True, attribute="shift.ends")
    head_count = fields.Integer(required=True, attribute="shift.head_count")
    missing = fields.Integer(required=True, attribute="shift.missing")
    claimed = fields.List(fields.String(), required=True, attribute="shift.claimed")
    present = fields.List(fields.String(), required=True, attribute="shift.present")


class PostShape(Shape):
    id = fields.Function(lambda post: post[0], required=True)
    kind = fields.Function(lambda post: post[1].kind, required=True)
    is_open = fields.Function(lambda post: post[1].is_open, required=True)
    name = fields.Function(lambda post: Words().dump(post[1].title), required=True)


class PlaceShape(Shape):
    community = fields.Nested(OutlookShape, required=True, attribute="outlook")
    duties = fields.List(fields.Nested(DutyShape), required=True)
    gaps = fields.List(fields.Nested(GapShape), required=True)
    posts = fields.List(fields.Nested(PostShape), required=True)
    happenings = fields.List(fields.Nested(ToldShape), required=True)


class From(Query):
    """`after`: the last one shown, as the page before gave it in `next`."""

    after = fields.String(load_default="", validate=validate.Length(max=200))


class HappeningList(From):
    community = fields.String(load_default=None, validate=validate.Length(max=40))
