"""The shapes of missions, and of what teams and the office say of them."""

from marshmallow import fields, validate

from shared.i18n.domain_labels import DISINFECTION_URGENCY_WORDS, DISINFECTION_WORDS
from shared.web.schemas import Query, Shape

STATES = ("open", "accepted", "on-the-way", "at-work", "finished", "confirmed", "cancelled")


class Closed(Query):
    """`after`: the id of the last mission of the page before."""

    after = fields.String(load_default="")


class Reason(Shape):
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class Whom(Shape):
    team = fields.String(required=True, validate=validate.Length(1, 40))


class OfferShape(Shape):
    team = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    answer = fields.String(required=True, validate=validate.OneOf(("waiting", "declined", "handed-back")))
    reason = fields.String(required=True)


class ProofShape(Shape):
    """`photo`: its id, to be had at /rescue/photos/<photo>."""

    team = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    areas = fields.String(required=True)
    agent = fields.String(required=True)
    litres = fields.Integer(required=True)
    people = fields.Integer(required=True)
    photo = fields.String(required=True)


class StepShape(Shape):
    at = fields.AwareDateTime(required=True)
    what = fields.String(required=True)
    team = fields.String(required=True, allow_none=True)
    words = fields.String(required=True)


class MissionShape(Shape):
    """`searching`: since when a team is looked for; `team` has it, `second` helps; `late`: the office was told it is."""

    id = fields.String(required=True)
    community = fields.String(required=True)
    place = fields.String(required=True)
    building = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True, validate=validate.OneOf(tuple(DISINFECTION_WORDS)))
    why = fields.String(required=True)
    urgency = fields.String(required=True, validate=validate.OneOf(tuple(DISINFECTION_URGENCY_WORDS)))
    due = fields.AwareDateTime(required=True)
    searching = fields.AwareDateTime(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    team = fields.String(required=True, allow_none=True)
    second = fields.String(required=True, allow_none=True)
    late = fields.Boolean(required=True)
    offers = fields.List(fields.Nested(OfferShape), required=True)
    proofs = fields.List(fields.Nested(ProofShape), required=True)
    steps = fields.List(fields.Nested(StepShape), required=True)
