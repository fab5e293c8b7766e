"""Words of the published language that several services show: what people are good at, what posts are for."""

from shared.words import Text

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
