"""How far screening rounds are, with the names of cells and places."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.district.domain.screening import Round, Tally
from services.district.read_views.titles import titles
from services.district.store import DistrictStore
from shared.i18n.text import Text

NO_CELL = Text("不在任何网格", "In no cell")


@dataclass(frozen=True)
class RoundSeen:
    """A round, where, and cell by cell: those with the most left first."""

    round: Round
    place: Text
    cells: Sequence[tuple[Text, Tally]]

    @property
    def whole(self) -> Tally:
        return self.round.whole


def see_rounds(store: DistrictStore, community: str | None = None) -> list[RoundSeen]:
    """Those that run, oldest first; then those that are over, newest first."""
    found = store.rounds(community)
    if not found:
        return []
    places = titles(store)
    names = {of: store.cells(of) for of in {one.community for one in found}}

    def name(one: Round, tally: Tally) -> Text:
        cell = names[one.community].get(tally.of or "")
        return Text(cell.name, cell.name) if cell else NO_CELL if tally.of is None else Text(tally.of, tally.of)

    seen = [
        RoundSeen(
            one,
            places.of(one.community),
            [(name(one, tally), tally) for tally in sorted(one.cells, key=lambda tally: (-tally.left, tally.of or ""))],
        )
        for one in found
    ]
    running = [one for one in reversed(seen) if not one.round.is_over]
    return running + [one for one in seen if one.round.is_over]
