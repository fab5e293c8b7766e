"""Disinfection proof schema, for a community's own team and for a rescue team: one form for both."""

from marshmallow import fields, validate

from shared.web.schemas import Shape, UploadField


class Proof(Shape):
    """`agent`: an item of supplies' catalogue, of which `litres` were used; `photo` of the place when it was done."""

    areas = fields.String(required=True, validate=validate.Length(1, 200))
    agent = fields.String(required=True, validate=validate.Length(1, 40))
    litres = fields.Integer(required=True, validate=validate.Range(0, 100_000))
    people = fields.Integer(required=True, validate=validate.Range(1, 500))
    photo = UploadField(required=True)
