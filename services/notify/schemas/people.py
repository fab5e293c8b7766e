"""The shapes of a person's own affairs: how they are told, their inbox, what they answer."""

import phonenumbers
from marshmallow import ValidationError, fields, validate

from shared.i18n.text import Text
from shared.web.schemas import Shape

_HOUR = validate.Range(0, 23)
_NO_PHONE = Text("请填写能收短信的手机号，例如 13800138000。", "A mobile number, please, such as 13800138000.")


def _mobile(value: str) -> str:
    try:
        number = phonenumbers.parse(value, "CN")
    except phonenumbers.NumberParseException:
        raise ValidationError([_NO_PHONE]) from None
    if not phonenumbers.is_valid_number(number):
        raise ValidationError([_NO_PHONE])
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Mobile(fields.String):
    """A number in any spelling, taken as E.164."""

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        return _mobile(str(value))


class HabitsForm(Shape):
    """`sms` and `email` not given: stay as they are; `forget` names the ways to forget."""

    lang = fields.String(load_default="zh", validate=validate.OneOf(("zh", "en")))
    quiet_from = fields.Integer(load_default=22, validate=_HOUR)
    quiet_to = fields.Integer(load_default=7, validate=_HOUR)
    digest = fields.Boolean(load_default=False)
    over_60 = fields.Boolean(load_default=False)
    sms = Mobile()
    email = fields.Email(validate=validate.Length(max=120))
    forget = fields.List(fields.String(validate=validate.OneOf(("sms", "email"))), load_default=list)
    community = fields.String(validate=validate.Length(1, 40))
    building = fields.String(validate=validate.Length(1, 40))
    unit = fields.String(validate=validate.Length(1, 20))


class HabitsShape(Shape):
    lang = fields.String(required=True)
    quiet_from = fields.Integer(required=True)
    quiet_to = fields.Integer(required=True)
    digest = fields.Boolean(required=True)
    over_60 = fields.Boolean(required=True)
    ways = fields.List(fields.String(), required=True)
    community = fields.String(allow_none=True)
    building = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)


class LetterShape(Shape):
    """A notice in the inbox. `standing`: whether it still holds, or was withdrawn, or corrected by another."""

    id = fields.String(required=True)
    notice = fields.String(required=True)
    community = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    at = fields.AwareDateTime(allow_none=True)
    important = fields.Boolean(required=True)
    read = fields.AwareDateTime(allow_none=True)
    asked = fields.Boolean(required=True)
    answer = fields.String(allow_none=True)
    leads_to = fields.String(required=True)
    standing = fields.String(required=True, validate=validate.OneOf(("holds", "corrected", "withdrawn")))


class AnswerForm(Shape):
    answer = fields.String(required=True, validate=validate.OneOf(("yes", "no")))


class AskShape(Shape):
    about = fields.String(required=True)
    subject = fields.String(required=True)
    answer = fields.String(allow_none=True)
    until = fields.AwareDateTime(allow_none=True)


class PosterShape(Shape):
    id = fields.String(required=True)
    notice = fields.String(required=True)
    building = fields.String(required=True)
    unit = fields.String(required=True)
    owner = fields.String(allow_none=True)
    deputy = fields.String(allow_none=True)
    asked = fields.AwareDateTime(required=True)
    placed = fields.AwareDateTime(allow_none=True)
    dropped = fields.Boolean(required=True)
    taken_down = fields.AwareDateTime(required=True, allow_none=True)
