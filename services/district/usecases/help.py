"""Help between neighbours: the office asks one community for another; what comes of it is theirs to do and to tell."""

from services.district.domain import help as domain
from services.district.domain.communities import shift_key
from services.district.domain.help import ASKED_FOR, GoodsAsked, Help, HelpEvent, Kind, NothingLacking, PeopleAsked
from services.district.store import DistrictStore
from shared.events.contracts import registry
from shared.events.envelope import DISTRICT
from shared.kernel.command import Command
from shared.kernel.errors import NotFound
from shared.persistence.revision import note_change

publish = registry.publisher({
    domain.GoodsAsked: "district.help.goods-asked.v1",
    domain.PeopleAsked: "district.help.people-asked.v1",
})  # fmt: skip


def ask_for_goods(
    store: DistrictStore, act: Command, by: str, *, giver: str, receiver: str, item: str, quantity: int
) -> Help:
    """Raises NotFound, OwnHelp, AskedAlready."""

    def do(tx: DistrictStore) -> Help:
        known = tx.items().get(item)
        if known is None:
            raise NotFound
        if receiver != DISTRICT:
            tx.the_community(receiver)
        asked = GoodsAsked(giver, receiver, item, quantity)
        return _ask(tx, "goods", asked, Help(act.id, "goods", giver, receiver, item, quantity, known.title, act.at, by))

    return store.transaction(act, do)


def ask_for_people(
    store: DistrictStore, act: Command, by: str, *, giver: str, receiver: str, shift: str, people: int
) -> Help:
    """Raises NotFound, NothingLacking, OwnHelp, AskedAlready."""

    def do(tx: DistrictStore) -> Help:
        key = shift_key(receiver, shift)
        one, place = tx.shifts_by_key({key}).get(key), tx.the_community(receiver)
        if one is None:
            raise NotFound
        if not one.missing or act.at >= one.ends:
            raise NothingLacking
        title, kind = place.title_of(one.post), place.posts[one.post].kind if one.post in place.posts else "patrol"
        asked = PeopleAsked(
            giver, receiver, shift, title.zh, title.en, kind, one.skill, one.starts, one.ends, one.missing
        )  # fmt: skip
        return _ask(tx, "people", asked, Help(act.id, "people", giver, receiver, shift, people, title, act.at, by))

    return store.transaction(act, do)


def _ask(tx: DistrictStore, kind: Kind, asked: HelpEvent, help_: Help) -> Help:
    tx.the_community(help_.giver)
    lately = tx.helps_since(
        help_.asked - ASKED_FOR, kind=kind, giver=help_.giver, receiver=help_.receiver, subject=help_.subject
    )
    domain.check_asking(help_.giver, help_.receiver, lately)
    tx.save(help_, publish([asked]), community=help_.giver)
    note_change(tx)
    return help_
