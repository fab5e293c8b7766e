"""How the parts run, and what is made anew."""

from services.district.read_views.operators import see_parts
from services.district.schemas import operators as schemas
from shared.i18n.text import Text
from shared.kernel.ids import now
from shared.projections.rebuilder import Rebuilds
from shared.web import Call, Reply, endpoint, only
from shared.web.live_hub import LiveViewContext, live
from shared.web.templates_env import fragments

REBUILDS_SHOWN = 20


class OperatorDoors:
    rebuilds: Rebuilds

    @endpoint(
        "GET", "/district/parts", who=only("operator"), out=schemas.PartShape, many=True, page="district/parts.html"
    )
    def list_parts(self, call: Call) -> Reply:
        """Every service, and each community's own: when it was heard, what it has not sent, and what it has set aside."""
        return Reply(see_parts(call.store, now()), page={"live_url": f"/district/parts/live?lang={call.lang}"})

    @live("/district/parts/live", who=only("operator"))
    def parts_live(self, glance: LiveViewContext) -> dict[str, str]:
        return fragments("district/parts_parts.html", glance.lang, {"it": see_parts(glance.store, now())})

    @endpoint("GET", "/district/rebuilds", who=only("operator"), out=schemas.RebuildShape, many=True,
          page="district/rebuilds.html")  # fmt: skip
    def list_rebuilds(self, call: Call) -> Reply:
        """The newest rebuilds of what is shown, made anew from all that was received: how far, and whether it was the same."""
        return Reply(
            call.store.rebuilds(REBUILDS_SHOWN), page={"live_url": f"/district/rebuilds/live?lang={call.lang}"}
        )

    @live("/district/rebuilds/live", who=only("operator"))
    def rebuilds_live(self, glance: LiveViewContext) -> dict[str, str]:
        it = glance.store.rebuilds(REBUILDS_SHOWN)
        return fragments("district/rebuilds_parts.html", glance.lang, {"it": it})

    @endpoint("POST", "/district/rebuilds", who=only("operator"), out=schemas.RebuildShape)
    def begin_rebuild(self, call: Call) -> Reply:
        """Begin to make what is shown anew; all goes on meanwhile. Where a rebuild is under way, it is that one."""
        begun = self.rebuilds.begin(call.act)
        return Reply(
            begun, status=202, then="/district/rebuilds", says=Text("重建已开始。", "The rebuild is under way.")
        )
