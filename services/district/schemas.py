"""The shapes at the district's doors."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.web.shapes import Query, Shape
from shared.zone import SHANGHAI

MOST = 10**15  # positions


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
    told = fields.Boolean(required=True)


class DistrictShape(Shape):
    """Figures count the communities that are heard; silent ones are in none but `needing` and `silent`.

    `known_at`: the position in the log that this was looked back from; null: this is now.
    """

    known_at = fields.Integer(allow_none=True)
    at = fields.AwareDateTime(required=True, attribute="overview.at")
    needing = fields.Integer(required=True, attribute="overview.needing")
    silent = fields.Integer(required=True, attribute="overview.silent")
    on_duty = fields.Integer(required=True, attribute="overview.on_duty")
    missing_now = fields.Integer(required=True, attribute="overview.missing_now")
    missing_ahead = fields.Integer(required=True, attribute="overview.missing_ahead")
    communities = fields.List(fields.Nested(OutlookShape), required=True, attribute="overview.outlooks")
    gaps = fields.List(fields.Nested(GapShape), required=True)
    happenings = fields.List(fields.Nested(ToldShape), required=True)
    missions = fields.List(fields.Nested(MissionShape), required=True)


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


class PassageShape(Shape):
    """How many came and went in the hour that begins at `starts` (`gate` null: at all gates), and in that of the day before."""

    starts = fields.AwareDateTime(required=True)
    gate = fields.String(allow_none=True)
    came = fields.Integer(required=True)
    went = fields.Integer(required=True)
    came_before = fields.Integer(required=True)
    went_before = fields.Integer(required=True)
    busiest_minute = fields.Integer(required=True)


class PlaceShape(Shape):
    community = fields.Nested(OutlookShape, required=True, attribute="outlook")
    duties = fields.List(fields.Nested(DutyShape), required=True)
    gaps = fields.List(fields.Nested(GapShape), required=True)
    posts = fields.List(fields.Nested(PostShape), required=True)
    happenings = fields.List(fields.Nested(ToldShape), required=True)
    missions = fields.List(fields.Nested(MissionShape), required=True)
    flow = fields.List(fields.Nested(PassageShape), required=True)
    flow_by_gate = fields.List(fields.Nested(PassageShape), required=True)


class From(Query):
    """`after`: the last one shown, as the page before gave it in `next`."""

    after = fields.String(load_default="", validate=validate.Length(max=200))


class Past(fields.Field[int | datetime]):
    """A moment (RFC 3339; without an offset, Shanghai's clock) or a position in the log of what was received."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int | datetime:  # noqa: ARG002  (marshmallow's)
        try:
            if value.isdecimal() and value.isascii():
                return validate.Range(1, MOST)(int(value))
            moment = datetime.fromisoformat(value.replace(" ", "+"))  # a plus that was not escaped
            return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValidationError("Not a valid datetime.") from error


class KnownAt(Query):
    as_known_at = Past(data_key="as-known-at", load_default=None, metadata={"type": "string"})


class RebuildShape(Shape):
    """`folded` of `total` events so far. `state`: folding, shown or failed (`reason`). `differing`: how many documents were
    not as before, of which `differences` names some; null: not compared (yet)."""

    generation = fields.String(required=True, attribute="id")
    started = fields.AwareDateTime(required=True)
    by = fields.String(allow_none=True)
    folded = fields.Integer(required=True)
    total = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["folding", "shown", "failed"]))
    finished = fields.AwareDateTime(allow_none=True)
    compared_at = fields.Integer(allow_none=True)
    differing = fields.Integer(allow_none=True)
    differences = fields.List(fields.String(), required=True)
    reason = fields.String(allow_none=True)


class HappeningList(From):
    community = fields.String(load_default=None, validate=validate.Length(max=40))


class PartShape(Shape):
    """One service, or one community's own: `heard` last, `waiting` events not sent since `oldest`, and how many set aside."""

    source = fields.String(required=True, attribute="part.source")
    operations = fields.String(required=True, attribute="part.operations")
    state = fields.String(required=True, validate=validate.OneOf(["silent", "late", "aside", "ok"]))
    heard = fields.AwareDateTime(required=True, attribute="part.pulse.at")
    waiting = fields.Integer(required=True, attribute="part.waiting")
    oldest = fields.AwareDateTime(allow_none=True, attribute="part.pulse.oldest")
    parked = fields.Integer(required=True, attribute="part.parked")
    held_back = fields.Integer(required=True, attribute="part.held_back")
    unreadable = fields.Integer(required=True, attribute="part.unreadable")


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
