"""Domain labels that several services show: skills, kinds of posts, roles, times of the week, disinfection."""

from hashlib import sha256

from shared.i18n.text import Text

SKILL_WORDS = {
    "medical": Text("医护", "Medical"),
    "driving": Text("驾驶", "Driving"),
    "teaching": Text("教学", "Teaching"),
    "cooking": Text("做饭", "Cooking"),
    "languages": Text("外语", "Languages"),
    "repairs": Text("维修", "Repairs"),
}

KIND_WORDS = {
    "gate": Text("门岗", "Gate"),
    "patrol": Text("巡逻", "Patrol"),
    "screening": Text("摸排", "Screening"),
    "health-education": Text("健康教育", "Health education"),
    "traffic": Text("交通管理", "Traffic"),
    "environment": Text("环境整治", "Environment"),
    "care": Text("爱心服务", "Care"),
    "disinfection": Text("消杀", "Disinfection"),
    "help-car": Text("帮扶车", "Help car"),
}

# 六大员, the six roles that volunteers of a community stand for.
ROLE_WORDS = {
    "publicity": Text("宣传员", "Publicity"),
    "duty": Text("值勤员", "Duty"),
    "oversight": Text("监督员", "Oversight"),
    "service": Text("服务员", "Service"),
    "advocacy": Text("倡导员", "Advocacy"),
    "guide": Text("引导员", "Guide"),
}

# When people have time: morning 6–12, afternoon 12–18, evening 18–24, night 0–6.
TIME_WORDS = {
    "weekday-morning": Text("平日上午", "Weekday mornings"),
    "weekday-afternoon": Text("平日下午", "Weekday afternoons"),
    "weekday-evening": Text("平日晚上", "Weekday evenings"),
    "weekday-night": Text("平日后半夜", "Weekday nights"),
    "weekend-morning": Text("周末上午", "Weekend mornings"),
    "weekend-afternoon": Text("周末下午", "Weekend afternoons"),
    "weekend-evening": Text("周末晚上", "Weekend evenings"),
    "weekend-night": Text("周末后半夜", "Weekend nights"),
}

# What is disinfected, how soon, and with what; asked by a community, done by its own team or a rescue team.
DISINFECTION_WORDS = {
    "building": Text("整栋楼", "Whole building"),
    "stairwell": Text("楼道", "Stairwell"),
    "lift": Text("电梯", "Lift"),
    "area": Text("公共区域", "Open area"),
}
DISINFECTION_URGENCY_WORDS = {
    "at-once": Text("马上", "At once"),
    "today": Text("今天", "Today"),
    "week": Text("本周", "This week"),
}
EQUIPMENT_WORDS = {
    "sprayer": Text("背负式喷雾器", "Backpack sprayer"),
    "fogger": Text("超低容量喷雾机", "Fogger"),
    "vehicle": Text("喷洒车", "Spraying vehicle"),
    "wipes": Text("擦拭用品", "Wiping kit"),
}


def mission_number(mission: str) -> str:
    """What people call a disinfection on the phone: six digits that anybody makes of its id alone. Two of a few hundred may
    share one, once in many weeks; whoever asks then says where."""
    digits = int.from_bytes(sha256(mission.encode()).digest()[:8]) % 1_000_000
    return f"{digits:06}"


def in_threes(number: str) -> str:
    """As it is read out."""
    return f"{number[:3]} {number[3:]}"
