"""A photo is made anew: upright, small, without what the camera wrote into it; what is none is refused by name."""

import io

import pytest
from PIL import Image

from shared.pictures import LONGEST_SIDE, MOST_PIXELS, NotAPicture, TooManyPixels, remade
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


def test_a_huge_one_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(TooManyPixels) as refused:
        remade(png_that_says_it_is(60_000, 60_000))
    assert "50" in refused.value.sentence("zh")
    assert 60_000 * 60_000 > MOST_PIXELS > LONGEST_SIDE**2
