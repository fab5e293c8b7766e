"""The demo day, of whose residents one in ten has moved in: `python -m tests.e2e.few_residents SIGN_INS.json`.

Every door is called as in the whole demo; the lists of residents, of which there are most, are shorter.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from deploy.demo import grid
from deploy.demo.__main__ import main
from deploy.demo.places import Community

ONE_IN = 10
_all_residents = grid.residents


def _some_residents(community: Community) -> Iterator[dict[str, Any]]:
    return _all_residents(replace(community, residents=community.residents // ONE_IN))


if __name__ == "__main__":
    grid.residents = _some_residents
    sys.exit(main(*sys.argv[1:]))
