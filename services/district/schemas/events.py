"""What was received, event by event."""

from marshmallow import fields, validate

from services.district.schemas.overview import KnownAt
from services.district.schemas.parts import Words
from shared.web.schemas import Shape


class EventsAsked(KnownAt):
    """`about`: the id of what it happened to. `type`: an event's, or an aggregate's for all of them. `after`: as the page before
    gave it in `next`."""

    about = fields.String(load_default="", validate=validate.Length(max=160))
    community = fields.String(load_default="", validate=validate.Length(max=40))
    type = fields.String(load_default="", validate=validate.Length(max=120))
    after = fields.String(load_default="", validate=validate.Regexp(r"[0-9]{0,15}\Z"))


class EventShape(Shape):
    """One event as it was received: `position` in the log, `received` then. `who`, `place` and `words` for people.
    `passed_over`: an operator decided that it has no effect; `raw`: it breaks its contract, and its data may be anything."""

    position = fields.Integer(required=True, attribute="received.position")
    received = fields.AwareDateTime(required=True, attribute="received.at")
    id = fields.String(required=True, attribute="received.event.id")
    type = fields.String(required=True, attribute="received.event.type")
    source = fields.String(required=True, attribute="received.event.source")
    subject = fields.String(required=True, attribute="received.event.subject")
    sequence = fields.Integer(required=True, attribute="received.event.sequence")
    time = fields.AwareDateTime(required=True, attribute="received.event.time")
    community = fields.String(required=True, attribute="received.event.community")
    actor = fields.String(required=True, allow_none=True, attribute="received.event.actor")
    data = fields.Dict(keys=fields.String(), required=True, attribute="received.event.data")
    passed_over = fields.Boolean(required=True, attribute="received.passed_over")
    raw = fields.Boolean(required=True, attribute="received.raw")
    place = fields.Nested(Words, required=True)
    who = fields.Nested(Words, required=True)
    words = fields.Nested(Words, required=True)
