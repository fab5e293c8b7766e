"""A photo is made anew: upright, small, without what the camera wrote into it; what is none is refused by name."""

import io
from pathlib import Path

import pytest
from PIL import Image

from shared.documents.photo_cleaning import NotAPicture, TooManyPixels, remade
from shared.worker_pool import WorkerPool
from tests.photos import GPS, opened, photo, png_that_says_it_is, taken_by_a_phone

UPSIDE_DOWN = 3


def test_where_and_with_what_it_was_taken_goes_in_and_does_not_come_out() -> None:
    content = taken_by_a_phone()
    assert opened(content).getexif().get_ifd(GPS)
    made = opened(remade(content))
    assert made.format == "JPEG"
    assert not made.getexif()
    assert set(made.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_it_is_turned_upright() -> None:
    red, green, blue = opened(remade(taken_by_a_phone(UPSIDE_DOWN))).getpixel((10, 10))
    assert blue > 200 > red + green


@pytest.mark.parametrize(("size", "made"), [((1200, 900), (640, 480)), ((300, 4000), (48, 640)), ((1, 1), (1, 1))])
def test_it_is_made_smaller_never_larger(size: tuple[int, int], made: tuple[int, int]) -> None:
    assert opened(remade(photo(size))).size == made


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_format_that_phones_send_becomes_a_jpeg(format_: str) -> None:
    assert opened(remade(photo(format_=format_))).format == "JPEG"


def test_of_one_that_moves_the_first_frame_stays() -> None:
    frames = [Image.new("RGB", (800, 600), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    made = opened(remade(out.getvalue()))
    assert getattr(made, "n_frames", 1) == 1
    assert made.getpixel((5, 5))[0] > 200


def test_what_was_transparent_is_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(remade(out.getvalue())).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a photo, whatever its name",
        b"%PDF-1.7",
        photo()[:400],
        photo(format_="BMP"),
        b"GIF89a" + b"\xff" * 40,
    ],
)
def test_what_is_no_whole_photo_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        remade(content)


@pytest.mark.parametrize("size", [(60_000, 60_000), (7_000, 7_000), (4_200, 3_000)])
def test_a_huge_one_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels) as refused:
        remade(png_that_says_it_is(*size))
    assert "最多 1250 万像素" in refused.value.sentence("zh")
    assert "12.5 million pixels at most" in refused.value.sentence("en")


def test_what_phones_take_is_taken() -> None:
    assert opened(remade(photo((4032, 3024)))).size == (640, 480)


@pytest.mark.parametrize("size", [(4032, 3024), (3024, 4032), (12_000, 1_000), (1_000, 12_000)])
def test_of_a_jpeg_no_more_is_unpacked_than_a_small_one_needs(size: tuple[int, int]) -> None:
    assert WorkerPool(1).run(megabytes_for, photo(size)) < 25, "all of it would be 50"


def megabytes_for(content: bytes) -> float:
    """How far the memory of this process grows, at the most, while the photo is made anew."""
    remade(photo())
    before = most_memory()
    remade(content)
    return most_memory() - before


def most_memory() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000
