"""What all of rescue's doors have in common: whose a mission is, and what every page is drawn with."""

from typing import Any

from services.rescue.domain.missions import Mission
from services.rescue.domain.teams import Team
from services.rescue.read_views import STATE_WORDS, STEP_WORDS, WHY_WORDS, Names
from shared.i18n.domain_labels import DISINFECTION_URGENCY_WORDS, DISINFECTION_WORDS, EQUIPMENT_WORDS
from shared.kernel.errors import NotFound
from shared.web import Call, only

OFFICE = only("officer", "operator")
OFFICERS = only("officer")
RESCUERS = only("rescuer")


def own_teams(call: Call) -> list[str]:
    """The teams the caller is a member of."""
    grants = call.caller.grants if call.caller else ()
    return sorted(
        one.scope.removeprefix("team:") for one in grants if one.role == "rescuer" and one.scope.startswith("team:")
    )


def our_team(call: Call, team: str) -> Team:
    """Raises NotFound for a team that the caller is no member of."""
    if team not in own_teams(call):
        raise NotFound
    found: Team = call.store.load(Team, team)
    return found


def is_office(call: Call) -> bool:
    return call.caller is not None and any(call.caller.may(role) for role in ("officer", "operator"))


def seen_mission(call: Call, mission: str) -> Mission:
    """The office sees all, a team those it was asked for, staff their community's. Raises NotFound for others."""
    one: Mission = call.store.load(Mission, mission)
    asked = {*one.crew, *(offer.team for offer in one.offers), *(proof.team for proof in one.proofs)}
    staff = call.caller is not None and call.caller.may("staff", one.community)
    if is_office(call) or staff or not asked.isdisjoint(own_teams(call)):
        return one
    raise NotFound


def words(store: Any) -> dict[str, Any]:
    """What every page and fragment is drawn with."""
    return {
        "names": Names(store),
        "state_words": STATE_WORDS,
        "step_words": STEP_WORDS,
        "why_words": WHY_WORDS,
        "kind_words": DISINFECTION_WORDS,
        "urgency_words": DISINFECTION_URGENCY_WORDS,
        "equipment_words": EQUIPMENT_WORDS,
    }
