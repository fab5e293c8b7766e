"""The shapes of alerts and their rules."""

from marshmallow import fields, validate

from services.district.schemas.parts import From, Words
from shared.web.schemas import Shape

_SEVERITY = validate.OneOf(["urgent", "attention"])
LONGEST_MINUTES = 7 * 24 * 60


class StepShape(Shape):
    """One line of an alert's record; `by` null: it happened by itself."""

    what = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(allow_none=True, attribute="name")
    note = fields.String(required=True)


class AlertShape(Shape):
    """`since`: since when it has been so; `level`: how many cases, or minutes when it was raised; `state`: open, cleared (by
    itself) or closed."""

    id = fields.String(required=True, attribute="alert.id")
    rule = fields.String(required=True, attribute="alert.rule")
    community = fields.String(required=True, attribute="alert.community")
    subject = fields.String(required=True, attribute="alert.subject")
    severity = fields.String(required=True, attribute="alert.severity", validate=_SEVERITY)
    words = fields.Nested(Words, required=True, attribute="alert.words")
    place = fields.Nested(Words, required=True)
    level = fields.Integer(required=True, attribute="alert.level")
    since = fields.AwareDateTime(required=True, attribute="alert.since")
    raised = fields.AwareDateTime(required=True, attribute="alert.raised")
    state = fields.String(required=True, attribute="alert.state")
    steps = fields.List(fields.Nested(StepShape), required=True, attribute="alert.steps")


class AlertList(From):
    """`state` past: those that are over, newest first; `community`: of one only."""

    state = fields.String(load_default="open", validate=validate.OneOf(["open", "past"]))
    community = fields.String(load_default=None, validate=validate.Length(max=40))


class Taking(Shape):
    note = fields.String(load_default="", validate=validate.Length(max=200))


class Closing(Shape):
    result = fields.String(required=True, validate=validate.Length(1, 200))


class RuleForm(Shape):
    """Thresholds in the condition's measure. An alert is raised from `raise_at` on, and cleared after `clear_minutes` below
    `clear_below`."""

    severity = fields.String(required=True, validate=_SEVERITY)
    raise_at = fields.Integer(required=True, validate=validate.Range(1, LONGEST_MINUTES))
    clear_below = fields.Integer(load_default=1, validate=validate.Range(1, LONGEST_MINUTES))
    clear_minutes = fields.Integer(required=True, validate=validate.Range(0, LONGEST_MINUTES))
    on = fields.Boolean(load_default=False)


class RuleShape(RuleForm):
    id = fields.String(required=True)
    name = fields.Nested(Words, required=True, attribute="condition.name")
    measure = fields.Nested(Words, required=True)
    changed = fields.AwareDateTime(allow_none=True)
    changed_by = fields.String(required=True)
