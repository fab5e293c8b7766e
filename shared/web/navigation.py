"""Navigation menu by role: one table, from which every service draws the same menu."""

from typing import NamedTuple

from shared.i18n.text import Text
from shared.security.tokens import Principal


class Way(NamedTuple):
    """`href` may name `<community>`: then there is one for each community the role is held in. `around`: where else it is the
    current one, if no other leads there more closely."""

    href: str
    label: Text
    icon: str
    roles: tuple[str, ...]
    around: str = ""


class Entry(NamedTuple):
    href: str
    label: Text
    icon: str
    current: bool


WAYS = (
    Way("/district/", Text("总览", "Overview"), "overview", ("officer", "operator")),
    Way("/district/alerts", Text("预警", "Alerts"), "attention", ("officer", "operator")),
    Way("/communities/<community>/shifts/", Text("值守", "Duty"), "shifts", ("staff", "captain", "volunteer")),
    Way("/communities/<community>/shifts/mine", Text("我的班次", "My shifts"), "mine", ("volunteer",)),
    Way("/volunteers/<community>/me", Text("我的资料", "My details"), "people", ("volunteer",)),
    Way("/volunteers/<community>/", Text("志愿者", "Volunteers"), "people", ("staff",)),
    Way("/volunteers/<community>/loans", Text("借调", "Loans"), "rescue", ("staff",)),
    Way("/volunteers/<community>/loans/mine", Text("支援", "Help out"), "rescue", ("volunteer",)),
    Way("/volunteers/district/requests", Text("求援", "Requests"), "rescue", ("officer",)),
    Way("/communities/<community>/grid/", Text("网格", "Grid"), "grid", ("staff", "volunteer")),
    Way("/supplies/<community>/", Text("物资", "Supplies"), "supplies", ("staff",)),
    Way("/supplies/district/", Text("物资", "Supplies"), "supplies", ("officer",)),
    Way("/supplies/", Text("需要什么", "Needed"), "supplies", ("donor",)),
    Way("/supplies/pledges/mine", Text("我的捐赠", "My gifts"), "mine", ("donor",)),
    Way("/rescue/inbox", Text("消杀任务", "Missions"), "rescue", ("rescuer",)),
    Way("/rescue/", Text("消杀", "Missions"), "rescue", ("officer", "operator")),
    Way("/notices/bulletins", Text("通知", "Notices"), "notices", ("officer",), "/notices/"),
    Way("/notices/<community>/desk", Text("通知", "Notices"), "notices", ("staff",), "/notices/<community>/"),
    Way(
        "/notices/inbox", Text("消息", "Messages"), "notices", ("volunteer", "captain", "donor", "rescuer"), "/notices/"
    ),
    Way("/accounts/people", Text("账号", "Accounts"), "people", ("officer", "operator")),
    Way("/accounts/communities", Text("社区", "Communities"), "grid", ("operator",)),
    Way("/district/parts", Text("运行", "Operations"), "overview", ("operator",)),
    Way("/accounts/", Text("我", "Me"), "account", ()),
)


def nav_of(caller: Principal | None, path: str, own_home: str | None = None) -> list[Entry]:
    """The entries for this caller, the longest one that leads to `path` marked as current. Who has rights in several
    communities, as a lent volunteer does, stays in the one whose page this is. At a community's own address (`own_home`, one of
    its services) only what the community runs there is named."""
    if caller is None:
        return []
    ways = {href: (way, around) for way in WAYS for href, around in _hrefs(way, caller, path.split("/"))}
    ground = own_home.rpartition("/")[0] if own_home else ""
    ways = {href: one for href, one in ways.items() if href.startswith(f"{ground}/")}
    near = {href: _nearness(path, href, around) for href, (_, around) in ways.items()}
    here = max((href for href in near if near[href]), key=lambda href: near[href], default=None)
    return [Entry(href, way.label, way.icon, href == here) for href, (way, _) in ways.items()]


def _nearness(path: str, *ways: str) -> int:
    """How much of the path one of these leads along."""
    return max((len(one) for one in ways if one and path.startswith(one)), default=0)


def _hrefs(way: Way, caller: Principal, here: list[str]) -> list[tuple[str, str]]:
    """Where this way leads for this caller, if they may go, and what is around it."""
    if not way.roles:
        return [(way.href, way.around)]
    if "<community>" not in way.href:
        return [(way.href, way.around)] if any(caller.may(role) for role in way.roles) else []
    held = [one for one in caller.communities() if any(caller.may(role, one) for role in way.roles)]
    chosen = [one for one in held if one in here] or held
    return [(way.href.replace("<community>", one), way.around.replace("<community>", one)) for one in chosen[:1]]
