"""Every no of notify, as the sentence the person who asked needs to hear."""

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken


class NoSuchGroup(RuleBroken):
    code = "no-such-group"
    status = 422
    says = Text("没有“{group}”这样的收件人。", "There are no recipients called “{group}”.")


class NobodyChosen(RuleBroken):
    code = "nobody-chosen"
    status = 422
    says = Text("请至少选一类收件人，或公开张贴。", "Choose at least one kind of recipient, or make it public.")


class NoWayChosen(RuleBroken):
    code = "no-way-chosen"
    status = 422
    says = Text(
        "请至少选一种送达方式，或公开、或张贴，否则谁也收不到。",
        "Choose at least one way, or make it public or put it up: nobody would get it otherwise.",
    )


class NotADraft(RuleBroken):
    code = "notice-not-a-draft"
    says = Text(
        "这份通知已发出，不能再改；可以更正或撤回。",
        "This notice is out and cannot be changed: correct or withdraw it.",
    )


class NotOut(RuleBroken):
    code = "notice-not-out"
    says = Text("这份通知没有发出，不能更正。", "This notice is not out, so there is nothing to correct.")


class AlreadyWithdrawn(RuleBroken):
    code = "notice-withdrawn"
    says = Text("这份通知已经撤回。", "This notice was withdrawn.")


class NoLongerAsked(RuleBroken):
    code = "no-longer-asked"
    says = Text(
        "这件事不再收回复了。已经答应、又来不了的，请联系社区。",
        "Answers are no longer taken. If you said yes and cannot come after all, please tell the community.",
    )


class AlreadyCorrected(RuleBroken):
    code = "notice-corrected"
    says = Text("这份通知已经更正过，请更正新的那一份。", "This notice was corrected already; correct the newer one.")


class TimeIsPast(RuleBroken):
    code = "time-is-past"
    status = 422
    says = Text(
        "定时发送的时间已经过去，请选以后的时间，或不填以立即发送。",
        "That time is past: choose a later one, or leave it empty to send now.",
    )


class NothingToDecide(RuleBroken):
    code = "nothing-to-decide"
    says = Text("这一条已经有结果了，不用再处理。", "This delivery has its outcome; there is nothing to decide.")


class AlreadyPlaced(RuleBroken):
    code = "poster-placed"
    says = Text("这张海报已确认张贴。", "This poster is confirmed as placed already.")


class PosterIsOff(RuleBroken):
    code = "poster-off"
    says = Text("这份通知已作废，海报不用贴了。", "This notice no longer holds; its poster is not to be put up.")


class PosterHolds(RuleBroken):
    code = "poster-holds"
    says = Text("这份通知还有效，海报请留着。", "This notice still holds; please leave its poster where it is.")


class AlreadyTakenDown(RuleBroken):
    code = "poster-taken-down"
    says = Text("这张海报没有挂着，不用再取。", "This poster does not hang; there is nothing to take down.")


class NotYourPoster(RuleBroken):
    code = "not-your-poster"
    status = 403
    says = Text("这个楼门由别人负责，请联系社区。", "Somebody else cares for this door; please speak to the community.")


class TooLate(RuleBroken):
    code = "answer-too-late"
    says = Text("回答的时间已过，谢谢您。", "The time to answer is over; thank you all the same.")


class NoActualAlert(RuleBroken):
    code = "alert-not-actual"
    status = 422
    says = Text(
        "这是{status}，不是真的预警，不能发给居民。", "This is {status}, no actual warning: it is not for residents."
    )


class NotForEverybody(RuleBroken):
    code = "alert-not-public"
    status = 422
    says = Text("这份预警{scope}，不能公开发布。", "This alert is {scope}: it is not to be made public.")


class NoWarning(RuleBroken):
    code = "alert-no-warning"
    status = 422
    says = Text("这是系统之间的{kind}，不是预警。", "This is {kind} between systems, no warning.")


class AlertExpired(RuleBroken):
    code = "alert-expired"
    status = 422
    says = Text("这份预警已在 {when} 过期，不能再发。", "This alert expired on {when} and cannot be sent any more.")


class AlertTaken(RuleBroken):
    code = "alert-taken"
    says = Text("这份预警已经收过、处理过，不会再发一次。", "This alert was taken in before and is not sent again.")


class AlertDiffers(RuleBroken):
    code = "alert-differs"
    says = Text(
        "同一编号的预警已经收过，但内容不同。请向发布单位核实。",
        "An alert of this very name was taken in before, with other content. Please ask whoever issued it.",
    )


class AlertUnknown(RuleBroken):
    code = "alert-reference-unknown"
    status = 422
    says = Text(
        "这份预警要更新或取消的 {references} 没有在这里收过，无从更正或撤回。",
        "What this alert updates or cancels was never taken in here: {references}.",
    )


class AlertOver(RuleBroken):
    code = "alert-over"
    says = Text("它所指的预警已经取消了。", "The alert it refers to was cancelled already.")


class AlertOvertaken(RuleBroken):
    code = "alert-overtaken"
    says = Text(
        "它所指的预警已有更新的一份，这份发布得更早，不再适用。",
        "The alert it refers to was updated since by a newer one than this.",
    )


class ChannelWrong(RuleBroken):
    code = "channel-wrong"
    status = 422
    says = Text("这个地址不能用：{reason}", "This address cannot be used: {reason}")


class RuleUnknown(RuleBroken):
    code = "trigger-unknown"
    status = 422
    says = Text("没有这样的触发事件。", "There is no such trigger.")
