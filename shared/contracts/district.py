"""What the district publishes: its alerts, each with the community it is about (`district`: none). No persons."""

from marshmallow import fields, validate

from shared.contracts import EventData, registry

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
