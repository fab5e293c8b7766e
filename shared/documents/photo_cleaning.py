"""Photo cleaning: decodes and re-encodes a photo without the metadata that cameras write; run by a worker for `photos`."""

import io
import math

from PIL import Image, ImageOps

from shared.i18n.text import Text
from shared.kernel.errors import TooLarge, UnsupportedMedia

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")  # phones turn their own formats into JPEG for a form that asks for these
MOST_PIXELS = 12_500_000  # phones take 4032 × 3024 (12.2 million) unless told otherwise; unpacked it is 50 MB
LONGEST_SIDE = 640
QUALITY = 82


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
        "照片太大，最多 {limit}像素，请缩小后再试。",
        "The photo is too large: {limit}pixels at most; please make it smaller.",
    )


def remade(content: bytes, longest_side: int = LONGEST_SIDE) -> bytes:
    """The photo upright, at most so many pixels along its longer side, as a JPEG that holds nothing but the picture; of one
    that moves, the first frame. Raises NotAPicture, TooManyPixels."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            _make_small(opened, longest_side)
            return _as_jpeg(ImageOps.exif_transpose(opened))
    except Image.DecompressionBombError as fault:
        limit = Text(f"{MOST_PIXELS // 10_000} 万", f"{MOST_PIXELS / 1_000_000:g} million ")
        raise TooManyPixels(limit=limit) from fault
    except Exception as fault:  # a damaged or hostile file makes decoders raise almost anything
        raise NotAPicture from fault


def _make_small(picture: Image.Image, longest_side: int) -> None:
    """Of a JPEG a half, a quarter or an eighth is decoded in the first place, as far as both sides that are asked for allow."""
    scale = longest_side / max(picture.size)
    picture.thumbnail((math.ceil(picture.width * scale), math.ceil(picture.height * scale)))


def _as_jpeg(picture: Image.Image) -> bytes:
    """On white where it was transparent, and on a fresh canvas, which has no metadata."""
    canvas = Image.new("RGB", picture.size, "white")
    shown = picture.convert("RGBA")
    canvas.paste(shown, mask=shown.getchannel("A"))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
