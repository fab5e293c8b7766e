"""How far a request for disinfection is, in words."""

from shared.i18n.text import Text

# Each state as chip colour and words.
STATE_WORDS = {
    "asked": ("attention", Text("等消杀队接", "Waits for our team")),
    "taken": ("quiet", Text("消杀队在办", "Our team does it")),
    "passed-on": ("quiet", Text("已交救援队", "With rescue teams")),
    "done": ("attention", Text("完成，请验收", "Done, please judge")),
    "confirmed": ("ok", Text("已确认", "Confirmed")),
    "withdrawn": ("quiet", Text("已撤回", "Withdrawn")),
}
# How far rescue says it is, by the last word of its event's type.
MISSION_WORDS = {
    "": Text("正在送达救援队，网络断时会等着", "On its way to rescue; it waits while the link is down"),
    "opened": Text("救援队已收到", "Rescue has it"),
    "offered": Text("已派单，等接单", "Teams are asked"),
    "accepted": Text("已接单", "Accepted"),
    "handed-back": Text("退回了，重新派单", "Handed back; others are asked"),
    "set-out": Text("在路上", "On the way"),
    "begun": Text("作业中", "At work"),
    "finished": Text("已完成", "Finished"),
    "cancelled": Text("指挥部取消了，请重新安排", "Called off by the district; please decide anew"),
}
