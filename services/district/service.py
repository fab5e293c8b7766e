"""district: the office's overview, one community, and what is behind their figures; all of it live."""

from services.district.endpoints.alerts import AlertDoors
from services.district.endpoints.communities import CommunityDoors
from services.district.endpoints.events import EventDoors
from services.district.endpoints.flow import FlowDoors
from services.district.endpoints.help import HelpDoors
from services.district.endpoints.lists import ListDoors
from services.district.endpoints.operators import OperatorDoors
from services.district.endpoints.overview import OverviewDoors
from services.district.endpoints.reach import ReachDoors
from services.district.endpoints.reports import ReportDoors
from services.district.endpoints.screening import ScreeningDoors
from services.district.endpoints.search import SearchDoors
from services.district.endpoints.stock import StockDoors
from services.district.endpoints.volunteers import VolunteerDoors
from services.district.store import DistrictStore
from services.district.usecases import alerts
from services.district.usecases.following import REACTIONS
from shared.jobs.schedule import Schedule
from shared.projections.rebuilder import Rebuilds
from shared.runtime.event_subscriptions import EventSubscriptions
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
    events = EventSubscriptions(REACTIONS, keep_log=True)
    rebuilds = Rebuilds(REACTIONS)
    schedule = Schedule(alerts.WATCH)
