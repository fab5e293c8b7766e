"""The live day of `make day`: what its people do comes through the public doors and reaches the district."""

import random

from deploy.day.link import Links
from deploy.day.places import places_of
from deploy.day.play import Played
from deploy.day.rescue import Team
from deploy.demo.doors import Account, Doors
from deploy.demo.places import COMMUNITIES
from deploy.demo.rescue import BLUE_SKY
from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import now
from tests.e2e.demo import OPERATOR, Demo
from tests.stack import eventually

SPEED = 900.0  # a quarter of an hour in a second
SECONDS = 8.0


def test_people_pass_gates_and_go_on_duty_and_the_district_sees_it(demo: Demo) -> None:
    doors = Doors(demo.url, repeated_as=None)
    operator = Account(doors, OPERATOR["FIRST_OPERATOR_USER"], OPERATOR["FIRST_OPERATOR_PASSWORD"])
    places = list(places_of(operator, len(COMMUNITIES), "1"))
    for place in places:
        place.prepare(str(now().astimezone(SHANGHAI).date()))
    teams = [Team(BLUE_SKY, operator.other("rescue"), random.Random(1))]
    before = passed(demo)

    done = Played(places, teams, Links(None, ""), SPEED, "1", lambda _: None).run(SECONDS)

    assert done["unanswered"] == 0
    assert done["deeds"] > len(places)
    eventually(lambda: passed(demo) > before)


def passed(demo: Demo) -> int:
    """How many the district has counted at all gates today."""
    totals = demo.get("DISTRICT", "/district/report")["totals"]
    return int(totals.get("in", 0) + totals.get("out", 0))
