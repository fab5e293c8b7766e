"""Scheduled sweep of photos: what was uploaded for a command that came to no end is deleted after a while."""

from collections.abc import Collection
from typing import Protocol

from shared.documents.photos import Pictures
from shared.jobs.scheduler import Task
from shared.kernel.ids import now


class HasPictures(Protocol):
    """A store with photos that its own documents refer to."""

    pictures: Pictures

    def photos_in_use(self, photos: Collection[str]) -> Collection[str]: ...


def _unused(store: HasPictures) -> list[str]:
    return store.pictures.unused(store.photos_in_use, now())


def _drop(store: HasPictures, picture: str) -> None:
    store.pictures.drop([picture])


PHOTO_SWEEP = Task("sweep-photos", every=600, do=_drop, due=_unused)
