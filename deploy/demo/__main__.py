"""Loads the demo day and writes its sign-ins: python -m deploy.demo SIGN_INS.json [SIZE]

With SIZE, the district's number of communities, those beside the demo's two are loaded as well.

In the environment: BASE_URL, FIRST_OPERATOR_USER, FIRST_OPERATOR_PASSWORD. May be run again; what is there stays.
"""

import json
import os
import sys
from pathlib import Path

import requests

from deploy.demo.day import DemoDay
from deploy.demo.doors import Refused
from deploy.demo.large import LargeDistrict
from deploy.demo.streets import invented
from shared.kernel.ids import now


def main(sign_ins_file: str, size: str = "2") -> int:
    try:
        told = (
            os.environ["BASE_URL"], os.environ["FIRST_OPERATOR_USER"], os.environ["FIRST_OPERATOR_PASSWORD"], now(), _say
        )  # fmt: skip
        sign_ins = DemoDay(*told).load()
        LargeDistrict(*told).load(invented(int(size)))
    except KeyError as missing:
        _say(f"{missing.args[0]} is not set.")
    except Refused as refusal:
        _say(str(refusal))
    except requests.RequestException as fault:
        _say(f"{os.environ['BASE_URL']} does not answer: {fault}")
    else:
        _keep(Path(sign_ins_file), sign_ins)
        return 0
    return 1


def _say(progress: str) -> None:
    print(progress, flush=True)


def _keep(file: Path, sign_ins: dict[str, str]) -> None:
    """Only its owner may read it."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(json.dumps(sign_ins, indent=1))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
