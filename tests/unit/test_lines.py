"""Where lines of Chinese text may break."""

from hypothesis import example, given
from hypothesis import strategies as st

from shared.documents.cjk_line_breaking import CLOSES, OPENS, wrap_lines

TEXTS = st.text(st.sampled_from(f"东门今晚八点关闭 abc12{CLOSES}{OPENS}"), max_size=60)


@example("东门（ 东门", 4)
@given(TEXTS, st.integers(4, 20))
def test_nothing_is_lost_and_no_line_begins_with_what_closes_or_ends_with_what_opens(text: str, width: int) -> None:
    lines = wrap_lines(text, width, len).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line[0] in CLOSES for line in lines[1:])
    assert not any(line[-1] in OPENS and set(line) - set(OPENS) for line in lines[:-1])


def test_a_full_stop_stays_with_its_word_and_words_and_numbers_stay_whole() -> None:
    assert wrap_lines("请走西门。谢谢", 4, len) == "请走西\n门。谢谢"
    assert wrap_lines("东门 20:00 关", 5, len) == "东门\n20:00\n关"
    assert wrap_lines("一二三\n四五", 2, len) == "一二\n三\n四五"
