"""Sending: a delivery is claimed, the claim committed, the other side called outside of any transaction, and the outcome noted.

A process that dies between leaves a claim behind, which runs out: nobody knows then whether the message arrived.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from services.notify.domain.answers import ask_id
from services.notify.domain.channels import Channel
from services.notify.domain.deliveries import CLAIM, Delivery
from services.notify.domain.notices import Notice
from services.notify.domain.people import Person
from services.notify.store import NotifyStore
from services.notify.store.sending import UNREADABLE_FOR, Unreadable
from services.notify.usecases.spreading import answer_token
from services.notify.usecases.wording import Letter, letter, outside
from shared.crypto.field_encryption import SealLost
from shared.i18n.text import Lang, Text
from shared.jobs.scheduler import Task
from shared.kernel.ids import new_id, now
from shared.outbound import send as world
from shared.outbound.send import DeliveryResult, Message
from shared.persistence.store import is_away
from shared.replicas.communities import name_of

T = TypeVar("T")

MOST_IN_DIGEST = 20
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
    """What one call is about: one delivery, or all of a person's digest. `person` None: the channel speaks to a group."""

    deliveries: list[Delivery]
    channel: Channel
    notices: dict[str, Notice]
    person: Person | None


def claim_due(store: NotifyStore, claim: str, limit: int, unreadable: Unreadable) -> list[Claimed]:
    """Claims what is due and may be sent now; each is `sending`, committed, before anybody is called. What cannot be read lets the
    others go first."""
    at, chosen, spent = now(), list[tuple[Delivery, Channel]](), list[str]()
    while len(chosen) < limit:
        due = store.due_deliveries(at, limit - len(chosen), unreadable, except_via=spent)
        chosen += _choose(store, due, at, claim, spent, unreadable)
        spent += {one.via for one in due} - {
            *spent
        }  # each channel is asked once; what is left over is the next round's
        if not due:
            break
    taken = _take(store, [one for one, _ in chosen], claim, at, unreadable)
    notices, broken = _read(store, Notice, {one.notice for one in taken}, unreadable)
    people, strangers = _read(store, Person, {one.person for one in taken}, unreadable)
    channels = {channel.id: channel for _, channel in chosen}
    groups: dict[str, list[Delivery]] = {}
    for one in taken:
        if one.notice in broken or one.person in strangers:
            store.replace_delivery(one, one.put_off(at + UNREADABLE_FOR))
            continue
        groups.setdefault(f"{one.person} {one.way}" if one.digest else one.id, []).append(one)
    return [Claimed(some, channels[some[0].via], notices, people.get(some[0].person)) for some in groups.values()]


def deliver(store: NotifyStore, desk: Desk, claimed: Claimed) -> None:
    """Calls the other side and notes what became of it. Outside of any transaction, however long it takes."""
    standing = [one for one in claimed.deliveries if _stands(claimed.notices.get(one.notice))]
    for one in claimed.deliveries:
        if one not in standing:
            store.replace_delivery(one, replace(one, state="dropped", claim=None, ended=now()))
    if standing:
        went = _call(store, desk, standing, claimed)
        for one in standing:
            store.replace_delivery(one, one.settle(went.outcome, went.why, now()))


def lose(store: NotifyStore, delivery_id: str) -> bool:
    """A claim that ran out: what it sent may have arrived. Whether it still was nobody's."""
    at, one = now(), store.delivery(delivery_id)
    if one.claimed is None or one.claimed > at - CLAIM:
        return False
    return store.replace_delivery(one, one.lose(at, "发送时中断 / cut off while sending"))


FIND_LOST = Task("find-lost", every=0.5, do=lose, due=lambda store: store.lost_deliveries(now() - CLAIM), eager=True)


def test_channel(store: NotifyStore, desk: Desk, channel: Channel, to: str, key: str) -> DeliveryResult:
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


def _call(store: NotifyStore, desk: Desk, deliveries: Sequence[Delivery], claimed: Claimed) -> DeliveryResult:
    first, person, channel = deliveries[0], claimed.person, claimed.channel
    if person is None and first.way != "group":
        return DeliveryResult("refused", GONE.zh)
    try:
        to = store.vault.open(person.addresses[first.way]) if person else ""
        settings = settings_of(store, channel)
    except (KeyError, SealLost):
        return DeliveryResult("refused", GONE.zh)
    lang: Lang = person.habits.lang if person else "zh"
    letters = [_letter(store, desk, claimed.notices[one.notice], person, lang) for one in deliveries]
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


def _choose(
    store: NotifyStore, due: Sequence[Delivery], at: datetime, claim: str, spent: Sequence[str], unreadable: Unreadable
) -> list[tuple[Delivery, Channel]]:
    """As many of each channel's as it may send now, with the channel."""
    chosen = list[tuple[Delivery, Channel]]()
    for via in {one.via: None for one in due if one.via not in spent}:
        mine = [one for one in due if one.via == via]
        known, broken = _read(store, Channel, {via}, unreadable)
        if broken:
            store.put_off(via, at)
            continue
        channel = known.get(via)
        if channel is None or not channel.on:
            for one in mine:
                store.replace_delivery(one, one.take(claim, at).settle("failed", GONE.zh, at))
        else:
            given = store.take_tokens(channel.id, channel.rate, len(mine), at)
            chosen += [(one, channel) for one in mine[:given]]
    return chosen


def _read(
    store: NotifyStore, cls: type[T], ids: Iterable[str], unreadable: Unreadable
) -> tuple[dict[str, T], set[str]]:
    """Those that there are, by id, and the ids of those that cannot be read: all at once, or where that fails one by one."""
    wanted, found, broken = sorted(ids), dict[str, T](), set[str]()
    try:
        return _by_id(store, cls, wanted), broken
    except Exception as fault:
        if is_away(fault):
            raise
    for id_ in wanted:
        try:
            found |= _by_id(store, cls, [id_])
        except Exception as fault:
            if is_away(fault):
                raise
            unreadable(id_, fault)
            broken.add(id_)
    return found, broken


def _by_id(store: NotifyStore, cls: type[T], ids: Sequence[str]) -> dict[str, T]:
    return {document.id: document for document in store.find(cls, {"_id": {"$in": list(ids)}})}  # type: ignore[attr-defined]


def _take(
    store: NotifyStore, chosen: Sequence[Delivery], claim: str, at: datetime, unreadable: Unreadable
) -> list[Delivery]:
    """Claims them under a name of this very round, and with each digest the rest of it."""
    name = f"{claim} {new_id()}"
    wanted = {one.id: one for one in chosen}
    for one in chosen:
        if one.digest:
            wanted |= {more.id: more for more in store.digest_of(one, at, MOST_IN_DIGEST - 1, unreadable)}
    return store.claim_deliveries([(one, one.take(name, at)) for one in wanted.values()])


def _stands(notice: Notice | None) -> bool:
    return notice is not None and notice.standing == "published" and notice.corrected_by is None
