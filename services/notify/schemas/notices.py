"""The shapes of notices: as they are written, shown, counted and corrected."""

from marshmallow import fields, validate

from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.outbound.template_sandbox import LONGEST_TEMPLATE
from shared.web.schemas import Query, Shape

SORT_WORDS = {
    "letter": Text("公开信", "Letter"),
    "tip": Text("提示", "Tip"),
    "important": Text("重要通知", "Important"),
}
SORT_STATES = {"letter": "quiet", "tip": "quiet", "important": "attention"}
WAY_WORDS = {
    "inbox": Text("站内信", "Inbox"),
    "sms": Text("短信", "Text message"),
    "email": Text("邮件", "E-mail"),
    "group": Text("社区群", "The community's group"),
}
FACT_WORDS = {
    "community": Text("社区", "community"), "date": Text("日期", "date"), "name": Text("称呼", "name"),
    "building": Text("楼栋", "building"), "link": Text("网址", "link"), "title": Text("标题", "title"),
    "post": Text("岗位", "post"), "place": Text("地点", "place"), "when": Text("时间", "time"),
    "until": Text("截止时间", "deadline"), "missing": Text("人数", "number"), "hours": Text("几", "some"),
    "why": Text("原因", "reason"), "starts": Text("开始时间", "start"), "ends": Text("结束时间", "end"),
    "instead": Text("替代岗位", "other post"), "item": Text("物资", "item"), "unit": Text("单位", "unit"),
    "quantity": Text("数量", "quantity"), "balance": Text("余量", "amount left"), "days": Text("天数", "days"),
    "number": Text("收据号", "receipt number"), "kind": Text("类型", "kind"), "team": Text("救援队", "team"),
    "alert": Text("预警", "alert"),
}  # fmt: skip
STANDINGS = ("draft", "scheduled", "published", "withdrawn")
_title = validate.Length(1, 60)
_body = validate.Length(1, LONGEST_TEMPLATE - 500)


class Words(Shape):
    title = fields.String(required=True, validate=_title)
    body = fields.String(required=True, validate=_body)
    title_en = fields.String(load_default="", validate=validate.Length(max=120))
    body_en = fields.String(load_default="", validate=validate.Length(max=LONGEST_TEMPLATE - 500))


class NewNotice(Words):
    """`audience`: `everyone`, `on-duty`, `over-60`, `role:…`, `team:…`, `building:…`; a person in several gets it once.
    `send_at`, of Shanghai's clock unless it says otherwise; none: as soon as it is released."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(SORT_WORDS)))
    audience = fields.List(
        fields.String(validate=validate.Length(1, 80)), load_default=list, validate=validate.Length(max=200)
    )
    ways = fields.List(
        fields.String(validate=validate.OneOf(tuple(WAY_WORDS))),
        load_default=lambda: list(WAY_WORDS),
        validate=validate.Length(max=4),
    )
    public = fields.Boolean(load_default=False)
    paper = fields.Boolean(load_default=False)
    ask = fields.Boolean(load_default=False)
    send_at = fields.AwareDateTime(load_default=None, allow_none=True, default_timezone=SHANGHAI)


class NewBulletin(NewNotice):
    """`communities` empty: all."""

    communities = fields.List(
        fields.String(validate=validate.Length(1, 40)), load_default=list, validate=validate.Length(max=500)
    )


class ExpectedShape(Shape):
    """What a district's notice would be in one community: how many people, how many posters, which ways lack a channel."""

    community = fields.String(required=True)
    people = fields.Integer(required=True)
    doors = fields.Integer(required=True)
    lacking = fields.List(fields.String(), required=True)


class Correction(Words):
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class NoticeList(Query):
    standing = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STANDINGS))
    after = fields.String(load_default="", validate=validate.Length(max=64))


class From(Query):
    after = fields.String(load_default="", validate=validate.Length(max=200))


class WordingShape(Shape):
    title = fields.String(required=True)
    body = fields.String(required=True)
    title_en = fields.String(required=True)
    body_en = fields.String(required=True)


class NoticeShape(Shape):
    id = fields.String(required=True)
    community = fields.String(required=True)
    kind = fields.String(required=True)
    wording = fields.Nested(WordingShape, required=True)
    audience = fields.List(fields.String(), required=True)
    ways = fields.List(fields.String(), required=True)
    public = fields.Boolean(required=True)
    paper = fields.Boolean(required=True)
    standing = fields.String(required=True, validate=validate.OneOf(STANDINGS))
    send_at = fields.AwareDateTime(allow_none=True)
    published = fields.AwareDateTime(allow_none=True)
    corrects = fields.String(allow_none=True)
    corrected_by = fields.String(allow_none=True)
    bulletin = fields.String(allow_none=True)
    rule = fields.String(allow_none=True)


class PublicNoticeShape(Shape):
    """A notice as whoever comes by reads it: filled, in the reader's language."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    published = fields.AwareDateTime(allow_none=True)
    corrects = fields.String(allow_none=True)
    corrected_by = fields.String(allow_none=True)
    withdrawn = fields.Boolean(required=True)


class CountShape(Shape):
    """How many people the audience has at this moment."""

    people = fields.Integer(required=True)


class TallyShape(Shape):
    """How many deliveries of one way are waiting, sending, sent, failed, unknown, dropped."""

    way = fields.String(required=True)
    states = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class BuildingReachShape(Shape):
    building = fields.String(required=True)
    people = fields.Integer(required=True)
    ways = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    missed = fields.Integer(required=True)
    doors = fields.Integer(required=True)
    posted = fields.Integer(required=True)


class MissedShape(Shape):
    """Whom nothing has reached so far; `why` is empty while a letter lies unread. `name` only of who agreed to be shown."""

    person = fields.String(required=True)
    name = fields.String(allow_none=True)
    building = fields.String(required=True)
    unit = fields.String(required=True)
    why = fields.String(required=True)


class ReachShape(Shape):
    """`done`: deliveries that came to their end. `twice`: those the other side may have had twice, as a call was cut off."""

    people = fields.Integer(required=True)
    spreading = fields.Boolean(required=True)
    tallies = fields.List(fields.Nested(TallyShape), required=True)
    done = fields.Integer(required=True)
    total = fields.Integer(required=True)
    twice = fields.Integer(required=True)
    buildings = fields.List(fields.Nested(BuildingReachShape), required=True)
    missed = fields.List(fields.Nested(MissedShape), required=True)


class Decision(Shape):
    again = fields.Boolean(required=True)


class DeliveryShape(Shape):
    id = fields.String(required=True)
    notice = fields.String(required=True)
    way = fields.String(required=True)
    state = fields.String(required=True)
    tries = fields.Integer(required=True)
    why = fields.String(required=True)
