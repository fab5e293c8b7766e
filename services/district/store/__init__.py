"""The district's read models as documents, and the questions its pages ask of them; a module a subject."""

from services.district.store.alerts import Alerts
from services.district.store.counts import Counts
from services.district.store.flow import Flow
from services.district.store.happenings import Happenings
from services.district.store.help import Helps
from services.district.store.log import Log
from services.district.store.missions import Missions
from services.district.store.parts import Parts
from services.district.store.places import Places
from services.district.store.reach import Notices
from services.district.store.screening import Rounds
from services.district.store.search import Search
from services.district.store.shifts import Shifts
from services.district.store.stock import Goods
from services.district.store.volunteers import Volunteers

FOLDED = (Places, Shifts, Missions, Flow, Counts, Happenings, Goods, Rounds, Notices, Volunteers, Log, Helps)


class DistrictStore(
    Places,
    Shifts,
    Missions,
    Flow,
    Counts,
    Happenings,
    Goods,
    Rounds,
    Notices,
    Volunteers,
    Log,
    Search,
    Parts,
    Alerts,
    Helps,
):
    service = "district"
    kinds = Alerts.kinds | Helps.kinds
    indexes = Alerts.indexes | Helps.indexes | {"received": Log.log_indexes}
    folded = {name: indexes for one in FOLDED for name, indexes in one.folded.items()}
