"""The shapes of requests for disinfection, their proofs, and the places they are about."""

from marshmallow import fields, validate

from shared.i18n.domain_labels import DISINFECTION_URGENCY_WORDS, DISINFECTION_WORDS
from shared.web.schemas import Query, Shape

STATES = ("asked", "taken", "passed-on", "done", "confirmed", "withdrawn")


class Closed(Query):
    """`after`: the id of the last request of the page before."""

    after = fields.String(load_default="")


class NewDisinfection(Shape):
    """`place` in the community's own words, and no person's name in it or in `why`: both leave the community."""

    place = fields.String(required=True, validate=validate.Length(1, 80))
    building = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40))
    kind = fields.String(required=True, validate=validate.OneOf(tuple(DISINFECTION_WORDS)))
    why = fields.String(required=True, validate=validate.Length(1, 200))
    urgency = fields.String(required=True, validate=validate.OneOf(tuple(DISINFECTION_URGENCY_WORDS)))


class Reason(Shape):
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class Contentment(Shape):
    """`next_due`: when the place is due again; without it, as its kind of place usually is."""

    next_due = fields.Date(load_default=None, allow_none=True)


class OwnTeamName(Shape):
    """A team of volunteers', or nothing for none."""

    team = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 64))


class ArrangementShape(Shape):
    team = fields.String(required=True, allow_none=True)


class DoneShape(Shape):
    """`photo`: of the own team's; a rescue team's photo stays with rescue."""

    at = fields.AwareDateTime(required=True)
    team = fields.String(required=True)
    areas = fields.String(required=True)
    agent = fields.String(required=True)
    litres = fields.Integer(required=True)
    people = fields.Integer(required=True)
    photo = fields.String(required=True, allow_none=True)


class DisinfectionShape(Shape):
    """`mission`: how far rescue teams say they are; `rescuers`: who, in Chinese and English."""

    id = fields.String(required=True)
    place = fields.String(required=True)
    building = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True, validate=validate.OneOf(tuple(DISINFECTION_WORDS)))
    why = fields.String(required=True)
    urgency = fields.String(required=True, validate=validate.OneOf(tuple(DISINFECTION_URGENCY_WORDS)))
    due = fields.AwareDateTime(required=True)
    asked = fields.AwareDateTime(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    team = fields.String(required=True, allow_none=True)
    by_rescue = fields.Boolean(required=True)
    mission = fields.String(required=True)
    rescuers = fields.List(fields.String(), required=True)
    proofs = fields.List(fields.Nested(DoneShape), required=True)
    next_due = fields.Date(required=True, allow_none=True)


class PlaceShape(Shape):
    id = fields.String(required=True)
    place = fields.String(required=True)
    building = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    last = fields.AwareDateTime(required=True)
    next_due = fields.Date(required=True)
