"""The shapes of what a volunteer tells of themselves, and of what they agree to."""

from marshmallow import fields, validate

from services.volunteers.schemas.applications import STANDINGS, VolunteerShape
from shared.web.schemas import Shape, UploadField


class Consent(Shape):
    given = fields.Boolean(required=True)


class Photo(Shape):
    photo = UploadField(required=True)


class BoardStanding(Shape):
    board_shown = fields.Boolean(required=True)
    has_photo = fields.Boolean(required=True)


class PersonShape(VolunteerShape):
    """Without the phone, which is asked for by itself. `doubles`: who else here has the same phone."""

    has_account = fields.Boolean(required=True)
    occupation = fields.String(allow_none=True, required=True)
    party_member = fields.Boolean(required=True)
    board_shown = fields.Boolean(required=True)
    photo = fields.String(allow_none=True, required=True)
    doubles = fields.List(fields.String(), required=True)


class PhoneShape(Shape):
    phone = fields.String(required=True)


class OwnShape(Shape):
    """`phone`: None where its key is lost. `looks`: when staff looked at it."""

    id = fields.String(required=True)
    standing = fields.String(required=True, validate=validate.OneOf(STANDINGS))
    display_name = fields.String(required=True)
    name_shown = fields.Boolean(required=True)
    home = fields.String(required=True)
    phone = fields.String(allow_none=True, required=True)
    occupation = fields.String(allow_none=True, required=True)
    party_member = fields.Boolean(required=True)
    board_shown = fields.Boolean(required=True)
    photo = fields.String(allow_none=True, required=True)
    looks = fields.List(fields.AwareDateTime(), required=True)
