"""The steps a mission does not allow, each by its name."""

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken


class MissionTaken(RuleBroken):
    code = "mission-taken"
    says = Text("已经有别的队接了这个任务。", "Another team has taken this mission.")


class AlreadyYours(RuleBroken):
    code = "already-yours"
    says = Text("贵队已经接了这个任务。", "Your team has this mission already.")


class MissionOver(RuleBroken):
    code = "mission-over"
    says = Text("这个任务已经结束或取消。", "This mission is over or called off.")


class NotOffered(RuleBroken):
    code = "not-offered"
    says = Text("这个任务没有派给贵队，或贵队已经回绝。", "Your team was not asked, or has said no.")


class NotYourMission(RuleBroken):
    code = "not-your-mission"
    says = Text("这个任务不在贵队手上。", "Your team does not have this mission.")


class AlreadyOnTheWay(RuleBroken):
    code = "already-on-the-way"
    says = Text("已经出发了。", "You have set out already.")


class NotOnTheWay(RuleBroken):
    code = "not-on-the-way"
    says = Text("先点“出发”，到了再点“开始”。", "Set out first, then begin.")


class AlreadyAtWork(RuleBroken):
    code = "already-at-work"
    says = Text("已经在作业了。", "You are at work already.")


class NotAtWork(RuleBroken):
    code = "not-at-work"
    says = Text("开始作业以后才能报完成。", "It can be finished once you have begun.")


class NothingToUndo(RuleBroken):
    code = "nothing-to-undo"
    says = Text("没有可以撤销的一步。", "There is no step to take back.")


class TooLateToUndo(RuleBroken):
    code = "too-late-to-undo"
    says = Text("超过 {minutes} 分钟，不能撤销了。", "More than {minutes} minutes ago: it cannot be taken back.")


class NobodyToHelp(RuleBroken):
    code = "nobody-to-help"
    says = Text("还没有队伍接，不需要增援。", "No team has it yet, so there is nobody to help.")


class SecondThere(RuleBroken):
    code = "second-there"
    says = Text("已经有一支增援队了。", "A second team is there already.")
