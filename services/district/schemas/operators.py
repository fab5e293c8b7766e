"""How the parts run, and what is made anew."""

from marshmallow import fields, validate

from shared.web.schemas import Shape


class RebuildShape(Shape):
    """`folded` of `total` events so far. `state`: folding, shown or failed (`reason`). `differing`: how many documents were
    not as before, of which `differences` names some; null: not compared (yet)."""

    generation = fields.String(required=True, attribute="id")
    started = fields.AwareDateTime(required=True)
    by = fields.String(allow_none=True)
    folded = fields.Integer(required=True)
    total = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["folding", "shown", "failed"]))
    finished = fields.AwareDateTime(allow_none=True)
    compared_at = fields.Integer(allow_none=True)
    differing = fields.Integer(allow_none=True)
    differences = fields.List(fields.String(), required=True)
    reason = fields.String(allow_none=True)


class PartShape(Shape):
    """One service, or one community's own: `heard` last, `waiting` events not sent since `oldest`, and how many set aside."""

    source = fields.String(required=True, attribute="part.source")
    operations = fields.String(required=True, attribute="part.operations")
    state = fields.String(required=True, validate=validate.OneOf(["silent", "late", "aside", "ok"]))
    heard = fields.AwareDateTime(required=True, attribute="part.pulse.at")
    waiting = fields.Integer(required=True, attribute="part.waiting")
    oldest = fields.AwareDateTime(allow_none=True, attribute="part.pulse.oldest")
    parked = fields.Integer(required=True, attribute="part.parked")
    held_back = fields.Integer(required=True, attribute="part.held_back")
    unreadable = fields.Integer(required=True, attribute="part.unreadable")
