"""Sending: a delivery is claimed, the claim committed, the other side called outside of any transaction, and the outcome noted.

A process that dies between leaves a claim behind, which runs out: nobody knows then whether the message arrived.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.notify.domain.answers import ask_id
from services.notify.domain.channels import Channel
from services.notify.domain.deliveries import CLAIM, Delivery
from services.notify.domain.notices import Notice
from services.notify.domain.people import Person
from services.notify.store import NotifyStore
from services.notify.usecases.spreading import answer_token
from services.notify.usecases.wording import Letter, letter, outside
from shared import outside as world
from shared.ids import now
from shared.outside import Message, Went
from shared.places import name_of
from shared.vault import SealLost
from shared.words import Lang, Text

MOST_IN_DIGEST = 20
LOST_AT_ONCE = 200
DIGEST = Text("今天的通知（{count}条）", "Today's notices ({count})")
GONE = Text("没有可用的地址", "no address")


@dataclass(frozen=True)
class Desk:
    """What sending stands on: our address for links, the secret they are made with, whether private addresses may be called."""

    origin: str
    secret: bytes
    private: bool


@dataclass(frozen=True)
class Claimed:
    """What one call is about: one delivery, or all of a person's digest."""

    deliveries: list[Delivery]
    channel: Channel


def claim_due(store: NotifyStore, claim: str, limit: int) -> list[Claimed]:
    """Claims what is due and may be sent now; each is `sending`, committed, before anybody is called."""
    at, claimed, spent = now(), list[Claimed](), list[str]()
    while len(claimed) < limit:
        due = store.due_deliveries(at, limit - len(claimed), except_via=spent)
        for one in due:
            if one.via not in spent and (taken := _claim(store, one, claim, at, spent)):
                claimed.append(taken)
        if not due:
            break
    return claimed


def deliver(store: NotifyStore, desk: Desk, claimed: Claimed) -> None:
    """Calls the other side and notes what became of it. Outside of any transaction, however long it takes."""
    notices = {one: store.get(Notice, one) for one in {delivery.notice for delivery in claimed.deliveries}}
    standing = [one for one in claimed.deliveries if _stands(notices[one.notice])]
    for one in claimed.deliveries:
        if one not in standing:
            store.replace_delivery(one, replace(one, state="dropped", claim=None, ended=now()))
    if not standing:
        return
    went = _call(store, desk, standing, {id_: one for id_, one in notices.items() if one}, claimed.channel)
    for one in standing:
        store.replace_delivery(one, one.settle(went.outcome, went.why, now()))


def find_lost(store: NotifyStore) -> bool:
    """Claims that ran out: what they sent may have arrived. Whether there were any."""
    at = now()
    lost = store.lost_deliveries(at - CLAIM, LOST_AT_ONCE)
    for one in lost:
        store.replace_delivery(one, one.lose(at, "发送时中断 / cut off while sending"))
    return bool(lost)


def test_channel(store: NotifyStore, desk: Desk, channel: Channel, to: str, key: str) -> Went:
    """One message that says it is a test, to see whether the channel works."""
    place = name_of(store, channel.community)
    words = Text(
        "这是{place}发出的测试消息。收到就说明这条渠道通了。",
        "A test from {place}: if you read this, the channel works.",
    )
    said = words.format(place=place)
    message = Message(f"test.{key}", Text("测试", "Test").zh, f"{said.zh}\n{said.en}", to)
    return world.send(channel.kind, settings_of(store, channel), message, private=desk.private)


def settings_of(store: NotifyStore, channel: Channel) -> dict[str, Any]:
    """Raises SealLost."""
    opened: dict[str, Any] = json.loads(store.vault.open(channel.sealed))
    return opened


def _call(
    store: NotifyStore, desk: Desk, deliveries: Sequence[Delivery], notices: Mapping[str, Notice], channel: Channel
) -> Went:
    first = deliveries[0]
    person = None if first.way == "group" else store.person(first.person)
    if person is None and first.way != "group":
        return Went("refused", GONE.zh)
    try:
        to = store.vault.open(person.addresses[first.way]) if person else ""
        settings = settings_of(store, channel)
    except (KeyError, SealLost):
        return Went("refused", GONE.zh)
    lang: Lang = person.habits.lang if person else "zh"
    letters = [_letter(store, desk, notices[one.notice], person, lang) for one in deliveries]
    whole = letters[0] if len(letters) == 1 else _bound(letters, lang)
    message = Message(first.key, whole.title, whole.body, to)
    return world.send(channel.kind, settings, message, private=desk.private)


def _letter(store: NotifyStore, desk: Desk, notice: Notice, person: Person | None, lang: Lang) -> Letter:
    answer = None
    if notice.request is not None and person is not None:
        answer = f"{desk.origin}/notices/answers/{answer_token(desk.secret, ask_id(notice.id, person.id))}"
    place = name_of(store, notice.community)
    return outside(
        notice, letter(notice, person, place, desk.origin, now(), lang=lang, answer=answer), desk.origin, lang
    )


def _bound(letters: Sequence[Letter], lang: Lang) -> Letter:
    """A day's notices in one."""
    body = "\n\n".join(f"【{one.title}】\n{one.body}" for one in letters)
    return Letter(DIGEST.format(count=len(letters)).in_(lang), body)


def _claim(store: NotifyStore, one: Delivery, claim: str, at: datetime, spent: list[str]) -> Claimed | None:
    """Its channel is added to those that have `spent` what they may send, where it has."""
    channel = store.get(Channel, one.via)
    if channel is None or not channel.on:
        store.replace_delivery(one, one.take(claim, at).settle("failed", GONE.zh, at))
        return None
    if not store.take_token(channel.id, channel.rate, at):
        spent.append(channel.id)
        return None
    taken = [taken for each in _together(store, one, at) if (taken := _take(store, each, claim, at))]
    return Claimed(taken, channel) if taken else None


def _together(store: NotifyStore, one: Delivery, at: datetime) -> list[Delivery]:
    return [one, *store.digest_of(one, at, MOST_IN_DIGEST - 1)] if one.digest else [one]


def _take(store: NotifyStore, one: Delivery, claim: str, at: datetime) -> Delivery | None:
    taken = one.take(claim, at)
    return taken if store.replace_delivery(one, taken) else None


def _stands(notice: Notice | None) -> bool:
    return notice is not None and notice.standing == "published" and notice.corrected_by is None
