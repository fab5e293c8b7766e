"""What rescue publishes: which teams there are, and how each mission goes. No names but the teams'."""

from marshmallow import fields, validate

from shared.events.contracts import EventData, registry
from shared.i18n.domain_labels import DISINFECTION_URGENCY_WORDS, DISINFECTION_WORDS, EQUIPMENT_WORDS

_REASON = validate.Length(1, 200)


class TeamDetails(EventData):
    """`on_call_from`, `on_call_until`: hours of Shanghai's day, over midnight where the first is the later (0 and 24: always).
    `ranks`: how near the team is to each community, 1 the nearest; `capacity`: missions at once."""

    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))
    capacity = fields.Integer(required=True, validate=validate.Range(1, 50))
    equipment = fields.List(fields.String(validate=validate.OneOf(tuple(EQUIPMENT_WORDS))), required=True)
    on_call_from = fields.Integer(required=True, validate=validate.Range(0, 23))
    on_call_until = fields.Integer(required=True, validate=validate.Range(1, 24))
    ranks = fields.Dict(keys=fields.String(), values=fields.Integer(validate=validate.Range(1, 999)), required=True)
    active = fields.Boolean(required=True)


@registry.event("rescue.team.registered.v1")
class TeamRegistered(TeamDetails):
    pass


@registry.event("rescue.team.changed.v1")
class TeamChanged(TeamDetails):
    """All there is to know of the team from now on; not `active`: it is asked for nothing more."""


class Job(EventData):
    """What is to be disinfected: `place` in the community's own words, why, how soon, and by when."""

    place = fields.String(required=True, validate=validate.Length(1, 80))
    building = fields.String(required=True, allow_none=True, validate=validate.Length(1, 40))
    kind = fields.String(required=True, validate=validate.OneOf(tuple(DISINFECTION_WORDS)))
    why = fields.String(required=True, validate=_REASON)
    urgency = fields.String(required=True, validate=validate.OneOf(tuple(DISINFECTION_URGENCY_WORDS)))
    due = fields.AwareDateTime(required=True)


class _OfTeam(EventData):
    team = fields.String(required=True, validate=validate.Length(1, 40))


class _NamedTeam(_OfTeam):
    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))


@registry.event("rescue.mission.opened.v1")
class MissionOpened(Job):
    """A community passed its request on; the subject is the request's own id. Said again when it is passed on anew."""


@registry.event("rescue.mission.offered.v1")
class MissionOffered(Job):
    """These teams are asked, besides those asked before; it tells the whole job, so that a team's own program needs no more."""

    teams = fields.List(fields.String(), required=True, validate=validate.Length(1, 100))


@registry.event("rescue.mission.accepted.v1")
class MissionAccepted(_NamedTeam):
    """`team` does it, and no other."""


@registry.event("rescue.mission.declined.v1")
class MissionDeclined(_OfTeam):
    reason = fields.String(required=True, validate=_REASON)


@registry.event("rescue.mission.handed-back.v1")
class MissionHandedBack(_OfTeam):
    reason = fields.String(required=True, validate=_REASON)


@registry.event("rescue.mission.set-out.v1")
class MissionSetOut(_OfTeam):
    pass


@registry.event("rescue.mission.begun.v1")
class MissionBegun(_OfTeam):
    pass


@registry.event("rescue.mission.stepped-back.v1")
class MissionSteppedBack(_OfTeam):
    """The last step was pressed by mistake: the mission is in `state` again."""

    state = fields.String(required=True, validate=validate.OneOf(("accepted", "on-the-way")))


class Work(EventData):
    """What was done: `agent` is an item of supplies' catalogue, `litres` of it were used by `people`; the photo stays with whoever
    took it."""

    areas = fields.String(required=True, validate=validate.Length(1, 200))
    agent = fields.String(required=True, validate=validate.Length(1, 40))
    litres = fields.Integer(required=True, validate=validate.Range(0, 100_000))
    people = fields.Integer(required=True, validate=validate.Range(1, 500))


@registry.event("rescue.mission.finished.v1")
class MissionFinished(Work, _OfTeam):
    pass


@registry.event("rescue.mission.confirmed.v1")
class MissionConfirmed(EventData):
    """The community is content: it is over."""


@registry.event("rescue.mission.found-wanting.v1")
class MissionFoundWanting(EventData):
    """The community is not content: the same team is to go again."""

    why = fields.String(required=True, validate=_REASON)
    due = fields.AwareDateTime(required=True)


@registry.event("rescue.mission.cancelled.v1")
class MissionCancelled(EventData):
    by = fields.String(required=True, validate=validate.OneOf(("community", "district")))
    reason = fields.String(required=True, validate=_REASON)


@registry.event("rescue.mission.escalated.v1")
class MissionEscalated(EventData):
    """Time ran out, or everybody asked said no: more teams are asked, or the district office is to see to it."""

    to = fields.String(required=True, validate=validate.OneOf(("teams", "district")))
    why = fields.String(required=True, validate=validate.OneOf(("nobody-accepted", "late")))


@registry.event("rescue.mission.second-added.v1")
class MissionSecondAdded(_NamedTeam):
    """`team` helps the one that accepted."""
