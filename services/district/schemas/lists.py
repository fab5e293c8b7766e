"""What is asked of the lists behind the figures, and what only lists show."""

from marshmallow import fields, validate

from services.district.schemas.overview import KnownAt
from services.district.schemas.parts import From, SilenceShape, Words
from services.district.schemas.volunteers import STANDINGS
from shared.web.schemas import Shape


class HappeningList(From):
    community = fields.String(load_default=None, validate=validate.Length(max=40))


class Listed(From, KnownAt):
    """`community`: of that one only; `as-known-at`: as it was known then."""

    community = fields.String(load_default="", validate=validate.Length(max=40))


class MissionList(Listed):
    """`over`: those that are over, the newest first."""

    over = fields.Boolean(load_default=False)


class VolunteerList(Listed):
    standing = fields.String(load_default="approved", validate=validate.OneOf(STANDINGS))


class QuietShape(Shape):
    """A community that is not heard, or late."""

    community = fields.String(required=True, attribute="community.id")
    name = fields.Nested(Words, required=True, attribute="community.title")
    silence = fields.Nested(SilenceShape, required=True)
