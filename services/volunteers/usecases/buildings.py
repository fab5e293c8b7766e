"""The register of buildings, and who looks after them (包楼包户)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.volunteers.domain import buildings as domain
from services.volunteers.domain.abilities import NotYetHelping
from services.volunteers.domain.buildings import Building, Part, building_id
from services.volunteers.store import VolunteersStore
from shared.events.contracts import registry
from shared.events.envelope import Event
from shared.kernel.command import Command
from shared.kernel.errors import NotAllowed

publish = registry.publisher({
    domain.Registered: "volunteers.building.registered.v1",
    domain.CareTaken: "volunteers.building.care-taken.v1",
})  # fmt: skip


@dataclass(frozen=True)
class NewBuilding:
    slug: str
    name: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Registration:
    """What registering many at once comes to: those that are `new`, and those that are there and stay as they are."""

    new: list[NewBuilding]
    existing: list[NewBuilding]


def register(store: VolunteersStore, act: Command, community: str, wanted: NewBuilding) -> Building:
    """Puts a building on the register, or gives the one of that slug its new name and units; the same again changes nothing."""

    def do(tx: VolunteersStore) -> Building:
        return put_on_register(tx, community, wanted)

    return store.transaction(act, do)


def put_on_register(tx: VolunteersStore, community: str, wanted: NewBuilding) -> Building:
    """`register` within a transaction."""
    building = tx.get(Building, building_id(community, wanted.slug))
    if building is None:
        building = _new(community, wanted)
        tx.save(building, publish([building.registered()]), community=community)
    elif changes := building.change(wanted.name, wanted.units):
        tx.save(building, publish(changes), community=community)
    return building


def sort_out(store: VolunteersStore, community: str, wanted: Sequence[NewBuilding]) -> Registration:
    """What registering all of these would make."""
    there = {one.slug for one in store.buildings(community)}
    return Registration([one for one in wanted if one.slug not in there], [one for one in wanted if one.slug in there])


def register_many(store: VolunteersStore, act: Command, community: str, wanted: Sequence[NewBuilding]) -> Registration:
    """Registers those that are not there yet, and leaves the others as they are."""

    def do(tx: VolunteersStore) -> Registration:
        sorted_out = sort_out(tx, community, wanted)
        new = [_new(community, one) for one in sorted_out.new]
        tx.save_all([(one, publish([one.registered()])) for one in new], community=community)
        return sorted_out

    return store.transaction(act, do)


def note_from_grid(tx: VolunteersStore, events: Sequence[Event]) -> None:
    """The community's grid is where its buildings are drawn; the register follows it."""
    latest: Mapping[tuple[str, str], Event] = {(one.community, one.subject): one for one in events}
    for event in latest.values():
        units = tuple(one["unit"] for one in event.data["units"])
        put_on_register(tx, event.community, NewBuilding(event.subject, event.data["name"], units))


def name_carer(
    store: VolunteersStore, act: Command, community: str, slug: str, *, unit: str | None, part: Part, volunteer: str,
    instead_of: str | None = None,
) -> Building:  # fmt: skip
    """Raises NotYetHelping, NoSuchUnit, OwnerAlready, and SomebodyCares, which says who."""

    def do(tx: VolunteersStore) -> Building:
        if tx.volunteer(community, volunteer).standing != "approved":
            raise NotYetHelping("volunteer")
        building = tx.building(community, slug)
        try:
            taken = building.name_carer(unit, part, volunteer, instead_of)
        except domain.SomebodyCares as rule:
            raise domain.SomebodyCares(who=tx.volunteer(community, rule.facts["who"]).display_name) from rule
        tx.save(building, publish(taken), community=community)
        return building

    return store.transaction(act, do)


def release(
    store: VolunteersStore, act: Command, community: str, slug: str, *, unit: str | None, volunteer: str, account: str, staff: bool
) -> Building:  # fmt: skip
    """Staff take it off somebody, or the person gives it back. Raises NotAllowed, NotInCare."""

    def do(tx: VolunteersStore) -> Building:
        if not staff and tx.volunteer(community, volunteer).account != account:
            raise NotAllowed
        building = tx.building(community, slug)
        tx.save(building, publish(building.release(unit, volunteer)), community=community)
        return building

    return store.transaction(act, do)


def step_back(tx: VolunteersStore, community: str, volunteer: str) -> None:
    """Within a transaction: what this person looked after has nobody again, for all to see."""
    changes = [(one, publish(one.step_back(volunteer))) for one in tx.buildings(community)]
    tx.save_all([(one, facts) for one, facts in changes if facts], community=community)


def _new(community: str, wanted: NewBuilding) -> Building:
    return Building(building_id(community, wanted.slug), community, wanted.name, wanted.units)


REACTIONS = {"grid.building.registered.v1": note_from_grid, "grid.building.changed.v1": note_from_grid}
