"""What many shapes of supplies share: quantities, references, and what is said where something was not filled in."""

from typing import Any

from marshmallow import fields, validate

from shared.i18n.text import Text
from shared.web.schemas import Query

MOST = 1_000_000
URGENCY_WORDS = {
    "now": Text("现在就缺", "Missing now"),
    "days": Text("这几天要用", "Within days"),
    "later": Text("备用", "To have in store"),
}
DONOR_WORDS = {"person": Text("个人", "A person"), "merchant": Text("商户或单位", "A shop or company")}
KIND_WORDS = {
    "received": Text("入库", "Received"),
    "issued": Text("领用", "Issued"),
    "moved-out": Text("调出", "Moved out"),
    "moved-in": Text("调入", "Moved in"),
    "counted": Text("盘点", "Counted"),
    "expired": Text("过期报废", "Expired"),
    "thrown-away": Text("损坏报废", "Thrown away"),
    "used": Text("作业使用", "Used"),
}


def missing(said: Text) -> dict[str, Any]:
    """What is said where the field was not filled in: several such stand together at the top of a form."""
    return {"required": [said]}


def how_many(*, least: int = 1, **options: Any) -> fields.Integer:
    told = {"required": True, "error_messages": missing(Text("请填写数量。", "Please fill in how many.")), **options}
    return fields.Integer(validate=validate.Range(least, MOST), **told)


def reference(**options: Any) -> fields.String:
    return fields.String(validate=validate.Length(1, 64), **options)


def note(longest: int = 200) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=longest))


class ForWhom(Query):
    """Where one comes from: what a form is filled in with at first."""

    item = fields.String(load_default="", validate=validate.Length(max=64))
    quantity = fields.String(load_default="", validate=validate.Length(max=10))
