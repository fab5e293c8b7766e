"""What all pages about a community's volunteers are drawn with."""

from collections.abc import Iterable
from typing import Any

from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.store import VolunteersStore
from shared.i18n.text import Text
from shared.kernel.errors import NotFound
from shared.replicas.communities import name_of
from shared.web import Call

CODE_LENGTH = 4  # what is shown of the id of someone who gave no name


def around(call: Call, community: str) -> dict[str, Any]:
    """`desk`: the reader sees the desk's pages; `staff`: and may act there."""
    staff, officer = is_staff(call, community), call.caller is not None and call.caller.may("officer", community)
    return {
        "community": community,
        "home": f"/volunteers/{community}",
        "place": name_of(call.store, community),
        "staff": staff,
        "desk": staff or officer,
    }


def is_staff(call: Call, community: str) -> bool:
    return call.caller is not None and call.caller.may("staff", community)


def own(call: Call, community: str) -> Volunteer:
    """The caller as a volunteer of this community. Raises NotFound for who has not applied."""
    volunteer: Volunteer | None = call.store.of_account(community, call.account)
    if volunteer is None:
        raise NotFound
    return volunteer


def names(store: VolunteersStore, ids: Iterable[str], *, desk: bool) -> dict[str, Text]:
    """What each is called: by name for the desk, for others only where the person agreed to it."""
    wanted = list(ids)
    known = store.by_id(wanted)
    return {one: called(known.get(one), one, desk=desk) for one in wanted}


def called(volunteer: Volunteer | None, id_: str, *, desk: bool) -> Text:
    if volunteer is not None and (desk or volunteer.name_shown):
        return Text(volunteer.display_name, volunteer.display_name)
    code = id_[-CODE_LENGTH:]
    return Text(f"志愿者 {code}", f"Volunteer {code}")
