"""What volunteers publishes about the people who help, their teams, and the buildings in their care. No phone number;
a display name in `introduced` only, with consent."""

from marshmallow import fields, validate

from shared.crypto.sealed_boxes import LONGEST
from shared.events.contracts import EventData, registry
from shared.i18n.domain_labels import ROLE_WORDS, TIME_WORDS


class _OfAccount(EventData):
    account = fields.String(required=True, validate=validate.Length(1, 64))


@registry.event("volunteers.volunteer.applied.v1")
class Applied(_OfAccount):
    pass


@registry.event("volunteers.volunteer.introduced.v1", personal=("display_name",))
class Introduced(EventData):
    """The name this person agreed to be shown by, to those who work with them."""

    display_name = fields.String(required=True, validate=validate.Length(1, 40))


@registry.event("volunteers.volunteer.name-withdrawn.v1", withdraws="volunteers.volunteer.introduced.v1")
class NameWithdrawn(EventData):
    """The name is no longer to be shown; wherever it was kept, it is gone."""


@registry.event("volunteers.volunteer.reachable.v1")
class Reachable(EventData):
    """How to reach this person, sealed to notify: `phone` in E.164 and `building`, as far as they said."""

    sealed = fields.String(required=True, validate=validate.Length(1, LONGEST))


@registry.event("volunteers.volunteer.approved.v1")
class Approved(_OfAccount):
    skills = fields.List(
        fields.String(validate=validate.Length(1, 40)), required=True, validate=validate.Length(max=20)
    )


@registry.event("volunteers.volunteer.refused.v1")
class Refused(_OfAccount):
    pass


@registry.event("volunteers.volunteer.suspended.v1")
class Suspended(_OfAccount):
    pass


@registry.event("volunteers.volunteer.reinstated.v1")
class Reinstated(_OfAccount):
    pass


@registry.event("volunteers.volunteer.account-linked.v1")
class AccountLinked(_OfAccount):
    """Who was taken in from a list has an account of their own from now on; the reserved one told before is nobody's."""


@registry.event("volunteers.volunteer.folded.v1")
class Folded(EventData):
    """The application is over, because it is about the volunteer `into`, who is there already."""

    into = fields.String(required=True, validate=validate.Length(1, 64))


@registry.event("volunteers.loan.agreed.v1")
class LoanAgreed(EventData):
    """Said to home: the volunteer and both communities agree. Home gives up its days, and answers that it has."""

    volunteer = fields.String(required=True)
    borrower = fields.String(required=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)


@registry.event("volunteers.loan.ended.v1")
class LoanEnded(EventData):
    """Said to home: the volunteer is theirs again, from now or from the agreed end."""

    volunteer = fields.String(required=True)


class HeldSkill(EventData):
    """`until`: the last day a certificate holds, None for what needs none."""

    skill = fields.String(required=True, validate=validate.Length(1, 40))
    until = fields.Date(required=True, allow_none=True)


@registry.event("volunteers.stay.begun.v1")
class StayBegun(_OfAccount):
    """Said to the borrower, once home has released the days: this volunteer may take shifts that lie within them."""

    volunteer = fields.String(required=True)
    home = fields.String(required=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)
    skills = fields.List(fields.Nested(HeldSkill), required=True, validate=validate.Length(max=20))


@registry.event("volunteers.stay.introduced.v1", personal=("display_name",))
class StayIntroduced(EventData):
    """The name a lent volunteer agreed to be shown by, to those they work with."""

    volunteer = fields.String(required=True)
    display_name = fields.String(required=True, validate=validate.Length(1, 40))


@registry.event("volunteers.stay.name-withdrawn.v1", withdraws="volunteers.stay.introduced.v1")
class StayNameWithdrawn(EventData):
    """The name is no longer to be shown, wherever it was kept."""

    volunteer = fields.String(required=True)


@registry.event("volunteers.stay.ended.v1")
class StayEnded(_OfAccount):
    volunteer = fields.String(required=True)


@registry.event("volunteers.help.answered.v1")
class HelpAnswered(EventData):
    """Said to the community that asked for people for `shift`. `who` answers: a community, or `district` for its office;
    `people` is what they now promise, in all."""

    shift = fields.String(required=True)
    who = fields.String(required=True, validate=validate.Length(1, 40))
    answer = fields.String(required=True, validate=validate.OneOf(("yes", "no")))
    people = fields.Integer(required=True, validate=validate.Range(min=0, max=50))


@registry.event("volunteers.volunteer.abilities-changed.v1")
class AbilitiesChanged(EventData):
    """All that this person can do, and the times of the week they have; stated right after approval, and at each change."""

    skills = fields.List(fields.Nested(HeldSkill), required=True, validate=validate.Length(max=20))
    available = fields.List(fields.String(validate=validate.OneOf(tuple(TIME_WORDS))), required=True)


@registry.event("volunteers.volunteer.roles-taken.v1")
class RolesTaken(EventData):
    """All of the six roles this person has from now on."""

    roles = fields.List(fields.String(validate=validate.OneOf(tuple(ROLE_WORDS))), required=True)


class _Member(EventData):
    volunteer = fields.String(required=True)


@registry.event("volunteers.team.founded.v1")
class TeamFounded(EventData):
    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))


@registry.event("volunteers.team.member-joined.v1")
class MemberJoined(_Member):
    pass


@registry.event("volunteers.team.member-left.v1")
class MemberLeft(_Member):
    pass


@registry.event("volunteers.team.leader-named.v1")
class LeaderNamed(EventData):
    """None: the team has no leader from now on."""

    volunteer = fields.String(required=True, allow_none=True)


@registry.event("volunteers.team.dissolved.v1")
class TeamDissolved(EventData):
    pass


@registry.event("volunteers.building.registered.v1")
class BuildingRegistered(EventData):
    """Said again when its name or its units change. The subject is `<community>/<slug>`: each community numbers its own."""

    name = fields.String(required=True, validate=validate.Length(1, 40))
    units = fields.List(fields.String(validate=validate.Length(1, 20)), required=True, validate=validate.Length(max=40))


@registry.event("volunteers.building.care-taken.v1")
class CareTaken(EventData):
    """Who looks after a unit, or (`unit` None) after the whole building, from now on; None: nobody."""

    unit = fields.String(required=True, allow_none=True)
    owner = fields.String(required=True, allow_none=True)
    deputy = fields.String(required=True, allow_none=True)
