"""What somebody looks for."""

from marshmallow import fields, validate

from services.district.schemas.parts import Words
from shared.web.schemas import Query, Shape


class Asked(Query):
    """`q`: a name or a part of one, a mission's number, or a community and what is in it (`悦然 3号楼`)."""

    q = fields.String(load_default="", validate=validate.Length(max=60))


class HitShape(Shape):
    """`kind`: missions, communities, people, buildings, items or notices; `href`: its page."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    title = fields.Nested(Words, required=True)
    detail = fields.Nested(Words, required=True, allow_none=True)
    href = fields.String(required=True)
