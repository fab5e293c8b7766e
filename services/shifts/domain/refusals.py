"""Every no of the duty rota, as the sentence the person who asked needs to hear."""

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken


class PostExists(RuleBroken):
    code = "post-exists"
    says = Text("已有同名编号的岗位，请换一个编号。", "There is a post with this id already; please choose another.")


class PostClosed(RuleBroken):
    code = "post-closed"
    says = Text("这个岗位在这些日子已关闭。", "This post is closed in these days.")


class ClosingOverlaps(RuleBroken):
    code = "closing-overlaps"
    says = Text(
        "这段时间已有关闭安排，请先撤回原来的。", "A closing is planned in this time already; take that one back first."
    )


class ClosingOver(RuleBroken):
    code = "closing-over"
    says = Text("这次关闭已经结束。", "This closing is over.")


class EndsBeforeItBegins(RuleBroken):
    code = "ends-before-it-begins"
    status = 422
    says = Text("结束时间要晚于开始时间，也要晚于现在。", "The end must be later than the beginning, and than now.")


class MovesNowhere(RuleBroken):
    code = "moves-nowhere"
    status = 422
    says = Text("转去的岗位要是另一个开放的岗位。", "The duties must move to another post that is open.")


class BuildingUnknown(RuleBroken):
    code = "building-unknown"
    status = 422
    says = Text("没有登记这栋楼：{building}", "No such building is registered: {building}")


class NothingToPlan(RuleBroken):
    code = "nothing-to-plan"
    says = Text(
        "没有可排的班次：这些时间已过去、岗位关闭或不需要人。",
        "There is nothing to plan: these turns are over, or the post is closed or needs nobody then.",
    )


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


class OnLoan(RuleBroken):
    code = "volunteer-on-loan"
    says = Text("这名志愿者这几天支援其他社区。", "This volunteer helps another community in these days.")


class NotHereThen(RuleBroken):
    code = "not-here-then"
    says = Text(
        "这名志愿者来支援的时间不包括这一班。",
        "This shift is outside the time this volunteer is lent to this community.",
    )


class LacksSkill(RuleBroken):
    code = "lacks-skill"
    says = Text(
        "这一班需要会“{skill}”、且证书在有效期内的人。",
        "This shift needs somebody with the skill {skill}, not expired.",
    )


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


class ShiftNotFull(RuleBroken):
    code = "shift-not-full"
    says = Text("这个班次还有空位，直接报名就行。", "This shift still has a free place: just take it.")


class ShiftsOverlap(RuleBroken):
    code = "shifts-overlap"
    says = Text("与已报名的另一班时间重叠。", "This overlaps another shift this person has.")


class TooLittleRest(RuleBroken):
    code = "too-little-rest"
    says = Text("两班之间至少要休息 {hours} 小时。", "There must be at least {hours} hours of rest between two shifts.")


class TooManyHoursADay(RuleBroken):
    code = "too-many-hours-a-day"
    says = Text("一天最多值守 {hours} 小时。", "At most {hours} hours of duty in one day.")


class TooManyHoursAWeek(RuleBroken):
    code = "too-many-hours-a-week"
    says = Text(
        "一周（周一到周日）最多值守 {hours} 小时。", "At most {hours} hours of duty in one week, Monday to Sunday."
    )


class TooManyNights(RuleBroken):
    code = "too-many-nights"
    says = Text("最多连续值守 {nights} 个夜班。", "At most {nights} nights of duty in a row.")


class NotHeld(RuleBroken):
    code = "shift-not-held"
    says = Text("这名志愿者没有报名这个班次。", "This volunteer does not have this shift.")


class HeldAlready(RuleBroken):
    code = "shift-held-already"
    says = Text("已经报名这个班次。", "This person has this shift already.")


class TooLateToLeave(RuleBroken):
    code = "too-late-to-leave"
    says = Text(
        "开始前 {hours} 小时内不能自行退出；请转给别人，或联系值守队长。",
        "Within {hours} hours of the start a shift cannot be given up: hand it over, or speak to the captain.",
    )


class NotStarted(RuleBroken):
    code = "not-started"
    says = Text("班次还没有开始，不能记为没来。", "The shift has not begun; nobody can have missed it.")


class AlreadyThere(RuleBroken):
    code = "already-checked-in"
    says = Text("已签到，不能退出；离岗请签退。", "Checked in already: check out instead of giving the shift up.")


class TooEarly(RuleBroken):
    code = "too-early"
    says = Text("班次开始前 {minutes} 分钟内才能签到。", "Check-in opens {minutes} minutes before the shift.")


class NotCheckedIn(RuleBroken):
    code = "not-checked-in"
    says = Text("还没有签到，不能签退。", "Not checked in, so there is nothing to check out of.")


class CodeStale(RuleBroken):
    code = "code-stale"
    says = Text(
        "这个签到码已过期，请重新扫岗位上的二维码。",
        "This code is no longer good; please scan the one at the post again.",
    )


class CodeUsed(RuleBroken):
    code = "code-used"
    says = Text("这个签到码您已用过，请等下一个。", "You have used this code already; please wait for the next one.")


class NoShiftHere(RuleBroken):
    code = "no-shift-here"
    says = Text("您现在在这个岗位没有班次。", "You have no shift at this post now.")


class NothingToConfirm(RuleBroken):
    code = "nothing-to-confirm"
    says = Text("没有待确认的签到。", "There is no arrival to confirm.")


class SwapWithYourself(RuleBroken):
    code = "swap-with-yourself"
    status = 422
    says = Text("不能和自己换班。", "A shift cannot be swapped with oneself.")


class SwapSettled(RuleBroken):
    code = "swap-settled"
    says = Text("这次换班已经有结果，或班次已变动。", "This offer is settled already, or the shift has changed hands.")


class SwapNotYours(RuleBroken):
    code = "swap-not-yours"
    says = Text("这次换班不是提给您的。", "This offer was not made to you.")


class NobodyMissing(RuleBroken):
    code = "nobody-missing"
    says = Text("这一班不缺人，不用找人。", "Nobody is missing from this shift.")


class NotAsked(RuleBroken):
    code = "not-asked"
    says = Text(
        "没有找您顶这一班，或已经有人来了。", "You were not asked for this shift, or somebody has come already."
    )


class AlreadySolving(RuleBroken):
    code = "already-solving"
    says = Text(
        "正在为本社区排另一份班，请等它排完，或先停下它。",
        "Another rota of this community is being made; please wait for it, or stop it first.",
    )


class NothingToFill(RuleBroken):
    code = "nothing-to-fill"
    status = 422
    says = Text(
        "这些天里所选岗位没有要排人的班次；请先生成班次。",
        "In these days the chosen posts have no shifts to fill; plan their shifts first.",
    )


class NothingHappened(RuleBroken):
    code = "nothing-happened"
    status = 422
    says = Text("请选谁来不了，或哪个岗位关闭。", "Please choose who cannot come, or which post closes.")


class NotSolving(RuleBroken):
    code = "not-solving"
    says = Text("这份方案已经排完了。", "The search for this proposal is over already.")


class StillSolving(RuleBroken):
    code = "still-solving"
    says = Text("还在排班，请等一会儿，或先停下。", "The rota is still being made; please wait, or stop it first.")


class ProposalSettled(RuleBroken):
    code = "proposal-settled"
    says = Text("这份方案已经发布或放弃。", "This proposal is published or dropped already.")


class NotInProposal(RuleBroken):
    code = "not-in-proposal"
    says = Text("方案里这一班没有这个人。", "This person is not in that shift of the proposal.")


class RepairStands(RuleBroken):
    code = "repair-stands"
    says = Text(
        "修补方案要整份采用；可以再算一次，或放弃后自己安排。",
        "A repair is taken as a whole; work it out again, or drop it and assign by hand.",
    )
