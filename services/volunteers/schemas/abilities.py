"""The shapes of skills, papers, times and roles."""

from datetime import date

from marshmallow import fields, validate

from shared.i18n.domain_labels import ROLE_WORDS, SKILL_WORDS, TIME_WORDS
from shared.web.schemas import Shape

UNTIL = validate.Range(date(2000, 1, 1), date(2099, 12, 31))
_skill = validate.OneOf(tuple(SKILL_WORDS))


class Abilities(Shape):
    """All of them: what is left out is no longer so."""

    skills = fields.List(fields.String(validate=_skill), load_default=list)
    available = fields.List(fields.String(validate=validate.OneOf(tuple(TIME_WORDS))), load_default=list)


class Roles(Shape):
    """All of them: what is left out is no longer so."""

    roles = fields.List(fields.String(validate=validate.OneOf(tuple(ROLE_WORDS))), load_default=list)


class CertificateKind(Shape):
    skill = fields.String(required=True, validate=_skill)
    kind = fields.String(required=True, validate=validate.Length(1, 40))


class NewCertificate(CertificateKind):
    """`until`: its last day; without one it does not end."""

    until = fields.Date(load_default=None, allow_none=True, validate=UNTIL)


class CertificateShape(CertificateKind):
    until = fields.Date(allow_none=True)


class AbilitiesShape(Shape):
    id = fields.String(required=True)
    skills = fields.List(fields.String(), required=True)
    certificates = fields.List(fields.Nested(CertificateShape), required=True)
    available = fields.List(fields.String(), required=True)
    roles = fields.List(fields.String(), required=True)


class EndingShape(CertificateShape):
    """A certificate that ends within 30 days, or has ended; `over`: it has."""

    volunteer = fields.String(required=True)
    over = fields.Boolean(required=True)
