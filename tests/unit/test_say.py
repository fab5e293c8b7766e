"""What the terminal shows of steps: whole lines of what is done, and below them one line for each step under way."""

import io
import os
import re
from collections.abc import Callable
from contextlib import redirect_stdout

import pytest

from deploy.local import say
from deploy.local.say import Step, line
from tests.stack import eventually

LONG = "install nginx-light libcurl4 rabbitmq-server fonts-wqy-microhei chromium prometheus"


class Terminal(io.StringIO):
    """As much of a terminal as is made use of: what stands on its lines in the end, or at the moment."""

    def isatty(self) -> bool:
        return True

    def lines(self) -> list[str]:
        rows, at, column = [""], 0, 0
        for up, clear, text, control in re.findall(r"\033\[(\d+)A|(\033\[J)|([^\033\r\n]+)|([\r\n])", self.getvalue()):
            if up:
                at -= int(up)
            elif clear:
                rows[at:] = [rows[at][:column]]
            elif text:
                rows[at] = rows[at][:column] + text + rows[at][column + len(text) :]
                column += len(text)
            else:
                column = 0
                at += control == "\n"
                rows += [""] * (at + 1 - len(rows))
        return [re.sub(r" +\d+\.\d s$", "", row) for row in rows]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    made = Terminal()
    monkeypatch.setattr(say, "_SCREEN", say._Screen())  # noqa: SLF001
    monkeypatch.setattr(say, "get_terminal_size", lambda: os.terminal_size((60, 24)))
    return made


def _shows(terminal: Terminal, *lines: str) -> Callable[[], bool]:
    return lambda: terminal.lines() == list(lines)


def test_two_steps_at_once_have_a_line_each_and_what_is_done_stands_above(terminal: Terminal) -> None:
    with redirect_stdout(terminal), Step("first") as first:
        eventually(_shows(terminal, "  … first"))
        with Step("second"):
            first.note("50 %")
            eventually(_shows(terminal, "  … first 50 %", "  … second"))
            line("A word in between.")
            eventually(_shows(terminal, "A word in between.", "  … first 50 %", "  … second"))
        eventually(_shows(terminal, "A word in between.", "  ✓ second", "  … first 50 %"))
    assert terminal.lines() == ["A word in between.", "  ✓ second", "  ✓ first 50 %", ""]


def test_a_line_is_cut_only_while_the_terminal_has_no_room_for_it(terminal: Terminal) -> None:
    with redirect_stdout(terminal), Step(LONG):
        eventually(lambda: terminal.lines()[0].startswith("  … install nginx-light"))
        assert len(terminal.lines()[0]) < 60
    assert terminal.lines() == [f"  ✓ {LONG}", ""]


def test_where_there_is_no_terminal_only_what_is_done_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no"), Step(LONG):
        raise ValueError("no")
    with Step("second") as step:
        step.note("9 of 9")
    lines = capsys.readouterr().out.splitlines()
    assert [re.sub(r" +\d+\.\d s$", "", one) for one in lines] == [f"  ✗ {LONG}", "  ✓ second 9 of 9"]
