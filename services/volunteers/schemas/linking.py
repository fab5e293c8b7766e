"""The shape of saying that two are one."""

from marshmallow import fields, validate

from shared.web.schemas import Shape


class SamePerson(Shape):
    """`listed`: the volunteer whom the applicant is."""

    listed = fields.String(required=True, validate=validate.Length(1, 64))
