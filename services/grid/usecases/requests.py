"""Asking for help, taking it on, doing it; and following who is on duty."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import orjson

from services.grid.domain import requests as domain
from services.grid.domain.requests import Request, RequestEvent, Watcher
from services.grid.store import GridStore
from services.grid.store.requests import ASKING_COUNTS
from shared.events.contracts import registry
from shared.events.envelope import Event
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.errors import NotFound, TooMany
from shared.persistence.capability_links import follow_link, give_link
from shared.persistence.revision import note_change

LINK = "request"
ASKED_AT_MOST = 5  # by one phone in an hour; whoever needs more had better call
ASKED_BY_ALL = 60  # without an account in an hour; more is not people in need

publish = registry.publisher({
    domain.Asked: "grid.request.asked.v1",
    domain.Taken: "grid.request.taken.v1",
    domain.HandedBack: "grid.request.handed-back.v1",
    domain.Done: "grid.request.done.v1",
    domain.Withdrawn: "grid.request.withdrawn.v1",
})  # fmt: skip


def ask(
    store: GridStore,
    act: Command,
    token: str,
    *,
    kind: str,
    gate: str | None,
    words: dict[str, str | None],
    by_staff: bool,
) -> Request:
    """Somebody asks for help, by themselves or through staff whom they called; `words` (who, phone, where, what) are sealed.

    `token`, drawn with the form, leads the asker to it; sent twice it is the same request. Raises TooMany.
    """
    place = store.community or ""
    sealed = store.vault.seal(place, orjson.dumps(words).decode())
    who = store.vault.seal_findable(place, words["phone"] or "")

    def do(tx: GridStore) -> Request:
        with suppress(NotFound):
            return tx.load(Request, follow_link(tx, LINK, token))
        if not by_staff:
            _check_not_too_many(tx, who)
            tx.note_asking(who)
        request = Request(act.id, kind, gate, act.at, act.actor if by_staff else None)
        tx.save(request, publish(request.ask()))
        note_change(tx)
        tx.keep_words(request.id, sealed)
        give_link(tx, LINK, request.id, token)
        return request

    return store.transaction(replace(act, key=None), do)


def take(store: GridStore, act: Command, request_id: str, account: str) -> Request:
    """Raises NotFound and the rules of Request.take."""

    def do(tx: GridStore) -> Request:
        return _change(tx, request_id, lambda one: one.take(_watcher(tx, account), act.at))

    return store.transaction(act, do)


def hand_back(store: GridStore, act: Command, request_id: str, account: str | None) -> Request:
    """`account` None: staff, for whoever has it. Raises NotFound and the rules of Request.hand_back."""

    def do(tx: GridStore) -> Request:
        return _change(tx, request_id, lambda one: one.hand_back(_id_of(tx, account)))

    return store.transaction(act, do)


def finish(store: GridStore, act: Command, request_id: str, account: str | None) -> Request:
    """`account` None: staff, for whoever has it. Raises NotFound and the rules of Request.finish."""

    def do(tx: GridStore) -> Request:
        return _change(tx, request_id, lambda one: one.finish(_id_of(tx, account), act.at))

    return store.transaction(act, do)


def withdraw(store: GridStore, act: Command, request_id: str) -> Request:
    """Raises NotFound, Settled."""
    return store.transaction(act, lambda tx: _change(tx, request_id, lambda one: one.withdraw(act.at)))


def withdraw_own(store: GridStore, act: Command, token: str) -> Request:
    """By the asker's private link. Raises NotFound, Settled."""

    def do(tx: GridStore) -> Request:
        return _change(tx, follow_link(tx, LINK, token), lambda one: one.withdraw(act.at))

    return store.transaction(act, do)


def forget_words(store: GridStore, _tenant: str) -> None:
    """What was said of persons in requests settled long ago is gone."""
    store.forget_words(Command().at)


FORGET_WORDS = Task("forget-words", every=30, do=forget_words)


def follow_duty(tx: GridStore, events: Sequence[Event]) -> None:
    """Who has checked in stands there until they check out."""
    watchers = _watchers(tx, [event.data["volunteer"] for event in events])
    for event in events:
        watcher = watchers[event.data["volunteer"]]
        if event.type == "shifts.shift.checked-in.v1":
            watcher.arrive(event.subject, event.data["at"])
        else:
            watcher.leave(event.subject)
    tx.save_all((watcher, []) for watcher in watchers.values())


def know_accounts(tx: GridStore, events: Sequence[Event]) -> None:
    """By which account a volunteer signs in; also one lent to this community."""
    watchers = _watchers(tx, [event.data.get("volunteer", event.subject) for event in events])
    for event in events:
        watchers[event.data.get("volunteer", event.subject)].account = event.data["account"]
    tx.save_all((watcher, []) for watcher in watchers.values())


REACTIONS = {
    "shifts.shift.checked-in.v1": follow_duty,
    "shifts.shift.checked-out.v1": follow_duty,
    "shifts.shift.missed.v1": follow_duty,
    "volunteers.volunteer.approved.v1": know_accounts,
    "volunteers.volunteer.account-linked.v1": know_accounts,
    "volunteers.stay.begun.v1": know_accounts,
}


def _change(tx: GridStore, request_id: str, change: Callable[[Request], list[RequestEvent]]) -> Request:
    request = tx.load(Request, request_id)
    happened = change(request)
    if happened:
        tx.save(request, publish(happened))
        note_change(tx)
    if not request.is_open:
        tx.let_words_go(request.id)
    return request


def _watcher(tx: GridStore, account: str) -> Watcher:
    """Who has never checked in is not on duty."""
    return tx.watcher_of(account) or Watcher("", account)


def _id_of(tx: GridStore, account: str | None) -> str | None:
    return None if account is None else _watcher(tx, account).id


def _watchers(tx: GridStore, ids: Sequence[str]) -> dict[str, Watcher]:
    known = {one.id: one for one in tx.find(Watcher, {"_id": {"$in": sorted(set(ids))}})}
    return {id_: known.get(id_) or Watcher(id_) for id_ in ids}


def _check_not_too_many(tx: GridStore, who: bytes) -> None:
    """Raises TooMany."""
    if tx.asked_lately(who) >= ASKED_AT_MOST or tx.asked_lately() >= ASKED_BY_ALL:
        raise TooMany(retry_after=int(ASKING_COUNTS.total_seconds()))
