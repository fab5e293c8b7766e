"""What is asked of the lists behind the figures."""

from marshmallow import fields, validate

from services.district.schemas.parts import From


class HappeningList(From):
    community = fields.String(load_default=None, validate=validate.Length(max=40))
