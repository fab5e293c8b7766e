"""The shapes of lending, and of help between neighbours."""

from marshmallow import fields, validate

from shared.i18n.domain_labels import KIND_WORDS
from shared.i18n.text import Text
from shared.web.schemas import Query, Shape

STATES = ("offered", "agreed", "running", "declined", "withdrawn", "ended", "lapsed")
SHOWN = {
    "waiting": ("offered",),
    "running": ("agreed", "running"),
    "over": ("declined", "withdrawn", "ended", "lapsed"),
}
MOST_NAMED = 50


class LoanOffer(Shape):
    borrower = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        error_messages={"required": [Text("请选择去哪个社区。", "Please choose a community.")]},
    )
    first_day = fields.Date(
        required=True, error_messages={"required": [Text("请选择从哪天开始。", "Please choose the first day.")]}
    )
    last_day = fields.Date(
        required=True, error_messages={"required": [Text("请选择到哪天为止。", "Please choose the last day.")]}
    )


class LoanList(Query):
    show = fields.String(load_default="waiting", validate=validate.OneOf(tuple(SHOWN)))
    after = fields.String(load_default="", validate=validate.Length(max=64))


class LoanShape(Shape):
    """`display_name`: home's staff see it, the borrower's where the volunteer agreed. `missing`: whose yes it waits for.
    `request`: the call for help that the volunteer was asked for, as `community.shift`."""

    id = fields.String(required=True)
    volunteer = fields.String(required=True)
    display_name = fields.String(required=True, allow_none=True)
    skills = fields.List(fields.String(), required=True)
    home = fields.String(required=True)
    borrower = fields.String(required=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    missing = fields.List(fields.String(), required=True)
    request = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class HelpList(Query):
    after = fields.String(load_default="", validate=validate.Length(max=120))


class People(Shape):
    volunteers = fields.List(
        fields.String(validate=validate.Length(1, 64)),
        required=True,
        validate=validate.Length(1, MOST_NAMED),
        error_messages={"required": [Text("请选择派谁去。", "Please choose who goes.")]},
    )


class Team(Shape):
    people = fields.Integer(
        required=True,
        validate=validate.Range(1, MOST_NAMED),
        error_messages={"required": [Text("请填写派几个人。", "Please say how many go.")]},
    )


class AnswerShape(Shape):
    """`who`: a community, or `district`."""

    who = fields.String(required=True)
    answer = fields.String(required=True, validate=validate.OneOf(("yes", "no")))
    people = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)


class RequestShape(Shape):
    """`missing` people are asked for, `promised` so far; after `until` the community asks further. `pointed_to`: whom the district
    office asked by name."""

    community = fields.String(required=True)
    shift = fields.String(required=True)
    step = fields.String(required=True, validate=validate.OneOf(("neighbours", "district")))
    since = fields.AwareDateTime(required=True)
    until = fields.AwareDateTime(required=True)
    post_name = fields.String(required=True)
    post_name_en = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(tuple(KIND_WORDS)))
    skill = fields.String(required=True, allow_none=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)
    missing = fields.Integer(required=True)
    promised = fields.Integer(required=True)
    over = fields.Boolean(required=True)
    answers = fields.List(fields.Nested(AnswerShape), required=True)
    pointed_to = fields.List(fields.String(), required=True)
