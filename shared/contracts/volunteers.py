"""What volunteers publishes about the people who help. No phone number; a display name in `introduced` only, with consent."""

from marshmallow import fields, validate

from shared.contracts import EventData, registry


class _OfAccount(EventData):
    account = fields.String(required=True, validate=validate.Length(1, 64))


@registry.event("volunteers.volunteer.applied.v1")
class Applied(_OfAccount):
    pass


@registry.event("volunteers.volunteer.introduced.v1")
class Introduced(EventData):
    """The name this person agreed to be shown by, to those who work with them."""

    display_name = fields.String(required=True, validate=validate.Length(1, 40))


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
