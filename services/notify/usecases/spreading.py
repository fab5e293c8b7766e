"""From a notice to its deliveries: people are taken up part by part, each part in a transaction that ends where the next begins."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from services.notify.domain import schedule
from services.notify.domain.answers import Ask, ask_id
from services.notify.domain.deliveries import Delivery, delivery_id
from services.notify.domain.notices import Notice
from services.notify.domain.people import Habits, Person
from services.notify.store import NotifyStore
from shared.events.envelope import DISTRICT
from shared.kernel.command import Command
from shared.persistence.capability_links import give_link

PART = 200  # people in one transaction
LINKS = "answer"  # the kind of private link that leads to an ask


def spread(store: NotifyStore, secret: bytes, notice_id: str) -> bool:
    """Takes up the next part of a notice's people; whether there were any left."""
    return store.transaction(Command(), lambda tx: _take_part(tx, notice_id, secret))


def answer_token(secret: bytes, ask: str) -> str:
    """128 bits that only whoever holds our secret can make, so that a second try carries the same link as the first."""
    digest = hmac.digest(secret, ask.encode(), hashlib.sha256)
    return digest[:16].hex()


def channels_by_way(store: NotifyStore, community: str) -> dict[str, str]:
    """The channel that leads to a person's own address, by way: the community's, or else the district's."""
    found = [*store.channels(DISTRICT), *store.channels(community)]
    return {one.way: one.id for one in found if one.on and one.way != "group"}


def _take_part(tx: NotifyStore, notice_id: str, secret: bytes) -> bool:
    notice = tx.load(Notice, notice_id)
    if not notice.spreading:
        return False
    part = tx.audience(notice.community, notice.audience, tx.act.at, notice.cursor, PART)
    via = {"inbox": "", **channels_by_way(tx, notice.community)}
    made = [one for person in part for one in _deliveries(tx, notice, person, via)]
    if not notice.cursor:
        made += _to_groups(tx, notice)
    tx.add_deliveries(made)
    asks = _asks(notice, part)
    for ask in asks:
        give_link(tx, LINKS, ask.id, answer_token(secret, ask.id))
    notice.take_up(len(part), part[-1].id if len(part) == PART else None)
    tx.save_all([(notice, []), *((ask, []) for ask in asks)], community=notice.community)
    return True


def _deliveries(tx: NotifyStore, notice: Notice, person: Person, via: Mapping[str, str]) -> list[Delivery]:
    """By every way of the notice that leads to this person; what comes into the inbox is there at once and disturbs nobody."""
    at, made = tx.act.at, []
    for way in notice.ways:
        has = person.account if way == "inbox" else person.addresses.get(way)
        if way not in via or not has:
            continue
        due = schedule.due_for(person.habits, at, important=notice.important)
        arrived = way == "inbox"
        made.append(Delivery(
            delivery_id(notice.id, person.id, way), notice.id, notice.community, person.id,
            person.building_in(notice.community), way, via[way], notice.important, at if arrived else due,
            digest=person.habits.digest and not notice.important, state="sent" if arrived else "waiting",
            ended=at if arrived else None,
        ))  # fmt: skip
    return made


def _to_groups(tx: NotifyStore, notice: Notice) -> list[Delivery]:
    """One message into each of the community's chat groups, at an hour that is not quiet unless it is important."""
    if "group" not in notice.ways:
        return []
    due = schedule.due_for(Habits(), tx.act.at, important=notice.important)
    return [
        Delivery(
            delivery_id(notice.id, one.id, "group"),
            notice.id,
            notice.community,
            one.id,
            "",
            "group",
            one.id,
            notice.important,
            due,
        )
        for one in tx.channels(notice.community)
        if one.on and one.way == "group"
    ]


def _asks(notice: Notice, people: Sequence[Person]) -> list[Ask]:
    request = notice.request
    if request is None:
        return []
    return [
        Ask(
            ask_id(notice.id, one.id), notice.id, notice.community, one.id,
            next((help_.volunteer for help_ in one.helping if help_.community == notice.community), None),
            request.about, request.subject, request.until,
        )
        for one in people
    ]  # fmt: skip
