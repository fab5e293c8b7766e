"""What places are called, for lists over many of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.district.store import DistrictStore
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text

DISTRICT_STORE = Text("区级仓库", "District store")


@dataclass(frozen=True)
class Titles:
    """By slug, in the order the communities were registered."""

    known: Mapping[str, Text]

    def of(self, place: str) -> Text:
        """The slug for a place that accounts has not named yet."""
        return DISTRICT_STORE if place == DISTRICT else self.known.get(place) or Text(place, place)


def titles(store: DistrictStore) -> Titles:
    return Titles({one.id: one.title for one in store.communities()})
