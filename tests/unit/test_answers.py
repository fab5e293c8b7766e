"""What programs get of a page that has no shape."""

from collections import UserDict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import orjson
import pytest

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken
from shared.web.responses import as_json


class Pair(NamedTuple):
    one: int
    other: Text


@dataclass(frozen=True)
class View:
    refusal: RuleBroken | None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (View(RuleBroken()), {"refusal": {"code": "rule-broken"}}),
        (Pair(1, Text("一", "one")), {"one": 1, "other": {"zh": "一", "en": "one"}}),
        ((1, "a"), [1, "a"]),
        (frozenset({"a"}), ["a"]),
        (UserDict({"a": 1}), {"a": 1}),
        ({date(2020, 2, 6): datetime(2020, 2, 6, tzinfo=UTC)}, {"2020-02-06": "2020-02-06T00:00:00+00:00"}),
        (timedelta(minutes=2), 120.0),
    ],
)
def test_whatever_a_page_is_drawn_from_can_be_told_as_json(value: Any, told: Any) -> None:
    assert orjson.loads(as_json(value).data) == told
