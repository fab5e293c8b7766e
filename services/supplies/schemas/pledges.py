"""The shapes of pledges and donations."""

from marshmallow import fields, validate

from services.supplies.schemas.parts import DONOR_WORDS, how_many, note, reference
from shared.web.schemas import Query, Shape


class _Donor(Shape):
    """`name` stands on the receipt; others see it only with `shown`."""

    kind = fields.String(load_default="person", validate=validate.OneOf(tuple(DONOR_WORDS)))
    name = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40))
    shown = fields.Boolean(load_default=False)


class NewPledge(_Donor):
    """`place` left out: for whoever needs it most."""

    item = reference(required=True)
    quantity = how_many()
    place = reference(load_default=None, allow_none=True)
    expires = fields.Date(load_default=None, allow_none=True)


class Acceptance(Shape):
    need = reference(load_default=None, allow_none=True)


class Placing(Acceptance):
    """Where the district sends it; `district`: to its own store."""

    place = reference(required=True)


class Refusal(Shape):
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class Delivery(Shape):
    quantity = how_many()
    code = note(40)
    expires = fields.Date(load_default=None, allow_none=True)


class AtTheDoor(_Donor):
    item = reference(required=True)
    quantity = how_many()
    code = note(40)
    expires = fields.Date(load_default=None, allow_none=True)


class Thanks(Shape):
    words = fields.String(required=True, validate=validate.Length(1, 200))


class NewPledgeQuery(Query):
    item = fields.String(load_default="", validate=validate.Length(max=64))
    community = fields.String(load_default="", validate=validate.Length(max=40))


class DonorShape(Shape):
    kind = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    shown = fields.Boolean(required=True)


class PledgeShape(Shape):
    id = fields.String(required=True)
    item = fields.String(required=True)
    quantity = fields.Integer(required=True)
    place = fields.String(required=True, allow_none=True)
    donor = fields.Nested(DonorShape, required=True)
    expires = fields.Date(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)
    state = fields.String(required=True)
    goes_to = fields.String(required=True, allow_none=True)
    need = fields.String(required=True, allow_none=True)
    delivered = fields.Integer(required=True)
    to_come = fields.Integer(required=True)
    reason = fields.String(required=True, allow_none=True)
    thanks = fields.String(required=True, allow_none=True)


class DonationShape(Shape):
    id = fields.String(required=True)
    number = fields.String(required=True)
    place = fields.String(required=True)
    item = fields.String(required=True)
    quantity = fields.Integer(required=True)
    pledge = fields.String(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)


class GivenQuery(Query):
    community = fields.String(load_default="", validate=validate.Length(max=40))
    after = fields.String(load_default="", validate=validate.Length(max=64))


class GivenShape(Shape):
    """As anyone may read it: `name` None for who wishes to stay unnamed."""

    place = fields.String(required=True)
    item = fields.String(required=True)
    quantity = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    kind = fields.String(required=True, attribute="donor.kind")
    name = fields.String(required=True, allow_none=True, attribute="donor.called")
