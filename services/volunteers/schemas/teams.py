"""The shapes of teams."""

from marshmallow import fields, validate

from shared.web.schemas import Shape


class NewTeam(Shape):
    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))


class Whom(Shape):
    volunteer = fields.String(required=True, validate=validate.Length(1, 64))


class TeamShape(Shape):
    id = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    dissolved = fields.Boolean(required=True)
    size = fields.Integer(required=True)
    leader = fields.String(allow_none=True)


class MemberShape(Shape):
    """`name` only where this person agreed to be named, or for staff."""

    volunteer = fields.String(required=True)
    name = fields.String(allow_none=True)


class SeenTeamShape(TeamShape):
    """`members` and `asking` are for staff and the team's leader; null for others, who are told how many there are."""

    members = fields.List(fields.Nested(MemberShape), allow_none=True)
    asking = fields.List(fields.Nested(MemberShape), allow_none=True)
