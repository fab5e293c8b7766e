"""The shapes of what staff and officers set up: channels, rules, alerts from outside."""

from marshmallow import ValidationError, fields, validate, validates_schema

from services.notify.schemas.notices import SORT_WORDS, WAY_WORDS, Words
from shared.i18n.text import Text
from shared.web.schemas import Shape

CHANNEL_WORDS = {
    "wecom": Text("企业微信群机器人", "WeCom group robot"),
    "dingtalk": Text("钉钉群机器人", "DingTalk group robot"),
    "feishu": Text("飞书群机器人", "Feishu group robot"),
    "webhook": Text("通用网络回调（群）", "Webhook (group)"),
    "email": Text("邮件服务器", "Mail server"),
    "sms": Text("短信网关", "SMS gateway"),
}
SECURE_WORDS = {
    "starttls": Text("STARTTLS（常用端口 587）", "STARTTLS (usually port 587)"),
    "ssl": Text("SSL/TLS（常用端口 465）", "SSL/TLS (usually port 465)"),
    "insecure": Text("不加密（仅限内网）", "Not encrypted (own network only)"),
}
_MISSING = Text("请填写此项。", "Please fill this in.")


class NewChannel(Shape):
    """Mail servers need server, port and sender; all others the address the chat program or gateway shows."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(CHANNEL_WORDS)))
    label = fields.String(required=True, validate=validate.Length(1, 40))
    address = fields.String(validate=validate.Length(1, 500))
    secret = fields.String(validate=validate.Regexp(r"[A-Za-z0-9]{1,100}"))
    server = fields.String(validate=validate.Regexp(r"[A-Za-z0-9.-]{1,120}"))
    port = fields.Integer(validate=validate.Range(1, 65535))
    secure = fields.String(load_default="starttls", validate=validate.OneOf(tuple(SECURE_WORDS)))
    user = fields.String(validate=validate.Length(1, 120))
    password = fields.String(validate=validate.Length(1, 200))
    sender = fields.Email(validate=validate.Length(max=120))
    rate = fields.Integer(validate=validate.Range(1, 6000))

    @validates_schema
    def _is_whole(self, data: dict[str, object], **_: object) -> None:
        needed = ("server", "port", "sender") if data.get("kind") == "email" else ("address",)
        if missing := {name: [_MISSING] for name in needed if name not in data}:
            raise ValidationError(missing)


class ChannelTest(Shape):
    """`to`: for mail and SMS, whom the test goes to."""

    to = fields.String(load_default="", validate=validate.Length(max=120))


class Switch(Shape):
    on = fields.Boolean(required=True)


class ChannelShape(Shape):
    id = fields.String(required=True)
    kind = fields.String(required=True)
    label = fields.String(required=True)
    rate = fields.Integer(required=True)
    on = fields.Boolean(required=True)
    tested = fields.AwareDateTime(allow_none=True)
    fault = fields.String(required=True)


class WentShape(Shape):
    outcome = fields.String(required=True)
    why = fields.String(required=True)


class RuleForm(Words):
    title_en = fields.String(required=True, validate=validate.Length(1, 120))
    body_en = fields.String(required=True, validate=validate.Length(1, 3500))
    trigger = fields.String(required=True, validate=validate.Length(1, 40))
    kind = fields.String(required=True, validate=validate.OneOf(tuple(SORT_WORDS)))
    ways = fields.List(fields.String(validate=validate.OneOf(tuple(WAY_WORDS))), load_default=list)
    on = fields.Boolean(load_default=False)
    public = fields.Boolean(load_default=False)
    paper = fields.Boolean(load_default=False)
    ask = fields.Boolean(load_default=False)
    communities = fields.List(fields.String(validate=validate.Length(1, 40)), load_default=list)


class RuleShape(Shape):
    id = fields.String(required=True)
    trigger = fields.String(required=True)
    kind = fields.String(required=True)
    wording = fields.Nested(Words, required=True)
    ways = fields.List(fields.String(), required=True)
    on = fields.Boolean(required=True)
    public = fields.Boolean(required=True)
    paper = fields.Boolean(required=True)
    ask = fields.Boolean(required=True)
    communities = fields.List(fields.String(), required=True)


class CapForm(Shape):
    """`communities` empty: all."""

    xml = fields.String(required=True, validate=validate.Length(1, 256 * 1024))
    communities = fields.List(fields.String(validate=validate.Length(1, 40)), load_default=list)
