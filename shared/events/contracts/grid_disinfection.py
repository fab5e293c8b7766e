"""What grid publishes of disinfection: what a community asks for, who does it, and whether it was done well."""

from marshmallow import fields, validate

from shared.events.contracts import EventData, registry
from shared.events.contracts.rescue import Job, Work

_REASON = validate.Length(1, 200)


@registry.event("grid.disinfection.asked.v1")
class DisinfectionAsked(Job):
    pass


@registry.event("grid.disinfection.taken.v1")
class DisinfectionTaken(EventData):
    """The community's own team does it: a team of volunteers'."""

    team = fields.String(required=True, validate=validate.Length(1, 64))


@registry.event("grid.disinfection.passed-on.v1")
class DisinfectionPassedOn(Job):
    """Rescue teams are to do it; the whole job once more, as it stands now."""

    because = fields.String(required=True, validate=validate.OneOf(("by-hand", "own-team-late", "no-own-team")))


@registry.event("grid.disinfection.done.v1")
class DisinfectionDone(Work):
    """Done by the community's own team; what rescue teams did is told by rescue."""

    team = fields.String(required=True, validate=validate.Length(1, 64))


@registry.event("grid.disinfection.withdrawn.v1")
class DisinfectionWithdrawn(EventData):
    reason = fields.String(required=True, validate=_REASON)


@registry.event("grid.disinfection.confirmed.v1")
class DisinfectionConfirmed(EventData):
    """It was done well; the place is due again on that day, or (None) when somebody asks."""

    next_due = fields.Date(required=True, allow_none=True)


@registry.event("grid.disinfection.found-wanting.v1")
class DisinfectionFoundWanting(EventData):
    """It was not done well: whoever did it is to do it again, by then."""

    why = fields.String(required=True, validate=_REASON)
    due = fields.AwareDateTime(required=True)
