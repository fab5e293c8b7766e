"""district: the office's overview, one community, and what is behind their figures; all of it live."""

from services.district.doors.alerts import AlertDoors
from services.district.doors.communities import CommunityDoors
from services.district.doors.events import EventDoors
from services.district.doors.flow import FlowDoors
from services.district.doors.help import HelpDoors
from services.district.doors.lists import ListDoors
from services.district.doors.operators import OperatorDoors
from services.district.doors.overview import OverviewDoors
from services.district.doors.reach import ReachDoors
from services.district.doors.reports import ReportDoors
from services.district.doors.screening import ScreeningDoors
from services.district.doors.search import SearchDoors
from services.district.doors.stock import StockDoors
from services.district.doors.volunteers import VolunteerDoors
from services.district.store import DistrictStore
from services.district.usecases import alerts
from services.district.usecases.following import REACTIONS
from shared.jobs.schedule import Schedule
from shared.projections.rebuilder import Rebuilds
from shared.runtime.event_subscriptions import EventDoor
from shared.runtime.tenants import Stores
from shared.web.service import Service


class DistrictService(
    AlertDoors,
    CommunityDoors,
    EventDoors,
    FlowDoors,
    HelpDoors,
    ListDoors,
    OperatorDoors,
    OverviewDoors,
    ReachDoors,
    ReportDoors,
    ScreeningDoors,
    SearchDoors,
    StockDoors,
    VolunteerDoors,
    Service,
):
    name = "district"
    url_prefix = "/district"

    stores = Stores(DistrictStore)
    events = EventDoor(REACTIONS, keep_log=True)
    rebuilds = Rebuilds(REACTIONS)
    schedule = Schedule(alerts.WATCH)
