"""The district's read models as documents, and the questions its pages ask of them; a module a subject."""

from services.district.store.counts import Counts
from services.district.store.happenings import Happenings
from services.district.store.missions import Missions
from services.district.store.parts import Parts
from services.district.store.places import Places
from services.district.store.shifts import Shifts


class DistrictStore(Places, Shifts, Missions, Counts, Happenings, Parts):
    service = "district"
    indexes = {"revisions": []}
    folded = Places.folded | Shifts.folded | Missions.folded | Counts.folded | Happenings.folded
