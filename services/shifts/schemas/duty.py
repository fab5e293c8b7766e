"""The shapes of shifts and of who has them, swaps, and the search for people."""

from typing import Any

from marshmallow import fields, post_load, validate

from services.shifts.schemas.posts import CALENDAR
from shared.web.schemas import Query, Shape

ID = validate.Length(1, 64)


class ForWhom(Shape):
    """`volunteer`: whom staff or a captain assign; without it, the caller."""

    volunteer = fields.String(validate=ID)


class Board(Query):
    day = fields.Date(validate=CALENDAR)
    lacking = fields.Boolean(load_default=False)


class ClaimShape(Shape):
    """`name` only where this person agreed to be named. `said_there`: by the printed code; it counts once a captain confirms."""

    volunteer = fields.String(required=True)
    name = fields.String(allow_none=True)
    at = fields.AwareDateTime(required=True)
    checked_in = fields.AwareDateTime(allow_none=True)
    checked_out = fields.AwareDateTime(allow_none=True)
    minutes = fields.Integer(allow_none=True)
    said_there = fields.AwareDateTime(allow_none=True)


class ShiftShape(Shape):
    id = fields.String(required=True)
    post = fields.String(required=True)
    starts = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)
    head_count = fields.Integer(required=True)
    skill = fields.String(allow_none=True)
    missing = fields.Integer(required=True)
    cancelled = fields.Boolean(required=True)
    claims = fields.List(fields.Nested(ClaimShape), required=True)


class MyDutyShape(Shape):
    """`asked`: shifts the caller is asked to come to; `wished`: those they wait for or stand by."""

    volunteer = fields.String(allow_none=True)
    ahead = fields.List(fields.Nested(ShiftShape), required=True)
    behind = fields.List(fields.Nested(ShiftShape), required=True)
    minutes = fields.Integer(required=True)
    asked = fields.List(fields.Nested(ShiftShape), required=True)
    wished = fields.List(fields.Nested(ShiftShape), required=True)


class PostCoverShape(Shape):
    post = fields.String(required=True)
    missing = fields.Integer(required=True)
    now = fields.List(fields.Nested(ShiftShape), required=True)
    next = fields.List(fields.Nested(ShiftShape), required=True)


class AskedShape(Shape):
    volunteer = fields.String(required=True)
    step = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    answer = fields.String(allow_none=True)
    answered = fields.AwareDateTime(allow_none=True)


class OutsideAnswerShape(Shape):
    """`who`: a neighbouring community, or `district`."""

    who = fields.String(required=True)
    answer = fields.String(required=True)
    people = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)


class CoverShape(Shape):
    """The search for people for one shift: its step, until when it waits there, and everybody's answer."""

    id = fields.String(required=True)
    started = fields.AwareDateTime(required=True)
    step = fields.String(allow_none=True)
    until = fields.AwareDateTime(allow_none=True)
    asked = fields.List(fields.Nested(AskedShape), required=True)
    outside = fields.List(fields.Nested(OutsideAnswerShape), required=True)
    ended = fields.AwareDateTime(allow_none=True)
    filled = fields.Boolean(required=True)


class GapShape(Shape):
    shift = fields.Nested(ShiftShape, required=True)
    cover = fields.Nested(CoverShape, allow_none=True)


class CoverageShape(Shape):
    at = fields.AwareDateTime(required=True)
    posts = fields.List(fields.Nested(PostCoverShape), required=True)
    gaps = fields.List(fields.Nested(GapShape), required=True)
    unfinished = fields.List(fields.Nested(ShiftShape), required=True)


class CoverAnswer(Shape):
    answer = fields.String(required=True, validate=validate.OneOf(("yes", "no")))


class AnswerShape(Shape):
    """`refused`: the code of the rule that kept a yes from taking a place, if one did."""

    answer = fields.String(required=True)
    shift = fields.Nested(ShiftShape, required=True)
    refused = fields.String(allow_none=True, attribute="refusal.code", dump_default=None)


class SwapOffer(Shape):
    """To `taker` (none: to whoever fits), for `in_return`, a shift of theirs (none: for nothing).

    A form sends a colleague and their shift together, as `exchange`: `<volunteer> <shift>`.
    """

    taker = fields.String(load_default=None, allow_none=True, validate=ID)
    in_return = fields.String(load_default=None, allow_none=True, validate=ID)
    exchange = fields.String(validate=validate.Length(3, 130), load_only=True)

    @post_load
    def _take_apart(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        exchange = data.pop("exchange", None)
        if exchange is not None:
            data["taker"], _, data["in_return"] = exchange.partition(" ")
        return data


class ExchangeShape(Shape):
    """A colleague's shift that could be had: offer it as `taker` and `in_return`."""

    volunteer = fields.String(required=True)
    shift = fields.Nested(ShiftShape, required=True)


class SwapChoicesShape(Shape):
    """How one may be rid of `shift`: whom it would suit, and for which shifts of theirs."""

    shift = fields.Nested(ShiftShape, required=True)
    takers = fields.Function(
        lambda it: [volunteer for volunteer, _ in it.takers],
        required=True,
        metadata={"type": "array", "items": {"type": "string"}},
    )
    exchanges = fields.List(fields.Nested(ExchangeShape), required=True)


class SwapShape(Shape):
    id = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    shift = fields.String(required=True)
    giver = fields.String(required=True)
    taker = fields.String(allow_none=True)
    in_return = fields.String(allow_none=True)
    until = fields.AwareDateTime(required=True)


class Ticket(Shape):
    """What scanning a post's code gave the caller; good for two minutes, once."""

    ticket = fields.String(required=True, validate=validate.Length(1, 80))


class ScanShape(Shape):
    """`what`: the ticket would check the caller `in` or `out`, or `say` to the captain that they are there."""

    ticket = fields.String(required=True)
    what = fields.String(required=True)
    shift = fields.Nested(ShiftShape, required=True)


class CodeShape(Shape):
    """What the post's screen shows, and until when."""

    post = fields.String(required=True)
    url = fields.String(required=True)
    until = fields.AwareDateTime(required=True)


class LinkShape(Shape):
    """A private link, told once."""

    url = fields.String(required=True)
