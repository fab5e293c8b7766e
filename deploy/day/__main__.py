"""Plays a day in the district that `make run` runs, until Ctrl-C or until the district stops: python -m deploy.day

In the environment: SPEED, how many seconds of the day pass in one (60); SEED, another one for another day.
"""

import os
import random
import shlex
import sys
from pathlib import Path

import requests

from deploy.day.link import Links
from deploy.day.places import places_of
from deploy.day.play import Played
from deploy.day.rescue import Team
from deploy.demo.doors import Account, Doors, Refused
from deploy.demo.rescue import BLUE_SKY, NORTH
from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import now


def main(home: Path, speed: float, seed: str) -> int:
    try:
        told = _env(home)
        operator = Account(
            Doors(told["BASE_URL"], repeated_as=None), told["FIRST_OPERATOR_USER"], told["FIRST_OPERATOR_PASSWORD"]
        )
        places = list(places_of(operator, int(told["DISTRICT"]), seed))
        day = now().astimezone(SHANGHAI).date().isoformat()
        for place in places:
            place.prepare(day)
        teams = [
            Team(id_, operator.other(user), random.Random(f"{seed} {id_}"))  # noqa: S311
            for id_, user in ((BLUE_SKY, "rescue"), (NORTH, "rescue-north"))
        ]
        with Links(told.get("RABBITMQ_MANAGEMENT_URL"), told["AMQP_URI"]).all_mended() as links:
            Played(places, teams, links, speed, seed, _say).run()
        _say("The district does not answer any more: the day ends.")
    except FileNotFoundError as missing:
        _say(f"There is no {missing.filename}: start the district with: make run")
    except KeyError as missing:
        _say(f"{home / 'env'} says no {missing.args[0]}.")
    except (Refused, requests.RequestException) as fault:
        _say(str(fault))
    except KeyboardInterrupt:
        return 0
    return 1


def _env(home: Path) -> dict[str, str]:
    return dict(shlex.split(line)[0].split("=", 1) for line in (home / "env").read_text().splitlines())


def _say(told: str) -> None:
    print(told, flush=True)


if __name__ == "__main__":
    sys.exit(
        main(
            Path(os.environ.get("LIANFANG_HOME") or ".local"),
            float(os.environ.get("SPEED") or 60),
            os.environ.get("SEED") or "1",
        )
    )
