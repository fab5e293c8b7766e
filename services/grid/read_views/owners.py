"""How those who look after buildings are called."""

from collections.abc import Iterable

from services.grid.store import GridStore
from shared.i18n.text import Text

CODE_LENGTH = 4  # what is shown of the id of someone who gave no name


def called(store: GridStore, volunteers: Iterable[str | None]) -> dict[str, Text]:
    """By name those who agreed to it, others by a code."""
    ids = {one for one in volunteers if one is not None}
    names = store.names(ids)
    return {one: _called(one, names.get(one)) for one in ids}


def _called(volunteer: str, name: str | None) -> Text:
    code = volunteer[-CODE_LENGTH:]
    return Text(name, name) if name else Text(f"志愿者 {code}", f"Volunteer {code}")
