"""The whole district at this moment, or as it was known at another."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.district.endpoints.office import OFFICE
from services.district.read_views import overview as views
from services.district.read_views.words import MISSION_TABLES
from services.district.schemas import overview as schemas
from services.district.store import DistrictStore
from services.district.usecases.past import find_past
from shared.i18n.domain_labels import KIND_WORDS
from shared.i18n.text import Lang
from shared.kernel.ids import now
from shared.projections.rebuilder import Rebuilds
from shared.web import Call, Reply, endpoint
from shared.web.live_hub import LiveViewContext, live
from shared.web.render_cache import Drawings
from shared.web.templates_env import fragments

TABLES = {**MISSION_TABLES, "kinds": KIND_WORDS}


@dataclass(frozen=True)
class Drawn:
    """The district as it was seen, and the live parts of its page."""

    seen: views.District
    parts: Mapping[str, str]


class OverviewDoors:
    rebuilds: Rebuilds
    drawings = Drawings[Drawn]()

    @endpoint("GET", "/district/", who=OFFICE, query=schemas.KnownAt, out=schemas.DistrictShape,
          page="district/overview.html")  # fmt: skip
    def overview(self, call: Call) -> Reply:
        """Every community at this moment: what is missing, who is on duty, who is silent, and what happened last.

        `as-known-at` looks back: what had been received by then, or up to that position, as it would have been shown then. The
        page shows `only` the communities that need somebody, and with `wall` it is one for a large screen.
        """
        if call.query["as_known_at"] is not None:
            position, at = find_past(call.store, call.query["as_known_at"], call.act.at)
            past = self.rebuilds.look_back(position, call.act)
            drawn, more = _draw(views.look_back(past, at, position), call.lang), {}
        else:
            drawn, more = self._now(call.store, call.lang), {"live_url": f"/district/live?lang={call.lang}"}
        return Reply(drawn.seen, page={"parts": drawn.parts, **more})

    @live("/district/live", who=OFFICE)
    def overview_live(self, glance: LiveViewContext) -> Mapping[str, str]:
        return self._now(glance.store, glance.lang).parts

    def _now(self, store: DistrictStore, lang: Lang) -> Drawn:
        return self.drawings.of(store, lang, lambda: _draw(views.see_district(store, now()), lang))


def _draw(it: views.District, lang: Lang) -> Drawn:
    return Drawn(it, fragments("district/overview_parts.html", lang, {"it": it, **TABLES}))
