"""Photo store in GridFS of a tenant's database; each photo is re-encoded (photo_cleaning.py) before it is kept."""

import secrets
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from gridfs import GridFSBucket, NoFile
from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

from shared.documents.photo_cleaning import LONGEST_SIDE, remade
from shared.kernel.errors import NotFound
from shared.worker_pool import WorkerPool

ACCEPTED = "image/jpeg,image/png,image/webp"
LARGEST_UPLOAD = 15 * 1024 * 1024
KIND = "image/jpeg"
UNUSED_FOR = timedelta(hours=1)  # longer than any act lasts between the file and what refers to it

_workers = WorkerPool(2)


class Pictures:
    """A tenant's photos by id. One is kept first and referred to in the transaction that follows; what nothing refers to
    after a while is swept."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._database = database
        self._bucket = GridFSBucket(database, "pictures")

    def prepare(self) -> None:
        """The indexes that GridFS would make at the first photo."""
        self._database["pictures.files"].create_indexes([
            IndexModel([("filename", ASCENDING), ("uploadDate", ASCENDING)])
        ])  # fmt: skip
        parts = IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)
        self._database["pictures.chunks"].create_indexes([parts])

    def keep(self, content: bytes, longest_side: int = LONGEST_SIDE) -> str:
        """Made anew by a worker, so that everybody else is served meanwhile. Returns its id.

        Raises NotAPicture, TooManyPixels.
        """
        picture = _workers.run(remade, content, longest_side)
        id_ = secrets.token_urlsafe(16)  # 128 random bits: it stands in a URL that nobody shall guess
        self._bucket.upload_from_stream_with_id(id_, "picture.jpg", picture)
        return id_

    def read(self, id_: str) -> bytes:
        """Raises NotFound."""
        try:
            return self._bucket.open_download_stream(id_).read()
        except NoFile:
            raise NotFound from None

    def drop(self, ids: Iterable[str]) -> None:
        """Those that are there still."""
        for id_ in ids:
            try:
                self._bucket.delete(id_)
            except NoFile:
                continue

    def unused(self, in_use: Callable[[Collection[str]], Collection[str]], at: datetime) -> list[str]:
        """Ids of those kept a while ago for an act that came to no end. `in_use`: which of some ids anything refers to."""
        old = {
            one["_id"]
            for one in self._database["pictures.files"].find({"uploadDate": {"$lt": at - UNUSED_FOR}}, {"_id": 1})
        }
        return sorted(old - set(in_use(old)))
