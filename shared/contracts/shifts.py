"""What a community's shifts publishes: posts, shifts and who stands where. People are named by volunteer id only."""

from marshmallow import fields, validate

from shared.contracts import EventData, registry

POST_KINDS = (
    "gate", "patrol", "screening", "health-education", "traffic", "environment", "care", "disinfection", "help-car",
)  # fmt: skip


@registry.event("shifts.post.opened.v1")
class PostOpened(EventData):
    kind = fields.String(required=True, validate=validate.OneOf(POST_KINDS))
    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))


@registry.event("shifts.post.closed.v1")
class PostClosed(EventData):
    pass


@registry.event("shifts.shift.planned.v1")
class ShiftPlanned(EventData):
    """`head_count`: how many people the shift needs at once."""

    post = fields.String(required=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)
    head_count = fields.Integer(required=True, validate=validate.Range(min=1, max=50))


@registry.event("shifts.shift.cancelled.v1")
class ShiftCancelled(EventData):
    pass


class _Person(EventData):
    volunteer = fields.String(required=True)


@registry.event("shifts.shift.claimed.v1")
class ShiftClaimed(_Person):
    pass


@registry.event("shifts.shift.released.v1")
class ShiftReleased(_Person):
    pass


@registry.event("shifts.shift.checked-in.v1")
class CheckedIn(_Person):
    at = fields.AwareDateTime(required=True)


@registry.event("shifts.shift.checked-out.v1")
class CheckedOut(_Person):
    """`minutes` of duty are credited once, with this event."""

    at = fields.AwareDateTime(required=True)
    minutes = fields.Integer(required=True, validate=validate.Range(min=0, max=24 * 60))


@registry.event("shifts.shift.gap-opened.v1")
class GapOpened(EventData):
    """The shift begins within 72 hours and still lacks `missing` people; said again when the number changes."""

    missing = fields.Integer(required=True, validate=validate.Range(min=1))


@registry.event("shifts.shift.gap-closed.v1")
class GapClosed(EventData):
    pass
