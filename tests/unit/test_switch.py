"""What a page that answers a form carries of itself: both languages, for nobody but whom it was drawn for."""

import pytest

from shared.web.language_switch import LANGS, MOST, carry, put, unpack

DRAWN = {"zh": "<p>页</p> MARK", "en": "<p>page</p> MARK"}


def carried() -> str:
    packed = carry(DRAWN, "MARK", "secret")
    assert packed is not None
    return packed


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_is_unpacked_in_either_language_carrying_itself_again(lang: str) -> None:
    page = unpack(carried(), lang, "secret")  # type: ignore[arg-type]
    assert page == put(DRAWN[lang], "MARK", carried())


@pytest.mark.parametrize(
    "forged",
    ["", ".", "x", carried()[1:], carried()[:-1], "A" + carried(), carried().replace(".", ""), carried() + ".x"],
)
def test_what_was_not_packed_by_us_is_not_unpacked(forged: str) -> None:
    assert unpack(forged, "en", "secret") is None


def test_what_was_packed_for_somebody_else_is_not_unpacked() -> None:
    assert unpack(carried(), "en", "another secret") is None


def test_a_page_too_long_for_a_form_carries_nothing() -> None:
    long = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(MOST))
    assert carry({"zh": long, "en": long}, "MARK", "secret") is None
