"""The rules of automatic notices that a district begins with, and goes back to."""

from services.notify.domain.notices import Wording
from services.notify.domain.rules import Rule

USUAL_RULES = (
    Rule(
        "cover-asked", "cover-asked", "important",
        Wording(
            "{{ post }}缺人，您能来吗？",
            "{{ when }}，{{ post }}（{{ place }}）缺人。能来、来不了都请点一下，我们好去问别人。请在 {{ until }} 前回复。",
            "{{ post }} needs somebody: can you come?",
            "{{ post }} ({{ place }}) is short of people, {{ when }}. Please say whether you can come, by {{ until }}.",
        ),
        ("inbox", "sms", "email"), ask=True,
    ),
    Rule(
        "gap-opened", "gap-opened", "tip",
        Wording(
            "{{ post }}缺{{ missing }}人",
            "{{ when }}，{{ post }}（{{ place }}）还缺{{ missing }}人。能来的话请告诉我们。",
            "{{ post }} is {{ missing }} short",
            "{{ post }} ({{ place }}) still lacks {{ missing }} people, {{ when }}. Please tell us if you can come.",
        ),
        ("inbox", "sms", "email"), ask=True, on=False,
    ),
    Rule(
        "reminder-due", "reminder-due", "tip",
        Wording(
            "{{ hours }}小时后值守：{{ post }}",
            "{{ when }}，{{ post }}（{{ place }}）。请按时到岗，来不了请尽早告诉社区。",
            "On duty in {{ hours }} h: {{ post }}",
            "{{ when }}, {{ post }} ({{ place }}). Please be on time; if you cannot come, tell the community early.",
        ),
        ("inbox", "sms", "email"),
    ),
    Rule(
        "shift-lost", "shift-lost", "important",
        Wording(
            "您的班次取消了：{{ post }}",
            "{{ when }}，{{ post }}（{{ place }}）的班次因{{ why }}取消，您不用来了。谢谢您。",
            "Your shift is off: {{ post }}",
            "Your shift at {{ post }} ({{ place }}), {{ when }}, is off ({{ why }}). You need not come; thank you.",
        ),
        ("inbox", "sms", "email"),
    ),
    Rule(
        "shift-restored", "shift-restored", "important",
        Wording(
            "您的班次恢复了：{{ post }}",
            "{{ when }}，{{ post }}（{{ place }}）的班次照常，之前说的取消不算了。请按时到岗，来不了请尽早告诉社区。",
            "Your shift is on again: {{ post }}",
            "Your shift at {{ post }} ({{ place }}), {{ when }}, takes place after all. Please be on time; if you cannot come, "
            "tell the community early.",
        ),
        ("inbox", "sms", "email"),
    ),
    Rule(
        "closing-planned", "closing-planned", "important",
        Wording(
            "{{ post }}将关闭",
            "{{ community }}的{{ post }}（{{ place }}）从 {{ starts }} 起关闭{% if ends %}，到 {{ ends }} 重新开放{% endif %}。"
            "{% if instead %}请走{{ instead }}。{% endif %}",
            "{{ post }} will close",
            "{{ post }} ({{ place }}) of {{ community }} is closed from {{ starts }}{% if ends %} until {{ ends }}{% endif %}."
            "{% if instead %} Please use {{ instead }}.{% endif %}",
        ),
        ("inbox", "sms", "email", "group"), public=True, paper=True,
    ),
    Rule(
        "closing-withdrawn", "closing-withdrawn", "important",
        Wording(
            "{{ post }}照常开放，不关闭了",
            "{{ community }}的{{ post }}（{{ place }}）原定关闭，现在取消，照常通行。之前的关闭通知作废。",
            "{{ post }} stays open after all",
            "The closing of {{ post }} ({{ place }}) of {{ community }} is called off: it stays open. The earlier notice no longer "
            "holds.",
        ),
        ("inbox", "sms", "email", "group"), public=True,
    ),
    Rule(
        "post-reopened", "post-reopened", "important",
        Wording(
            "{{ post }}重新开放了",
            "{{ community }}的{{ post }}（{{ place }}）已经重新开放，可以通行。之前的关闭通知作废。",
            "{{ post }} is open again",
            "{{ post }} ({{ place }}) of {{ community }} is open again. The earlier notice no longer holds.",
        ),
        ("inbox", "sms", "email", "group"), public=True,
    ),
    Rule(
        "post-closed", "post-closed", "important",
        Wording(
            "{{ post }}已关闭", "{{ community }}的{{ post }}（{{ place }}）已关闭，请走别的门。",
            "{{ post }} is closed", "{{ post }} ({{ place }}) of {{ community }} is closed; please use another gate.",
        ),
        ("inbox", "sms", "email", "group"), public=True, paper=True, on=False,
    ),
    Rule(
        "posters-asked", "posters-asked", "tip",
        Wording(
            "请贴海报：{{ title }}",
            "《{{ title }}》要贴在您照看的楼门。请打印、贴好，再点“已贴好”，社区就知道哪些门还没有。",
            "Please put up a poster: {{ title }}",
            "“{{ title }}” is to hang at the doors you look after. Please print it, put it up and confirm, so that the community "
            "knows which doors still lack it.",
        ),
        ("inbox",),
    ),
    Rule(
        "posters-dropped", "posters-dropped", "tip",
        Wording(
            "请取下海报：{{ title }}",
            "《{{ title }}》已经作废。请把贴在楼门的取下来，再点“已取下”，社区就知道哪些门还挂着旧的。",
            "Please take down a poster: {{ title }}",
            "“{{ title }}” no longer holds. Please take it down where it hangs and confirm, so that the community knows which "
            "doors still show the old one.",
        ),
        ("inbox",),
    ),
    Rule(
        "shortage-raised", "shortage-raised", "tip",
        Wording(
            "{{ community }}的{{ item }}快用完了",
            "{{ community }}的{{ item }}还剩{{ balance }}{{ unit }}，大约够用{{ days }}天。"
            "您以前捐过，如果方便，请到物资页看看还缺什么。",
            "{{ community }} runs short of {{ item }}",
            "{{ community }} has {{ balance }} {{ unit }} of {{ item }} left, enough for about {{ days }} days. "
            "You gave some before: if you can again, please see what is needed on the supplies page.",
        ),
        ("inbox", "sms", "email"),
    ),
    Rule(
        "donation-received", "donation-received", "tip",
        Wording(
            "谢谢您捐的{{ item }}",
            "{{ community }}收到了您捐的{{ item }}{{ quantity }}{{ unit }}，收据号 {{ number }}。谢谢您，守门的人会用上。",
            "Thank you for the {{ item }}",
            "{{ community }} has received your {{ quantity }} {{ unit }} of {{ item }}, receipt {{ number }}. "
            "Thank you from those at the gate.",
        ),
        ("inbox", "sms", "email"),
    ),
    Rule(
        "mission-offered", "mission-offered", "important",
        Wording(
            "{{ community }}请贵队消杀：{{ place }}",
            "{{ place }}（{{ kind }}），请在 {{ until }} 前完成。请打开“消杀任务”接单，来不了也请点一下。",
            "{{ community }} asks you to disinfect: {{ place }}",
            "{{ place }} ({{ kind }}), to be done by {{ until }}. Please open “Missions” and accept, or say that you cannot.",
        ),
        ("inbox", "sms", "email"),
    ),
    Rule(
        "mission-accepted", "mission-accepted", "tip",
        Wording(
            "{{ team }}接下了消杀任务", "{{ place }}：{{ team }}已接单，到了会联系社区。",
            "{{ team }} took the mission", "{{ place }}: {{ team }} accepted and will be in touch when they arrive.",
        ),
        ("inbox", "sms", "email"),
    ),
    Rule(
        "mission-handed-back", "mission-handed-back", "important",
        Wording(
            "救援队退回了消杀任务：{{ place }}", "{{ place }}：接单的救援队做不了，任务退回来了。有别的队接单会再告诉您。",
            "A mission was handed back: {{ place }}", "{{ place }}: the team that had accepted cannot do it. You will hear when "
            "another accepts.",
        ),
        ("inbox", "sms", "email"),
    ),
    Rule(
        "mission-cancelled", "mission-cancelled", "important",
        Wording(
            "{{ community }}的消杀取消了：{{ place }}", "{{ place }}的消杀任务取消，不用去了。谢谢。",
            "{{ community }}: the mission is called off: {{ place }}", "The disinfection of {{ place }} is called off; nobody need "
            "go. Thank you.",
        ),
        ("inbox", "sms", "email"),
    ),
    Rule(
        "mission-finished", "mission-finished", "tip",
        Wording(
            "消杀完成，请验收：{{ place }}", "{{ place }}已报完成。请看一看，在“消杀”里确认或请他们再来。",
            "Done, please judge: {{ place }}", "{{ place }} is reported done. Please look, and confirm it or ask for more.",
        ),
        ("inbox", "sms", "email"),
    ),
    Rule(
        "mission-escalated", "mission-escalated", "important",
        Wording(
            "消杀还没有着落：{{ place }}", "{{ place }}的消杀没人接或超时，已上报指挥部。",
            "Not yet settled: {{ place }}", "The disinfection of {{ place }} is not taken, or late; the district office knows.",
        ),
        ("inbox", "sms", "email"),
    ),
    Rule(
        "alert-urgent", "alert-urgent", "important",
        Wording(
            "紧急预警：{{ community }}，{{ alert }}",
            "{{ community }}：{{ alert }}。请看一看，点“接手”，同事就知道有人在办。",
            "Urgent: {{ community }}, {{ alert }}",
            "{{ community }}: {{ alert }}. Please look, and take it on, so that the others know.",
        ),
        ("inbox", "sms"),
    ),
    Rule(
        "alert-raised", "alert-raised", "tip",
        Wording(
            "预警：{{ community }}，{{ alert }}", "{{ community }}：{{ alert }}。有空时请看一看。",
            "Alert: {{ community }}, {{ alert }}", "{{ community }}: {{ alert }}. Please look when you can.",
        ),
        ("inbox",),
    ),
)  # fmt: skip
