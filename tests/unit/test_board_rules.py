"""A name on the board: as agreed, else only the family name, and never the name itself."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.volunteers.domain.board import FAMILY_NAMES, HIDDEN, SOMEBODY, masked, name_on_board
from services.volunteers.domain.profiles import Profile


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王晓雨", "王＊＊"), ("王叔", "王＊＊"), ("欧阳修文", "欧阳＊＊"), ("小林老师", "林＊＊"), ("老周", None),
        ("Anna Schmidt", None), ("热心邻居", None), ("王", None), ("", None), ("欧阳", "欧阳＊＊"),
    ],
)  # fmt: skip
def test_a_name_is_masked_to_the_family_name_where_one_can_be_told(name: str, shown: str | None) -> None:
    assert masked(name) == shown


@given(st.text(max_size=40))
def test_a_masked_name_tells_nothing_but_a_family_name(name: str) -> None:
    shown = masked(name)
    assert shown is None or re.fullmatch(rf"[\u4e00-\u9fff]{{1,2}}{HIDDEN}", shown)
    assert name_on_board(name, name_shown=False) in (SOMEBODY, name_on_board(shown or "", name_shown=True))


@given(st.sampled_from(sorted(FAMILY_NAMES)), st.text(alphabet="晓雨明国建华", min_size=1, max_size=2))
def test_two_people_of_one_family_look_alike_however_long_their_names(family: str, given_name: str) -> None:
    assert masked(family + given_name) == family + HIDDEN


def test_who_agreed_is_named() -> None:
    assert name_on_board("王晓雨", name_shown=True).zh == "王晓雨"


def test_who_leaves_the_board_leaves_no_photo() -> None:
    profile = Profile("v", "yueran", None, board_shown=True, photo="p")
    assert profile.leave_board() == "p"
    assert (profile.board_shown, profile.photo, profile.leave_board()) == (False, None, None)


def test_a_new_photo_takes_the_place_of_the_old_one() -> None:
    profile = Profile("v", "yueran", None, photo="old")
    assert profile.change_photo("new") == "old"
    assert profile.photo == "new"
