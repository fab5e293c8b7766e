"""Writing notices, and what becomes of them: sent, withdrawn, corrected."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notify.domain import notices as domain
from services.notify.domain import posters
from services.notify.domain.notices import Notice, Wording
from services.notify.domain.posters import Building, Poster
from services.notify.domain.rules import Occasion
from services.notify.store import NotifyStore
from services.notify.usecases import ending
from shared.events.contracts import Fact, registry
from shared.events.envelope import DISTRICT
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.ids import new_id, now
from shared.outbound.template_sandbox import check_template

CORRECTED, WITHDRAWN = "notify.notice.corrected.v1", "notify.notice.withdrawn.v1"
publish = registry.publisher({
    domain.Published: "notify.notice.published.v1",
    domain.Corrected: CORRECTED,
    domain.Withdrawn: WITHDRAWN,
    posters.PosterAsked: "notify.poster.asked.v1",
    posters.PosterDropped: "notify.poster.dropped.v1",
})  # fmt: skip


def draft(store: NotifyStore, act: Command, community: str, written: Mapping[str, Any]) -> Notice:
    """Raises BadTemplate, NoSuchGroup."""
    notice = _written(act, community, written)

    def do(tx: NotifyStore) -> Notice:
        tx.save(notice, community=community)
        return notice

    return store.transaction(act, do)


def rewrite(store: NotifyStore, act: Command, community: str, notice_id: str, written: Mapping[str, Any]) -> Notice:
    """Raises BadTemplate, NoSuchGroup, NotADraft."""
    new = _written(act, community, written)

    def do(tx: NotifyStore) -> Notice:
        notice = tx.notice(community, notice_id)
        notice.rewrite(new)
        tx.save(notice, community=community)
        return notice

    return store.transaction(act, do)


def release(store: NotifyStore, act: Command, community: str, notice_id: str) -> Notice:
    """Send it now, or have it sent when its time comes. Raises NotADraft, NobodyChosen, NoWayChosen, TimeIsPast."""

    def do(tx: NotifyStore) -> Notice:
        notice = tx.notice(community, notice_id)
        _out(tx, notice, publish(notice.release(tx.act.at)))
        return notice

    return store.transaction(act, do)


def come_due(store: NotifyStore, notice_id: str) -> bool:
    """Sends out a scheduled notice; whether it still was to be sent."""

    def do(tx: NotifyStore) -> bool:
        notice = tx.load(Notice, notice_id)
        facts = publish(notice.come_due(tx.act.at))
        if facts:
            _out(tx, notice, facts)
        return bool(facts)

    return store.transaction(Command(), do)


SEND_SCHEDULED = Task("send-scheduled", every=0.5, do=come_due, due=lambda store: store.due_notices(now()), eager=True)


def withdraw(store: NotifyStore, act: Command, community: str, notice_id: str) -> Notice:
    """Raises NotOut, AlreadyWithdrawn."""

    def do(tx: NotifyStore) -> Notice:
        notice = tx.notice(community, notice_id)
        withdraw_in(tx, notice)
        return notice

    notice = store.transaction(act, do)
    store.drop_waiting(notice_id)
    return notice


def correct(
    store: NotifyStore, act: Command, community: str, notice_id: str, *, reason: str, wording: Mapping[str, str]
) -> Notice:
    """The new wording goes to the same people, says what was wrong, and stands where the old one stood.

    Raises BadTemplate, NotOut, AlreadyWithdrawn, AlreadyCorrected.
    """
    new_words = Wording(**wording)
    check_wording(new_words)

    def do(tx: NotifyStore) -> Notice:
        old = tx.notice(community, notice_id)
        new = Notice(
            act.id, community, old.kind, new_words, old.audience, old.ways, old.public, old.paper, act.actor, act.at,
            request=old.request, rule=old.rule, leads_to=old.leads_to, origin=old.origin,
        )  # fmt: skip
        return correct_in(tx, old, domain.correction_of(old, new, reason))

    new = store.transaction(act, do)
    store.drop_waiting(notice_id)
    return new


def correct_in(tx: NotifyStore, old: Notice, new: Notice) -> Notice:
    """The same within a transaction, by a correction that is written already; what still waits to be sent of the old one is to be
    dropped after that. Raises NotOut, AlreadyWithdrawn, AlreadyCorrected."""
    corrected = publish(old.correct(new.id))
    _out(tx, new, publish(new.release(tx.act.at)), also=[(old, corrected), *_posters_off(tx, old, CORRECTED)])
    return new


def send_everywhere(
    store: NotifyStore, act: Command, communities: Sequence[str], written: Mapping[str, Any]
) -> list[Notice]:
    """The district's notice: one for each of the communities, all of one bulletin. Raises BadTemplate, NoSuchGroup, TimeIsPast."""
    ids = {community: new_id() for community in communities}

    def do(tx: NotifyStore) -> list[Notice]:
        made = written_for(act, ids, written)
        for notice in made:
            _out(tx, notice, publish(notice.release(act.at)))
        return made

    return store.transaction(act, do)


def written_for(act: Command, ids: Mapping[str, str], written: Mapping[str, Any]) -> list[Notice]:
    """The district's notice as each of these communities has it, not yet saved. Raises BadTemplate, NoSuchGroup."""
    return [_written(act, community, written, id_=id_, bulletin=act.id) for community, id_ in ids.items()]


def withdraw_everywhere(store: NotifyStore, act: Command, bulletin: str) -> list[Notice]:
    """Raises AlreadyWithdrawn when all its notices are."""

    def do(tx: NotifyStore) -> list[Notice]:
        found = tx.of_bulletin(bulletin)
        standing = [one for one in found if one.standing != "withdrawn"] or found
        for notice in standing:
            withdraw_in(tx, notice)
        return standing

    withdrawn = store.transaction(act, do)
    for notice in withdrawn:
        store.drop_waiting(notice.id)
    return withdrawn


def withdraw_in(tx: NotifyStore, notice: Notice, instead: str | None = None) -> None:
    """The same within a transaction; what still waits to be sent of it is to be dropped after that. Raises NotOut,
    AlreadyWithdrawn."""
    facts = publish(notice.withdraw(instead))
    tx.save_all([(notice, facts), *_posters_off(tx, notice, WITHDRAWN)], community=notice.community)


def send_at_once(tx: NotifyStore, notice: Notice) -> None:
    """Within a transaction: one that no person wrote here goes out. Raises NobodyChosen."""
    _out(tx, notice, publish(notice.release(tx.act.at)))


def doors_for(store: NotifyStore, community: str, audience: Sequence[str]) -> list[tuple[Building, str]]:
    """The unit doors at which its poster hangs: of the buildings it is for or, if it is for all, of all."""
    chosen = {one.partition(":")[2] for one in audience if one.startswith("building:")}
    everywhere = "everyone" in audience or not chosen
    there = [one for one in store.buildings(community) if everywhere or one.name in chosen]
    return [(building, unit) for building in there for unit in building.doors()]


def check_wording(wording: Wording) -> None:
    """Raises BadTemplate."""
    for field in ("title", "body", "title_en", "body_en"):
        check_template(getattr(wording, field), domain.SHOWN_FACTS, field)


def _written(
    act: Command, community: str, written: Mapping[str, Any], *, id_: str | None = None, bulletin: str | None = None
) -> Notice:
    wording = Wording(written["title"], written["body"], written.get("title_en", ""), written.get("body_en", ""))
    check_wording(wording)
    audience = domain.check_audience([*written.get("audience", ()), *written.get("also", ())])
    return Notice(
        id_ or act.id, community, written["kind"], wording, audience, tuple(written["ways"]), written["public"],
        written["paper"], act.actor, act.at, send_at=written.get("send_at"), bulletin=bulletin,
        request=domain.Request("notice", id_ or act.id) if written.get("ask") else None,
    )  # fmt: skip


def _out(tx: NotifyStore, notice: Notice, facts: list[Fact], also: Sequence[tuple[Any, list[Fact]]] = ()) -> None:
    """Saves a notice; one that has just gone out on paper asks for its posters in the same breath, and their owners hear of it."""
    asked = _posters_of(tx, notice) if facts and notice.paper and notice.community != DISTRICT else []
    saved = [(notice, facts), *also, *((one, publish(one.ask())) for one in asked)]
    if owners := sorted({one.owner for one in asked if one.owner}):
        told = {"notice": notice.id, "volunteers": owners}
        at = tx.act.at
        saved.append((Occasion(f"{notice.id}.posters", "posters-asked", notice.community, notice.id, at, at, told), []))
    tx.save_all(saved, community=notice.community)


def _posters_of(tx: NotifyStore, notice: Notice) -> list[Poster]:
    made = []
    for building, unit in doors_for(tx, notice.community, notice.audience):
        care = building.carer_of(unit)
        made.append(Poster(
            posters.poster_id(notice.id, building.id.rpartition("/")[2], unit), notice.id, notice.community,
            building.name, unit, care.owner, care.deputy, tx.act.at,
        ))  # fmt: skip
    return made


def _posters_off(tx: NotifyStore, notice: Notice, type_: str) -> list[tuple[Poster, list[Fact]]]:
    """What does not hang yet need not; whoever put up or looks after what hangs hears that it is to come down."""
    found = tx.posters_of(notice.id)
    hanging = [one for one in found if one.hangs and not one.dropped]
    if found:
        told = {
            "volunteers": sorted({one.owner for one in hanging if one.owner}),
            "accounts": sorted({one.placed_by for one in hanging if one.placed_by}),
        }
        trigger, at = "posters-dropped" if hanging else None, tx.act.at
        id_ = f"{notice.id}.{type_.split('.')[2]}"
        ending.note(tx, [(type_, Occasion(id_, trigger, notice.community, notice.id, at, at, told))])
    return [(one, publish(one.drop())) for one in found]
