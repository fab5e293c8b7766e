"""The shapes of signing in by phone."""

from typing import Any

from marshmallow import fields, validate

from shared.i18n.text import Text
from shared.kernel.phone_numbers import LONGEST
from shared.web.schemas import Shape

_NO_PHONE: dict[str, Any] = {"required": [Text("请填写手机号。", "Give a phone number.")]}
_CODE_SAID = Text("验证码是 6 位数字。", "The code has 6 digits.")


class PhoneAsked(Shape):
    phone = fields.String(required=True, validate=validate.Length(1, LONGEST), error_messages=_NO_PHONE)
    next = fields.String()


class PhoneWanted(Shape):
    """`present`: one's password, so that nobody who finds a page open makes the account theirs."""

    phone = fields.String(required=True, validate=validate.Length(1, LONGEST), error_messages=_NO_PHONE)
    present = fields.String(required=True, validate=validate.Length(1, 128))


class CodeShown(Shape):
    phone = fields.String(required=True, validate=validate.Length(1, LONGEST), error_messages=_NO_PHONE)
    code = fields.String(
        required=True,
        validate=validate.Regexp(r"\s*[0-9]{6}\s*", error=_CODE_SAID.zh),
        error_messages={"required": [_CODE_SAID]},
    )


class CodeSignIn(CodeShown):
    """`password`: a new one, for who forgot theirs; every other session ends then."""

    password = fields.String(validate=validate.Length(10, 128))
    next = fields.String()


class AskedShape(Shape):
    """The same whether the number leads to somebody or not."""

    seconds = fields.Integer(required=True)
