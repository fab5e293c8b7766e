"""Page help: what each main page is for and what one does there; one table, shown behind the “?” of every page's head."""

import re
from functools import cache
from typing import NamedTuple

from shared.i18n.text import Text


class Help(NamedTuple):
    """`what` the page is for; `how`: what one does here."""

    what: Text
    how: Text


# `<…>` stands for one step of the address.
PAGES = {
    "/": Help(
        Text(
            "社区防控的值守、物资和求助都在这里办。",
            "Duty, supplies and help of the communities are looked after here.",
        ),
        Text(
            "想帮忙，选您住的社区报名；已有账号就登录。",
            "To help, choose your community and apply; sign in if you have an account.",
        ),
    ),
    "/accounts/": Help(
        Text("您的账号：权限、密码和手机号。", "Your account: rights, password and phone."),
        Text(
            "绑定手机后，可以用短信验证码登录，忘了密码也能找回。",
            "Link a phone to sign in by a code, also when the password is forgotten.",
        ),
    ),
    "/accounts/people": Help(
        Text("谁有账号，能做什么。", "Who has an account, and what each may do."),
        Text(
            "点开一个人，给予或收回权限；每次变动都有记录。",
            "Open a person to give or take rights; every change is on record.",
        ),
    ),
    "/accounts/communities": Help(
        Text("全区登记了哪些社区，各属哪个街道。", "Which communities are registered, and under which street office."),
        Text(
            "新社区先在这里登记，再给它的工作人员权限。",
            "Register a new community here first, then give its staff their rights.",
        ),
    ),
    "/district/": Help(
        Text(
            "全区此刻的情况。灰色是正常，有颜色的要有人管。",
            "The district at this moment. Grey is normal; colour needs somebody.",
        ),
        Text(
            "先看预警和等得最久的消杀，再点缺人的社区。方向键在社区之间移动，Esc 返回。",
            "Alerts and the longest waits first, then who lacks people. Arrow keys move on the board, Esc leaves it.",
        ),
    ),
    "/district/communities/<community>": Help(
        Text(
            "一个社区的全部：值守、缺岗、门岗、摸排、物资。",
            "All of one community: duty, gaps, gates, screening, supplies.",
        ),
        Text(
            "每个数字都能点开看名单，每一条都能看到是谁、何时、在哪里。",
            "Every figure opens its list, and every line says who, when and where.",
        ),
    ),
    "/district/alerts": Help(
        Text("按规则自动发出的预警，紧急的在前。", "Alerts raised by rules, the urgent first."),
        Text(
            "先接手，写一句打算怎么办；处理好了再关闭。情况消失会自行解除。",
            "Take it on with a word on what you will do, and close it when done. What is gone clears by itself.",
        ),
    ),
    "/district/help": Help(
        Text(
            "缺人缺物的社区，旁边是有余力的邻居。",
            "Communities that lack people or goods, beside neighbours who can spare some.",
        ),
        Text("点一下向邻居求助，答复会回到这里。", "Ask a neighbour with one press; the answer comes back here."),
    ),
    "/district/gaps": Help(
        Text("现在和 72 小时内缺人的班次。", "Shifts that lack people, now and within 72 hours."),
        Text(
            "从最早的看起，点开社区联系他们或找邻居帮忙。",
            "Begin with the earliest; open the community to reach it, or ask a neighbour.",
        ),
    ),
    "/district/report": Help(
        Text("一天的数字：值守、消杀、进出。", "A day in figures: duty, disinfection, passages."),
        Text("选日期，可下载 Excel 或打印。", "Choose a day; take it as Excel or on paper."),
    ),
    "/district/parts": Help(
        Text("各个服务运行得怎样，要处理的在前。", "How each part runs; what needs somebody comes first."),
        Text(
            "有搁置的，点开看原因，重试或放弃。",
            "Where something is set aside, open it, see why, try again or pass it over.",
        ),
    ),
    "/communities/<community>/shifts/": Help(
        Text(
            "这个社区每一天的班次，和还缺多少人。", "This community's shifts day by day, and how many people they lack."
        ),
        Text(
            "选一天，挑一班报名；工作人员点开可以安排人。",
            "Choose a day and take a shift; staff open one to assign people.",
        ),
    ),
    "/communities/<community>/shifts/coverage": Help(
        Text("谁在岗，哪里缺人，正在向谁找人。", "Who is on duty, where people are missing, and who is being asked."),
        Text(
            "人到了点签到；没来的标缺勤，空出来的班会自动找人。",
            "Check people in as they come; mark who did not, and the place is searched for again.",
        ),
    ),
    "/communities/<community>/shifts/plan": Help(
        Text("按岗位一次排出几天的班。", "Plans several days of shifts for a post at once."),
        Text(
            "选岗位、开始日期和每班时长，重复排不会多出班次。",
            "Choose the post, the first day and the length of a turn; doing it twice doubles nothing.",
        ),
    ),
    "/communities/<community>/shifts/posts": Help(
        Text(
            "社区的岗位：在哪里，每个时段要几个人。",
            "The community's posts: where they are, and how many people by the hour.",
        ),
        Text(
            "新设岗位，或安排关门；关门前会先看到影响到谁。",
            "Open a post, or plan its closing; you see whom that touches first.",
        ),
    ),
    "/communities/<community>/shifts/mine": Help(
        Text("您报名的班次，和要您答复的事。", "The shifts you took, and what waits for your answer."),
        Text(
            "到岗后扫岗位屏幕上的码签到。来不了请早点退出，或找人换班。",
            "At the post, scan the code on its screen. If you cannot come, give the shift up early, or swap it.",
        ),
    ),
    "/communities/<community>/grid/": Help(
        Text("网格、楼栋和户，摸排进度一目了然。", "Cells, buildings and households, with how far the screening is."),
        Text(
            "点一栋楼看各户；没有负责人的楼先安排人。",
            "Open a building to see its homes; give an owner to those without first.",
        ),
    ),
    "/communities/<community>/grid/gates/": Help(
        Text("各个门今天进出了多少人。", "How many passed each gate today."),
        Text(
            "点开您值守的门，逐个登记；没有网络会先存在手机里。",
            "Open the gate you stand at and enter people one by one; without a connection the phone keeps them.",
        ),
    ),
    "/communities/<community>/grid/requests/": Help(
        Text("居民的求助，等得最久的在前。", "What residents ask for, the longest waiting first."),
        Text("您能办的点接下，办好后点完成。", "Take what you can do, and say when it is done."),
    ),
    "/communities/<community>/grid/rounds": Help(
        Text("每一轮摸排走到了哪里。", "How far each round of screening is."),
        Text("点开一轮，看还剩哪些户、归谁走访。", "Open a round to see which homes are left, and whose they are."),
    ),
    "/communities/<community>/grid/disinfection": Help(
        Text("社区提出的消杀，和办到了哪一步。", "The disinfections this community asked for, and how far each is."),
        Text(
            "先交给自己的消杀队；做不了的转给救援队，做完请确认。",
            "Give it to your own team first, pass on what it cannot do, and confirm what is done.",
        ),
    ),
    "/volunteers/<community>/": Help(
        Text("社区的志愿者，和等您审核的报名。", "The community's volunteers, and who waits for approval."),
        Text(
            "待审核的先看；同一手机号的会标出来。可以一次通过几位。",
            "See those who wait first; who shares a phone number is marked. Several can be approved at once.",
        ),
    ),
    "/volunteers/<community>/me": Help(
        Text(
            "社区看到的您：联系方式、住处和公示同意。",
            "How the community knows you: contact, home, and what may be shown.",
        ),
        Text(
            "有变动请改过来；同意公示随时可以收回。",
            "Change what is no longer so; consent can be taken back at any time.",
        ),
    ),
    "/volunteers/<community>/loans": Help(
        Text("借出和借入的志愿者。", "Volunteers lent to others and lent to you."),
        Text("三方都同意后，借用的日子才能排班。", "Once all three agree, the days can be planned with."),
    ),
    "/volunteers/district/requests": Help(
        Text(
            "社区自己和邻居都排不满、报到指挥部的班次。",
            "Shifts that neither the community nor its neighbours could fill.",
        ),
        Text("看谁能去，指定人；每个答复都有记录。", "See who can go and name them; every answer is on record."),
    ),
    "/supplies/<community>/": Help(
        Text("库存、短缺、需求和在途物资。", "Stock, shortages, needs and what is on its way."),
        Text("领用和入库随手记；短缺会自己报出来。", "Note what is issued and received; shortages say themselves."),
    ),
    "/supplies/": Help(
        Text("各社区现在需要什么。", "What the communities need now."),
        Text(
            "选一样您能给的，填数量；社区接受后再送。",
            "Choose what you can give and how much; bring it once the community has accepted.",
        ),
    ),
    "/supplies/pledges/mine": Help(
        Text("您答应的捐赠，和送到了没有。", "What you promised, and whether it has arrived."),
        Text(
            "社区接受后按约定送去；改主意了可以撤回。",
            "Bring it once it is accepted; take it back if you changed your mind.",
        ),
    ),
    "/supplies/district/": Help(
        Text("区级仓库，和各社区的需求与分配。", "The district's store, with what communities need and are given."),
        Text(
            "紧缺的到货按需要和还能用几天来分，点开能看到理由。",
            "What is scarce is shared by need and days left; open a sharing to see why.",
        ),
    ),
    "/notices/bulletins": Help(
        Text("发给全区的通报。", "Bulletins to the whole district."),
        Text("写好先预览，发出后看各社区收到没有。", "Look at it before you send; then see which communities have it."),
    ),
    "/notices/<community>/desk": Help(
        Text("发给居民的通知，和还没送到的人。", "Notices to residents, and who was not reached."),
        Text("写好先预览；送不到的，打印张贴。", "Look at it before you send; print it for those it did not reach."),
    ),
    "/notices/inbox": Help(
        Text("发给您的消息。", "Messages to you."),
        Text("要答复的在前，点开就能回。", "Those that want an answer come first; open one to give it."),
    ),
    "/rescue/": Help(
        Text("全区没有结束的消杀任务。", "All disinfections of the district that are not over."),
        Text("没人接的先看，点开可以指定队伍。", "See first what nobody takes; open it to name a team."),
    ),
    "/rescue/inbox/<team>": Help(
        Text("派给您队伍的消杀任务，急的在前。", "Disinfections offered to your team, the urgent first."),
        Text(
            "能去就接单，再依次点出发、开始、完成，完成时拍一张现场照片。",
            "Accept what you can do, then press set out, begin and done, with a photo of the place.",
        ),
    ),
}


def help_for(path: str) -> Help | None:
    """Of the page at this path; an address without a step left open comes before one with."""
    return PAGES.get(path) or next((help_ for pattern, help_ in _patterns() if pattern.fullmatch(path)), None)


@cache
def _patterns() -> list[tuple[re.Pattern[str], Help]]:
    return [(re.compile(re.sub(r"<\w+>", "[^/]+", path)), help_) for path, help_ in PAGES.items() if "<" in path]
