"""Automatic notices: an occasion meets the rules that answer to it, and becomes a notice; or is shown what it would become.
What it ends is withdrawn with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from services.notify.domain import schedule
from services.notify.domain.notices import Notice, Request, Wording
from services.notify.domain.people import Person, group
from services.notify.domain.posters import Building
from services.notify.domain.rules import FOR_WHO_HEARD, TRIGGERS, Fate, Occasion, Rule, origin_of, trigger_of
from services.notify.store import NotifyStore
from services.notify.usecases import writing
from services.notify.usecases.wording import letter
from shared.i18n import dates
from shared.i18n.domain_labels import DISINFECTION_WORDS
from shared.i18n.text import Lang, Text
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.ids import new_id
from shared.outbound.template_sandbox import BadTemplate, check_template, fill
from shared.replicas.communities import name_of

PATIENCE = timedelta(minutes=2)  # for what an occasion is about, when that is still on its way to us
REST = timedelta(hours=10)  # between two shifts of one person (docs/architecture/domain.md, "Rules")
WHY = {
    "closure": Text("岗位关闭", "the post is closed"),
    "cancelled": Text("班次取消", "it was cancelled"),
    "suspended": Text("志愿服务暂停", "your volunteering is suspended"),
}
LANGS: tuple[Lang, ...] = ("zh", "en")
SOME_POST = Text("岗位", "the post")


@dataclass(frozen=True)
class Sketch:
    """What a rule makes of an occasion: whom it tells, and in which words."""

    audience: tuple[str, ...]
    wording: Wording
    facts: dict[Lang, dict[str, str]]
    until: datetime | None


def tell(store: NotifyStore, occasion_id: str) -> bool:
    """Lets an occasion take effect; False where what it is about is not known yet."""
    occasion = store.load(Occasion, occasion_id)
    rules = [one for one in store.rules() if one.fits(occasion.trigger, occasion.community)]
    sketches = [(rule, _sketched(store, rule, occasion)) for rule in rules]
    act = Command()
    if any(one is None for _, one in sketches) and act.at - occasion.heard < PATIENCE:
        return False

    def do(tx: NotifyStore) -> list[Notice]:
        now_known = tx.load(Occasion, occasion_id)
        if now_known.fate != "waiting":
            return []
        over = tx.find(Notice, {"_id": {"$in": now_known.ends}, "standing": "published"})
        made = [_notice(rule, one, occasion, act) for rule, one in sketches if one is not None]
        now_known.fate, going = _fate(tx, now_known, made, over, act)
        now_known.notices = [one.id for one in going]
        instead = next((one.id for one in going if one.public), None)
        for notice in over:
            writing.withdraw_in(tx, notice, instead)
        for notice in going:
            writing.send_at_once(tx, notice)
        tx.save(now_known)
        return over

    for notice in store.transaction(act, do):
        store.drop_waiting(notice.id)
    return True


ANSWER_OCCASIONS = Task("answer-occasions", every=0.5, do=tell, due=NotifyStore.waiting_occasions, eager=True)


def save_rule(store: NotifyStore, act: Command, rule_id: str, said: Mapping[str, Any]) -> Rule:
    """Raises RuleUnknown, BadTemplate."""
    wording = Wording(said["title"], said["body"], said["title_en"], said["body_en"])
    known = trigger_of(said["trigger"]).facts
    for field in ("title", "body", "title_en", "body_en"):
        check_template(getattr(wording, field), known, field)

    def do(tx: NotifyStore) -> Rule:
        rule = tx.get(Rule, rule_id) or Rule(rule_id, said["trigger"], said["kind"], wording, ())
        rule.trigger, rule.kind, rule.wording = said["trigger"], said["kind"], wording
        rule.ways, rule.on, rule.communities = tuple(said["ways"]), said["on"], tuple(said["communities"])
        rule.public, rule.paper, rule.ask = said["public"], said["paper"], said["ask"]
        rule.changed, rule.changed_by = act.at, act.actor
        tx.save(rule)
        return rule

    return store.transaction(act, do)


def sketch(store: NotifyStore, rule: Rule, occasion: Occasion) -> Sketch | None:
    """What this rule would make of it; None where what it is about is not known. Raises BadTemplate."""
    facts = _facts(store, occasion)
    if facts is None:
        return None
    wording = Wording(
        fill(rule.wording.title, facts["zh"]), fill(rule.wording.body, facts["zh"]),
        fill(rule.wording.title_en, facts["en"]), fill(rule.wording.body_en, facts["en"]),
    )  # fmt: skip
    return Sketch(_audience(store, occasion), wording, facts, occasion.data.get("until"))


def _fate(
    tx: NotifyStore, occasion: Occasion, made: list[Notice], over: list[Notice], act: Command
) -> tuple[Fate, list[Notice]]:
    """What becomes of it, and which of the notices made of it go out."""
    again = TRIGGERS[occasion.trigger].again if occasion.trigger else None
    if occasion.is_too_old:
        return "too-old", []
    if again and tx.told_before(occasion, act.at - again):
        return "repeated", []
    if not made:
        return "no-rule", []
    if occasion.trigger in FOR_WHO_HEARD and not any(one.has_reached for one in over):
        return "nobody", []
    going = [one for one in made if one.audience or one.public]
    return "told" if going else "nobody", going


def _sketched(store: NotifyStore, rule: Rule, occasion: Occasion) -> Sketch | None:
    try:
        return sketch(store, rule, occasion)
    except BadTemplate:
        return None


def _notice(rule: Rule, made: Sketch, occasion: Occasion, act: Command) -> Notice:
    """Named after rule and occasion, so that there is one and no second."""
    request = None
    if rule.ask:
        cover = occasion.trigger == "cover-asked"
        request = Request("cover" if cover else "notice", occasion.subject, made.until)
    about_posters = str(occasion.trigger).startswith("posters-")
    paper = rule.paper and not about_posters  # or each poster would ask for the next
    return Notice(
        new_id(), occasion.community, rule.kind, _plain(made.wording), made.audience, rule.ways, rule.public, paper,
        None, act.at, request=request, rule=rule.id,
        leads_to=_LEADS_TO.get(rule.trigger, "").format(community=occasion.community, subject=occasion.subject),
        origin=origin_of(occasion),
    )  # fmt: skip


def _plain(wording: Wording) -> Wording:
    """Filled already: braces that came in with a fact are no template of ours."""

    def plain(text: str) -> str:
        return text.replace("{", "｛").replace("}", "｝")

    return Wording(plain(wording.title), plain(wording.body), plain(wording.title_en), plain(wording.body_en))


# The page where whoever is told does what is asked.
_LEADS_TO = {
    "posters-asked": "/notices/{community}/posters/mine",
    "posters-dropped": "/notices/{community}/posters/mine",
    "alert-urgent": "/district/alerts/{subject}",
    "alert-raised": "/district/alerts/{subject}",
}

# Whom an occasion is for, where its own facts say so.
_AUDIENCES: dict[str, Callable[[Mapping[str, Any]], tuple[str, ...]]] = {
    "cover-asked": lambda data: tuple(f"volunteer:{one}" for one in data["volunteers"]),
    "posters-asked": lambda data: tuple(f"volunteer:{one}" for one in data["volunteers"]),
    "posters-dropped": lambda data: (
        *(f"volunteer:{one}" for one in data["volunteers"]),
        *(f"person:{one}" for one in data["accounts"]),
    ),
    "reminder-due": lambda data: (f"volunteer:{data['volunteer']}",),
    "shift-lost": lambda data: (f"volunteer:{data['volunteer']}",),
    "shift-restored": lambda data: (f"volunteer:{data['volunteer']}",),
    "shortage-raised": lambda data: (f"gave:{data['item']}",),
    "donation-received": lambda data: (f"person:{data['account']}",),
    "mission-offered": lambda data: tuple(f"rescue-team:{one}" for one in data["teams"]),
    "mission-accepted": lambda _: ("role:staff",),
    "mission-finished": lambda _: ("role:staff",),
    "mission-escalated": lambda _: ("role:staff",),
    "alert-urgent": lambda _: ("role:officer",),
    "alert-raised": lambda _: ("role:officer",),
}


def _audience(store: NotifyStore, occasion: Occasion) -> tuple[str, ...]:
    data = occasion.data
    if occasion.trigger in FOR_WHO_HEARD:
        return tuple(f"heard:{one}" for one in occasion.ends)
    if occasion.trigger in _AUDIENCES:
        return _AUDIENCES[occasion.trigger](data)
    if occasion.trigger == "gap-opened":
        return tuple(f"volunteer:{one}" for one in could_fill(store, occasion.community, occasion.subject))
    served = [one.name for id_ in data.get("buildings", ()) if (one := store.get(Building, id_)) is not None]
    return tuple(f"building:{name}" for name in served) or ("everyone",)


def could_fill(store: NotifyStore, community: str, shift_id: str) -> list[str]:
    """Volunteers of this community who have the skill, are not resting from another shift and, if they said, have that time."""
    shift = store.noted("duties", f"{community}/{shift_id}")
    if not shift:
        return []
    helpers = [(person, one.volunteer) for person in store.helpers(community) for one in person.helping]
    busy = store.duties_of([one for _, one in helpers], shift["starts"] - REST, shift["ends"] + REST)
    return [one for person, one in helpers if one not in busy and _can(person, one, community, shift)]


def _can(person: Person, volunteer: str, community: str, shift: Mapping[str, Any]) -> bool:
    if group(community, f"volunteer:{volunteer}") not in person.groups:
        return False
    one = person.help_in(volunteer, community)
    return (
        one.standing == "approved"
        and (not shift.get("skill") or shift["skill"] in one.skills)
        and (not one.available or schedule.part_of_week(shift["starts"]) in one.available)
    )


def _facts(store: NotifyStore, occasion: Occasion) -> dict[Lang, dict[str, str]] | None:
    """What its texts may name, in both languages; None while the shift or post is not known."""
    place = name_of(store, occasion.community)
    trigger = str(occasion.trigger)
    if trigger in ("shortage-raised", "donation-received"):
        item = store.noted("items", str(occasion.data["item"]))
        return (
            {"zh": _of_item(occasion, item, place, "zh"), "en": _of_item(occasion, item, place, "en")} if item else None
        )
    if trigger.startswith("alert-"):
        words = Text(occasion.data["words"], occasion.data["words_en"])
        return {lang: {"community": place.in_(lang), "alert": words.in_(lang)} for lang in LANGS}
    if trigger.startswith("posters-"):
        notice = store.load(Notice, occasion.subject)
        return {
            lang: {"community": place.in_(lang), "title": letter(notice, None, place, "", occasion.at, lang=lang).title}
            for lang in LANGS
        }
    if trigger.startswith("mission-"):
        mission = store.noted("missions", f"{occasion.community}/{occasion.subject}")
        return (
            {"zh": _of_mission(occasion, mission, place, "zh"), "en": _of_mission(occasion, mission, place, "en")}
            if mission
            else None
        )
    if trigger in ("closing-planned", "closing-withdrawn", "post-closed", "post-reopened"):
        post = store.noted("posts", f"{occasion.community}/{occasion.subject}")
        return _both(place, post, lambda lang: _closing(store, occasion, lang)) if post else None
    return _of_duty(store, occasion, place)


def _of_duty(store: NotifyStore, occasion: Occasion, place: Text) -> dict[Lang, dict[str, str]] | None:
    shift = store.noted("duties", f"{occasion.community}/{occasion.subject}")
    if not shift:
        return None
    post = store.noted("posts", f"{occasion.community}/{shift['post']}")
    return _both(place, post, lambda lang: _of_shift(occasion, shift, lang))


def _both(place: Text, post: Mapping[str, Any], more: Any) -> dict[Lang, dict[str, str]]:
    return {
        lang: {
            "community": place.in_(lang),
            "post": _post_name(post).in_(lang),
            "place": str(post.get("place") or _post_name(post).in_(lang)),
            **more(lang),
        }
        for lang in LANGS
    }


def _of_shift(occasion: Occasion, shift: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    data = occasion.data
    until = data.get("until")
    return {
        "when": dates.span(shift["starts"], shift["ends"], lang),
        "missing": str(data.get("missing", "")),
        "hours": str(data.get("hours", "")),
        "why": WHY[str(data["why"])].in_(lang) if data.get("why") in WHY else "",
        "until": f"{dates.day(until, lang)} {dates.hm(until)}" if isinstance(until, datetime) else "",
    }


def _closing(store: NotifyStore, occasion: Occasion, lang: Lang) -> dict[str, str]:
    data = occasion.data
    told = {
        name: f"{dates.day(moment, lang)} {dates.hm(moment)}" if isinstance(moment := data.get(name), datetime) else ""
        for name in ("starts", "ends")
    }
    other = store.noted("posts", f"{occasion.community}/{data['move_to']}") if data.get("move_to") else {}
    return {**told, "instead": _post_name(other).in_(lang) if other else ""}


def _of_item(occasion: Occasion, item: Mapping[str, Any], place: Text, lang: Lang) -> dict[str, str]:
    data = occasion.data
    return {
        "community": place.in_(lang),
        "item": Text(item["name"], item["name_en"]).in_(lang),
        "unit": Text(item["unit"], item["unit_en"]).in_(lang),
        "quantity": str(data.get("quantity", "")),
        "balance": str(data.get("balance", "")),
        "days": str(data.get("days_left", "")),
        "number": str(data.get("number", "")),
    }


def _of_mission(occasion: Occasion, mission: Mapping[str, Any], place: Text, lang: Lang) -> dict[str, str]:
    data, due = occasion.data, mission["due"]
    return {
        "community": place.in_(lang),
        "place": str(mission["place"]),
        "kind": DISINFECTION_WORDS[mission["kind"]].in_(lang),
        "until": f"{dates.day(due, lang)} {dates.hm(due)}",
        "team": str(data.get("name" if lang == "zh" else "name_en", "")),
    }


def _post_name(post: Mapping[str, Any]) -> Text:
    return Text(post["name"], post["name_en"]) if post else SOME_POST


def dry_run(store: NotifyStore, rule: Rule, limit: int) -> list[tuple[Occasion, Sketch | None, int]]:
    """What the rule would have made of the newest occasions, and how many it would have told. Nothing is sent."""
    found = []
    for occasion in store.newest_occasions(rule.trigger, limit):
        made = _sketched(store, replace(rule, on=True), occasion)
        audience = made.audience if made else ()
        found.append((occasion, made, store.count_audience(occasion.community, audience, occasion.heard)))
    return found
