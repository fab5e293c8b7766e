"""Bilingual text: Chinese and English stand side by side where they are used (docs/adr/0008)."""

import re
from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One thing said in both languages; `{names}` in it are filled by `format`."""

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en

    def format(self, **values: object) -> "Text":
        """Fill the words in both languages. A value that is itself a Text is said in each language."""
        return Text(self.zh.format(**_said(values, "zh")), self.en.format(**_said(values, "en")))


def counted(name: str) -> tuple[tuple[int, str], ...]:
    """A key to sort by, as people count: 2号楼 before 10号楼."""
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name))


def _said(values: dict[str, object], lang: Lang) -> dict[str, object]:
    return {name: value.in_(lang) if isinstance(value, Text) else value for name, value in values.items()}
