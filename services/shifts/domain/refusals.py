"""Every no of the duty rota, as the sentence the person who asked needs to hear."""

from shared.errors import RuleBroken
from shared.words import Text


class PostExists(RuleBroken):
    code = "post-exists"
    says = Text("已有同名编号的岗位，请换一个编号。", "There is a post with this id already; please choose another.")


class PostClosed(RuleBroken):
    code = "post-closed"
    says = Text("这个岗位已关闭。", "This post is closed.")


class NothingToPlan(RuleBroken):
    code = "nothing-to-plan"
    says = Text("这些日子的班次都已过去，没有可排的。", "All of these turns are over; there is nothing to plan.")


class PlannedOtherwise(RuleBroken):
    code = "planned-otherwise"
    says = Text(
        "这个岗位在这段时间已按另一种时长排班，不能重叠。",
        "This post has turns of another length in these days; the new ones would overlap them.",
    )


class NotApproved(RuleBroken):
    code = "volunteer-not-approved"
    says = Text("只有通过审核的志愿者才能值守。", "Only an approved volunteer may take a shift.")


class OnSuspension(RuleBroken):
    code = "volunteer-suspended"
    says = Text("这名志愿者已被暂停，暂不能值守。", "This volunteer is suspended and may not take shifts for now.")


class ShiftCancelled(RuleBroken):
    code = "shift-cancelled"
    says = Text("这个班次已取消。", "This shift is cancelled.")


class ShiftOver(RuleBroken):
    code = "shift-over"
    says = Text("这个班次已结束。", "This shift is over.")


class ShiftStarted(RuleBroken):
    code = "shift-started"
    says = Text(
        "班次已开始，请联系值守队长或社区工作人员。", "The shift has begun; please speak to the captain or the staff."
    )


class ShiftFull(RuleBroken):
    code = "shift-full"
    says = Text("这个班次人已够。", "This shift has all the people it needs.")


class ShiftsOverlap(RuleBroken):
    code = "shifts-overlap"
    says = Text("与已报名的另一班时间重叠。", "This overlaps another shift this person has.")


class TooLittleRest(RuleBroken):
    code = "too-little-rest"
    says = Text("两班之间至少要休息 {hours} 小时。", "There must be at least {hours} hours of rest between two shifts.")


class NotHeld(RuleBroken):
    code = "shift-not-held"
    says = Text("这名志愿者没有报名这个班次。", "This volunteer does not have this shift.")


class AlreadyThere(RuleBroken):
    code = "already-checked-in"
    says = Text("已签到，不能退出；离岗请签退。", "Checked in already: check out instead of giving the shift up.")


class TooEarly(RuleBroken):
    code = "too-early"
    says = Text("班次开始前 {minutes} 分钟内才能签到。", "Check-in opens {minutes} minutes before the shift.")


class NotCheckedIn(RuleBroken):
    code = "not-checked-in"
    says = Text("还没有签到，不能签退。", "Not checked in, so there is nothing to check out of.")
