"""What is behind the figures."""

from datetime import UTC, datetime

from services.district.domain.communities import Outlook
from services.district.endpoints.looking import Look, look
from services.district.endpoints.office import OFFICE
from services.district.endpoints.pages import all_of, newest_of, page_of
from services.district.read_views.communities import see_duties
from services.district.read_views.lists import see_gaps
from services.district.read_views.overview import outlooks_now, outlooks_then
from services.district.read_views.words import MISSION_TABLES, tell
from services.district.schemas import lists as schemas
from services.district.schemas import parts
from services.district.schemas.communities import DutyShape
from shared.kernel.ids import now
from shared.projections.rebuilder import Rebuilds
from shared.web import Call, Reply, endpoint

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # those that were never heard come first


class ListDoors:
    rebuilds: Rebuilds

    @endpoint("GET", "/district/gaps", who=OFFICE, query=schemas.Listed, out=parts.GapShape, many=True,
          page="district/gaps.html")  # fmt: skip
    def gaps(self, call: Call) -> Reply:
        """All shifts that lack people, now or in the next 72 hours, by time."""
        seen = look(call, self.rebuilds)
        return all_of(call, seen, see_gaps(_outlooks(seen, call), seen.at), lambda gap: gap.shift.key)

    @endpoint("GET", "/district/duty", who=OFFICE, query=schemas.Listed, out=DutyShape, many=True,
          page="district/duty.html")  # fmt: skip
    def duty(self, call: Call) -> Reply:
        """Every shift that runs, with its people: who is there, and who is not there yet."""
        seen = look(call, self.rebuilds)
        return all_of(call, seen, see_duties(seen.store, _outlooks(seen, call)), lambda one: one.shift.key)

    @endpoint("GET", "/district/silent", who=OFFICE, query=schemas.Listed, out=schemas.QuietShape, many=True,
          page="district/silent.html")  # fmt: skip
    def silent(self, call: Call) -> Reply:
        """The communities that are not heard, or late, since when."""
        seen = look(call, self.rebuilds)
        quiet = [one for one in _outlooks(seen, call) if one.silence]
        quiet.sort(key=lambda one: (one.silence and one.silence.since) or NEVER)
        return all_of(call, seen, quiet, lambda one: one.community.id)

    @endpoint("GET", "/district/missions", who=OFFICE, query=schemas.MissionList, out=parts.MissionShape, many=True,
          page="district/missions.html")  # fmt: skip
    def missions(self, call: Call) -> Reply:
        """Every disinfection that is not over, whatever waits longest first; or those that are, the newest first."""
        seen, community = look(call, self.rebuilds), call.query["community"] or None
        if call.query["over"]:
            return newest_of(
                call, seen, lambda limit, before: seen.store.missions_over(limit, community, before),
                lambda one: (one.since, one.id), **MISSION_TABLES,
            )  # fmt: skip
        return all_of(call, seen, seen.store.missions(community), lambda one: one.id, **MISSION_TABLES)

    @endpoint("GET", "/district/happenings", who=OFFICE, query=schemas.HappeningList, out=parts.ToldShape, many=True,
          page="district/happenings.html")  # fmt: skip
    def happenings(self, call: Call) -> Reply:
        """What happened in the last seven days, newest first; `community` for one of them only."""
        community = call.query["community"]
        store = call.store.shown()
        shown, following = page_of(
            call,
            lambda limit, before: store.happenings(limit, community=community, before=before),
            lambda one: (one.time, one.id),
        )
        communities = store.communities_by_id({one.community for one in shown})
        told = tell(store, shown, now(), communities)
        return Reply(told, page={"community": community, "listing": {"next": following}})


def _outlooks(seen: Look, call: Call) -> list[Outlook]:
    """Of the community asked for, or of all."""
    found = outlooks_now(seen.store, seen.at) if seen.known_at is None else outlooks_then(seen.store, seen.at)
    of = call.query["community"]
    return [one for one in found if of in ("", one.community.id)]
