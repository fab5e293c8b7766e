"""What was received, event by event: where every figure and every list leads to in the end."""

from services.district.endpoints.looking import look
from services.district.endpoints.office import OFFICE
from services.district.endpoints.pages import PAGE_LENGTH
from services.district.read_views.events import name_of, see_events, words_of
from services.district.read_views.titles import titles
from services.district.schemas.events import EventsAsked, EventShape
from services.district.usecases.following import FOLLOWED, REACTIONS
from shared.projections.rebuilder import Rebuilds
from shared.security import tokens
from shared.web import Call, Reply, endpoint

HEARD = sorted({*REACTIONS, *tokens.REACTIONS})


class EventDoors:
    rebuilds: Rebuilds

    @endpoint("GET", "/district/events", who=OFFICE, query=EventsAsked, out=EventShape, many=True,
          page="district/events.html")  # fmt: skip
    def list_events(self, call: Call) -> Reply:
        """What was received, newest first: of one thing (`about`), of one community, of one type. With time, actor and place.

        A name that was taken back is blanked here too. What an operator passed over stands here as well: it had no effect.
        `as-known-at`: what had been received by then.
        """
        seen, asked = look(call, self.rebuilds), call.query
        before = int(asked["after"]) if asked["after"] else None if seen.known_at is None else seen.known_at + 1
        found = seen.store.received(
            PAGE_LENGTH + 1, about=asked["about"], community=asked["community"], types=_types(asked["type"]), before=before
        )  # fmt: skip
        shown = found[:PAGE_LENGTH]
        page = {
            **seen.page, "asked": asked, "places": titles(seen.store), "types": {one: words_of(one) for one in HEARD},
            "name": name_of(seen.store, shown) if asked["about"] else None,
            "listing": {"next": str(shown[-1].position) if found[PAGE_LENGTH:] else None},
        }  # fmt: skip
        return Reply(see_events(seen.store, shown), page=page)


def _types(asked: str) -> list[str]:
    """The types that a type, or an aggregate, stands for; one that does not exist finds nothing."""
    if asked in FOLLOWED:
        return [one for one in REACTIONS if one.startswith(f"{asked}.")]
    return [asked] if asked else []
