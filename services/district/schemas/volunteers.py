"""The people who help, their teams, and the buildings nobody looks after."""

from marshmallow import fields, validate

from services.district.schemas.parts import Words
from shared.web.schemas import Shape

STANDINGS = ("approved", "applied", "suspended", "refused")


class VolunteerShape(Shape):
    """`name` null: they did not agree to be named."""

    id = fields.String(required=True, attribute="volunteer.id")
    community = fields.String(required=True, attribute="volunteer.community")
    name = fields.String(required=True, allow_none=True)
    standing = fields.String(required=True, attribute="volunteer.standing", validate=validate.OneOf(STANDINGS))
    since = fields.AwareDateTime(required=True, attribute="volunteer.since")
    skills = fields.List(fields.String(), required=True, attribute="volunteer.skills")
    roles = fields.List(fields.String(), required=True, attribute="volunteer.roles")


class TeamShape(Shape):
    id = fields.String(required=True, attribute="team.id")
    name = fields.Nested(Words, required=True, attribute="team.title")
    members = fields.List(fields.String(), required=True, attribute="team.members")
    leader = fields.String(required=True, allow_none=True, attribute="team.leader")


class BuildingShape(Shape):
    """`units` nobody looks after; none: nobody looks after the whole building."""

    id = fields.String(required=True, attribute="building.id")
    community = fields.String(required=True, attribute="building.community")
    name = fields.String(required=True, attribute="building.name")
    households = fields.Integer(required=True, attribute="building.households")
    units = fields.List(fields.String(), required=True)
