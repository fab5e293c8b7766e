"""What a community's grid publishes of its gates and of what residents ask for: times, counts and ids, no names and no plates."""

from marshmallow import fields, validate

from shared.events.contracts import EventData, registry

DIRECTIONS = ("in", "out")
PASSING = ("person", "vehicle")
FLAGS = ("late", "skewed", "returnee", "fever")
REQUEST_KINDS = ("luggage", "medicine", "shopping", "lift", "other")
_ID = validate.Length(1, 64)
_GATE = validate.Length(1, 40)


class LoggedEntry(EventData):
    """`at` is corrected: when it was, whatever the device's clock said."""

    id = fields.String(required=True, validate=_ID)
    at = fields.AwareDateTime(required=True)
    direction = fields.String(required=True, validate=validate.OneOf(DIRECTIONS))
    kind = fields.String(required=True, validate=validate.OneOf(PASSING))
    flags = fields.List(fields.String(validate=validate.OneOf(FLAGS)), required=True, validate=validate.Length(max=10))


@registry.event("grid.gate-log.entries-logged.v1", single=True)
class EntriesLogged(EventData):
    """Entries of one gate; each is told once, in one event."""

    gate = fields.String(required=True, validate=_GATE)
    entries = fields.List(fields.Nested(LoggedEntry), required=True, validate=validate.Length(1, 100))


@registry.event("grid.gate-log.fever-found.v1", single=True)
class FeverFound(EventData):
    """Somebody at the gate had a fever, told once for the entry that found it."""

    gate = fields.String(required=True, validate=_GATE)
    entry = fields.String(required=True, validate=_ID)
    temperature = fields.Float(required=True, validate=validate.Range(30, 45))
    at = fields.AwareDateTime(required=True)


@registry.event("grid.request.asked.v1")
class RequestAsked(EventData):
    """A resident asks for help; `gate`: where their things or they wait."""

    kind = fields.String(required=True, validate=validate.OneOf(REQUEST_KINDS))
    gate = fields.String(required=True, allow_none=True, validate=_GATE)


class _ByVolunteer(EventData):
    volunteer = fields.String(required=True, validate=_ID)


@registry.event("grid.request.taken.v1")
class RequestTaken(_ByVolunteer):
    """Somebody on duty does it."""


@registry.event("grid.request.handed-back.v1")
class RequestHandedBack(_ByVolunteer):
    """Whoever had taken it cannot; it waits again."""


@registry.event("grid.request.done.v1")
class RequestDone(_ByVolunteer):
    pass


@registry.event("grid.request.withdrawn.v1")
class RequestWithdrawn(EventData):
    """It is no longer needed, or was settled otherwise."""
