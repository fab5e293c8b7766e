"""The participation board: everybody who helps and agreed to stand there, for everybody to see."""

from collections.abc import Sequence
from typing import Any

from services.volunteers.domain.board import name_on_board
from services.volunteers.domain.profiles import Profile
from services.volunteers.domain.records import stars
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.schemas import board as schemas
from shared.documents import qr
from shared.documents.photos import KIND
from shared.i18n.domain_labels import ROLE_WORDS
from shared.i18n.text import Text
from shared.replicas.communities import check_known, name_of
from shared.web import Call, Reply, anyone, endpoint

PAGE_LENGTH = 60


class BoardDoors:
    @endpoint("GET", "/volunteers/<community>/board", who=anyone, query=schemas.BoardList, out=schemas.CardShape, many=True,
          page="volunteers/board.html")  # fmt: skip
    def board(self, call: Call, community: str) -> Reply:
        """Who helps in this community and agreed to be seen: by name where they agreed to that too, else by family name."""
        check_known(call.store, community)
        found = call.store.on_board(community, call.query["after"], PAGE_LENGTH + 1)
        shown, more = found[:PAGE_LENGTH], found[PAGE_LENGTH:]
        here = f"{call.visit.origin}/volunteers/{community}/board"
        page: dict[str, Any] = {
            "community": community,
            "place": name_of(call.store, community),
            "helping": call.store.count_by_standing(community).get("approved", 0),
            "address": here.split("://", 1)[1],
            "code": qr.svg(here),
            "listing": {"next": shown[-1][0].id if more else None},
        }
        return Reply(_cards(call, community, shown), page=page)

    @endpoint("GET", "/volunteers/<community>/board/photos/<photo>", who=anyone, file=KIND)
    def board_photo(self, call: Call, community: str, photo: str) -> Reply:
        """A photo on the board, for as long as it stands there; a browser that holds it asks each time."""
        content = call.store.shown_photo(community, photo)
        return Reply.file(content, KIND, "photo.jpg", shown=True, version=photo)


def _cards(call: Call, community: str, shown: Sequence[tuple[Volunteer, Profile]]) -> list[dict[str, Any]]:
    minutes = call.store.minutes_of([volunteer.id for volunteer, _ in shown])
    teams = call.store.teams(community)
    return [
        {
            "name": name_on_board(volunteer.display_name, name_shown=volunteer.name_shown).in_(call.lang),
            "photo": f"/volunteers/{community}/board/photos/{profile.photo}" if profile.photo else None,
            "hours": minutes.get(volunteer.id, 0) // 60,
            "stars": stars(minutes.get(volunteer.id, 0)),
            "roles": [ROLE_WORDS[role].in_(call.lang) for role in volunteer.roles],
            "teams": [Text(one.name, one.name_en).in_(call.lang) for one in teams if volunteer.id in one.members],
        }
        for volunteer, profile in shown
    ]
