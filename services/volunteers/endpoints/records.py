"""Service records: for the person, for staff, and on paper."""

from services.volunteers.domain import records as rules
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.endpoints.desk import around, own
from services.volunteers.schemas import records as schemas
from services.volunteers.usecases import records
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.web import Call, Reply, endpoint, only, signed_in

DEED_WORDS = {
    "donated": Text("捐赠", "Gave"),
    "carried": Text("帮忙搬运", "Carried"),
    "taught": Text("授课指导", "Taught"),
    "cared": Text("照顾他人", "Cared"),
    "other": Text("其他", "Other"),
}


class RecordDoors:
    @endpoint("GET", "/volunteers/<community>/me/record", who=signed_in, out=schemas.RecordShape,
          page="volunteers/record.html")  # fmt: skip
    def own_record(self, call: Call, community: str) -> Reply:
        """The caller's verified hours, duties and deeds."""
        return _record(call, community, own(call, community), about_me=True)

    @endpoint("GET", "/volunteers/<community>/<volunteer>/record", who=only("staff"), out=schemas.RecordShape,
          page="volunteers/record.html")  # fmt: skip
    def show_record(self, call: Call, community: str, volunteer: str) -> Reply:
        """A volunteer's verified hours, duties and deeds."""
        return _record(call, community, call.store.volunteer(community, volunteer), about_me=False)

    @endpoint("POST", "/volunteers/<community>/<volunteer>/deeds", who=only("staff"), body=schemas.NewDeed,
          out=schemas.DeedShape, again="show_record")  # fmt: skip
    def record_deed(self, call: Call, community: str, volunteer: str) -> Reply:
        """Put a good deed on record."""
        deed = records.record_deed(call.store, call.act, community, volunteer, dict(call.body))
        then = f"/volunteers/{community}/{volunteer}/record"
        return Reply(deed, status=201, then=then, says=Text("已记下。", "It is on record."))

    @endpoint("POST", "/volunteers/<community>/<volunteer>/deeds/<deed>/withdrawal", who=only("staff"),
          out=schemas.DeedShape)  # fmt: skip
    def withdraw_deed(self, call: Call, community: str, volunteer: str, deed: str) -> Reply:
        """Take a deed that was a mistake off the record."""
        gone = records.withdraw_deed(call.store, call.act, community, volunteer, deed)
        then = f"/volunteers/{community}/{volunteer}/record"
        return Reply(gone, then=then, says=Text("已撤销。", "It is off the record."))


def _record(call: Call, community: str, volunteer: Volunteer, *, about_me: bool) -> Reply:
    duties = call.store.duties_of(volunteer.id)
    months = rules.by_month(duties)
    record = {
        "volunteer": volunteer.id,
        "minutes": months.total,
        "stars": rules.stars(months.total),
        "months": months.minutes,
        "duties": duties,
        "deeds": call.store.deeds_of(volunteer.id),
    }
    page = {
        "about_me": about_me,
        "name": volunteer.display_name,
        "base": f"/volunteers/{community}/{'me' if about_me else volunteer.id}",
        "ahead": rules.hours_to_next_star(months.total),
        "missed": sum(one.missed for one in duties),
        "late": sum(one.late > 0 for one in duties),
        "today": call.act.at.astimezone(SHANGHAI).date(),
        "deed_words": DEED_WORDS,
        **around(call, community),
    }
    return Reply(record, page=page)
