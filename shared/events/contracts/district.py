"""What the district publishes: its alerts, each with the community it is about (`district`: none); and what it asks one community
to do for another, with the one it asks. No persons."""

from marshmallow import fields, validate

from shared.events.contracts import EventData, registry
from shared.events.contracts.shifts import POST_KINDS

SEVERITIES = ("urgent", "attention")


@registry.event("district.alert.raised.v1")
class AlertRaised(EventData):
    """By `rule`, about `subject`, which has stood so since `since`; `words` say it to people."""

    rule = fields.String(required=True, validate=validate.Length(1, 40))
    subject = fields.String(required=True, validate=validate.Length(1, 200))
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    since = fields.AwareDateTime(required=True)
    words = fields.String(required=True, validate=validate.Length(1, 200))
    words_en = fields.String(required=True, validate=validate.Length(1, 200))


@registry.event("district.alert.acknowledged.v1")
class AlertAcknowledged(EventData):
    """The actor takes it on."""


@registry.event("district.alert.cleared.v1")
class AlertCleared(EventData):
    """What it told of has been gone long enough, whether or not it had been closed: the same can come anew."""


@registry.event("district.alert.closed.v1")
class AlertClosed(EventData):
    """The actor closed it; it is raised again only once what it told of has gone and come anew."""


class _Between(EventData):
    giver = fields.String(required=True, validate=validate.Length(1, 40))
    receiver = fields.String(required=True, validate=validate.Length(1, 40))


@registry.event("district.help.goods-asked.v1")
class GoodsAsked(_Between):
    """`giver` is asked to spare so many; what it offers or regrets, supplies tells in a transfer with this subject as its id."""

    item = fields.String(required=True, validate=validate.Length(1, 64))
    quantity = fields.Integer(required=True, validate=validate.Range(min=1))


@registry.event("district.help.people-asked.v1")
class PeopleAsked(_Between):
    """`giver` is asked for people for a `shift` of `receiver`, which lacks `missing`; volunteers tells the answer as that to a
    neighbour's request. All they need to know."""

    shift = fields.String(required=True)
    post_name = fields.String(required=True)
    post_name_en = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(POST_KINDS))
    skill = fields.String(required=True, allow_none=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)
    missing = fields.Integer(required=True, validate=validate.Range(min=1, max=50))
