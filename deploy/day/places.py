"""Which communities a played day has, and who acts there."""

import random
from collections.abc import Iterator

from deploy.day.place import Place
from deploy.demo.doors import Account
from deploy.demo.large import staff_of
from deploy.demo.places import COMMUNITIES
from deploy.demo.streets import invented


def places_of(operator: Account, size: int, seed: str) -> Iterator[Place]:
    """The demo's two and those hosted, each with the staff it was loaded with."""
    for community in COMMUNITIES:
        staff = operator.other(f"staff{community.suffix}")
        yield Place(community.slug, community.residents, staff, random.Random(f"{seed} {community.slug}"))  # noqa: S311
    for one in invented(size):
        yield Place(one.slug, one.residents, staff_of(operator, one.slug), random.Random(f"{seed} {one.slug}"))  # noqa: S311
