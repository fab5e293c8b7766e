"""Notices and how far they reach."""

from services.district.endpoints.looking import look
from services.district.endpoints.office import OFFICE
from services.district.endpoints.pages import newest_of
from services.district.read_views.reach import NOTICE_WORDS, see_notices
from services.district.schemas.lists import Listed
from services.district.schemas.reach import NoticeShape
from shared.projections.rebuilder import Rebuilds
from shared.web import Call, Reply, endpoint


class ReachDoors:
    rebuilds: Rebuilds

    @endpoint("GET", "/district/notices", who=OFFICE, query=Listed, out=NoticeShape, many=True,
          page="district/notices.html")  # fmt: skip
    def notices(self, call: Call) -> Reply:
        """Every notice, newest first: where its posters hang, where they are missing, and what was answered."""
        seen, community = look(call, self.rebuilds), call.query["community"] or None
        return newest_of(
            call, seen, lambda limit, before: see_notices(seen.store, limit, community, before),
            lambda one: (one.notice.published, one.notice.id), notice_words=NOTICE_WORDS,
        )  # fmt: skip
