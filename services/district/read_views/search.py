"""What somebody looks for: a person, a building, an item, a mission by its number, a community, a notice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.district.domain.missions import Mission
from services.district.read_views.titles import Titles, titles
from services.district.read_views.words import MISSION_WORDS
from services.district.store import DistrictStore
from shared.i18n.text import Text

MOST = 8  # of a kind
KIND_WORDS = {
    "missions": Text("消杀任务", "Disinfection"),
    "communities": Text("社区", "Communities"),
    "people": Text("志愿者", "Volunteers"),
    "buildings": Text("楼栋", "Buildings"),
    "items": Text("物资", "Supplies"),
    "notices": Text("通知", "Notices"),
}


@dataclass(frozen=True)
class Hit:
    """One thing found, and the page it leads to."""

    kind: str
    id: str
    title: Text
    detail: Text | None
    href: str


def search(store: DistrictStore, words: str) -> list[Hit]:
    """Kind by kind; a few of each. Several words: the first may name a community, the others what is in it."""
    places = titles(store)
    first, _, rest = words.partition(" ")
    within = [one.id for one in store.communities_called(first, MOST)] if rest else []
    number = re.sub(r"[^0-9]", "", words)
    return [
        *(_mission(one, places) for one in (store.missions_numbered(number, MOST) if number else [])),
        *(
            Hit("communities", one.id, one.title, None, f"/district/communities/{one.id}")
            for one in store.communities_called(words, MOST)
        ),
        *(
            Hit("people", one.id, Text(name, name), places.of(one.community), _about(one.id))
            for one, name in store.people_called(words, MOST)
        ),
        *(
            Hit("buildings", one.id, Text(one.name, one.name), places.of(one.community), _about(one.id))
            for one in store.buildings_called(rest.strip() if within else words, MOST, within)
        ),
        *_items(store, words, places),
        *(
            Hit("notices", one.id, one.title, places.of(one.community), _about(one.id))
            for one in store.notices_called(words, MOST)
        ),
    ]


def _mission(one: Mission, places: Titles) -> Hit:
    _, state = MISSION_WORDS[one.state]
    where = places.of(one.community)
    detail = Text(f"{where.zh}，{one.place}，{state.zh}", f"{where.en}, {one.place}, {state.en}")
    return Hit("missions", one.id, Text(f"{one.number_said} 号", f"No. {one.number_said}"), detail, _about(one.id))


def _items(store: DistrictStore, words: str, places: Titles) -> Sequence[Hit]:
    """Each with where it is kept short, or how many places keep it."""
    hits = []
    for one in store.items_called(words, MOST):
        kept = store.stocks_of(one.id)
        short = [places.of(stock.place) for stock in kept if stock.short_since]
        detail = Text(f"{len(kept)} 个地方有账，共 ", f"kept at {len(kept)} places, in all ")
        total = one.amount(sum(stock.balance for stock in kept))
        said = Text(detail.zh + total.zh, detail.en + total.en)
        if short:
            said = Text(
                f"{said.zh}；短缺：{'、'.join(place.zh for place in short)}",
                f"{said.en}; short at {', '.join(place.en for place in short)}",
            )
        hits.append(Hit("items", one.id, one.title, said, _about(one.id)))
    return hits


def _about(id_: str) -> str:
    return f"/district/events?about={id_}"
