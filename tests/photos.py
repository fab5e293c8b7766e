"""Photos for the tests: as a phone takes them, and such as nobody should take in."""

import io
import struct
import zlib

from PIL import Image

MAKER, GPS, ORIENTATION = 271, 34853, 274  # EXIF's own numbers


def photo(size: tuple[int, int] = (1200, 900), format_: str = "JPEG", **more: object) -> bytes:
    """Red above, blue below."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, size[1] // 2, size[0], size[1]))
    out = io.BytesIO()
    image.save(out, format_, **more)
    return out.getvalue()


def taken_by_a_phone(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "Fictional Phones", orientation
    exif[GPS] = {1: "N", 2: (40.0, 4.0, 12.0), 3: "E", 4: (116.0, 35.0, 47.0)}
    return photo(exif=exif, comment=b"at home")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def png_that_says_it_is(width: int, height: int) -> bytes:
    """A few hundred bytes that would unpack to gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
