"""The family of named errors: each has a stable code and the sentence a person needs, in both languages."""

from typing import Any, ClassVar

from shared.i18n.text import Lang, Text


class Fault(Exception):
    """Something a caller is told. `facts` fill the sentence (a Text in its language); `field` names the input at fault."""

    code: ClassVar[str] = "fault"
    status: ClassVar[int] = 500
    says: ClassVar[Text] = Text("系统出错了，我们已记录。", "Something went wrong on our side; it is on record.")

    def __init__(self, field: str | None = None, **facts: Any) -> None:
        super().__init__(self.code)
        self.field = field
        self.facts = facts

    def sentence(self, lang: Lang) -> str:
        return self.says.format(**self.facts).in_(lang)

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence('en')}"


class Malformed(Fault):
    """The request cannot be read at all."""

    code = "malformed"
    status = 400
    says = Text("请求无法读取：{reason}", "The request cannot be read: {reason}")


class Invalid(Fault):
    """The request was read, but some fields are wrong; `fields` maps each to what to do about it."""

    code = "invalid"
    status = 422
    says = Text("请检查填写的内容。", "Please check what you entered.")

    def __init__(self, fields: dict[str, Any]) -> None:
        super().__init__(next(iter(fields), None))
        self.fields = fields


class NotSignedIn(Fault):
    code = "not-signed-in"
    status = 401
    says = Text("请先登录。", "Please sign in first.")


class NotAllowed(Fault):
    code = "not-allowed"
    status = 403
    says = Text("您没有这项权限。", "You are not allowed to do this.")


class NotFound(Fault):
    code = "not-found"
    status = 404
    says = Text("没有找到。", "There is nothing here.")


class RuleBroken(Fault):
    """A rule of the field says no; every subclass is one rule and names it."""

    code = "rule-broken"
    status = 409
    says = Text("这与现有安排冲突。", "This conflicts with how things stand.")


class TooLarge(Fault):
    code = "too-large"
    status = 413
    says = Text("内容过大，最多 {limit}。", "Too large: {limit} at most.")


class UnsupportedMedia(Fault):
    code = "unsupported-media"
    status = 415
    says = Text("不支持的内容类型。", "This content type is not supported.")


class TooMany(Fault):
    code = "too-many"
    status = 429
    says = Text("操作太频繁，请在 {retry_after} 秒后再试。", "Too often: please try again in {retry_after} seconds.")


class Unavailable(Fault):
    """A part is away for now; nothing was lost and the same request may be sent again."""

    code = "unavailable"
    status = 503
    says = Text("系统暂时不可用，请稍后再试。", "A part of the system is away; please try again shortly.")
