"""The shapes of rounds, entries made at doors, and what is left."""

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.i18n.text import Text
from shared.web.schemas import Query, Shape

OUTCOMES = ("visited", "not-home", "refused", "revisit", "unwell")
MOST_ENTRIES = 500
ID = validate.Length(1, 64)
A_WEEK = 7 * 24 * 3600


class NewRound(Shape):
    """`cells` none: the whole community."""

    cells = fields.List(
        fields.String(validate=validate.Length(1, 40)), load_default=list, validate=validate.Length(max=200)
    )


class EntryBody(Shape):
    """What was found at a door, or (`undoes`) that an entry was a slip. `id` is made where it is entered."""

    id = fields.String(required=True, validate=ID)
    household = fields.String(required=True, validate=ID)
    outcome = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(OUTCOMES))
    undoes = fields.String(load_default=None, allow_none=True, validate=ID)
    seconds_ago = fields.Float(load_default=0, validate=validate.Range(0, A_WEEK))

    @validates_schema
    def _says_one_thing(self, data: dict[str, object], **_: object) -> None:
        if (data["outcome"] is None) == (data["undoes"] is None):
            raise ValidationError([Text("请选择一种结果。", "Choose what you found.")], "outcome")


class DoorEntries(Shape):
    entries = fields.List(fields.Nested(EntryBody), required=True, validate=validate.Length(1, MOST_ENTRIES))


class RefusedEntryShape(Shape):
    id = fields.String(required=True)
    code = fields.String(required=True, attribute="fault.code")
    zh = fields.Function(lambda one: one.fault.sentence("zh"))
    en = fields.Function(lambda one: one.fault.sentence("en"))


class TakenEntriesShape(Shape):
    """Whoever sent these may forget both kinds."""

    taken = fields.List(fields.String(), required=True)
    refused = fields.List(fields.Nested(RefusedEntryShape), required=True)


class TallyShape(Shape):
    of = fields.String(allow_none=True)
    households = fields.Integer(required=True)
    visited = fields.Integer(required=True)
    not_home = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    revisit = fields.Integer(required=True)
    unwell = fields.Integer(required=True)
    unseen = fields.Integer(required=True)
    blind_spot = fields.Float(required=True)


class RoundShape(Shape):
    """`blind_spot`: the share of households nobody has looked at, in percent."""

    id = fields.String(required=True)
    begun = fields.AwareDateTime(required=True)
    ended = fields.AwareDateTime(allow_none=True)
    cells = fields.List(fields.String(), required=True)
    whole = fields.Nested(TallyShape, required=True)
    by_cell = fields.List(fields.Nested(TallyShape), required=True)
    by_owner = fields.List(fields.Nested(TallyShape), required=True)


class LeftShape(Shape):
    """A household that is still to be seen; `outcome` null where nobody has been."""

    household = fields.String(required=True)
    building = fields.String(required=True)
    unit = fields.String(required=True)
    door = fields.String(required=True)
    owner = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)


class Which(Query):
    """`owner`: a volunteer's id, or `nobody`. `building`, `unit`: only these. `household`: begin here; `after`: page on."""

    owner = fields.String(load_default="", validate=validate.Length(max=64))
    building = fields.String(load_default="", validate=validate.Length(max=40))
    unit = fields.String(load_default="", validate=validate.Length(max=20))
    household = fields.String(load_default="", validate=validate.Length(max=64))
    outcome = fields.String(load_default="", validate=validate.OneOf(("", *OUTCOMES)))
    after = fields.String(load_default="", validate=validate.Length(max=64))
