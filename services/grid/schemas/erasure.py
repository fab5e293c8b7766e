"""The shapes of finding a person and erasing what is kept of them."""

from marshmallow import fields, validate

from services.grid.schemas.households import ID, ResidentShape
from shared.web.schemas import PhoneField, Shape


class Search(Shape):
    """By phone, or by the full name."""

    name = fields.String(load_default=None, validate=validate.Length(1, 40))
    phone = PhoneField(load_default=None)


class FoundShape(Shape):
    household = fields.String(required=True)
    building = fields.String(required=True)
    unit = fields.String(required=True)
    door = fields.String(required=True)
    resident = fields.Nested(ResidentShape, required=True)


class PersonErasure(Shape):
    household = fields.String(required=True, validate=ID)
    resident = fields.String(required=True, validate=ID)


class ErasureShape(Shape):
    """When and by whom; not whose."""

    id = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(allow_none=True)
