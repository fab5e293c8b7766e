"""Photos: taken apart and made anew without what cameras write into them, and kept in GridFS of a tenant's database."""

import io
import secrets
import threading
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

from eventlet import tpool
from gridfs import GridFSBucket, NoFile
from PIL import Image, ImageOps
from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

from shared.errors import NotFound, TooLarge, UnsupportedMedia
from shared.ids import now
from shared.scheduled import Task
from shared.words import Text

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")  # phones turn their own formats into JPEG for a form that asks for these
ACCEPTED = "image/jpeg,image/png,image/webp"
MOST_PIXELS = (
    50_000_000  # what a good phone's camera makes; unpacked it is 200 MB, which is why two are at work at once
)
LARGEST_UPLOAD = 15 * 1024 * 1024
LONGEST_SIDE = 640
QUALITY = 82
KIND = "image/jpeg"
UNUSED_FOR = timedelta(hours=1)  # longer than any act lasts between the file and what refers to it

_at_work = threading.Semaphore(2)


class NotAPicture(UnsupportedMedia):
    """What the bytes are is what counts, not the name or type they came under."""

    code = "not-a-picture"
    says = Text(
        "这不是能打开的照片，请选 JPEG、PNG 或 WebP 格式的照片。",
        "This is no photo we can open; please choose a JPEG, PNG or WebP.",
    )


class TooManyPixels(TooLarge):
    code = "too-many-pixels"
    says = Text(
        "照片太大，最多 {limit} 百万像素，请缩小后再试。",
        "The photo is too large: {limit} megapixels at most; please make it smaller.",
    )


def remade(content: bytes, longest_side: int = LONGEST_SIDE) -> bytes:
    """The photo upright, at most so many pixels along its longer side, as a JPEG that holds nothing but the picture; of one
    that moves, the first frame. Raises NotAPicture, TooManyPixels."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            opened.draft("RGB", (longest_side * 2, longest_side * 2))
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((longest_side, longest_side))
            return _as_jpeg(picture)
    except Image.DecompressionBombError as fault:
        raise TooManyPixels(limit=MOST_PIXELS // 1_000_000) from fault
    except Exception as fault:  # a damaged or hostile file makes decoders raise almost anything
        raise NotAPicture from fault


def _as_jpeg(picture: Image.Image) -> bytes:
    """On white where it was transparent, and on a fresh canvas, which has no metadata."""
    canvas = Image.new("RGB", picture.size, "white")
    shown = picture.convert("RGBA")
    canvas.paste(shown, mask=shown.getchannel("A"))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


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
        """Made anew in a real thread, so that everybody else is served meanwhile. Returns its id.

        Raises NotAPicture, TooManyPixels.
        """
        with _at_work:
            picture = tpool.execute(remade, content, longest_side)
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


class HasPictures(Protocol):
    """A store with photos that its own documents refer to."""

    pictures: Pictures

    def photos_in_use(self, photos: Collection[str]) -> Collection[str]: ...


def _unused(store: HasPictures) -> list[str]:
    return store.pictures.unused(store.photos_in_use, now())


def _drop(store: HasPictures, picture: str) -> None:
    store.pictures.drop([picture])


PHOTO_SWEEP = Task("sweep-photos", every=600, do=_drop, due=_unused)
