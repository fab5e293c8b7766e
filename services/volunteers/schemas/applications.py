"""The shapes of applying, and of a volunteer."""

from typing import Any

from marshmallow import fields, validate

from shared.i18n.domain_labels import ROLE_WORDS, SKILL_WORDS, TIME_WORDS
from shared.i18n.text import Text
from shared.web.schemas import PhoneField, Query, Shape

STANDING_WORDS = {
    "applied": Text("待审核", "To decide"),
    "approved": Text("已通过", "Approved"),
    "suspended": Text("已暂停", "Suspended"),
    "refused": Text("已婉拒", "Refused"),
    "folded": Text("已合并", "Joined to another"),
}
STANDINGS = tuple(STANDING_WORDS)


def _missing(said: Text) -> dict[str, Any]:
    """What is said where the field was not filled in: several such stand together at the top of a form."""
    return {"required": [said]}


class Particulars(Shape):
    """What a volunteer tells of themselves, when applying and whenever it changes."""

    display_name = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        error_messages=_missing(Text("请填写怎么称呼您。", "Tell us what to call you.")),
    )
    home = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        error_messages=_missing(Text("请填写住在几号楼。", "Tell us which building you live in.")),
    )
    phone = PhoneField(required=True, error_messages=_missing(Text("请填写手机号。", "Tell us your phone number.")))
    occupation = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40))
    party_member = fields.Boolean(load_default=False)


class Application(Particulars):
    name_shown = fields.Boolean(load_default=False)
    skills = fields.List(
        fields.String(validate=validate.OneOf(tuple(SKILL_WORDS))), load_default=list, validate=validate.Length(max=20)
    )


class Reason(Shape):
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class VolunteerList(Query):
    """`q`: part of a name or of a building. `tick`: the page comes with everybody on it chosen, for one press."""

    q = fields.String(validate=validate.Length(1, 40))
    standing = fields.String(validate=validate.OneOf(STANDINGS))
    skill = fields.String(validate=validate.OneOf(tuple(SKILL_WORDS)))
    role = fields.String(validate=validate.OneOf(tuple(ROLE_WORDS)))
    available = fields.String(validate=validate.OneOf(tuple(TIME_WORDS)))
    team = fields.String(validate=validate.Length(1, 64))
    sort = fields.String(load_default="applied", validate=validate.OneOf(("applied", "hours")))
    after = fields.String(load_default="", validate=validate.Length(max=64))
    tick = fields.Boolean(load_default=False)


class Several(Shape):
    volunteers = fields.List(
        fields.String(validate=validate.Length(1, 64)),
        required=True,
        validate=validate.Length(1, 100),
        error_messages=_missing(Text("请先勾选要通过的人。", "Tick those to approve first.")),
    )


class OutcomeShape(Shape):
    """`code` and `why`: the rule that said no, null for who was approved."""

    volunteer = fields.String(required=True)
    code = fields.String(allow_none=True)
    why = fields.String(allow_none=True)


class VolunteerShape(Shape):
    id = fields.String(required=True)
    account = fields.String(required=True)
    community = fields.String(required=True)
    display_name = fields.String(required=True)
    name_shown = fields.Boolean(required=True)
    home = fields.String(required=True)
    skills = fields.List(fields.String(), required=True)
    standing = fields.String(required=True, validate=validate.OneOf(STANDINGS))
    reason = fields.String(allow_none=True)


class ListedShape(VolunteerShape):
    """`minutes`: of verified duty, wherever it was."""

    available = fields.List(fields.String(), required=True)
    roles = fields.List(fields.String(), required=True)
    minutes = fields.Integer(required=True)
