"""The shapes of a proposed rota: what it is asked for, how far it is, what it says."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import fields, validate

from services.shifts.schemas.duty import ID
from services.shifts.schemas.posts import CALENDAR
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.web.schemas import Query, Shape

MOST_DAYS = 21
SECONDS = (20, 60, 180)
TIMES = validate.Range(datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 1, tzinfo=UTC))


class NewProposal(Shape):
    """A rota for these days and posts (all of them where none is named), searched for at most so many seconds."""

    first_day = fields.Date(required=True, validate=CALENDAR)
    days = fields.Integer(required=True, validate=validate.Range(1, MOST_DAYS))
    posts = fields.List(fields.String(validate=ID), load_default=list, validate=validate.Length(max=50))
    seconds = fields.Integer(load_default=60, validate=validate.OneOf(SECONDS))


class NewRepair(Shape):
    """Between two moments somebody cannot come (`volunteer`), or a post is closed (`post`)."""

    volunteer = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
    post = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
    since = fields.AwareDateTime(required=True, default_timezone=SHANGHAI, validate=TIMES)
    until = fields.AwareDateTime(required=True, default_timezone=SHANGHAI, validate=TIMES)


class InShift(Shape):
    shift = fields.String(required=True, validate=ID)
    volunteer = fields.String(required=True, validate=ID)


class Lock(InShift):
    locked = fields.Boolean(load_default=True)


class Shown(Query):
    """`by`: which of its tables people look at."""

    by = fields.String(load_default="people", validate=validate.OneOf(["people", "posts", "fair"]))


class PlaceShape(InShift):
    locked = fields.Boolean(required=True)


class ProposalShape(Shape):
    """`gap`: what part of the cost might still be saved at most; null while there is no plan, or none is searched for."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    first_day = fields.Date(required=True)
    days = fields.Integer(required=True)
    posts = fields.List(fields.String(), required=True)
    places = fields.List(fields.Nested(PlaceShape), required=True)
    leaving = fields.List(fields.Nested(PlaceShape), required=True)
    disturbed = fields.List(fields.String(), required=True)
    refused = fields.List(fields.Nested(PlaceShape), required=True)
    seconds = fields.Float(required=True, attribute="course.seconds")
    cost = fields.Integer(required=True, allow_none=True, attribute="course.cost")
    bound = fields.Integer(required=True, attribute="course.bound")
    gap = fields.Float(required=True, allow_none=True, attribute="course.gap")
    proven = fields.Boolean(required=True, attribute="course.proven")


class _Said(fields.Field[Text]):
    """A sentence in both languages."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> dict[str, str]:
        return {"zh": value.zh, "en": value.en}


class ExplainedGap(Shape):
    """`near`: who was nearest to filling it, and what stopped each."""

    shift = fields.String(required=True, attribute="turn.shift")
    missing = fields.Integer(required=True)
    near = fields.List(_Said(), required=True)
    others = fields.Integer(required=True)


class LoadShape(Shape):
    minutes = fields.Integer(required=True)
    nights = fields.Integer(required=True)
    weekends = fields.Integer(required=True)


class ShareShape(Shape):
    """What somebody offered, carries, served before included, and would carry if all carried the same part of their offers."""

    volunteer = fields.String(required=True, attribute="person")
    offered = fields.Nested(LoadShape, required=True)
    carried = fields.Nested(LoadShape, required=True)
    fair = fields.Nested(LoadShape, required=True)


class WholeProposalShape(Shape):
    proposal = fields.Nested(ProposalShape, required=True, attribute="it")
    wanted = fields.Integer(required=True)
    had = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    gaps = fields.List(fields.Nested(ExplainedGap), required=True)
    shares = fields.List(fields.Nested(ShareShape), required=True)
