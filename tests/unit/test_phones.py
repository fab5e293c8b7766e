"""Phone numbers, however written, are one number; what is none is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.phone_numbers import NotAPhone, e164, spoken

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@given(st.integers(0, 99_999_999), st.sampled_from(["", "+86", "+86 ", "0086"]), st.booleans())
def test_a_mobile_is_the_same_however_it_is_written(number: int, prefix: str, full_width: bool) -> None:
    digits = f"190{number:08}"
    written = prefix + f"{digits[:3]} {digits[3:7]}-{digits[7:]}"
    assert e164(written.translate(FULL_WIDTH) if full_width else written) == f"+86{digits}"


@given(st.integers(0, 99_999_999))
def test_what_is_read_out_is_written_back_the_same(number: int) -> None:
    phone = f"+86190{number:08}"
    assert e164(spoken(phone)) == phone


@pytest.mark.parametrize(
    "written", ["", "12345", "1900000000", "190000000011", "电话", "19000000001 转 8", "+999 1234567", "1" * 400]
)
def test_what_is_no_phone_is_refused(written: str) -> None:
    with pytest.raises(NotAPhone):
        e164(written)


def test_a_number_from_abroad_keeps_its_country() -> None:
    assert e164("+44 7911 123456") == "+447911123456"
    assert spoken("+447911123456") == "+44 7911 123456"


@given(st.text(max_size=60))
def test_whatever_is_written_is_a_phone_or_refused_by_name(written: str) -> None:
    with suppress(NotAPhone):
        assert e164(written).startswith("+")
