"""Notices and how far they reach."""

from marshmallow import fields

from services.district.schemas.parts import Words
from shared.web.schemas import Shape


class NoticeShape(Shape):
    """`title` of what everybody may read, else what kind it is. Posters that hang, that are to be put up, and (of these) by
    nobody; answers."""

    id = fields.String(required=True, attribute="notice.id")
    community = fields.String(required=True, attribute="notice.community")
    kind = fields.String(required=True, attribute="notice.kind")
    public = fields.Boolean(required=True, attribute="notice.public")
    title = fields.Nested(Words, required=True, attribute="notice.title")
    state = fields.String(required=True, attribute="notice.state")
    published = fields.AwareDateTime(required=True, attribute="notice.published")
    placed = fields.Integer(required=True, attribute="reach.placed")
    to_place = fields.Integer(required=True, attribute="reach.to_place")
    ownerless = fields.Integer(required=True, attribute="reach.ownerless")
    yes = fields.Integer(required=True, attribute="reach.yes")
    no = fields.Integer(required=True, attribute="reach.no")
