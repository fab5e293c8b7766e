"""One community at one moment."""

from marshmallow import fields

from services.district.schemas.flow import FlowShape
from services.district.schemas.parts import GapShape, MissionShape, OutlookShape, ToldShape, Words
from services.district.schemas.reach import NoticeShape
from services.district.schemas.screening import RoundShape
from services.district.schemas.stock import NeedShape, ShortageShape, TransferShape
from services.district.schemas.volunteers import BuildingShape, TeamShape
from shared.web.schemas import Shape


class DutyShape(Shape):
    """A shift that runs now; `claimed` and `present` are volunteer ids."""

    shift = fields.String(required=True, attribute="shift.id")
    community = fields.String(required=True, attribute="shift.community")
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
    """`round`: the screening that runs, or ran last. `known_at`: the position in the log that this was looked back from."""

    known_at = fields.Integer(required=True, allow_none=True)
    community = fields.Nested(OutlookShape, required=True, attribute="outlook")
    duties = fields.List(fields.Nested(DutyShape), required=True)
    gaps = fields.List(fields.Nested(GapShape), required=True)
    posts = fields.List(fields.Nested(PostShape), required=True)
    happenings = fields.List(fields.Nested(ToldShape), required=True)
    missions = fields.List(fields.Nested(MissionShape), required=True)
    round = fields.Nested(RoundShape, required=True, allow_none=True)
    shortages = fields.List(fields.Nested(ShortageShape), required=True)
    needs = fields.List(fields.Nested(NeedShape), required=True)
    transfers = fields.List(fields.Nested(TransferShape), required=True)
    notices = fields.List(fields.Nested(NoticeShape), required=True)
    teams = fields.List(fields.Nested(TeamShape), required=True)
    ownerless = fields.List(fields.Nested(BuildingShape), required=True)
    last_hour = fields.Nested(FlowShape, required=True)
    today = fields.Nested(FlowShape, required=True)
    flow = fields.List(fields.Nested(PassageShape), required=True)
    flow_by_gate = fields.List(fields.Nested(PassageShape), required=True)
