"""What a community's shifts publishes: posts, shifts and who stands where. People are named by volunteer id only."""

from marshmallow import fields, validate

from shared.events.contracts import EventData, registry

POST_KINDS = (
    "gate", "patrol", "screening", "health-education", "traffic", "environment", "care", "disinfection", "help-car",
)  # fmt: skip

WAYS_IN = ("own", "assigned", "promoted", "stand-by", "asked", "swap", "hand-over", "restored")
WAYS_OUT = ("own", "captain", "closure", "cancelled", "suspended", "lent", "swap", "hand-over")
STEPS = ("stand-by", "volunteers", "neighbours", "district")
_HEADS = validate.Range(min=1, max=50)


@registry.event("shifts.post.opened.v1")
class PostOpened(EventData):
    kind = fields.String(required=True, validate=validate.OneOf(POST_KINDS))
    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))
    place = fields.String(load_default="", validate=validate.Length(max=60))
    skill = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40))


@registry.event("shifts.post.changed.v1")
class PostChanged(PostOpened):
    pass


class _Closure(EventData):
    """`closure` names one entry of the post's calendar."""

    closure = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 64))


class _Served(_Closure):
    """`buildings`: whose people pass here, by the ids volunteers registers them under; none: everybody's."""

    buildings = fields.List(
        fields.String(validate=validate.Length(1, 80)), load_default=list, validate=validate.Length(max=200)
    )


@registry.event("shifts.post.closing-planned.v1")
class ClosingPlanned(_Served):
    """From `starts` until `ends` (None: until taken back) nobody passes here; its duties are cancelled, or done at `move_to`."""

    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True, allow_none=True)
    move_to = fields.String(required=True, allow_none=True, validate=validate.Length(1, 64))


@registry.event("shifts.post.closing-withdrawn.v1")
class ClosingWithdrawn(_Closure):
    """It was taken back before it began."""


@registry.event("shifts.post.closed.v1")
class PostClosed(_Served):
    """The post is closed from this moment."""


@registry.event("shifts.post.reopened.v1")
class PostReopened(_Closure):
    """The closing ended, or was taken back."""


@registry.event("shifts.shift.planned.v1")
class ShiftPlanned(EventData):
    """`head_count`: how many people the shift needs at once."""

    post = fields.String(required=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)
    head_count = fields.Integer(required=True, validate=_HEADS)
    skill = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40))


@registry.event("shifts.shift.need-changed.v1")
class NeedChanged(EventData):
    head_count = fields.Integer(required=True, validate=_HEADS)


@registry.event("shifts.shift.moved.v1")
class ShiftMoved(EventData):
    """The same people at the same hours, but at another post."""

    post = fields.String(required=True)


@registry.event("shifts.shift.cancelled.v1")
class ShiftCancelled(_Closure):
    """`closure`: the closing of the post that cancelled it, if it was one."""


@registry.event("shifts.shift.restored.v1")
class ShiftRestored(EventData):
    """What cancelled it was taken back."""


class _Person(EventData):
    volunteer = fields.String(required=True)


@registry.event("shifts.shift.claimed.v1")
class ShiftClaimed(_Person):
    how = fields.String(load_default="own", validate=validate.OneOf(WAYS_IN))


@registry.event("shifts.shift.released.v1")
class ShiftReleased(_Person):
    why = fields.String(load_default="own", validate=validate.OneOf(WAYS_OUT))


@registry.event("shifts.shift.waited-for.v1")
class WaitedFor(_Person):
    """The shift is full; this person takes the next place that becomes free."""


@registry.event("shifts.shift.wait-ended.v1")
class WaitEnded(_Person):
    pass


@registry.event("shifts.shift.stood-by.v1")
class StoodBy(_Person):
    """Whoever stands by will come if somebody is missing."""


@registry.event("shifts.shift.stand-by-ended.v1")
class StandByEnded(_Person):
    pass


@registry.event("shifts.shift.reminder-due.v1")
class ReminderDue(_Person):
    """The shift of this person begins in about `hours`."""

    hours = fields.Integer(required=True, validate=validate.Range(min=1, max=72))


@registry.event("shifts.shift.missed.v1")
class ShiftMissed(_Person):
    """Somebody had a place and did not come."""


@registry.event("shifts.shift.checked-in.v1")
class CheckedIn(_Person):
    """`late`: whole minutes after the start, 0 for who was on time."""

    at = fields.AwareDateTime(required=True)
    late = fields.Integer(load_default=0, validate=validate.Range(min=0, max=24 * 60))


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


@registry.event("shifts.swap.offered.v1")
class SwapOffered(EventData):
    """`giver` offers a place in `shift`, to `taker` (None: to whoever fits): handed over, or swapped for the one `in_return`."""

    kind = fields.String(required=True, validate=validate.OneOf(("swap", "hand-over")))
    shift = fields.String(required=True)
    giver = fields.String(required=True)
    taker = fields.String(required=True, allow_none=True)
    in_return = fields.String(required=True, allow_none=True)


@registry.event("shifts.swap.accepted.v1")
class SwapAccepted(EventData):
    taker = fields.String(required=True)


@registry.event("shifts.swap.declined.v1")
class SwapDeclined(EventData):
    pass


@registry.event("shifts.swap.withdrawn.v1")
class SwapWithdrawn(EventData):
    pass


@registry.event("shifts.swap.lapsed.v1")
class SwapLapsed(EventData):
    """The shift began, or a place in it was no longer the one offered."""


@registry.event("shifts.cover.started.v1")
class CoverStarted(EventData):
    """The search for people for a shift begins; the subject is the shift's id, as in all events of its search."""

    missing = fields.Integer(required=True, validate=validate.Range(min=1))


@registry.event("shifts.cover.asked.v1")
class CoverAsked(EventData):
    """These people are asked to come; they may answer until `until`."""

    step = fields.String(required=True, validate=validate.OneOf(STEPS))
    volunteers = fields.List(fields.String(), required=True, validate=validate.Length(1, 100))
    until = fields.AwareDateTime(required=True)


@registry.event("shifts.cover.answered.v1")
class CoverAnswered(EventData):
    volunteer = fields.String(required=True)
    answer = fields.String(required=True, validate=validate.OneOf(("yes", "no")))


@registry.event("shifts.cover.escalated.v1")
class CoverEscalated(EventData):
    """The community cannot fill the shift by itself: neighbours, then the district office are asked; all they need to know."""

    step = fields.String(required=True, validate=validate.OneOf(STEPS[2:]))
    until = fields.AwareDateTime(required=True)
    post = fields.String(required=True)
    post_name = fields.String(required=True)
    post_name_en = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(POST_KINDS))
    skill = fields.String(required=True, allow_none=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)
    missing = fields.Integer(required=True, validate=validate.Range(min=1))


@registry.event("shifts.cover.ended.v1")
class CoverEnded(EventData):
    filled = fields.Boolean(required=True)


@registry.event("shifts.roster.dates-released.v1")
class DatesReleased(EventData):
    """The subject is lent: home plans nothing for this volunteer in these days, nor in the rest between shifts around them."""

    loan = fields.String(required=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)


@registry.event("shifts.rules.changed.v1")
class RulesChanged(EventData):
    """What a community asks of its rota, in whole hours, nights and minutes."""

    rest_hours = fields.Integer(required=True)
    most_hours_a_day = fields.Integer(required=True)
    most_hours_a_week = fields.Integer(required=True)
    most_nights_in_a_row = fields.Integer(required=True)
    release_hours = fields.Integer(required=True)
    ladder_hours = fields.Integer(required=True)
    stand_by_minutes = fields.Integer(required=True)
    volunteers_minutes = fields.Integer(required=True)
    neighbours_minutes = fields.Integer(required=True)
