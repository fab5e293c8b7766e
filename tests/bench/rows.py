"""What every scenario tells: one measure of ours beside what it is held against."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """`ours` against `theirs`; None where there is nothing to hold it against."""

    scenario: str
    measure: str
    ours: float
    against: str | None = None
    theirs: float | None = None

    @property
    def ratio(self) -> float | None:
        return round(self.ours / self.theirs, 4) if self.theirs else None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}

    def __str__(self) -> str:
        beside = f"  {self.against} {self.theirs:g}" if self.theirs is not None else ""
        ratio = f"  ratio {self.ratio:g}" if self.ratio is not None else ""
        return f"{self.scenario:22} {self.measure:28} {self.ours:10g}{beside}{ratio}"


@dataclass(frozen=True)
class Measured:
    """One scenario's rows; `when`: and how busy the machine was as it began."""

    when: str
    rows: list[Row]
